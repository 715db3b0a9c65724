import { Lexer, parse as parseYaml } from 'yaml'

/**
 * Reads JSON or YAML of a stranger: no more than `bytes` characters and `depth` levels, no key twice. Throws Error in plain words.
 */
export function parseData(text: string, limits: { bytes: number; depth: number }): unknown {
  if (text.length > limits.bytes) throw new Error(`larger than ${limits.bytes} bytes`)
  if (!/^\s*\{/.test(text)) {
    assertModestYaml(text, limits.depth)
    return parseYaml(text, { maxAliasCount: 50, logLevel: 'error' })
  }
  const value = JSON.parse(text) as unknown
  assertNoRepeatedKeys(text)
  return value
}

/** Whether a text holds signs that are not seen, or that turn the text around them: they could show another thing than is meant. */
export function holdsHidden(text: string, isScript: boolean): boolean {
  return hidden.test(isScript ? text.replace(/[\n\t]/g, '') : text)
}

const hidden = /[\p{Cc}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

/** A filled plan with all its comments has some 800. */
const limitWords = 10_000

/**
 * Refuses YAML that would keep its parser busy for long: it compares each key with every other, and nests without a limit. Throws
 * Error in plain words.
 */
function assertModestYaml(text: string, limitDepth: number): void {
  let words = 0
  let depth = 0
  for (const word of new Lexer().lex(text)) {
    words += 1
    if (word === '[' || word === '{') depth += 1
    if (word === ']' || word === '}') depth -= 1
    if (depth > limitDepth) throw new Error(`nested deeper than ${limitDepth} levels`)
    if (words > limitWords) throw new Error('far more entries than a plan has')
  }
}

/**
 * JSON.parse takes the last of two equal keys without a word, so that a plan can show one value to its reader and have another.
 * `text` must be valid JSON. Throws Error naming the key.
 */
function assertNoRepeatedKeys(text: string): void {
  const open: (Set<string> | null)[] = []
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]]/g
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [word] = token
    if (word === '{') open.push(new Set())
    else if (word === '[') open.push(null)
    else if (word === '}' || word === ']') open.pop()
    else if (isKey(text, tokens.lastIndex)) take(open.at(-1) ?? null, JSON.parse(word) as string)
  }
}

function take(keys: Set<string> | null, key: string): void {
  if (keys?.has(key)) throw new Error(`the key ${JSON.stringify(key.slice(0, 80))} stands there twice`)
  keys?.add(key)
}

/** Behind a key comes a colon, behind a value never. */
function isKey(text: string, from: number): boolean {
  const next = /\S/g
  next.lastIndex = from
  return next.exec(text)?.[0] === ':'
}
