import { errorText } from '../../shared/messages/messages'
import { isSameResource, parseResourceId, type StepId } from '../../shared/terms'
import { html, nothing, type Html } from './html'
import { cloudName, codeRow, factGrid, isPractice, outputOf, say, span, time, type Page, type Row } from './page'

/** Name, verdict and the facts that tell one run from another. */
export function head(page: Page, about: { app: string; at: Date }): Html {
  const { state, texts } = page
  return html`<header>
    <p class="eyebrow">${texts.eyebrow}</p>
    <h1>${state.name}</h1>
    <p class="quiet">${texts.intro}</p>
    ${verdict(page)} ${isPractice(page) ? html`<p class="band practice">${texts.practice}</p>` : nothing}
    <div class="card">${factGrid(facts(page, about))}</div>
  </header>`
}

function verdict(page: Page): Html {
  const { state, steps, texts } = page
  const failed = steps.filter((step) => state.steps[step].status === 'failed')
  const isProved = ['pool.canary', 'finish.verify'].every((step) => state.steps[step as StepId].status === 'done')
  const title = failed[0] ? page.app.steps[failed[0]].title : ''
  if (isProved) {
    const more = failed.length ? say(page, texts.result.alsoFailed, { title }) : ''
    const words = [proved(page), secondsToIdle(page), more].filter(Boolean).join(' ')
    return band(failed.length ? 'warn' : 'ok', failed.length ? '!' : '✓', words)
  }
  const done = steps.filter((step) => state.steps[step].status === 'done').length
  const count = say(page, texts.result.count, { done, total: steps.length })
  const error = failed[0] && state.steps[failed[0]].error
  if (failed.length) {
    const what = error ? errorText(error, page.language).what : ''
    return band('bad', '✕', [say(page, texts.result.failed, { title }), what, count].join(' '))
  }
  const isOver = steps.every((step) => ['done', 'skipped'].includes(state.steps[step].status))
  return band('warn', '!', `${isOver ? texts.result.over : texts.result.open} ${count}`)
}

/** The pool as it is now: it may be scaled to nothing or removed since its node was seen. */
function proved(page: Page): string {
  const { result } = page.texts
  const { id } = outputOf(page, 'pool.create')
  const { removed } = outputOf(page, 'finish.cleanup')
  const { dedicated, spot } = outputOf(page, 'pool.canary')
  const isRemoved = Array.isArray(removed) && removed.some((one) => isSameResource(String(one), String(id)))
  if (isRemoved) return result.removed
  return dedicated === 0 && spot === 0 ? result.scaled : result.good
}

function secondsToIdle(page: Page): string {
  const { secondsToIdle: seconds } = outputOf(page, 'pool.canary')
  // Below a second it was a practice cloud that skips all waiting: the number would say nothing about Azure.
  return typeof seconds === 'number' && seconds >= 1
    ? say(page, page.texts.result.seconds, { span: span(page, seconds) })
    : ''
}

function band(look: 'ok' | 'warn' | 'bad', sign: string, words: string): Html {
  return html`<p class="band verdict ${look}"><i aria-hidden="true">${sign}</i><span>${words}</span></p>`
}

function facts(page: Page, about: { app: string; at: Date }): Row[] {
  const { state, texts } = page
  const scope = outputOf(page, 'connect.scope')
  const cloud = outputOf(page, 'connect.cloud').cloud
  const rows: [string, unknown][] = [
    [texts.facts.cloud, typeof cloud === 'string' ? cloudName(page, cloud) : undefined],
    [texts.facts.subscription, scope.subscriptionName],
    [texts.facts.region, scope.region],
    [texts.facts.resourceGroup, scope.resourceGroup],
    [texts.facts.pool, outputOf(page, 'pool.create').name],
    [texts.facts.image, shortImage(outputOf(page, 'image.version').id)],
    [texts.facts.app, `Batch Image Studio ${about.app}`],
  ]
  return [
    ...rows.flatMap(([label, value]): Row[] =>
      typeof value === 'string' && value ? [{ label, value: html`${value}` }] : [],
    ),
    { label: texts.facts.run, value: html`<code>${state.id}</code>` },
    { label: texts.facts.created, value: time(page, state.createdAt) },
    { label: texts.facts.written, value: time(page, about.at.toISOString()) },
    ...codes([
      [texts.facts.account, outputOf(page, 'connect.signIn').username],
      [texts.facts.node, outputOf(page, 'pool.canary').node],
    ]),
  ]
}

function codes(rows: [string, unknown][]): Row[] {
  return rows.flatMap(([label, value]): Row[] => (typeof value === 'string' && value ? [codeRow(label, value)] : []))
}

/** Gallery, definition and version, which people call an image by; any other text as it is. */
function shortImage(id: unknown): unknown {
  const path = typeof id === 'string' ? parseResourceId(id)?.path : undefined
  return path?.length === 3 ? path.map(({ name }) => name).join(' / ') : id
}
