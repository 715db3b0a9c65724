import { isSameResource, parseResourceId, resourceName, type StepId } from '../../shared/terms'
import { html, type Html } from './html'
import { isPractice, outputOf, pill, say, table, type Page } from './page'

type Made = { what: string; id: string; step: string; fate: Html }

/** Everything the run made: what stays, what is still there although it need not, and what clean-up has removed. */
export function resources(page: Page): Html {
  const { texts } = page
  const head = [texts.resources.kind, texts.resources.id, texts.resources.step, texts.resources.fate]
  const rows = [...present(page), ...removed(page)].map(({ what, id, step, fate }) => [
    html`${say(page, '{kind:kind}', { kind: what })}`,
    html`<b>${resourceName(id)}</b><br /><code>${id}</code>`,
    html`${step}`,
    fate,
  ])
  return html`<section>
    <h2>${texts.resources.title}</h2>
    <div class="card">${rows.length ? table('made', head, rows) : html`<p>${texts.resources.none}</p>`}</div>
  </section>`
}

/** What goes on costing money. */
export function costs(page: Page): Html {
  const { texts } = page
  const lines = isPractice(page) ? [texts.costs.practice] : costLines(page)
  return html`<section>
    <h2>${texts.costs.title}</h2>
    <div class="card">
      <ul class="costs">
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>
    </div>
  </section>`
}

function costLines(page: Page): string[] {
  const { texts, state } = page
  const { dedicated, spot } = outputOf(page, 'pool.canary')
  const lines = state.resources.flatMap(({ what, id }) => {
    if (what === 'pool') {
      return dedicated === 0 && spot === 0 ? [] : [say(page, texts.costs.nodes, { pool: resourceName(id) })]
    }
    if (what === 'image version') return [texts.costs.image]
    return what === 'page blob' ? [texts.costs.blob] : []
  })
  return lines.length ? lines : [texts.costs.nothing]
}

function present({ state, app, texts }: Page): Made[] {
  return state.resources.map(({ what, id, step, keep }) => ({
    what,
    id,
    step: app.steps[step].title,
    fate: keep ? pill('ok', '✓', texts.resources.kept) : pill('warn', '!', texts.resources.scaffold),
  }))
}

/** The run's state forgets what is gone; the clean-up step remembers the ids. */
function removed(page: Page): Made[] {
  const ids = outputOf(page, 'finish.cleanup').removed
  const gone = (Array.isArray(ids) ? ids : []).filter((id): id is string => typeof id === 'string')
  return gone
    .filter((id) => !page.state.resources.some((made) => isSameResource(made.id, id)))
    .map((id) => ({ ...origin(page, id), id, fate: pill('quiet', '–', page.texts.resources.removed) }))
}

/** Kind and maker of a thing that is gone, from what its id or address tells by itself. */
function origin({ app }: Page, id: string): { what: string; step: string } {
  const parsed = parseResourceId(id)
  const path = parsed?.path.map(({ type }) => type) ?? ['blob']
  const known = origins.get(path.join('/').toLowerCase())
  return known ? { what: known[0], step: app.steps[known[1]].title } : { what: path.at(-1) ?? '', step: '' }
}

const origins = new Map<string, [what: string, step: StepId]>([
  ['', ['resource group', 'prepare.preflight']],
  ['batchaccounts', ['Batch account', 'prepare.account']],
  ['storageaccounts', ['storage account', 'prepare.storage']],
  ['storageaccounts/blobservices/containers', ['container', 'prepare.storage']],
  ['blob', ['page blob', 'disk.upload']],
  ['galleries', ['gallery', 'image.gallery']],
  ['galleries/images', ['image definition', 'image.definition']],
  ['galleries/images/versions', ['image version', 'image.version']],
  ['batchaccounts/pools', ['pool', 'pool.create']],
])
