import { articleItems } from '../../shared/article-items'
import type { ErrorData } from '../../shared/errors'
import { errorText } from '../../shared/messages/messages'
import type { Proof } from '../../shared/run'
import { phaseOf, phases, type Phase, type StepId } from '../../shared/terms'
import { html, nothing, type Html } from './html'
import { badge, codeRow, factGrid, say, secondsOf, span, table, time, timeRange, type Page, type Row } from './page'
import { outputRows } from './values'

/** Every step in one table. */
export function summary(page: Page): Html {
  const { texts, steps, state } = page
  const head = [
    texts.summary.number,
    texts.summary.step,
    texts.summary.state,
    texts.summary.began,
    texts.summary.duration,
    texts.summary.items,
  ]
  const rows = steps.map((step, at) => {
    const { startedAt } = state.steps[step]
    const seconds = secondsOf(page, step)
    return [
      html`${at + 1}`,
      html`<b>${page.app.steps[step].title}</b>`,
      badge(page, step),
      seconds !== undefined && startedAt ? time(page, startedAt) : nothing,
      seconds === undefined ? nothing : html`${span(page, seconds)}`,
      html`${articleItems[step]}`,
    ]
  })
  const total = steps.reduce((sum, step) => sum + (secondsOf(page, step) ?? 0), 0)
  const foot = html`<tfoot>
    <tr>
      <td></td>
      <td colspan="3">${texts.summary.total}</td>
      <td>${span(page, total)}</td>
      <td></td>
    </tr>
  </tfoot>`
  return html`<section>
    <h2>${texts.summary.title}</h2>
    <div class="card">${table('summary', head, rows, foot)}</div>
    <p class="note">${texts.summary.note}</p>
  </section>`
}

/** The steps of each phase, with what they left behind and the evidence for it. */
export function phaseSections(page: Page): Html[] {
  return phases.map((phase) => phaseSection(page, phase))
}

function phaseSection(page: Page, phase: Phase): Html {
  const steps = page.steps.filter((step) => phaseOf(step) === phase)
  if (!steps.length) return nothing
  return html`<section>
    <h2>${page.app.phases[phase]}</h2>
    ${steps.map((step) => stepCard(page, step))}
  </section>`
}

function stepCard(page: Page, step: StepId): Html {
  const { texts, state } = page
  const { status, error, reason, proof } = state.steps[step]
  const isThis = step === 'finish.report'
  return html`<article class="card">
    <h3>${badge(page, step)}<span>${page.app.steps[step].title}</span></h3>
    <p class="meta">${meta(page, step).map((part) => html`<span>${part}</span>`)}</p>
    ${isThis ? html`<p>${texts.step.thisPage}</p>` : nothing}
    ${status === 'todo' ? html`<p class="quiet">${texts.step.notYet}</p>` : nothing}
    ${status === 'skipped' && reason ? factGrid([{ label: texts.step.reason, value: html`${reason}`, isWide: true }]) : nothing}
    ${status === 'failed' && error ? failure(page, error) : nothing} ${factGrid(outputRows(page, step))}
    ${evidence(page, proof)}
  </article>`
}

/** The line under a step's title: which one it is, when it ran and for how long, how often, what it answers. */
function meta(page: Page, step: StepId): Html[] {
  const { texts, steps, state } = page
  const { startedAt, endedAt, attempts } = state.steps[step]
  const seconds = secondsOf(page, step)
  const hasRun = seconds !== undefined && startedAt && endedAt
  return [
    html`${say(page, texts.step.number, { n: steps.indexOf(step) + 1, total: steps.length })}`,
    ...(hasRun ? [html`${timeRange(page, startedAt, endedAt)} UTC`, html`${span(page, seconds)}`] : []),
    ...(attempts > 1 ? [html`${say(page, texts.step.attempts, { n: attempts })}`] : []),
    html`${say(page, texts.step.items, { items: articleItems[step] })}`,
  ]
}

/** What happened, what to do, and the service's own words and ids, which its support asks for. */
function failure(page: Page, error: ErrorData): Html {
  const { what, todo } = errorText(error, page.language)
  const words = page.app.ui.error
  const { method, url, status, serviceCode, requestId, at, message, ...others } = error.details
  const request = [method, url].filter(Boolean).join(' ')
  const known: [string, string | number | undefined][] = [
    [words.code, error.code],
    [words.status, status],
    [words.serviceCode, serviceCode],
    [words.requestId, requestId],
    [words.request, request],
    [words.message, message],
    ...Object.entries(others).map(([key, value]): [string, string] => [key, String(value)]),
  ]
  const rows = known.flatMap(([label, value]): Row[] =>
    value === undefined || value === '' ? [] : [codeRow(label, value)],
  )
  const when: Row[] = at ? [{ label: words.at, value: html`${time(page, at)} UTC` }] : []
  return html`<div class="error">
    <p><b>${what}</b></p>
    <p>${todo}</p>
    ${factGrid([...when, ...rows])}
  </div>`
}

function evidence(page: Page, proofs: Proof[]): Html {
  if (!proofs.length) return nothing
  const { texts } = page
  const head = [texts.step.when, texts.step.request, texts.step.status, texts.step.requestId]
  const rows = proofs.map(({ at, method, target, status, requestId }) => [
    time(page, at),
    html`<code><b>${method}</b> ${target}</code>`,
    html`${String(status)}`,
    html`<code>${requestId}</code>`,
  ])
  return html`<h4>${texts.step.evidence}</h4>
    ${table('evidence', head, rows)}`
}
