import { createHash } from 'node:crypto'
import { articleItems } from '../shared/article-items'
import { report as german } from '../shared/messages/de/report'
import { report as english } from '../shared/messages/en/report'
import { fill } from '../shared/messages/format'
import { errorText, messages } from '../shared/messages/messages'
import type { OutputOf } from '../shared/outputs'
import type { Proof, RunState, StepState } from '../shared/run'
import { recipes, type Language, type StepId } from '../shared/terms'

type Texts = typeof english
type Page = { state: RunState; language: Language; texts: Texts }

/**
 * The report of a run as one HTML page: no script, nothing loaded from anywhere, everything that came from outside escaped.
 * `at` is the time of writing; it and all other times are shown in UTC.
 */
export function reportPage(state: RunState, about: { language: Language; app: string; at: Date }): string {
  const page: Page = { state, language: about.language, texts: about.language === 'de' ? german : english }
  const title = fill(page.texts.title, { name: state.name }, page.language)
  const steps = recipes[state.recipe].map((step) => stepSection(page, step))
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(page.texts.intro)}</p>
${verdict(page)}
${factList(page, about)}
</header>
<main>
${steps.join('\n')}
${resourceSection(page)}
</main>
</body>
</html>
`
}

function verdict({ state, texts, language }: Page): string {
  const canary = state.steps['pool.canary']
  const isGood = canary.status === 'done' && state.steps['finish.verify'].status === 'done'
  const seconds = outputOf(state, 'pool.canary').secondsToIdle
  const more = isGood && seconds !== undefined ? ` ${fill(texts.result.seconds, { seconds }, language)}.` : ''
  const words = isGood ? texts.result.good : texts.result.open
  return `<p class="verdict ${isGood ? 'done' : 'todo'}">${escapeHtml(words + more)}</p>`
}

function factList({ state, texts }: Page, about: { app: string; at: Date }): string {
  const rows: [string, string | undefined][] = [
    [texts.facts.run, state.id],
    [texts.facts.created, time(state.createdAt)],
    [texts.facts.written, time(about.at.toISOString())],
    [texts.facts.app, `Batch Image Studio ${about.app}`],
    [texts.facts.cloud, outputOf(state, 'connect.cloud').cloud],
    [texts.facts.account, outputOf(state, 'connect.signIn').username],
    [texts.facts.subscription, outputOf(state, 'connect.scope').subscriptionName],
    [texts.facts.region, outputOf(state, 'connect.scope').region],
    [texts.facts.pool, outputOf(state, 'pool.create').id],
    [texts.facts.image, outputOf(state, 'image.version').id],
    [texts.facts.node, outputOf(state, 'pool.canary').node],
  ]
  return definitionList(rows)
}

function stepSection(page: Page, id: StepId): string {
  const { state, texts, language } = page
  const step = state.steps[id]
  const rows: [string, string | undefined][] = [
    [texts.step.began, step.startedAt && time(step.startedAt)],
    [texts.step.ended, step.endedAt && time(step.endedAt)],
    [texts.step.attempts, step.attempts > 1 ? String(step.attempts) : undefined],
    [texts.step.reason, step.reason],
    [texts.step.result, step.output === undefined ? undefined : JSON.stringify(step.output, null, 1)],
  ]
  return `<section>
<h2><span class="state ${step.status}">${escapeHtml(texts.states[step.status])}</span> ${escapeHtml(messages[language].steps[id].title)}</h2>
<p class="items">${escapeHtml(fill(texts.step.items, { items: articleItems[id] }, language))}</p>
${failure(page, step)}${definitionList(rows)}
${evidence(page, step.proof)}
</section>`
}

function failure({ language }: Page, step: StepState): string {
  if (step.status !== 'failed' || !step.error) return ''
  const { what, todo } = errorText(step.error, language)
  const raw = Object.entries(step.error.details).map(([key, value]) => `${key}: ${value}`)
  return `<p class="error">${escapeHtml(what)} ${escapeHtml(todo)}</p>\n<pre>${escapeHtml(raw.join('\n'))}</pre>\n`
}

function evidence({ texts }: Page, proofs: Proof[]): string {
  if (!proofs.length) return ''
  const head = [texts.step.when, texts.step.request, texts.step.status, texts.step.requestId]
  const rows = proofs.map(({ at, method, target, status, requestId }) => [
    time(at),
    `${method} ${target}`,
    String(status),
    requestId,
  ])
  return `<h3>${escapeHtml(texts.step.evidence)}</h3>\n${table(head, rows)}`
}

function resourceSection({ state, texts, language }: Page): string {
  const { resources } = texts
  const rows = state.resources.map(({ what, id, step, keep }) => [
    fill('{kind:kind}', { kind: what }, language),
    id,
    messages[language].steps[step].title,
    keep ? resources.yes : resources.no,
  ])
  const body = rows.length
    ? table([resources.kind, resources.id, resources.step, resources.keep], rows)
    : `<p>${escapeHtml(resources.none)}</p>`
  return `<section><h2>${escapeHtml(resources.title)}</h2>\n${body}</section>`
}

function definitionList(rows: [string, string | undefined][]): string {
  const shown = rows.filter((row): row is [string, string] => !!row[1])
  const items = shown.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`)
  return items.length ? `<dl>${items.join('')}</dl>` : ''
}

function table(head: string[], rows: string[][]): string {
  const cells = (tag: 'th' | 'td', row: string[]) => row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')
  return `<table><thead><tr>${cells('th', head)}</tr></thead><tbody>\n${body}\n</tbody></table>`
}

function outputOf<Id extends StepId>(state: RunState, step: Id): Partial<OutputOf<Id>> {
  return (state.steps[step].output ?? {}) as Partial<OutputOf<Id>>
}

function time(at: string): string {
  return at.slice(0, 19).replace('T', ' ')
}

/** Everything shown passes here: names, messages and paths come from clouds, files and people. */
function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent) }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin: 0 } h3 { font-size: 1rem; margin: .75rem 0 .25rem }
section { border-top: 1px solid var(--line); padding: 1rem 0; break-inside: avoid-page }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0 }
dt { opacity: .75 } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap }
table { border-collapse: collapse; width: 100%; font-size: .85rem }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem }
.items { margin: 0; font-size: .85rem; opacity: .75 }
.state { display: inline-block; min-width: 6.5rem; font-size: .8rem; font-weight: 600; text-transform: uppercase }
.state.done::before { content: '\\2713\\00a0' } .state.failed::before { content: '\\2717\\00a0' }
.verdict { font-weight: 600; padding: .5rem .75rem; border: 1px solid var(--line); border-left-width: 4px }
.verdict.done { border-left-color: #1a7f37 } .error { border-left: 4px solid #c42b1c; padding-left: .75rem }
@media print { body { margin: 0; max-width: none; font-size: 11px } section { break-inside: auto } tr { break-inside: avoid } }
`
const styleHash = createHash('sha256').update(style).digest('base64')
