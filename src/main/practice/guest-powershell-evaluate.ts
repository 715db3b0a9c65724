import { binary, callMember, castTo, staticCall, staticMember } from './guest-powershell-members'
import type { PowerShell } from './guest-powershell'
import type { Expression, Statement } from './guest-powershell-syntax'
import {
  isTruthy,
  listOf,
  memberOf,
  numberOf,
  PsError,
  PsTable,
  regex,
  setMember,
  textOf,
  unwrap,
  type PsValue,
} from './guest-powershell-values'

/** How the statements inside an expression are run. */
type Inner = {
  statements(body: Statement[]): Promise<PsValue[]>
  statement(statement: Statement): Promise<PsValue[]>
}

/** Works out expressions in a session. */
export class PowerShellEvaluator {
  readonly #session: PowerShell
  readonly #inner: Inner

  constructor(session: PowerShell, inner: Inner) {
    this.#session = session
    this.#inner = inner
  }

  /** What an expression is worth. */
  async value(expression: Expression): Promise<PsValue> {
    switch (expression.is) {
      case 'value':
        return expression.value
      case 'text': {
        const parts: string[] = []
        for (const part of expression.parts)
          parts.push(typeof part === 'string' ? part : textOf(await this.value(part)))
        return parts.join('')
      }
      case 'variable':
        return this.#variable(expression.scope, expression.name)
      case 'splat':
        return this.#session.get(expression.name)
      case 'array':
        return this.#inner.statements(expression.body)
      case 'statements':
        return unwrap(await this.#inner.statements(expression.body))
      case 'list': {
        const items: PsValue[] = []
        for (const item of expression.items) items.push(await this.value(item))
        return items
      }
      case 'table': {
        const table = new PsTable()
        for (const [key, value] of expression.entries)
          table.set(textOf(await this.value(key)), unwrap(await this.#inner.statement(value)))
        return table
      }
      case 'block':
        return { script: expression.block }
      case 'type':
        return { type: expression.name }
      case 'cast':
        return castTo(expression.type, await this.value(expression.of))
      case 'member':
      case 'invoke':
        return this.#member(expression)
      case 'index':
        return indexOf(await this.value(expression.of), await this.value(expression.at))
      case 'unary':
        return this.#unary(expression.operator, await this.value(expression.of))
      case 'binary':
        return this.#binary(expression)
      case 'step': {
        const before = await this.value(expression.target)
        await this.assign(expression.target, '=', numberOf(before) + expression.by)
        return before
      }
    }
  }

  async #member(expression: Extract<Expression, { is: 'member' | 'invoke' }>): Promise<PsValue> {
    const of = await this.value(expression.of)
    const name = textOf(await this.value(expression.name))
    const isType = typeof of === 'object' && of !== null && 'type' in of
    if (expression.is === 'member')
      return isType && expression.isStatic ? staticMember(of.type, name, this.#session) : memberOf(of, name)
    const args: PsValue[] = []
    for (const arg of expression.args) args.push(await this.value(arg))
    return isType && expression.isStatic
      ? staticCall(of.type, name, args, this.#session)
      : callMember(of, name, args, this.#session)
  }

  #unary(operator: string, value: PsValue): PsValue {
    if (operator === 'not') return !isTruthy(value)
    if (operator === 'join') return listOf(value).map(textOf).join('')
    if (operator === 'split') return listOf(value).flatMap((one) => textOf(one).trim().split(/\s+/))
    return operator === '-' ? -numberOf(value) : numberOf(value)
  }

  async #binary({ operator, left, right }: Extract<Expression, { is: 'binary' }>): Promise<PsValue> {
    const first = await this.value(left)
    if (operator === 'and') return isTruthy(first) && isTruthy(await this.value(right))
    if (operator === 'or') return isTruthy(first) || isTruthy(await this.value(right))
    const second = await this.value(right)
    if (/^[ci]?match$/.test(operator) && !Array.isArray(first)) {
      const found = regex(textOf(second), operator.startsWith('c') ? '' : 'i').exec(textOf(first))
      if (found)
        this.#session.set(
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
    if (scope === 'env') return this.#session.host.windows.environment(name, this.#session.host.user)
    switch (name.toLowerCase()) {
      case '?':
        return this.#session.isFine
      case 'lastexitcode':
        return this.#session.lastExitCode
      case 'input':
        return this.#session.host.input
      case 'pwd':
        return this.#session.cwd
      case 'pid':
        return 4312
      case 'home':
        return this.#session.host.windows.environment('USERPROFILE', this.#session.host.user)
      case 'psversiontable':
        return new PsTable([
          ['PSVersion', '5.1.20348.2700'],
          ['PSEdition', 'Desktop'],
        ])
      default:
        return this.#session.get(name)
    }
  }

  /** Gives a value to what stands on the left of `=` or `+=`. */
  async assign(target: Expression, operator: string, value: PsValue): Promise<void> {
    const next = operator === '=' ? value : binary(operator[0] ?? '+', await this.value(target), value)
    switch (target.is) {
      case 'variable':
        if (target.scope === 'env') this.#session.host.windows.setEnvironment(target.name, textOf(next))
        else if (target.name.toLowerCase() === 'lastexitcode') this.#session.lastExitCode = numberOf(next)
        else this.#session.set(target.name, next, target.scope)
        return
      case 'cast':
        return this.assign(target.of, '=', castTo(target.type, next))
      case 'member': {
        const of = await this.value(target.of)
        // Settings of .NET itself, such as the encoding of the console, mean nothing here.
        if (typeof of === 'object' && of !== null && 'type' in of) return
        return setMember(of, textOf(await this.value(target.name)), next)
      }
      case 'index': {
        const of = await this.value(target.of)
        const at = await this.value(target.at)
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
}

function indexOf(of: PsValue, at: PsValue): PsValue {
  if (of instanceof PsTable) return memberOf(of, textOf(at))
  if (Array.isArray(at)) return at.map((one) => indexOf(of, one))
  const list = typeof of === 'string' ? [...of] : Buffer.isBuffer(of) ? [...of] : listOf(of)
  return list.at(numberOf(at)) ?? null
}
