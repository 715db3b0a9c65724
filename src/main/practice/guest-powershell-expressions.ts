import type { PowerShellSource } from './guest-powershell-source'
import type { Block, Expression, Statement } from './guest-powershell-syntax'
import { expandable, variableOf } from './guest-powershell-text'

/** How the statements inside an expression are read: the grammar goes round in a circle. */
type Inner = {
  /** A block up to its `}`. */
  block(): Block
  statement(): Statement
  /** The statements of a `$(…)` in a text. */
  statementsOf(text: string): Statement[]
}

/** Reads values: what stands on either side of an operator, in parentheses and after a pipe. */
export class PowerShellExpressions {
  readonly #source: PowerShellSource
  readonly #inner: Inner
  #hasNoLists = false

  constructor(source: PowerShellSource, inner: Inner) {
    this.#source = source
    this.#inner = inner
  }

  /** An expression whose operators bind tighter than the rank. */
  expression(rank = 0): Expression {
    let left = this.#commas()
    for (;;) {
      this.#source.blank()
      const operator = this.#peekOperator()
      if (!operator || operator.rank <= rank) return left
      this.#source.at += operator.length
      this.#source.lines()
      left = { is: 'binary', operator: operator.name, left, right: this.expression(operator.rank) }
    }
  }

  /** One or more values with commas between. */
  list(item: () => Expression): Expression {
    const items = [item()]
    for (;;) {
      const before = this.#source.at
      this.#source.blank()
      if (!this.#source.take(/^,/)) {
        this.#source.at = before
        return items.length === 1 ? items[0]! : { is: 'list', items }
      }
      this.#source.lines()
      items.push(item())
    }
  }

  #peekOperator(): { name: string; rank: number; length: number } | null {
    const rest = this.#source.ahead(20)
    const word = operators.exec(rest)?.[0]
    if (word !== undefined) {
      const name = word.slice(1).toLowerCase()
      return { name, rank: ranks[name] ?? comparisonRank, length: word.length }
    }
    const sign = /^(?:\.\.|[+*/%-])(?!=)/.exec(rest)?.[0]
    return sign === undefined ? null : { name: sign, rank: ranks[sign] ?? comparisonRank, length: sign.length }
  }

  #commas(): Expression {
    return this.#hasNoLists ? this.#unary() : this.list(() => this.#unary())
  }

  #unary(): Expression {
    this.#source.blank()
    if (this.#source.take(/^,/)) return { is: 'list', items: [this.#unary()] }
    const operator = this.#source.take(/^(?:!|-not\b|-join\b|-split\b|\+\+|--|[+-](?=[$(\d.]))/i)?.[0].toLowerCase()
    if (operator === undefined) return this.postfix(this.primary())
    this.#source.blank()
    const of = operator === '-join' || operator === '-split' ? this.#commas() : this.#unary()
    if (operator === '++' || operator === '--') return { is: 'step', target: of, by: operator === '++' ? 1 : -1 }
    return { is: 'unary', operator: operator.replace(/^-(?=\w)/, '').replace('!', 'not'), of }
  }

  postfix(start: Expression): Expression {
    let of = start
    for (;;) {
      if (this.#source.peek(/^\.[A-Za-z_$"'(]/) || this.#source.peek(/^::/)) {
        const isStatic = this.#source.letter === ':'
        this.#source.at += isStatic ? 2 : 1
        const word = this.#source.take(/^\w+/)
        const name: Expression = word ? { is: 'value', value: word[0] } : this.primary()
        if (this.#source.letter === '(') of = { is: 'invoke', of, name, isStatic, args: this.#callArguments() }
        else of = { is: 'member', of, name, isStatic }
      } else if (this.#source.letter === '[' && of.is !== 'value') {
        this.#source.at++
        this.#source.lines()
        const at = this.expression()
        this.#source.lines()
        this.#source.need(']')
        of = { is: 'index', of, at }
      } else if (this.#source.take(/^\+\+/)) of = { is: 'step', target: of, by: 1 }
      else if (this.#source.take(/^--(?!\w)/)) of = { is: 'step', target: of, by: -1 }
      else return of
    }
  }

  /** Here a comma separates arguments and makes no list. */
  #callArguments(): Expression[] {
    this.#source.need('(')
    const args: Expression[] = []
    const before = this.#hasNoLists
    for (;;) {
      this.#source.lines()
      if (this.#source.take(/^\)/)) break
      this.#hasNoLists = true
      args.push(this.expression())
      this.#hasNoLists = before
      this.#source.lines()
      if (!this.#source.take(/^,/) && this.#source.letter !== ')') this.#source.fail("Missing ')' in method call.")
    }
    return args
  }

  primary(): Expression {
    const before = this.#hasNoLists
    this.#hasNoLists = false
    const found = this.#simple()
    this.#hasNoLists = before
    return found
  }

  #simple(): Expression {
    this.#source.blank()
    if (this.#source.take(/^@'[ \t]*\r?\n/)) return { is: 'value', value: this.#source.hereText("'@") }
    if (this.#source.take(/^@"[ \t]*\r?\n/)) return expandable(this.#source.hereText('"@'), this.#inner.statementsOf)
    if (this.#source.take(/^\$\(/)) return this.#enclosed('statements')
    if (this.#source.take(/^@\(/)) return this.#enclosed('array')
    if (this.#source.take(/^\(/)) return this.#enclosed('statements')
    if (this.#source.take(/^@\{/)) return this.#table()
    if (this.#source.take(/^\{/)) {
      const block = this.#inner.block()
      this.#source.need('}')
      return { is: 'block', block }
    }
    const variable = this.#source.take(/^\$(?:\{([^}]+)\}|(?:(\w+):)?(\w+|[?^$]))/)
    if (variable) return variableOf(variable[1] ?? variable[3] ?? '', variable[2] ?? '')
    const type = this.#source.take(/^\[([A-Za-z][\w.]*(?:\[\])?)\]/)?.[1]
    if (type !== undefined) return this.#typed(type)
    const number = this.#source.take(/^(0x[\da-f]+|\d+(?:\.\d+)?)([kmgt]b)?/i)
    if (number)
      return {
        is: 'value',
        value: Number(number[1]) * 1024 ** (number[2] ? 'kmgt'.indexOf(number[2][0]!.toLowerCase()) + 1 : 0),
      }
    if (this.#source.letter === "'") return { is: 'value', value: this.#source.singleQuoted() }
    if (this.#source.letter === '"') return expandable(this.#source.doubleQuoted(), this.#inner.statementsOf)
    return this.#source.fail(`Unexpected token '${this.#source.ahead(12).split(/\s/)[0]}' in expression or statement.`)
  }

  #typed(type: string): Expression {
    if (this.#source.peek(/^::/) || !this.#source.peek(/^\s*[$"'@([{\d-]/)) return { is: 'type', name: type }
    this.#source.blank()
    return { is: 'cast', type: type.toLowerCase(), of: this.#unary() }
  }

  #enclosed(is: 'array' | 'statements'): Expression {
    const body: Statement[] = []
    for (;;) {
      this.#source.lines()
      if (this.#source.letter === ')') break
      if (this.#source.isOver) this.#source.fail("Missing closing ')' in expression.")
      body.push(this.#inner.statement())
    }
    this.#source.at++
    return { is, body }
  }

  #table(): Expression {
    const entries: [Expression, Statement][] = []
    for (;;) {
      this.#source.lines()
      if (this.#source.take(/^\}/)) return { is: 'table', entries }
      const word = this.#source.take(/^[\w-]+/)
      const key: Expression = word ? { is: 'value', value: word[0] } : this.primary()
      this.#source.blank()
      if (!this.#source.take(/^=/)) this.#source.fail("Missing '=' operator after key in hash literal.")
      this.#source.lines()
      entries.push([key, this.#inner.statement()])
    }
  }
}

const operators =
  /^-(?:[ci]?(?:eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains|notcontains|in|notin|replace|split)|join|and|or|xor|is|isnot|as|f|band|bor|bxor)(?![\w-])/i
const ranks: Record<string, number> = {
  and: 1,
  or: 1,
  xor: 1,
  band: 2,
  bor: 2,
  bxor: 2,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  f: 6,
  '..': 7,
}
const comparisonRank = 3
