/** What a script of Windows PowerShell is made of, as far as build VMs need it. */
export type Expression =
  | { is: 'value'; value: string | number | boolean | null }
  | { is: 'text'; parts: (string | Expression)[] }
  | { is: 'variable'; scope: string; name: string }
  | { is: 'splat'; name: string }
  | { is: 'array' | 'statements'; body: Statement[] }
  | { is: 'list'; items: Expression[] }
  | { is: 'table'; entries: [Expression, Statement][] }
  | { is: 'block'; block: Block }
  | { is: 'type'; name: string }
  | { is: 'cast'; type: string; of: Expression }
  | { is: 'member'; of: Expression; name: Expression; isStatic: boolean }
  | { is: 'invoke'; of: Expression; name: Expression; isStatic: boolean; args: Expression[] }
  | { is: 'index'; of: Expression; at: Expression }
  | { is: 'unary'; operator: string; of: Expression }
  | { is: 'binary'; operator: string; left: Expression; right: Expression }
  | { is: 'step'; target: Expression; by: 1 | -1 }

export type Argument = { parameter: string } | { value: Expression }
export type Command = {
  is: 'command'
  name: Expression
  args: Argument[]
  line: string
  mergesErrors: boolean
  discards: string[]
  toFile: Expression | null
}
export type Block = { parameters: { name: string; fallback: Expression | null }[]; body: Statement[]; text: string }

export type Statement =
  | { is: 'pipeline'; parts: (Expression | Command)[] }
  | { is: 'assign'; target: Expression; operator: string; value: Statement }
  | { is: 'if'; branches: { condition: Statement; body: Statement[] }[]; otherwise: Statement[] }
  | { is: 'foreach'; name: string; of: Statement; body: Statement[] }
  | { is: 'for'; first: Statement | null; condition: Statement | null; next: Statement | null; body: Statement[] }
  | { is: 'while'; condition: Statement; body: Statement[]; isAfter: boolean; isUntil: boolean }
  | { is: 'switch'; of: Statement; cases: { match: Expression | null; body: Statement[] }[] }
  | { is: 'try'; body: Statement[]; handler: Statement[] | null; last: Statement[] }
  | { is: 'function'; name: string; block: Block }
  | { is: 'leave'; how: 'return' | 'exit' | 'throw' | 'break' | 'continue'; value: Statement | null }

export class PowerShellSyntaxError extends Error {}

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

/** Reads a script. @throws PowerShellSyntaxError */
export function parsePowerShell(text: string): Block {
  const parser = new Parser(text)
  const block = parser.block(false)
  return { ...block, text }
}

class Parser {
  #at = 0
  #hasNoLists = false
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Statements up to the end, or up to `}`. */
  block(isNested: boolean): Block {
    const from = this.#at
    this.#lines()
    const parameters = this.#word('param') ? this.#parameters() : []
    for (const name of ['process', 'begin', 'end']) if (this.#peek(new RegExp(`^${name}\\s*\\{`, 'i'))) this.#word(name)
    const body = this.#statements(isNested)
    return { parameters, body, text: this.#text.slice(from, this.#at) }
  }

  #statements(isNested: boolean): Statement[] {
    const found: Statement[] = []
    for (;;) {
      this.#lines()
      if (this.#at >= this.#text.length) {
        if (isNested) this.#fail("Missing closing '}' in statement block or type definition.")
        return found
      }
      if (this.#text[this.#at] === '}') {
        if (!isNested) this.#fail("Unexpected token '}' in expression or statement.")
        return found
      }
      if (this.#text[this.#at] === '{' && found.length === 0 && !isNested) {
        found.push({ is: 'pipeline', parts: [this.#expression()] })
        continue
      }
      found.push(this.#statement())
      this.#blank()
      const next = this.#text[this.#at]
      if (next !== undefined && !/[;\n\r})]/.test(next))
        this.#fail(`Unexpected token '${next}' in expression or statement.`)
      if (next === ')') return found
    }
  }

  #statement(): Statement {
    if (this.#word('if')) return this.#if()
    if (this.#word('foreach')) return this.#forEach()
    if (this.#word('for')) return this.#for()
    if (this.#word('while'))
      return { is: 'while', condition: this.#condition(), body: this.#body(), isAfter: false, isUntil: false }
    if (this.#word('do')) return this.#do()
    if (this.#word('switch')) return this.#switch()
    if (this.#word('try')) return this.#try()
    if (this.#word('function') || this.#word('filter')) return this.#function()
    for (const how of ['return', 'exit', 'throw', 'break', 'continue'] as const)
      if (this.#word(how)) return { is: 'leave', how, value: this.#optional() }
    return this.#pipeline()
  }

  #optional(): Statement | null {
    this.#blank()
    return this.#at >= this.#text.length || /[;\n\r})]/.test(this.#text[this.#at] ?? '') ? null : this.#pipeline()
  }

  #if(): Statement {
    const branches = [{ condition: this.#condition(), body: this.#body() }]
    let otherwise: Statement[] = []
    for (;;) {
      const before = this.#at
      this.#lines()
      if (this.#word('elseif')) branches.push({ condition: this.#condition(), body: this.#body() })
      else if (this.#word('else')) {
        otherwise = this.#body()
        break
      } else {
        this.#at = before
        break
      }
    }
    return { is: 'if', branches, otherwise }
  }

  #forEach(): Statement {
    this.#need('(')
    const name = this.#take(/^\$(\w+)/)?.[1] ?? this.#fail('Missing variable name after foreach.')
    this.#blank()
    if (!this.#word('in')) this.#fail("Missing 'in' after variable in foreach loop.")
    this.#lines()
    const of = this.#pipeline()
    this.#need(')')
    return { is: 'foreach', name, of, body: this.#body() }
  }

  #for(): Statement {
    this.#need('(')
    const part = (end: string) => {
      this.#lines()
      const found = this.#text[this.#at] === end ? null : this.#pipeline()
      this.#need(end)
      return found
    }
    // A line break or semicolon ends a part; `#lines` would skip it.
    const first = this.#text[this.#at] === ';' ? null : this.#pipeline()
    this.#blank()
    if (this.#text[this.#at] === ';') this.#at++
    this.#blank()
    const condition = this.#text[this.#at] === ';' ? null : this.#pipeline()
    this.#blank()
    if (this.#text[this.#at] === ';') this.#at++
    const next = part(')')
    return { is: 'for', first, condition, next, body: this.#body() }
  }

  #do(): Statement {
    const body = this.#body()
    this.#lines()
    const isUntil = this.#word('until')
    if (!isUntil && !this.#word('while')) this.#fail('Missing while or until keyword in do loop.')
    return { is: 'while', condition: this.#condition(), body, isAfter: true, isUntil }
  }

  #switch(): Statement {
    while (this.#take(/^\s*-\w+/));
    const of = this.#condition()
    this.#lines()
    this.#need('{')
    const cases: { match: Expression | null; body: Statement[] }[] = []
    for (;;) {
      this.#lines()
      if (this.#text[this.#at] === '}') break
      const match = this.#word('default') ? null : this.#argument()
      cases.push({ match, body: this.#body() })
    }
    this.#at++
    return { is: 'switch', of, cases }
  }

  #try(): Statement {
    const body = this.#body()
    let handler: Statement[] | null = null
    let last: Statement[] = []
    for (;;) {
      const before = this.#at
      this.#lines()
      if (this.#word('catch')) {
        this.#blank()
        this.#take(/^(\[[\w.]+\]\s*,?\s*)+/)
        const found = this.#body()
        handler ??= found
      } else if (this.#word('finally')) last = this.#body()
      else {
        this.#at = before
        break
      }
    }
    return { is: 'try', body, handler, last }
  }

  #function(): Statement {
    this.#blank()
    const name = this.#take(/^[\w-]+/)?.[0] ?? this.#fail('Missing name after function keyword.')
    this.#blank()
    const parameters = this.#text[this.#at] === '(' ? this.#parameters() : []
    this.#lines()
    this.#need('{')
    const block = this.block(true)
    this.#need('}')
    return { is: 'function', name, block: parameters.length > 0 ? { ...block, parameters } : block }
  }

  #parameters(): Block['parameters'] {
    this.#need('(')
    const found: Block['parameters'] = []
    for (;;) {
      this.#lines()
      if (this.#text[this.#at] === ')') break
      while (this.#take(/^\[[^\]\n]*\]\s*/)) this.#lines()
      const name = this.#take(/^\$(\w+)/)?.[1] ?? this.#fail('Missing parameter name.')
      this.#blank()
      let fallback: Expression | null = null
      if (this.#take(/^=/)) fallback = this.#expression()
      found.push({ name, fallback })
      this.#lines()
      this.#take(/^,/)
    }
    this.#at++
    return found
  }

  #condition(): Statement {
    this.#blank()
    this.#need('(')
    this.#lines()
    const found = this.#pipeline()
    this.#lines()
    this.#need(')')
    return found
  }

  #body(): Statement[] {
    this.#lines()
    this.#need('{')
    const body = this.#statements(true)
    this.#need('}')
    return body
  }

  #pipeline(): Statement {
    const parts: (Expression | Command)[] = []
    for (;;) {
      this.#blank()
      if (this.#isCommand()) parts.push(this.#command())
      else {
        const expression = this.#expression()
        this.#blank()
        const operator = parts.length === 0 ? this.#take(/^(?:[+\-*/%]?=)(?!=)/)?.[0] : undefined
        if (operator !== undefined) {
          this.#lines()
          return { is: 'assign', target: expression, operator, value: this.#statement() }
        }
        this.#redirections()
        parts.push(expression)
      }
      this.#blank()
      if (!this.#take(/^\|(?!\|)/)) return { is: 'pipeline', parts }
      this.#lines()
    }
  }

  /** A word that is no expression names a command; so do the operators `&` and `.`. */
  #isCommand(): boolean {
    return (
      this.#peek(/^(?:&|\.(?=\s))/) ||
      !this.#peek(
        /^(?:[$"'@([{]|[+-]?\.?\d[\d.]*(?:[kmgKMG][bB])?(?=[\s;)|,}+*/.%-]|$)|!|,|\+\+|--\$|-(?:not|join|split)\b)/i,
      )
    )
  }

  #command(): Command {
    const from = this.#at
    const isCall = this.#take(/^[&.]\s*/) !== null
    const name = isCall ? this.#postfix(this.#primary()) : this.#argument()
    const args: Argument[] = []
    const outlets = { mergesErrors: false, discards: [] as string[], toFile: null as Expression | null }
    for (;;) {
      this.#blank()
      if (this.#at >= this.#text.length || this.#peek(/^[;|)}\n\r]/)) break
      const redirection = this.#redirection()
      if (redirection) {
        if (redirection.target === null) outlets.mergesErrors = true
        else if (redirection.target === 'null') outlets.discards.push(redirection.from)
        else outlets.toFile = redirection.target
        continue
      }
      const parameter = this.#take(/^-([A-Za-z][\w]*)(:?)/)
      if (parameter) args.push({ parameter: parameter[1] ?? '' })
      else args.push({ value: this.#arguments() })
    }
    return { is: 'command', name, args, line: this.#text.slice(from, this.#at).trim(), ...outlets }
  }

  #redirections(): void {
    for (this.#blank(); this.#redirection(); this.#blank());
  }

  #redirection(): { from: string; target: Expression | 'null' | null } | null {
    const found = this.#take(/^([*\d]?)>>?(&1)?/)
    if (!found) return null
    if (found[2] !== undefined) return { from: found[1] ?? '', target: null }
    this.#blank()
    if (this.#take(/^\$null\b/i)) return { from: found[1] || '1', target: 'null' }
    return { from: found[1] || '1', target: this.#argument() }
  }

  /** One or more values with commas between. */
  #arguments(): Expression {
    const items = [this.#argument()]
    for (;;) {
      const before = this.#at
      this.#blank()
      if (!this.#take(/^,/)) {
        this.#at = before
        break
      }
      this.#lines()
      items.push(this.#argument())
    }
    return items.length === 1 ? items[0]! : { is: 'list', items }
  }

  /** A value as commands take it: what is no expression is text, also with variables in it. */
  #argument(): Expression {
    const parts: (string | Expression)[] = []
    const start = this.#at
    while (this.#at < this.#text.length && !/[\s;|),}]/.test(this.#text[this.#at] ?? '')) {
      const letter = this.#text[this.#at]
      if (letter === '@' && this.#peek(/^@\w/)) {
        this.#at++
        return { is: 'splat', name: this.#take(/^\w+/)?.[0] ?? '' }
      }
      if (
        letter === '$' ||
        letter === '"' ||
        letter === "'" ||
        ((letter === '(' || letter === '@' || letter === '{') && parts.length === 0)
      )
        parts.push(this.#postfix(this.#primary()))
      else if (letter === '`') {
        parts.push(this.#text[this.#at + 1] ?? '')
        this.#at += 2
      } else {
        parts.push(letter ?? '')
        this.#at++
      }
    }
    if (this.#at === start) this.#fail(`Unexpected token '${this.#text[this.#at] ?? ''}' in expression or statement.`)
    if (parts.length === 1 && typeof parts[0] === 'object') return parts[0]
    if (parts.some((part) => typeof part === 'object')) return { is: 'text', parts }
    const word = parts.join('')
    return { is: 'value', value: /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word }
  }

  #expression(rank = 0): Expression {
    let left = this.#commas()
    for (;;) {
      this.#blank()
      const operator = this.#peekOperator()
      if (!operator || operator.rank <= rank) return left
      this.#at += operator.length
      this.#lines()
      left = { is: 'binary', operator: operator.name, left, right: this.#expression(operator.rank) }
    }
  }

  #peekOperator(): { name: string; rank: number; length: number } | null {
    const rest = this.#text.slice(this.#at, this.#at + 20)
    const word = operators.exec(rest)?.[0]
    if (word !== undefined) {
      const name = word.slice(1).toLowerCase()
      return { name, rank: ranks[name] ?? comparisonRank, length: word.length }
    }
    const sign = /^(?:\.\.|[+*/%-])(?!=)/.exec(rest)?.[0]
    return sign === undefined ? null : { name: sign, rank: ranks[sign] ?? comparisonRank, length: sign.length }
  }

  #commas(): Expression {
    const items = [this.#unary()]
    while (!this.#hasNoLists) {
      const before = this.#at
      this.#blank()
      if (!this.#take(/^,/)) {
        this.#at = before
        break
      }
      this.#lines()
      items.push(this.#unary())
    }
    return items.length === 1 ? items[0]! : { is: 'list', items }
  }

  #unary(): Expression {
    this.#blank()
    if (this.#take(/^,/)) return { is: 'list', items: [this.#unary()] }
    const operator = this.#take(/^(?:!|-not\b|-join\b|-split\b|\+\+|--|[+-](?=[$(\d.]))/i)?.[0].toLowerCase()
    if (operator === undefined) return this.#postfix(this.#primary())
    this.#blank()
    const of = operator === '-join' || operator === '-split' ? this.#commas() : this.#unary()
    if (operator === '++' || operator === '--') return { is: 'step', target: of, by: operator === '++' ? 1 : -1 }
    return { is: 'unary', operator: operator.replace(/^-(?=\w)/, '').replace('!', 'not'), of }
  }

  #postfix(start: Expression): Expression {
    let of = start
    for (;;) {
      if (this.#peek(/^\.[A-Za-z_$"'(]/) || this.#peek(/^::/)) {
        const isStatic = this.#text[this.#at] === ':'
        this.#at += isStatic ? 2 : 1
        const word = this.#take(/^\w+/)
        const name: Expression = word ? { is: 'value', value: word[0] } : this.#primary()
        if (this.#text[this.#at] === '(') of = { is: 'invoke', of, name, isStatic, args: this.#callArguments() }
        else of = { is: 'member', of, name, isStatic }
      } else if (this.#text[this.#at] === '[' && of.is !== 'value') {
        this.#at++
        this.#lines()
        const at = this.#expression()
        this.#lines()
        this.#need(']')
        of = { is: 'index', of, at }
      } else if (this.#take(/^\+\+/)) of = { is: 'step', target: of, by: 1 }
      else if (this.#take(/^--(?!\w)/)) of = { is: 'step', target: of, by: -1 }
      else return of
    }
  }

  /** Here a comma separates arguments and makes no list. */
  #callArguments(): Expression[] {
    this.#need('(')
    const args: Expression[] = []
    const before = this.#hasNoLists
    for (;;) {
      this.#lines()
      if (this.#take(/^\)/)) break
      this.#hasNoLists = true
      args.push(this.#expression())
      this.#hasNoLists = before
      this.#lines()
      if (!this.#take(/^,/) && this.#text[this.#at] !== ')') this.#fail("Missing ')' in method call.")
    }
    return args
  }

  #primary(): Expression {
    const before = this.#hasNoLists
    this.#hasNoLists = false
    const found = this.#simple()
    this.#hasNoLists = before
    return found
  }

  #simple(): Expression {
    this.#blank()
    const here = this.#at
    if (this.#take(/^@'[ \t]*\r?\n/)) return { is: 'value', value: this.#hereText("'@") }
    if (this.#take(/^@"[ \t]*\r?\n/)) return expandable(this.#hereText('"@'))
    if (this.#take(/^\$\(/)) return this.#enclosed('statements')
    if (this.#take(/^@\(/)) return this.#enclosed('array')
    if (this.#take(/^\(/)) return this.#enclosed('statements')
    if (this.#take(/^@\{/)) return this.#table()
    if (this.#take(/^\{/)) {
      const block = this.block(true)
      this.#need('}')
      return { is: 'block', block: { ...block, text: block.text } }
    }
    const variable = this.#take(/^\$(?:\{([^}]+)\}|(?:(\w+):)?(\w+|[?^$]))/)
    if (variable) return variableOf(variable[1] ?? variable[3] ?? '', variable[2] ?? '')
    const type = this.#take(/^\[([A-Za-z][\w.]*(?:\[\])?)\]/)?.[1]
    if (type !== undefined) return this.#typed(type)
    const number = this.#take(/^(0x[\da-f]+|\d+(?:\.\d+)?)([kmgt]b)?/i)
    if (number)
      return {
        is: 'value',
        value: Number(number[1]) * 1024 ** (number[2] ? 'kmgt'.indexOf(number[2][0]!.toLowerCase()) + 1 : 0),
      }
    if (this.#text[here] === "'") return { is: 'value', value: this.#singleQuoted() }
    if (this.#text[here] === '"') return expandable(this.#doubleQuoted())
    return this.#fail(
      `Unexpected token '${this.#text.slice(here, here + 12).split(/\s/)[0]}' in expression or statement.`,
    )
  }

  #typed(type: string): Expression {
    if (this.#peek(/^::/) || !this.#peek(/^\s*[$"'@([{\d-]/)) return { is: 'type', name: type }
    this.#blank()
    return { is: 'cast', type: type.toLowerCase(), of: this.#unary() }
  }

  #enclosed(is: 'array' | 'statements'): Expression {
    const body: Statement[] = []
    for (;;) {
      this.#lines()
      if (this.#text[this.#at] === ')') break
      if (this.#at >= this.#text.length) this.#fail("Missing closing ')' in expression.")
      body.push(this.#statement())
    }
    this.#at++
    return { is, body }
  }

  #table(): Expression {
    const entries: [Expression, Statement][] = []
    for (;;) {
      this.#lines()
      if (this.#take(/^\}/)) return { is: 'table', entries }
      const word = this.#take(/^[\w-]+/)
      const key: Expression = word ? { is: 'value', value: word[0] } : this.#primary()
      this.#blank()
      if (!this.#take(/^=/)) this.#fail("Missing '=' operator after key in hash literal.")
      this.#lines()
      entries.push([key, this.#statement()])
    }
  }

  #singleQuoted(): string {
    const found = this.#take(/^'((?:[^']|'')*)'/)
    return (found ?? this.#fail("The string is missing the terminator: '."))[1]!.replaceAll("''", "'")
  }

  /** The text between the quotes, still with its variables. */
  #doubleQuoted(): string {
    const from = ++this.#at
    for (; this.#at < this.#text.length; this.#at++) {
      const letter = this.#text[this.#at]
      if (letter === '`') this.#at++
      else if (letter === '$' && this.#text[this.#at + 1] === '(') this.#at = endOfNested(this.#text, this.#at + 2)
      else if (letter === '"' && this.#text[this.#at + 1] === '"') this.#at++
      else if (letter === '"') return this.#text.slice(from, this.#at++)
    }
    return this.#fail('The string is missing the terminator: ".')
  }

  #hereText(end: string): string {
    const at = this.#text.indexOf(`\n${end}`, this.#at - 1)
    if (at < 0) this.#fail(`The string is missing the terminator: ${end}.`)
    const text = this.#text.slice(this.#at, at).replace(/\r$/, '')
    this.#at = at + 1 + end.length
    return text
  }

  #peek(pattern: RegExp): boolean {
    return pattern.test(this.#text.slice(this.#at, this.#at + 60))
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.#text.slice(this.#at))
    if (found) this.#at += found[0].length
    return found
  }

  #word(word: string): boolean {
    return this.#take(new RegExp(`^${word}(?![\\w-])`, 'i')) !== null
  }

  #need(sign: string): void {
    this.#blank()
    if (this.#text[this.#at] !== sign) this.#fail(`Missing '${sign}' in expression or statement.`)
    this.#at++
  }

  /** Skips what separates words. */
  #blank(): void {
    this.#take(/^(?:[ \t\ufeff]|`\r?\n|<#[\s\S]*?#>|#[^\n]*)+/)
  }

  /** Skips what separates statements. */
  #lines(): void {
    this.#take(/^(?:[\s;\ufeff]|`\r?\n|<#[\s\S]*?#>|#[^\n]*)+/)
  }

  #fail(text: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length
    throw new PowerShellSyntaxError(
      `At line:${line} char:1\n${text}\n    + CategoryInfo          : ParserError: (:) [], ParentContainsErrorRecordException`,
    )
  }
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0', a: '\x07', b: '\b' }

/** The parts of a double-quoted text. */
function expandable(text: string): Expression {
  const parts: (string | Expression)[] = []
  let plain = ''
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? ''
    if (letter === '`') {
      const next = text[++at] ?? ''
      plain += escapes[next] ?? next
    } else if (letter === '"' && text[at + 1] === '"') {
      plain += '"'
      at++
    } else if (letter === '$') {
      const inner = innerOf(text, at)
      if (inner) {
        parts.push(plain, inner.expression)
        plain = ''
        at = inner.end - 1
      } else plain += letter
    } else plain += letter
  }
  return parts.length === 0 ? { is: 'value', value: plain } : { is: 'text', parts: [...parts, plain] }
}

function innerOf(text: string, at: number): { expression: Expression; end: number } | null {
  if (text[at + 1] === '(') {
    const end = endOfNested(text, at + 2)
    return { expression: { is: 'statements', body: parsePowerShell(text.slice(at + 2, end)).body }, end: end + 1 }
  }
  const found = /^\$(?:\{([^}]+)\}|(?:(env|global|script|using|local):)?(\w+|\?))/i.exec(text.slice(at))
  return found
    ? { expression: variableOf(found[1] ?? found[3] ?? '', found[2] ?? ''), end: at + found[0].length }
    : null
}

/** Where the parenthesis closes that was opened before `from`. */
function endOfNested(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at++) {
    const letter = text[at]
    if (letter === '`') at++
    else if (letter === "'" || letter === '"') {
      const end = text.indexOf(letter, at + 1)
      at = end < 0 ? text.length : end
    } else if (letter === '(') depth++
    else if (letter === ')' && --depth === 0) return at
  }
  return text.length
}

function variableOf(name: string, scope: string): Expression {
  const constant = { true: true, false: false, null: null }[name.toLowerCase()]
  if (scope === '' && constant !== undefined) return { is: 'value', value: constant }
  const colon = name.indexOf(':')
  if (scope === '' && colon > 0)
    return { is: 'variable', scope: name.slice(0, colon).toLowerCase(), name: name.slice(colon + 1) }
  return { is: 'variable', scope: scope.toLowerCase(), name }
}
