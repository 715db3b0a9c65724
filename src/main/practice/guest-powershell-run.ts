import type { PowerShell } from './guest-powershell'
import { errorRecord, Leave } from './guest-powershell-errors'
import { PowerShellEvaluator } from './guest-powershell-evaluate'
import { PowerShellInvoker, type Cmdlet } from './guest-powershell-invoke'
import type { Command, Expression, Statement } from './guest-powershell-syntax'
import { isEqual, isTruthy, listOf, PsError, shown, unwrap, type PsValue } from './guest-powershell-values'

/** Runs the statements of a session: its pipelines, branches, loops and `try` blocks. */
export class PowerShellRunner {
  readonly evaluator: PowerShellEvaluator
  readonly #session: PowerShell
  readonly #invoker: PowerShellInvoker

  constructor(session: PowerShell, cmdlets: ReadonlyMap<string, Cmdlet>) {
    this.#session = session
    this.evaluator = new PowerShellEvaluator(session, {
      statements: (body) => this.statements(body, false),
      statement: (statement) => this.#statement(statement),
    })
    this.#invoker = new PowerShellInvoker(session, cmdlets, this.evaluator)
  }

  /** Runs statements one after the other; at the top what they give is written at once. */
  async statements(body: Statement[], isTop: boolean): Promise<PsValue[]> {
    const all: PsValue[] = []
    for (const statement of body) {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#session.host.signal.aborted) throw new Leave('exit', [130])
      try {
        const values = await this.#statement(statement, isTop)
        if (isTop) await this.#session.host.out(shown(values))
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
        await this.evaluator.assign(statement.target, statement.operator, await this.#assigned(statement.value))
        return []
      case 'if':
        for (const { condition, body } of statement.branches)
          if (isTruthy(unwrap(await this.#statement(condition)))) return this.statements(body, isTop)
        return this.statements(statement.otherwise, isTop)
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
          if (one.match && isEqual(value, await this.evaluator.value(one.match))) chosen.push(one)
        const [first = statement.cases.find(({ match }) => match === null)] = chosen
        return first ? this.statements(first.body, isTop) : []
      }
      case 'try':
        return this.#try(statement, isTop)
      case 'function':
        this.#session.functions.set(statement.name.toLowerCase(), statement.block)
        return []
      case 'leave':
        throw new Leave(statement.how, statement.value ? await this.#statement(statement.value) : [])
    }
  }

  /** What a statement gives to a variable: an array stays one, also of a single value. */
  async #assigned(statement: Statement): Promise<PsValue> {
    const [only] = statement.is === 'pipeline' && statement.parts.length === 1 ? statement.parts : []
    return only && only.is !== 'command' ? this.evaluator.value(only) : unwrap(await this.#statement(statement))
  }

  async #loop(values: PsValue[], name: string, body: Statement[], isTop: boolean): Promise<PsValue[]> {
    const all: PsValue[] = []
    for (const value of values) {
      this.#session.set(name, value)
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
      if (this.#session.host.signal.aborted) throw new Leave('exit', [130])
      all.push(...(await this.statements(body, isTop)))
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
    const depth = this.#session.depth
    try {
      return await this.statements(body, isTop)
    } catch (error) {
      const isCaught = error instanceof PsError || (error instanceof Leave && error.how === 'throw')
      if (!handler || !isCaught) throw error
      this.#session.leaveTo(depth)
      const record = errorRecord(error)
      this.#session.set('_', record)
      this.#session.remember(record)
      const before = error.written
      error.written = []
      return [...before, ...(await this.statements(handler, isTop))]
    } finally {
      await this.statements(last, isTop)
    }
  }

  async #pipeline(parts: (Expression | Command)[], isTop: boolean): Promise<PsValue[]> {
    let values: PsValue[] = []
    for (const [at, part] of parts.entries()) {
      if (part.is === 'command')
        values = await this.#invoker.command(part, at === 0 ? null : values, isTop && parts.length === 1)
      else {
        const value = await this.evaluator.value(part)
        values =
          part.is === 'statements' || part.is === 'array' || Array.isArray(value)
            ? listOf(value)
            : value === null
              ? []
              : [value]
        if (part.is !== 'step' && at === parts.length - 1) this.#session.isFine = true
        if (part.is === 'step') values = []
      }
    }
    return values
  }
}
