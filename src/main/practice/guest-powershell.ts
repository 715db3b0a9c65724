import { parsePowerShell } from './guest-powershell-parse'
import {
  PowerShellSyntaxError,
  type Argument,
  type Block,
  type Command,
  type Expression,
  type Statement,
} from './guest-powershell-syntax'
import { binary, callMember, castTo, staticCall, staticMember } from './guest-powershell-members'
import {
  isScript,
  isTruthy,
  listOf,
  memberOf,
  numberOf,
  objectOf,
  PsError,
  PsTable,
  regex,
  setMember,
  shown,
  textOf,
  unwrap,
  isEqual,
  type PsValue,
} from './guest-powershell-values'
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

class Leave extends Error {
  /** What was put out before it, in the blocks that it ended. */
  written: PsValue[] = []

  constructor(
    readonly how: 'return' | 'exit' | 'throw' | 'break' | 'continue',
    readonly values: PsValue[],
  ) {
    super(how)
  }
}

type Scope = Map<string, PsValue>

/** One session: variables and functions last from line to line. */
export class PowerShell {
  readonly host: PsHost
  readonly #cmdlets: ReadonlyMap<string, Cmdlet>
  readonly #functions = new Map<string, Block>()
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
    this.#scopes = [this.#global]
    this.#global.set('erroractionpreference', 'Continue')
    this.#global.set('error', [])
  }

  /** Runs a script; the code is what `exit` says, else 1 when its last command failed or it ended by an error. */
  async run(text: string): Promise<number> {
    this.hasLeft = false
    try {
      await this.#statements(parsePowerShell(text).body, true)
      return this.isFine ? 0 : 1
    } catch (error) {
      this.#scopes = [this.#global]
      if (error instanceof Leave || error instanceof PsError) await this.host.out(shown(error.written))
      if (error instanceof Leave && error.how === 'exit') {
        this.hasLeft = !this.host.signal.aborted
        return this.exitCode(error)
      }
      if (error instanceof Leave && error.how !== 'throw') {
        await this.host.out(shown(error.values))
        return 0
      }
      if (error instanceof PowerShellSyntaxError) await this.host.err(`${error.message}\n`)
      else if (error instanceof Leave || error instanceof PsError) await this.#show(error, '')
      else throw error
      this.isFine = false
      return 1
    }
  }

  exitCode({ values }: { values: PsValue[] }): number {
    return values.length === 0 ? this.lastExitCode : Math.trunc(numberOf(values[0] ?? 0))
  }

  /** Whether a command of this name can be run. */
  knows(name: string): boolean {
    return this.#functions.has(name.toLowerCase()) || this.#cmdlets.has(commandName(name))
  }

  /** A session of a process that this one starts. */
  child(): PowerShell {
    return new PowerShell(this.host, this.#cmdlets, this.cwd)
  }

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
      scope.set(name.toLowerCase(), given ?? (fallback ? await this.#value(fallback) : null))
    }
    this.#scopes.push(scope)
    try {
      return await this.#statements(block.body, isTop)
    } catch (error) {
      if (error instanceof Leave && error.how === 'return') return [...error.written, ...error.values]
      throw error
    } finally {
      this.#scopes.pop()
    }
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

  async #statements(body: Statement[], isTop: boolean): Promise<PsValue[]> {
    const all: PsValue[] = []
    for (const statement of body) {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.host.signal.aborted) throw new Leave('exit', [130])
      try {
        const values = await this.#statement(statement, isTop)
        if (isTop) await this.host.out(shown(values))
        else all.push(...values)
      } catch (error) {
        if (error instanceof Leave || error instanceof PsError) error.written.unshift(...all)
        throw error
      }
    }
    return all
  }

  async #statement(statement: Statement, isTop = false): Promise<PsValue[]> {
    switch (statement.is) {
      case 'pipeline':
        return this.#pipeline(statement.parts, isTop)
      case 'assign':
        await this.#assign(statement.target, statement.operator, await this.#assigned(statement.value))
        return []
      case 'if':
        for (const { condition, body } of statement.branches)
          if (isTruthy(unwrap(await this.#statement(condition)))) return this.#statements(body, isTop)
        return this.#statements(statement.otherwise, isTop)
      case 'foreach':
        return this.#loop(listOf(unwrap(await this.#statement(statement.of))), statement.name, statement.body, isTop)
      case 'for':
        if (statement.first) await this.#statement(statement.first)
        return this.#repeat(statement.body, statement.condition, statement.next, isTop)
      case 'while':
        return this.#while(statement, isTop)
      case 'switch': {
        const value = unwrap(await this.#statement(statement.of))
        const chosen = []
        for (const one of statement.cases)
          if (one.match && isEqual(value, await this.#value(one.match))) chosen.push(one)
        const [first = statement.cases.find(({ match }) => match === null)] = chosen
        return first ? this.#statements(first.body, isTop) : []
      }
      case 'try':
        return this.#try(statement, isTop)
      case 'function':
        this.#functions.set(statement.name.toLowerCase(), statement.block)
        return []
      case 'leave':
        throw new Leave(statement.how, statement.value ? await this.#statement(statement.value) : [])
    }
  }

  /** What a statement gives to a variable: an array stays one, also of a single value. */
  async #assigned(statement: Statement): Promise<PsValue> {
    const [only] = statement.is === 'pipeline' && statement.parts.length === 1 ? statement.parts : []
    return only && only.is !== 'command' ? this.#value(only) : unwrap(await this.#statement(statement))
  }

  async #loop(values: PsValue[], name: string, body: Statement[], isTop: boolean): Promise<PsValue[]> {
    const all: PsValue[] = []
    for (const value of values) {
      this.set(name, value)
      if (!(await this.#turn(body, all, isTop))) break
    }
    return all
  }

  async #repeat(
    body: Statement[],
    condition: Statement | null,
    next: Statement | null,
    isTop: boolean,
  ): Promise<PsValue[]> {
    const all: PsValue[] = []
    while (condition === null || isTruthy(unwrap(await this.#statement(condition)))) {
      if (!(await this.#turn(body, all, isTop))) break
      if (next) await this.#statement(next)
    }
    return all
  }

  async #while(
    { condition, body, isAfter, isUntil }: Extract<Statement, { is: 'while' }>,
    isTop: boolean,
  ): Promise<PsValue[]> {
    const all: PsValue[] = []
    const holds = async () => isTruthy(unwrap(await this.#statement(condition))) !== isUntil
    for (let isFirst = true; (isFirst && isAfter) || (await holds()); isFirst = false)
      if (!(await this.#turn(body, all, isTop))) break
    return all
  }

  /** One turn of a loop; false when it is to end. */
  async #turn(body: Statement[], all: PsValue[], isTop: boolean): Promise<boolean> {
    try {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.host.signal.aborted) throw new Leave('exit', [130])
      all.push(...(await this.#statements(body, isTop)))
      return true
    } catch (error) {
      if (error instanceof Leave && (error.how === 'continue' || error.how === 'break')) {
        all.push(...error.written)
        return error.how === 'continue'
      }
      throw error
    }
  }

  async #try({ body, handler, last }: Extract<Statement, { is: 'try' }>, isTop: boolean): Promise<PsValue[]> {
    const depth = this.#scopes.length
    try {
      return await this.#statements(body, isTop)
    } catch (error) {
      const isCaught = error instanceof PsError || (error instanceof Leave && error.how === 'throw')
      if (!handler || !isCaught) throw error
      this.#scopes.length = depth
      const record = errorRecord(error)
      this.set('_', record)
      this.#remember(record)
      const before = error.written
      error.written = []
      return [...before, ...(await this.#statements(handler, isTop))]
    } finally {
      await this.#statements(last, isTop)
    }
  }

  async #pipeline(parts: (Expression | Command)[], isTop: boolean): Promise<PsValue[]> {
    let values: PsValue[] = []
    for (const [at, part] of parts.entries()) {
      if (part.is === 'command')
        values = await this.#command(part, at === 0 ? null : values, isTop && parts.length === 1)
      else {
        const value = await this.#value(part)
        values =
          part.is === 'statements' || part.is === 'array' || Array.isArray(value)
            ? listOf(value)
            : value === null
              ? []
              : [value]
        if (part.is !== 'step' && at === parts.length - 1) this.isFine = true
        if (part.is === 'step') values = []
      }
    }
    return values
  }

  async #command(command: Command, piped: PsValue[] | null, isTop: boolean): Promise<PsValue[]> {
    const name = await this.#value(command.name)
    if (isScript(name))
      return this.runBlock(name.script, await this.#positional(command.args), { _: unwrap(piped ?? []) }, isTop)
    const { named, positional } = await this.#arguments(command.args)
    const action = textOf(
      named.get('erroraction') ?? named.get('ea') ?? this.get('ErrorActionPreference'),
    ).toLowerCase()
    try {
      this.isFine = true
      const values = await this.#invoke(textOf(name), { named, positional }, piped ?? [])
      return this.#direct(command, values)
    } catch (error) {
      if (!(error instanceof PsError)) throw error
      this.isFine = false
      const record = errorRecord(error)
      this.#remember(record)
      if (action === 'stop') throw error
      const { written } = error
      if (
        action === 'silentlycontinue' ||
        action === 'ignore' ||
        command.discards.includes('2') ||
        command.discards.includes('*')
      )
        return written
      await this.#show(error, textOf(name))
      return written
    }
  }

  async #direct(command: Command, values: PsValue[]): Promise<PsValue[]> {
    if (command.toFile) {
      this.host.windows.writeText(
        this.path(textOf(await this.#value(command.toFile))),
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
    const own = this.#functions.get(name.toLowerCase())
    if (own) {
      const args = own.parameters.map(
        ({ name: one }, at) =>
          given.named.get(one.toLowerCase()) ?? given.positional[at - given.named.size] ?? given.positional[at] ?? null,
      )
      return this.runBlock(own, own.parameters.length > 0 ? args.map((one) => one ?? null) : given.positional, {
        _: unwrap(input),
        input,
      })
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
    return cmdlet({
      ...{ name, input, named: given.named, positional: given.positional, session: this, host: this.host, value },
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
          for (const [key, one] of this.get(arg.value.name) as PsTable) named.set(key.toLowerCase(), one)
        else positional.push(await this.#value(arg.value))
        continue
      }
      const name = arg.parameter.toLowerCase()
      const next = args[at + 1]
      if (next && 'value' in next && !switches.has(name)) {
        named.set(name, await this.#value(next.value))
        at++
      } else named.set(name, true)
    }
    return { named, positional }
  }

  async #value(expression: Expression): Promise<PsValue> {
    switch (expression.is) {
      case 'value':
        return expression.value
      case 'text': {
        const parts: string[] = []
        for (const part of expression.parts)
          parts.push(typeof part === 'string' ? part : textOf(await this.#value(part)))
        return parts.join('')
      }
      case 'variable':
        return this.#variable(expression.scope, expression.name)
      case 'splat':
        return this.get(expression.name)
      case 'array':
        return this.#statements(expression.body, false)
      case 'statements':
        return unwrap(await this.#statements(expression.body, false))
      case 'list': {
        const items: PsValue[] = []
        for (const item of expression.items) items.push(await this.#value(item))
        return items
      }
      case 'table': {
        const table = new PsTable()
        for (const [key, value] of expression.entries)
          table.set(textOf(await this.#value(key)), unwrap(await this.#statement(value)))
        return table
      }
      case 'block':
        return { script: expression.block }
      case 'type':
        return { type: expression.name }
      case 'cast':
        return castTo(expression.type, await this.#value(expression.of))
      case 'member':
      case 'invoke':
        return this.#member(expression)
      case 'index':
        return indexOf(await this.#value(expression.of), await this.#value(expression.at))
      case 'unary':
        return this.#unary(expression.operator, await this.#value(expression.of))
      case 'binary':
        return this.#binary(expression)
      case 'step': {
        const before = await this.#value(expression.target)
        await this.#assign(expression.target, '=', numberOf(before) + expression.by)
        return before
      }
    }
  }

  async #member(expression: Extract<Expression, { is: 'member' | 'invoke' }>): Promise<PsValue> {
    const of = await this.#value(expression.of)
    const name = textOf(await this.#value(expression.name))
    const isType = typeof of === 'object' && of !== null && 'type' in of
    if (expression.is === 'member')
      return isType && expression.isStatic ? staticMember(of.type, name, this) : memberOf(of, name)
    const args: PsValue[] = []
    for (const arg of expression.args) args.push(await this.#value(arg))
    return isType && expression.isStatic ? staticCall(of.type, name, args, this) : callMember(of, name, args, this)
  }

  #unary(operator: string, value: PsValue): PsValue {
    if (operator === 'not') return !isTruthy(value)
    if (operator === 'join') return listOf(value).map(textOf).join('')
    if (operator === 'split') return listOf(value).flatMap((one) => textOf(one).trim().split(/\s+/))
    return operator === '-' ? -numberOf(value) : numberOf(value)
  }

  async #binary({ operator, left, right }: Extract<Expression, { is: 'binary' }>): Promise<PsValue> {
    const first = await this.#value(left)
    if (operator === 'and') return isTruthy(first) && isTruthy(await this.#value(right))
    if (operator === 'or') return isTruthy(first) || isTruthy(await this.#value(right))
    const second = await this.#value(right)
    if (/^[ci]?match$/.test(operator) && !Array.isArray(first)) {
      const found = regex(textOf(second), operator.startsWith('c') ? '' : 'i').exec(textOf(first))
      if (found)
        this.set(
          'matches',
          new PsTable([
            ...found.map((text, at): [string, PsValue] => [String(at), text ?? null]),
            ...Object.entries(found.groups ?? {}),
          ]),
        )
      return found !== null
    }
    return binary(operator, first, second)
  }

  #variable(scope: string, name: string): PsValue {
    if (scope === 'env') return this.host.windows.environment(name, this.host.user)
    switch (name.toLowerCase()) {
      case '?':
        return this.isFine
      case 'lastexitcode':
        return this.lastExitCode
      case 'input':
        return this.host.input
      case 'pwd':
        return this.cwd
      case 'pid':
        return 4312
      case 'home':
        return this.host.windows.environment('USERPROFILE', this.host.user)
      case 'psversiontable':
        return new PsTable([
          ['PSVersion', '5.1.20348.2700'],
          ['PSEdition', 'Desktop'],
        ])
      default:
        return this.get(name)
    }
  }

  async #assign(target: Expression, operator: string, value: PsValue): Promise<void> {
    const next = operator === '=' ? value : binary(operator[0] ?? '+', await this.#value(target), value)
    switch (target.is) {
      case 'variable':
        if (target.scope === 'env') this.host.windows.setEnvironment(target.name, textOf(next))
        else if (target.name.toLowerCase() === 'lastexitcode') this.lastExitCode = numberOf(next)
        else this.set(target.name, next, target.scope)
        return
      case 'cast':
        return this.#assign(target.of, '=', castTo(target.type, next))
      case 'member': {
        const of = await this.#value(target.of)
        // Settings of .NET itself, such as the encoding of the console, mean nothing here.
        if (typeof of === 'object' && of !== null && 'type' in of) return
        return setMember(of, textOf(await this.#value(target.name)), next)
      }
      case 'index': {
        const of = await this.#value(target.of)
        const at = await this.#value(target.at)
        if (Array.isArray(of)) of[numberOf(at)] = next
        else setMember(of, textOf(at), next)
        return
      }
      default:
        throw new PsError(
          'The assignment expression is not valid. The input to an assignment operator must be an object that is able to accept assignments.',
          'ParserError',
        )
    }
  }

  /** A path of Windows as the disk has it: `C:\a` is `/C:/a`. */
  path(text: string): string {
    return this.host.windows.place(text, this.cwd)
  }

  #remember(record: PsValue): void {
    this.#global.set('error', [record, ...listOf(this.#global.get('error') ?? [])].slice(0, 20))
  }

  async #show(error: PsError | Leave, name: string): Promise<void> {
    const text = error instanceof PsError ? error.message : listOf(unwrap(error.values)).map(textOf).join(' ')
    const category = error instanceof PsError ? error.category : 'OperationStopped'
    await this.host.err(
      `${name === '' ? '' : `${name} : `}${text}\n    + CategoryInfo          : ${category}: (:) [${name}], Exception\n    + FullyQualifiedErrorId : ${category}\n`,
    )
  }
}

/** Parameters that never have a value after them. */
const switches = new Set(
  (
    'force recurse passthru wait online allusers erroractionstop nonewline raw append asjob confirm nowait norestart whatif directory file hidden noclobber usebasicparsing compress ' +
    'depthfirst unique descending ascending notypeinformation quiet verbose debug asstring system isframework noprofile noninteractive simplematch caseSensitive allmatches'
  ).split(' '),
)

function commandName(name: string): string {
  const base = name.replace(/^.*[\\/]/, '').toLowerCase()
  return base.replace(/\.exe$/, '')
}

function errorRecord(error: unknown): PsValue {
  const message =
    error instanceof PsError ? error.message : error instanceof Leave ? textOf(unwrap(error.values)) : String(error)
  const exception = objectOf('exception', { Message: message, HResult: -2146233088 })
  return objectOf('error', {
    Message: message,
    Exception: exception,
    FullyQualifiedErrorId: error instanceof PsError ? error.category : 'Thrown',
    InvocationInfo: null,
  })
}

function indexOf(of: PsValue, at: PsValue): PsValue {
  if (of instanceof PsTable) return memberOf(of, textOf(at))
  if (Array.isArray(at)) return at.map((one) => indexOf(of, one))
  const list = typeof of === 'string' ? [...of] : Buffer.isBuffer(of) ? [...of] : listOf(of)
  return list.at(numberOf(at)) ?? null
}
