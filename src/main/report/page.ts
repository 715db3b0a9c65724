import { report as german } from '../../shared/messages/de/report'
import { report as english } from '../../shared/messages/en/report'
import { fill, sizeText, type Params } from '../../shared/messages/format'
import { messages, type Messages } from '../../shared/messages/messages'
import type { OutputOf } from '../../shared/outputs'
import type { RunState } from '../../shared/run'
import { recipes, type Language, type StepId } from '../../shared/terms'
import { html, nothing, type Html } from './html'

/** What every part of the report is written from. */
export type Page = {
  state: RunState
  steps: readonly StepId[]
  language: Language
  texts: typeof english
  app: Messages
}

/** The state as the reader will find it: the step that writes this page is done once there is a page to read. */
export function pageOf(state: RunState, language: Language, at: Date): Page {
  const step = state.steps['finish.report']
  const written = { ...step, status: 'done' as const, endedAt: at.toISOString(), output: undefined }
  return {
    state: { ...state, steps: { ...state.steps, 'finish.report': written } },
    steps: recipes[state.recipe],
    language,
    texts: language === 'de' ? german : english,
    app: messages[language],
  }
}

/** A text with its holes filled. */
export function say(page: Page, text: string, params: Params): string {
  return fill(text, params, page.language)
}

/** What a step left behind; a journal may hold anything, so every field may be missing or of another type. */
export function outputOf<Id extends StepId>(page: Page, step: Id): Partial<Record<keyof OutputOf<Id>, unknown>> {
  const { status, output } = page.state.steps[step]
  return status === 'done' && typeof output === 'object' && output !== null ? output : {}
}

export function isPractice(page: Page): boolean {
  return outputOf(page, 'connect.cloud').cloud === 'practice'
}

export function cloudName({ app }: Page, cloud: string): string {
  const { practice, public: azure, usgov, china } = app.forms['connect.cloud']
  return new Map(Object.entries({ practice, public: azure, usgov, china })).get(cloud)?.label ?? cloud
}

/** Date and time in UTC to the second, such as `23 Nov 2026, 08:29:12` or `23.11.2026, 08:29:12`. */
export function time(page: Page, at: string): Html {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return html`${at}`
  return html`<time datetime="${date.toISOString()}">${clock(page).format(date)}</time>`
}

/** From one moment to another, in UTC; the day only once where both are on the same. */
export function timeRange(page: Page, from: string, to: string): string {
  return clock(page).formatRange(new Date(from), new Date(to))
}

/** A span in its two largest units; below ten seconds with a tenth. */
export function span(page: Page, seconds: number): string {
  const one = (value: number, unit: string) =>
    new Intl.NumberFormat(page.language, { style: 'unit', unit, unitDisplay: 'short' }).format(value)
  if (seconds < 0.001) return `< ${one(1, 'second')}`
  if (seconds < 0.95) return one(Math.round(seconds * 1000), 'millisecond')
  if (seconds < 10) return one(Math.round(seconds * 10) / 10, 'second')
  const whole = Math.round(seconds)
  if (whole < 60) return one(whole, 'second')
  const [size, large, small] = whole < 3600 ? ([60, 'minute', 'second'] as const) : ([3600, 'hour', 'minute'] as const)
  const rest = Math.floor((whole % size) / (size / 60))
  const first = one(Math.floor(whole / size), large)
  return rest ? `${first} ${one(rest, small)}` : first
}

/** A size in words, and the exact number of bytes, which is what logs and Azure show. */
export function size(page: Page, bytes: number): Html {
  const words = sizeText(bytes, page.language)
  if (bytes < 1024) return html`${words}`
  return html`${words} <small>${say(page, page.texts.bytes, { n: bytes })}</small>`
}

/** Seconds between the start and the end of a step's last attempt; undefined where it has not both. */
export function secondsOf(page: Page, step: StepId): number | undefined {
  const { status, startedAt, endedAt } = page.state.steps[step]
  if ((status !== 'done' && status !== 'failed') || !startedAt || !endedAt) return undefined
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000
  return seconds >= 0 ? seconds : undefined
}

/** Sign and word of a step's state: colour is never the only difference. */
export function badge(page: Page, step: StepId): Html {
  const { status } = page.state.steps[step]
  return pill(
    status === 'done' ? 'ok' : status === 'failed' ? 'bad' : 'quiet',
    signs[status],
    page.texts.states[status],
  )
}

export function pill(look: 'ok' | 'warn' | 'bad' | 'quiet', sign: string, word: string): Html {
  return html`<span class="pill ${look}"><i aria-hidden="true">${sign}</i>${word}</span>`
}

export type Row = { label: string; value: Html; isWide?: boolean }

/** A row for an id or address, on a line of its own when it is long. */
export function codeRow(label: string, value: string | number): Row {
  return { label, value: html`<code>${value}</code>`, isWide: String(value).length > 36 }
}

/** Facts as a grid; long values take a line of their own. */
export function factGrid(rows: Row[]): Html {
  if (!rows.length) return nothing
  const cells = rows.map(
    ({ label, value, isWide }) =>
      html`<div class="${isWide ? 'wide' : 'short'}">
        <dt>${label}</dt>
        <dd>${value}</dd>
      </div>`,
  )
  return html`<dl class="grid">${cells}</dl>`
}

export function table(look: string, head: string[], rows: Html[][], foot: Html = nothing): Html {
  const heads = head.map((text) => html`<th scope="col">${text}</th>`)
  const lines = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell) => html`<td>${cell}</td>`)}
      </tr>`,
  )
  return html`<table class="${look}">
    <thead>
      <tr>
        ${heads}
      </tr>
    </thead>
    <tbody>
      ${lines}
    </tbody>
    ${foot}
  </table>`
}

const signs = {
  done: '✓',
  failed: '✕',
  skipped: '–',
  todo: '○',
  running: '…',
  waiting: '…',
  interrupted: '!',
  paused: '‖',
}

/** English as it is written where days come before months, which no reader can take for another day. */
function clock({ language }: Page): Intl.DateTimeFormat {
  const locale = language === 'en' ? 'en-GB' : language
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
}
