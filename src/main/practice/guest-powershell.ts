import { errorText, Leave } from './guest-powershell-errors'
import { commandName, type Cmdlet } from './guest-powershell-invoke'
import { parsePowerShell } from './guest-powershell-parse'
import { PowerShellRunner } from './guest-powershell-run'
import { PowerShellSyntaxError, type Block } from './guest-powershell-syntax'
import { listOf, numberOf, PsError, shown, type PsValue } from './guest-powershell-values'
import type { WindowsState } from './guest-windows-state'

/** Where a script writes and what it may change. */
export type PsHost = {
  windows: WindowsState
  out(text: string): Promise<void>
  err(text: string): Promise<void>
  signal: AbortSignal
  /** Lines of standard input (`$input`). */
  input: string[]
  user: string
}

type Scope = Map<string, PsValue>

/** One session: variables and functions last from line to line. */
export class PowerShell {
  readonly host: PsHost
  readonly functions = new Map<string, Block>()
  readonly #cmdlets: ReadonlyMap<string, Cmdlet>
  readonly #runner: PowerShellRunner
  readonly #global: Scope = new Map()
  #scopes: Scope[] = []
  cwd: string
  isFine = true
  lastExitCode = 0
  /** Whether the last script ended by `exit`. */
  hasLeft = false

  constructor(host: PsHost, cmdlets: ReadonlyMap<string, Cmdlet>, cwd: string) {
    this.host = host
    this.#cmdlets = cmdlets
    this.cwd = cwd
    this.#runner = new PowerShellRunner(this, cmdlets)
    this.#scopes = [this.#global]
    this.#global.set('erroractionpreference', 'Continue')
    this.#global.set('error', [])
  }

  /** Runs a script; the code is what `exit` says, else 1 when its last command failed or it ended by an error. */
  async run(text: string): Promise<number> {
    this.hasLeft = false
    try {
      await this.#runner.statements(parsePowerShell(text).body, true)
      return this.isFine ? 0 : 1
    } catch (error) {
      this.#scopes = [this.#global]
      if (error instanceof Leave || error instanceof PsError) await this.host.out(shown(error.written))
      if (error instanceof Leave && error.how === 'exit') {
        this.hasLeft = !this.host.signal.aborted
        return this.#exitCode(error)
      }
      if (error instanceof Leave && error.how !== 'throw') {
        await this.host.out(shown(error.values))
        return 0
      }
      if (error instanceof PowerShellSyntaxError) await this.host.err(`${error.message}\n`)
      else if (error instanceof Leave || error instanceof PsError) await this.host.err(errorText(error, ''))
      else throw error
      this.isFine = false
      return 1
    }
  }

  #exitCode({ values }: { values: PsValue[] }): number {
    return values.length === 0 ? this.lastExitCode : Math.trunc(numberOf(values[0] ?? 0))
  }

  /** Whether a command of this name can be run. */
  knows(name: string): boolean {
    return this.functions.has(name.toLowerCase()) || this.#cmdlets.has(commandName(name))
  }

  /** A session of a process that this one starts. */
  child(): PowerShell {
    return new PowerShell(this.host, this.#cmdlets, this.cwd)
  }

  /** Runs a block with its own variables. */
  async runBlock(
    block: Block,
    args: PsValue[] = [],
    variables: Record<string, PsValue> = {},
    isTop = false,
  ): Promise<PsValue[]> {
    const scope: Scope = new Map(Object.entries(variables))
    scope.set('args', args)
    for (const [at, { name, fallback }] of block.parameters.entries()) {
      const given = args[at]
      scope.set(name.toLowerCase(), given ?? (fallback ? await this.#runner.evaluator.value(fallback) : null))
    }
    this.#scopes.push(scope)
    try {
      return await this.#runner.statements(block.body, isTop)
    } catch (error) {
      if (error instanceof Leave && error.how === 'return') return [...error.written, ...error.values]
      throw error
    } finally {
      this.#scopes.pop()
    }
  }

  /** How many blocks are open. */
  get depth(): number {
    return this.#scopes.length
  }

  /** Forgets the variables of the blocks that an error has ended. */
  leaveTo(depth: number): void {
    this.#scopes.length = depth
  }

  get(name: string): PsValue {
    const key = name.toLowerCase()
    for (const scope of [...this.#scopes].reverse()) if (scope.has(key)) return scope.get(key) ?? null
    return null
  }

  set(name: string, value: PsValue, scope = ''): void {
    const target = scope === 'global' || scope === 'script' ? this.#global : (this.#scopes.at(-1) ?? this.#global)
    target.set(name.toLowerCase(), value)
  }

  /** A path of Windows as the disk has it: `C:\a` is `/C:/a`. */
  path(text: string): string {
    return this.host.windows.place(text, this.cwd)
  }

  /** Puts an error first in `$Error`. */
  remember(record: PsValue): void {
    this.#global.set('error', [record, ...listOf(this.#global.get('error') ?? [])].slice(0, 20))
  }
}
