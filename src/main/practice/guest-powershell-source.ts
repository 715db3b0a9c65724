import { PowerShellSyntaxError } from './guest-powershell-syntax'
import { endOfNested } from './guest-powershell-text'

/** The text of a script and the place up to which it is read. */
export class PowerShellSource {
  at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** What stands at the place. */
  get letter(): string | undefined {
    return this.#text[this.at]
  }

  get isOver(): boolean {
    return this.at >= this.#text.length
  }

  /** What was read from a place on. */
  since(from: number): string {
    return this.#text.slice(from, this.at)
  }

  /** The next letters, which are not read yet. */
  ahead(count: number): string {
    return this.#text.slice(this.at, this.at + count)
  }

  peek(pattern: RegExp): boolean {
    return pattern.test(this.ahead(60))
  }

  take(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.#text.slice(this.at))
    if (found) this.at += found[0].length
    return found
  }

  word(word: string): boolean {
    return this.take(new RegExp(`^${word}(?![\\w-])`, 'i')) !== null
  }

  need(sign: string): void {
    this.blank()
    if (this.letter !== sign) this.fail(`Missing '${sign}' in expression or statement.`)
    this.at++
  }

  /** Skips what separates words. */
  blank(): void {
    this.take(/^(?:[ \t\ufeff]|`\r?\n|<#[\s\S]*?#>|#[^\n]*)+/)
  }

  /** Skips what separates statements. */
  lines(): void {
    this.take(/^(?:[\s;\ufeff]|`\r?\n|<#[\s\S]*?#>|#[^\n]*)+/)
  }

  singleQuoted(): string {
    const found = this.take(/^'((?:[^']|'')*)'/)
    return (found ?? this.fail("The string is missing the terminator: '."))[1]!.replaceAll("''", "'")
  }

  /** The text between the quotes, still with its variables. */
  doubleQuoted(): string {
    const from = ++this.at
    for (; this.at < this.#text.length; this.at++) {
      const letter = this.letter
      if (letter === '`') this.at++
      else if (letter === '$' && this.#text[this.at + 1] === '(') this.at = endOfNested(this.#text, this.at + 2)
      else if (letter === '"' && this.#text[this.at + 1] === '"') this.at++
      else if (letter === '"') return this.#text.slice(from, this.at++)
    }
    return this.fail('The string is missing the terminator: ".')
  }

  hereText(end: string): string {
    const at = this.#text.indexOf(`\n${end}`, this.at - 1)
    if (at < 0) this.fail(`The string is missing the terminator: ${end}.`)
    const text = this.#text.slice(this.at, at).replace(/\r$/, '')
    this.at = at + 1 + end.length
    return text
  }

  fail(text: string): never {
    const line = this.#text.slice(0, this.at).split('\n').length
    throw new PowerShellSyntaxError(
      `At line:${line} char:1\n${text}\n    + CategoryInfo          : ParserError: (:) [], ParentContainsErrorRecordException`,
    )
  }
}
