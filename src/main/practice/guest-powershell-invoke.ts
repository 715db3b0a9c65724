import type { PowerShell, PsHost } from './guest-powershell'
import { errorRecord, errorText } from './guest-powershell-errors'
import type { PowerShellEvaluator } from './guest-powershell-evaluate'
import type { Argument, Command } from './guest-powershell-syntax'
import {
  isScript,
  isTruthy,
  PsError,
  shown,
  textOf,
  unwrap,
  type PsTable,
  type PsValue,
} from './guest-powershell-values'

/** A cmdlet: what came through the pipe, and its arguments by name (lower case) or in order. */
export type Cmdlet = (call: PsCall) => Promise<PsValue[]>
export type PsCall = {
  name: string
  input: PsValue[]
  named: Map<string, PsValue>
  positional: PsValue[]
  session: PowerShell
  host: PsHost
  /** The text of a parameter by its names, or of a place in order. */
  text(names: string, place?: number): string | undefined
  value(names: string, place?: number): PsValue | undefined
  has(name: string): boolean
}

/** Runs commands of a session: a block, a function of the script or a cmdlet. */
export class PowerShellInvoker {
  readonly #session: PowerShell
  readonly #cmdlets: ReadonlyMap<string, Cmdlet>
  readonly #evaluator: PowerShellEvaluator

  constructor(session: PowerShell, cmdlets: ReadonlyMap<string, Cmdlet>, evaluator: PowerShellEvaluator) {
    this.#session = session
    this.#cmdlets = cmdlets
    this.#evaluator = evaluator
  }

  async command(command: Command, piped: PsValue[] | null, isTop: boolean): Promise<PsValue[]> {
    const name = await this.#evaluator.value(command.name)
    if (isScript(name))
      return this.#session.runBlock(
        name.script,
        await this.#positional(command.args),
        { _: unwrap(piped ?? []) },
        isTop,
      )
    const { named, positional } = await this.#arguments(command.args)
    const action = textOf(
      named.get('erroraction') ?? named.get('ea') ?? this.#session.get('ErrorActionPreference'),
    ).toLowerCase()
    try {
      this.#session.isFine = true
      const values = await this.#invoke(textOf(name), { named, positional }, piped ?? [])
      return this.#direct(command, values)
    } catch (error) {
      if (!(error instanceof PsError)) throw error
      this.#session.isFine = false
      const record = errorRecord(error)
      this.#session.remember(record)
      if (action === 'stop') throw error
      const { written } = error
      if (
        action === 'silentlycontinue' ||
        action === 'ignore' ||
        command.discards.includes('2') ||
        command.discards.includes('*')
      )
        return written
      await this.#session.host.err(errorText(error, textOf(name)))
      return written
    }
  }

  async #direct(command: Command, values: PsValue[]): Promise<PsValue[]> {
    if (command.toFile) {
      this.#session.host.windows.writeText(
        this.#session.path(textOf(await this.#evaluator.value(command.toFile))),
        shown(values).replaceAll('\n', '\r\n'),
      )
      return []
    }
    return command.discards.includes('1') || command.discards.includes('*') ? [] : values
  }

  async #invoke(
    name: string,
    given: { named: Map<string, PsValue>; positional: PsValue[] },
    input: PsValue[],
  ): Promise<PsValue[]> {
    const own = this.#session.functions.get(name.toLowerCase())
    if (own) {
      const args = own.parameters.map(
        ({ name: one }, at) =>
          given.named.get(one.toLowerCase()) ?? given.positional[at - given.named.size] ?? given.positional[at] ?? null,
      )
      const variables = { _: unwrap(input), input }
      return this.#session.runBlock(own, own.parameters.length > 0 ? args : given.positional, variables)
    }
    const cmdlet = this.#cmdlets.get(commandName(name))
    if (!cmdlet)
      throw new PsError(
        `The term '${name}' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.`,
        'ObjectNotFound',
      )
    const value = (names: string, place?: number) => {
      for (const one of names.toLowerCase().split(' ')) {
        const exact = given.named.get(one)
        if (exact !== undefined) return exact
      }
      return place === undefined ? undefined : given.positional[place]
    }
    const session = this.#session
    return cmdlet({
      ...{ ...given, name, input, session, host: session.host, value },
      text: (names, place) => {
        const found = value(names, place)
        return found === undefined || found === null ? undefined : textOf(found)
      },
      has: (one) => given.named.has(one.toLowerCase()) && isTruthy(given.named.get(one.toLowerCase()) ?? null),
    })
  }

  async #positional(args: Argument[]): Promise<PsValue[]> {
    return (await this.#arguments(args)).positional
  }

  /** Parameters with the value after them; a parameter that is a switch has none and is true. */
  async #arguments(args: Argument[]): Promise<{ named: Map<string, PsValue>; positional: PsValue[] }> {
    const named = new Map<string, PsValue>()
    const positional: PsValue[] = []
    for (let at = 0; at < args.length; at++) {
      const arg = args[at]!
      if ('value' in arg) {
        if (arg.value.is === 'splat')
          for (const [key, one] of this.#session.get(arg.value.name) as PsTable) named.set(key.toLowerCase(), one)
        else positional.push(await this.#evaluator.value(arg.value))
        continue
      }
      const name = arg.parameter.toLowerCase()
      const next = args[at + 1]
      if (next && 'value' in next && !switches.has(name)) {
        named.set(name, await this.#evaluator.value(next.value))
        at++
      } else named.set(name, true)
    }
    return { named, positional }
  }
}

/** The name by which a cmdlet is found: without its folder and `.exe`. */
export function commandName(name: string): string {
  const base = name.replace(/^.*[\\/]/, '').toLowerCase()
  return base.replace(/\.exe$/, '')
}

/** Parameters that never have a value after them. */
const switches = new Set(
  (
    'force recurse passthru wait online allusers erroractionstop nonewline raw append asjob confirm nowait norestart whatif directory file hidden noclobber usebasicparsing compress ' +
    'depthfirst unique descending ascending notypeinformation quiet verbose debug asstring system isframework noprofile noninteractive simplematch caseSensitive allmatches'
  ).split(' '),
)
