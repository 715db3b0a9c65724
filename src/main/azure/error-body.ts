/** One level of what a service said; outermost first in a list. */
export type Said = { code: string; message: string }

const maxDepth = 8

/**
 * Everything a service said about a failure. Azure nests errors: in `details` and `innererror`, in the `values` of Batch,
 * and as JSON text inside messages.
 */
export function whatWasSaid(body: unknown): Said[] {
  return dig(body, 0)
}

/** The JSON that hides in a sentence, or null. */
export function jsonIn(text: string): unknown {
  const start = text.indexOf('{')
  const end = text.lastIndexOf('}')
  if (start < 0 || end <= start) return null
  return parsed(text.slice(start, end + 1))
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Code and message in the XML of Blob Storage, or null. */
export function xmlError(text: string): Said | null {
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1]
  if (!code) return null
  return { code, message: /<Message>([^<]*)/.exec(text)?.[1] ?? '' }
}

function dig(value: unknown, depth: number): Said[] {
  if (depth > maxDepth || !isObject(value)) return []
  const outer = isObject(value['error']) ? value['error'] : isObject(value['odata.error']) ? value['odata.error'] : null
  if (outer) return dig(outer, depth + 1)
  const message = messageOf(value['message'])
  const code = typeof value['code'] === 'string' ? value['code'] : ''
  const here = code || message ? [{ code, message }] : []
  return [
    ...here,
    ...dig(jsonIn(message), depth + 1),
    ...listOf(value['details']).flatMap((it) => dig(it, depth + 1)),
    ...dig(value['innererror'], depth + 1),
    ...listOf(value['values']).flatMap((it) => fromValue(it, depth + 1)),
  ]
}

/** Batch keeps the error of Compute in a value named `Provider Error Json`. */
function fromValue(value: unknown, depth: number): Said[] {
  if (!isObject(value) || typeof value['value'] !== 'string') return []
  return dig(jsonIn(value['value']), depth)
}

/** Batch says `{lang, value}` where others say a string. */
function messageOf(message: unknown): string {
  if (typeof message === 'string') return message
  return isObject(message) && typeof message['value'] === 'string' ? message['value'] : ''
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 20) : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
