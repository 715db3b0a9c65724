export type Section = Map<string, Value>
export type Value = string | number | Value[] | Section

const token = /\s+|#[^\n]*|([A-Za-z0-9_.+\-/]+)|"((?:[^"\\]|\\.)*)"|([{}[\]=,])/y
const maxDepth = 12
const maxTokens = 500_000

type Token = { kind: 'word' | 'text' | 'sign'; text: string }

/**
 * Reads the language in which LVM keeps its metadata: sections of `name { … }` and `name = value`, where a value is a
 * text, a number or a list. Null when it is not written so, or without end.
 */
export function parseLvmText(text: string): Section | null {
  const tokens = tokensOf(text)
  let next = 0

  function sectionUntil(end: string | null, depth: number): Section | null {
    const section: Section = new Map()
    while (tokens && next < tokens.length && tokens[next]!.text !== end) {
      const name = tokens[next++]!
      const sign = tokens[next++]?.text
      if (name.kind !== 'word' || depth > maxDepth) return null
      const value = sign === '{' ? sectionUntil('}', depth + 1) : sign === '=' ? valueAt(depth) : null
      if (value === null) return null
      section.set(name.text, value)
      if (sign === '{') next++
    }
    return end === null || tokens?.[next]?.text === end ? section : null
  }

  function valueAt(depth: number): Value | null {
    const first = tokens?.[next++]
    if (!first || depth > maxDepth) return null
    if (first.kind === 'text') return first.text
    if (first.kind === 'word') return Number(first.text)
    return first.text === '[' ? listAt(depth + 1) : null
  }

  function listAt(depth: number): Value[] | null {
    const list: Value[] = []
    while (tokens && next < tokens.length && tokens[next]!.text !== ']') {
      const value = valueAt(depth)
      if (value === null) return null
      list.push(value)
      if (tokens[next]?.text === ',') next++
    }
    return tokens?.[next++]?.text === ']' ? list : null
  }

  return tokens && sectionUntil(null, 0)
}

function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = []
  token.lastIndex = 0
  // The text ends with a byte of zero.
  const end = text.indexOf('\0') < 0 ? text.length : text.indexOf('\0')
  while (token.lastIndex < end) {
    const found = token.exec(text)
    if (!found || tokens.length >= maxTokens) return null
    const [, word, quoted, sign] = found
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1') })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
  }
  return tokens
}
