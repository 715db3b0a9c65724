import { PowerShellCommands } from './guest-powershell-commands'
import { PowerShellExpressions } from './guest-powershell-expressions'
import { PowerShellSource } from './guest-powershell-source'
import type { Block, Command, Expression, Statement } from './guest-powershell-syntax'

/** Reads a script. @throws PowerShellSyntaxError */
export function parsePowerShell(text: string): Block {
  return { ...new Parser(text).block(false), text }
}

class Parser {
  readonly #source: PowerShellSource
  readonly #expressions: PowerShellExpressions
  readonly #commands: PowerShellCommands

  constructor(text: string) {
    this.#source = new PowerShellSource(text)
    this.#expressions = new PowerShellExpressions(this.#source, {
      block: () => this.block(true),
      statement: () => this.#statement(),
      statementsOf: (inner) => parsePowerShell(inner).body,
    })
    this.#commands = new PowerShellCommands(this.#source, this.#expressions)
  }

  /** Statements up to the end, or up to `}`. */
  block(isNested: boolean): Block {
    const from = this.#source.at
    this.#source.lines()
    const parameters = this.#source.word('param') ? this.#parameters() : []
    for (const name of ['process', 'begin', 'end'])
      if (this.#source.peek(new RegExp(`^${name}\\s*\\{`, 'i'))) this.#source.word(name)
    const body = this.#statements(isNested)
    return { parameters, body, text: this.#source.since(from) }
  }

  #statements(isNested: boolean): Statement[] {
    const found: Statement[] = []
    for (;;) {
      this.#source.lines()
      if (this.#source.isOver) {
        if (isNested) this.#source.fail("Missing closing '}' in statement block or type definition.")
        return found
      }
      if (this.#source.letter === '}') {
        if (!isNested) this.#source.fail("Unexpected token '}' in expression or statement.")
        return found
      }
      if (this.#source.letter === '{' && found.length === 0 && !isNested) {
        found.push({ is: 'pipeline', parts: [this.#expressions.expression()] })
        continue
      }
      found.push(this.#statement())
      this.#source.blank()
      const next = this.#source.letter
      if (next !== undefined && !/[;\n\r})]/.test(next))
        this.#source.fail(`Unexpected token '${next}' in expression or statement.`)
      if (next === ')') return found
    }
  }

  #statement(): Statement {
    if (this.#source.word('if')) return this.#if()
    if (this.#source.word('foreach')) return this.#forEach()
    if (this.#source.word('for')) return this.#for()
    if (this.#source.word('while'))
      return { is: 'while', condition: this.#condition(), body: this.#body(), isAfter: false, isUntil: false }
    if (this.#source.word('do')) return this.#do()
    if (this.#source.word('switch')) return this.#switch()
    if (this.#source.word('try')) return this.#try()
    if (this.#source.word('function') || this.#source.word('filter')) return this.#function()
    for (const how of ['return', 'exit', 'throw', 'break', 'continue'] as const)
      if (this.#source.word(how)) return { is: 'leave', how, value: this.#optional() }
    return this.#pipeline()
  }

  #optional(): Statement | null {
    this.#source.blank()
    return this.#source.isOver || /[;\n\r})]/.test(this.#source.letter ?? '') ? null : this.#pipeline()
  }

  #if(): Statement {
    const branches = [{ condition: this.#condition(), body: this.#body() }]
    let otherwise: Statement[] = []
    for (;;) {
      const before = this.#source.at
      this.#source.lines()
      if (this.#source.word('elseif')) branches.push({ condition: this.#condition(), body: this.#body() })
      else if (this.#source.word('else')) {
        otherwise = this.#body()
        break
      } else {
        this.#source.at = before
        break
      }
    }
    return { is: 'if', branches, otherwise }
  }

  #forEach(): Statement {
    this.#source.need('(')
    const name = this.#source.take(/^\$(\w+)/)?.[1] ?? this.#source.fail('Missing variable name after foreach.')
    this.#source.blank()
    if (!this.#source.word('in')) this.#source.fail("Missing 'in' after variable in foreach loop.")
    this.#source.lines()
    const of = this.#pipeline()
    this.#source.need(')')
    return { is: 'foreach', name, of, body: this.#body() }
  }

  #for(): Statement {
    this.#source.need('(')
    const part = (end: string) => {
      this.#source.lines()
      const found = this.#source.letter === end ? null : this.#pipeline()
      this.#source.need(end)
      return found
    }
    // A line break or semicolon ends a part; `#lines` would skip it.
    const first = this.#source.letter === ';' ? null : this.#pipeline()
    this.#source.blank()
    if (this.#source.letter === ';') this.#source.at++
    this.#source.blank()
    const condition = this.#source.letter === ';' ? null : this.#pipeline()
    this.#source.blank()
    if (this.#source.letter === ';') this.#source.at++
    const next = part(')')
    return { is: 'for', first, condition, next, body: this.#body() }
  }

  #do(): Statement {
    const body = this.#body()
    this.#source.lines()
    const isUntil = this.#source.word('until')
    if (!isUntil && !this.#source.word('while')) this.#source.fail('Missing while or until keyword in do loop.')
    return { is: 'while', condition: this.#condition(), body, isAfter: true, isUntil }
  }

  #switch(): Statement {
    while (this.#source.take(/^\s*-\w+/));
    const of = this.#condition()
    this.#source.lines()
    this.#source.need('{')
    const cases: { match: Expression | null; body: Statement[] }[] = []
    for (;;) {
      this.#source.lines()
      if (this.#source.letter === '}') break
      const match = this.#source.word('default') ? null : this.#commands.argument()
      cases.push({ match, body: this.#body() })
    }
    this.#source.at++
    return { is: 'switch', of, cases }
  }

  #try(): Statement {
    const body = this.#body()
    let handler: Statement[] | null = null
    let last: Statement[] = []
    for (;;) {
      const before = this.#source.at
      this.#source.lines()
      if (this.#source.word('catch')) {
        this.#source.blank()
        this.#source.take(/^(\[[\w.]+\]\s*,?\s*)+/)
        const found = this.#body()
        handler ??= found
      } else if (this.#source.word('finally')) last = this.#body()
      else {
        this.#source.at = before
        break
      }
    }
    return { is: 'try', body, handler, last }
  }

  #function(): Statement {
    this.#source.blank()
    const name = this.#source.take(/^[\w-]+/)?.[0] ?? this.#source.fail('Missing name after function keyword.')
    this.#source.blank()
    const parameters = this.#source.letter === '(' ? this.#parameters() : []
    this.#source.lines()
    this.#source.need('{')
    const block = this.block(true)
    this.#source.need('}')
    return { is: 'function', name, block: parameters.length > 0 ? { ...block, parameters } : block }
  }

  #parameters(): Block['parameters'] {
    this.#source.need('(')
    const found: Block['parameters'] = []
    for (;;) {
      this.#source.lines()
      if (this.#source.letter === ')') break
      while (this.#source.take(/^\[[^\]\n]*\]\s*/)) this.#source.lines()
      const name = this.#source.take(/^\$(\w+)/)?.[1] ?? this.#source.fail('Missing parameter name.')
      this.#source.blank()
      let fallback: Expression | null = null
      if (this.#source.take(/^=/)) fallback = this.#expressions.expression()
      found.push({ name, fallback })
      this.#source.lines()
      this.#source.take(/^,/)
    }
    this.#source.at++
    return found
  }

  #condition(): Statement {
    this.#source.blank()
    this.#source.need('(')
    this.#source.lines()
    const found = this.#pipeline()
    this.#source.lines()
    this.#source.need(')')
    return found
  }

  #body(): Statement[] {
    this.#source.lines()
    this.#source.need('{')
    const body = this.#statements(true)
    this.#source.need('}')
    return body
  }

  #pipeline(): Statement {
    const parts: (Expression | Command)[] = []
    for (;;) {
      this.#source.blank()
      if (this.#commands.isCommand()) parts.push(this.#commands.command())
      else {
        const expression = this.#expressions.expression()
        this.#source.blank()
        const operator = parts.length === 0 ? this.#source.take(/^(?:[+\-*/%]?=)(?!=)/)?.[0] : undefined
        if (operator !== undefined) {
          this.#source.lines()
          return { is: 'assign', target: expression, operator, value: this.#statement() }
        }
        this.#commands.redirections()
        parts.push(expression)
      }
      this.#source.blank()
      if (!this.#source.take(/^\|(?!\|)/)) return { is: 'pipeline', parts }
      this.#source.lines()
    }
  }
}
