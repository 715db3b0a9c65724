import { z } from 'zod'
import { html, type Html } from './html'
import { say, size, span, time, type Page } from './page'

/** How one field of an output is shown; null: there is nothing to say. */
export type Shape = { isWide?: boolean; show(value: unknown, page: Page): Html | null }
/** Any data as words and lists. */
export function plain(value: unknown, page: Page): Html {
  const { unknown, yes, no } = page.app.ui.common
  if (value === null || value === undefined || value === '') return html`${unknown}`
  if (typeof value === 'boolean') return html`${value ? yes : no}`
  if (typeof value === 'number') return html`${say(page, '{n:number}', { n: value })}`
  if (typeof value !== 'object') return html`${String(value)}`
  const lines = Array.isArray(value)
    ? value.map((one) => html`<li>${plain(one, page)}</li>`)
    : Object.entries(value).map(([key, one]) => html`<li>${key}: ${plain(one, page)}</li>`)
  return lines.length ? bullets(lines) : html`${page.texts.none}`
}

/** Lines below each other; `isSigned`: each begins with a sign of its own. */
export function bullets(lines: Html[], isSigned = false): Html {
  return isSigned
    ? html`<ul class="signed">
        ${lines}
      </ul>`
    : html`<ul>
        ${lines}
      </ul>`
}

/** Shows what has the shape expected; anything else plainly. */
export function shape<Value>(
  schema: z.ZodType<Value>,
  show: (value: Value, page: Page) => Html | null,
  isWide = false,
): Shape {
  return {
    isWide,
    show(value, page) {
      const parsed = schema.safeParse(value)
      return parsed.success ? show(parsed.data, page) : plain(value, page)
    },
  }
}

/** One word of a small vocabulary, in the language; a new word as it is. */
export function word(table: (page: Page) => Record<string, string>): Shape {
  return shape(z.string(), (value, page) => {
    const words = table(page)
    return html`${Object.hasOwn(words, value) ? words[value]! : value}`
  })
}

/** Words of a small vocabulary, each on its line. */
export function wordList(table: (page: Page) => Record<string, string>): Shape {
  return shape(
    z.array(z.string()),
    (list, page) => {
      const words = table(page)
      const lines = list.map((one) => html`<li>${Object.hasOwn(words, one) ? words[one]! : one}</li>`)
      return lines.length ? bullets(lines) : null
    },
    true,
  )
}

export const unknownField: Shape = { isWide: true, show: plain }
export const text = shape(z.string(), (value) => (value ? html`${value}` : null))
export const code = shape(z.string().nullable(), (value) => (value ? html`<code>${value}</code>` : null))
export const id: Shape = { ...code, isWide: true }
export const number = shape(z.number(), plain)
export const numberOrUnknown = shape(z.number().nullable(), plain)
export const flag = shape(z.boolean().nullable(), plain)
export const bytes = shape(z.number(), (value, page) => size(page, value))
export const seconds = shape(z.number(), (value, page) => html`${span(page, value)}`)
export const milliseconds = shape(z.number(), (value, page) => html`${span(page, value / 1000)}`)
export const moment = shape(
  z.number().min(-8.64e15).max(8.64e15),
  (value, page) => html`${time(page, new Date(value).toISOString())} UTC`,
)

export const generation = word(({ app }) => app.forms['disk.inspect'].generations)
export const tables = word(({ app }) => app.forms['disk.inspect'].tables)
