import type { Expression, Statement } from './guest-powershell-syntax'

/** A double-quoted text with its variables and, read by `statementsOf`, its sub-expressions. */
export function expandable(text: string, statementsOf: (text: string) => Statement[]): Expression {
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
      const inner = innerOf(text, at, statementsOf)
      if (inner) {
        parts.push(plain, inner.expression)
        plain = ''
        at = inner.end - 1
      } else plain += letter
    } else plain += letter
  }
  return parts.length === 0 ? { is: 'value', value: plain } : { is: 'text', parts: [...parts, plain] }
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0', a: '\x07', b: '\b' }

function innerOf(
  text: string,
  at: number,
  statementsOf: (text: string) => Statement[],
): { expression: Expression; end: number } | null {
  if (text[at + 1] === '(') {
    const end = endOfNested(text, at + 2)
    return { expression: { is: 'statements', body: statementsOf(text.slice(at + 2, end)) }, end: end + 1 }
  }
  const found = /^\$(?:\{([^}]+)\}|(?:(env|global|script|using|local):)?(\w+|\?))/i.exec(text.slice(at))
  return found
    ? { expression: variableOf(found[1] ?? found[3] ?? '', found[2] ?? ''), end: at + found[0].length }
    : null
}

/** Where the parenthesis closes that was opened before `from`. */
export function endOfNested(text: string, from: number): number {
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

/** A variable, or the constant that is written like one. */
export function variableOf(name: string, scope: string): Expression {
  const constant = { true: true, false: false, null: null }[name.toLowerCase()]
  if (scope === '' && constant !== undefined) return { is: 'value', value: constant }
  const colon = name.indexOf(':')
  if (scope === '' && colon > 0)
    return { is: 'variable', scope: name.slice(0, colon).toLowerCase(), name: name.slice(colon + 1) }
  return { is: 'variable', scope: scope.toLowerCase(), name }
}
