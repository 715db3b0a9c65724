import { plain } from '../../shared/messages/format'

/** A key that no JSON can bring: what a journal, a cloud or a file says is never taken for markup. */
const markup = Symbol('markup')

/** Markup made by `html`; everything in it that came from outside is escaped, and without signs that turn text around. */
export type Html = { readonly [markup]: string }
type Part = string | number | Html | readonly Html[]

/** Markup from a template: texts and numbers put in are escaped, markup stays as it is. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return { [markup]: texts.reduce((whole, text, at) => whole + markupOf(parts[at - 1] ?? '') + text) }
}

/** Our own text that is markup already, such as a style sheet. Never for anything that came from outside. */
export function trusted(text: string): Html {
  return { [markup]: text }
}

export function markupOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return 'map' in part ? part.map((one) => one[markup]).join('\n') : part[markup]
}

export const nothing = trusted('')

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return plain(text).replace(/[&<>"']/g, (character) => entities[character]!)
}
