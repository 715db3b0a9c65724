/** One level of what a service said; outermost first in a list. */
export type Said = {
  code: string
  message: string
  /** Name of the policy that forbids it, where the service names it beside its words. */
  policy?: string
}

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
  const policy = policyIn(value['additionalInfo'])
  const here = code || message ? [{ code, message, ...(policy && { policy }) }] : []
  return [
    ...here,
    ...dig(jsonIn(message), depth + 1),
    ...listOf(value['details']).flatMap((it) => dig(it, depth + 1)),
    ...dig(value['innererror'], depth + 1),
    ...listOf(value['values']).flatMap((it) => fromValue(it, depth + 1)),
  ]
}

/** Batch keeps the error of Compute in a value named `Provider Error Json`, and the reason of a refused sign-in in another. */
function fromValue(value: unknown, depth: number): Said[] {
  if (!isObject(value) || typeof value['value'] !== 'string') return []
  const key = value['key'] ?? value['name']
  if (key === 'AuthenticationErrorDetail') return [{ code: key, message: value['value'] }]
  return dig(jsonIn(value['value']), depth)
}

/** Microsoft Learn, "Troubleshoot error: RequestDisallowedByPolicy": `{type: 'PolicyViolation', info: {policyAssignmentName}}`. */
function policyIn(additionalInfo: unknown): string | null {
  for (const item of listOf(additionalInfo)) {
    const info = isObject(item) && isObject(item['info']) ? item['info'] : {}
    const name = info['policyAssignmentDisplayName'] ?? info['policyAssignmentName']
    if (typeof name === 'string' && name) return name
  }
  return null
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
