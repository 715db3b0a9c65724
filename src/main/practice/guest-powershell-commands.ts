import type { PowerShellExpressions } from './guest-powershell-expressions'
import type { PowerShellSource } from './guest-powershell-source'
import type { Argument, Command, Expression } from './guest-powershell-syntax'

/** Reads commands: a name, its arguments, where its output goes. */
export class PowerShellCommands {
  readonly #source: PowerShellSource
  readonly #expressions: PowerShellExpressions

  constructor(source: PowerShellSource, expressions: PowerShellExpressions) {
    this.#source = source
    this.#expressions = expressions
  }

  /** A word that is no expression names a command; so do the operators `&` and `.`. */
  isCommand(): boolean {
    return (
      this.#source.peek(/^(?:&|\.(?=\s))/) ||
      !this.#source.peek(
        /^(?:[$"'@([{]|[+-]?\.?\d[\d.]*(?:[kmgKMG][bB])?(?=[\s;)|,}+*/.%-]|$)|!|,|\+\+|--\$|-(?:not|join|split)\b)/i,
      )
    )
  }

  command(): Command {
    const isCall = this.#source.take(/^[&.]\s*/) !== null
    const name = isCall ? this.#expressions.postfix(this.#expressions.primary()) : this.argument()
    const args: Argument[] = []
    const outlets = { discards: [] as string[], toFile: null as Expression | null }
    for (;;) {
      this.#source.blank()
      if (this.#source.isOver || this.#source.peek(/^[;|)}\n\r]/)) break
      const redirection = this.#redirection()
      if (redirection) {
        if (redirection.target === 'null') outlets.discards.push(redirection.from)
        else if (redirection.target) outlets.toFile = redirection.target
        continue
      }
      const parameter = this.#source.take(/^-([A-Za-z][\w]*)(:?)/)
      if (parameter) args.push({ parameter: parameter[1] ?? '' })
      else args.push({ value: this.#expressions.list(() => this.argument()) })
    }
    return { is: 'command', name, args, ...outlets }
  }

  redirections(): void {
    for (this.#source.blank(); this.#redirection(); this.#source.blank());
  }

  #redirection(): { from: string; target: Expression | 'null' | null } | null {
    const found = this.#source.take(/^([*\d]?)>>?(&1)?/)
    if (!found) return null
    if (found[2] !== undefined) return { from: found[1] ?? '', target: null }
    this.#source.blank()
    if (this.#source.take(/^\$null\b/i)) return { from: found[1] || '1', target: 'null' }
    return { from: found[1] || '1', target: this.argument() }
  }

  /** A value as commands take it: what is no expression is text, also with variables in it. */
  argument(): Expression {
    const parts: (string | Expression)[] = []
    const start = this.#source.at
    while (!this.#source.isOver && !/[\s;|),}]/.test(this.#source.letter ?? '')) {
      const letter = this.#source.letter
      if (letter === '@' && this.#source.peek(/^@\w/)) {
        this.#source.at++
        return { is: 'splat', name: this.#source.take(/^\w+/)?.[0] ?? '' }
      }
      if (
        letter === '$' ||
        letter === '"' ||
        letter === "'" ||
        ((letter === '(' || letter === '@' || letter === '{') && parts.length === 0)
      )
        parts.push(this.#expressions.postfix(this.#expressions.primary()))
      else if (letter === '`') {
        parts.push(this.#source.ahead(2)[1] ?? '')
        this.#source.at += 2
      } else {
        parts.push(letter ?? '')
        this.#source.at++
      }
    }
    if (this.#source.at === start)
      this.#source.fail(`Unexpected token '${this.#source.letter ?? ''}' in expression or statement.`)
    if (parts.length === 1 && typeof parts[0] === 'object') return parts[0]
    if (parts.some((part) => typeof part === 'object')) return { is: 'text', parts }
    const word = parts.join('')
    return { is: 'value', value: /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word }
  }
}
