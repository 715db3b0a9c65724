import { isVersionOf, type Catalog } from '../../../shared/catalog'
import type { PreflightPlan, PreflightRow } from '../../../shared/preflight'
import type { StepId } from '../../../shared/terms'
import { batchApiVersion } from '../../azure/cloud'
import { supportEnd } from '../../azure/nodes'
import { valueOr, type Answers } from './answers'

/** What the app knows of ends without asking, from its dated catalogs. */
export type Known = Pick<Catalog<'retirements'>, 'retirements'> &
  Pick<Catalog<'node-agents'>, 'agents'> &
  Pick<Catalog<'vm-sizes'>, 'sizes'>

/** `on`: the first day without it; null: announced without a day. */
type End = { on: string | null; replacement: string | null }
type Kind = 'size' | 'support' | 'api'
type Subject = { id: string; kind: Kind; name: string; step?: StepId }

/** Time enough to make another image and to move what runs. */
const warnDays = 180
const dayMs = 24 * 60 * 60_000

/** What of a plan Azure has ended or is going to end: size, node agent, system on the disk, and the API that the app speaks. */
export function retirementRows(plan: PreflightPlan, answers: Answers, known: Known, now: Date): PreflightRow[] {
  const row = (subject: Subject, end: End | null) => rowOf(subject, end, now)
  return [
    ...sizeRows(plan, answers, known, row),
    ...agentRows(plan, answers, known, row),
    ...systemRows(plan, answers, known, row),
    row({ id: 'retirement api', kind: 'api', name: batchApiVersion }, apiEnd(known)),
  ]
}

type Row = (subject: Subject, end: End | null) => PreflightRow

function rowOf({ id, kind, name, step }: Subject, end: End | null, now: Date): PreflightRow {
  const row = { id, family: 'retirements' as const, ...(step ? { step } : {}) }
  if (!end) return { ...row, params: { name }, text: kind === 'api' ? 'apiStays' : 'endsNever', severity: 'ok' }
  const params = { name, replacement: end.replacement ?? '' }
  if (end.on === null) return { ...row, params, text: kind === 'api' ? 'apiOpen' : 'endsOpen', severity: 'warn' }
  const days = Math.ceil((Date.parse(end.on) - now.getTime()) / dayMs)
  const dated = { ...params, on: end.on, days }
  if (days > warnDays) return { ...row, params: dated, text: kind === 'api' ? 'apiLater' : 'endsLater', severity: 'ok' }
  return days > 0
    ? { ...row, params: dated, text: `${kind}Soon`, severity: 'warn' }
    : { ...row, params: dated, text: `${kind}Over`, severity: 'block' }
}

/** Sizes end by families. Where nobody knows the family of a size, the quotas say that there is no such size. */
function sizeRows({ pool: { vmSize } }: PreflightPlan, { sizes }: Answers, known: Known, row: Row): PreflightRow[] {
  const listed = [...valueOr(sizes, []), ...known.sizes].find(({ name }) => isSame(name, vmSize))
  if (!listed) return []
  const end = known.retirements.find(({ families }) => families?.some((family) => isSame(family, listed.family)))
  return [row({ id: 'retirement size', kind: 'size', name: vmSize, step: 'pool.create' }, end ?? null)]
}

function agentRows(plan: PreflightPlan, answers: Answers, known: Known, row: Row): PreflightRow[] {
  const { nodeAgentSku } = plan.pool
  if (!nodeAgentSku) return []
  // Where the disk needs this very agent, only another disk helps.
  const step: StepId = isServedBy(plan, nodeAgentSku, known) ? 'disk.choose' : 'pool.create'
  const judged = row(
    { id: 'retirement agent', kind: 'support', name: nodeAgentSku, step },
    agentEnd(nodeAgentSku, answers, known),
  )
  const images = valueOr(answers.supportedImages, null)
  const isOffered = images?.some((image) => isSame(image.nodeAgentSku, nodeAgentSku)) ?? true
  if (isOffered || judged.severity === 'block') return [judged]
  return [{ ...judged, step: 'pool.create', text: 'agentMissing', severity: 'block' }]
}

/** What the account itself says counts before the catalog. */
function agentEnd(agent: string, { supportedImages }: Answers, { retirements }: Known): End | null {
  const live = valueOr(supportedImages, []).filter(({ nodeAgentSku }) => isSame(nodeAgentSku, agent))
  const noted = retirements.find((entry) => isSame(entry.agent ?? '', agent))
  const on = supportEnd(live) ?? noted?.on
  return on === undefined ? null : { on, replacement: noted?.replacement ?? null }
}

/** Only where the disk was inspected already, and for what the agent of the plan does not say of it. */
function systemRows(plan: PreflightPlan, answers: Answers, known: Known, row: Row): PreflightRow[] {
  const { system } = plan.pool
  const serving = known.agents.filter(({ id }) => isServedBy(plan, id, known)).map(({ id }) => id)
  if (!system || serving.length === 0 || serving.some((id) => isSame(id, plan.pool.nodeAgentSku))) return []
  const ends = serving.map((id) => agentEnd(id, answers, known))
  const name = `${system.distribution} ${system.version}`
  return [row({ id: 'retirement system', kind: 'support', name, step: 'disk.choose' }, lastOf(ends))]
}

/** null as soon as one of them stays. */
function lastOf(ends: readonly (End | null)[]): End | null {
  const day = (end: End) => end.on ?? ''
  return ends.reduce((last, end) => (last && end ? (day(end) > day(last) ? end : last) : null))
}

function isServedBy({ pool: { system } }: PreflightPlan, agent: string, { agents }: Known): boolean {
  const serves = agents.find(({ id }) => isSame(id, agent))?.serves ?? []
  return serves.some(
    ({ distribution, version }) => distribution === system?.distribution && isVersionOf(system.version, version),
  )
}

/** Versions of the API are days, so that older ones come first. */
function apiEnd({ retirements }: Known): End | null {
  return retirements.find(({ apisBefore }) => apisBefore !== undefined && batchApiVersion < apisBefore) ?? null
}

/** Azure compares names of sizes, families and agents without regard to case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
