/**
 * A name of somebody else's for showing: characters that nobody sees, or that turn the direction of what follows, stand there as
 * themselves. U+2400 holds the pictures of the control characters.
 */
export function shownName(name: string): string {
  return name.replace(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, (one) => {
    const code = one.codePointAt(0)!
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    if (code === 0x7f) return '\u2421'
    return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`
  })
}
