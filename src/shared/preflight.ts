import type { preflight as texts } from './messages/en/preflight'
import type { StepId } from './terms'

/** Families of checks, in the order in which the card shows them. */
export const preflightFamilies = ['providers', 'rights', 'quotas', 'regions', 'names', 'retirements'] as const
export type PreflightFamily = (typeof preflightFamilies)[number]

/** `unknown`: it could not be read, which says nothing about whether it would work. */
export type PreflightSeverity = 'ok' | 'unknown' | 'warn' | 'block'
const worstLast: readonly PreflightSeverity[] = ['ok', 'unknown', 'warn', 'block']

/** Rights that a later step needs at a scope and that nobody has given to the one who signed in. */
export type MissingRights = { scope: string; actions: string[]; dataActions: string[] }

/** One thing that was checked. */
export type PreflightRow = {
  /** What was checked, the same in every look: `provider Microsoft.Batch`. */
  id: string
  family: PreflightFamily
  severity: PreflightSeverity
  /** Its words: a key of `messages.preflight.rows`. */
  text: keyof typeof texts.rows
  params: Record<string, string | number>
  /** The step whose form changes it. */
  step?: StepId
  missing?: MissingRights
}

/** What the checks read of the forms: everything that later steps will do in the cloud. Names of regions as Azure spells them. */
export type PreflightPlan = {
  subscriptionId: string
  region: string
  resourceGroup: string
  account: {
    mode: 'choose' | 'create'
    name: string
    resourceGroup: string
    allocationMode: 'BatchService' | 'UserSubscription'
    vaultId: string
  }
  /** null: no blob is needed, the disk goes into a managed disk. Looks of older journals always have one. */
  storage: { mode: 'choose' | 'create'; name: string; resourceGroup: string; container: string } | null
  /** The VM that the image is made of, in a group of its own. Absent in a run that sends a disk. */
  build?: { vmSize: string; resourceGroup: string }
  gallery: { mode: 'choose' | 'create'; name: string; resourceGroup: string }
  version: { regions: string[] }
  pool: {
    vmSize: string
    nodeAgentSku: string
    generation: 'V1' | 'V2'
    /** On the disk, as os-release names it; absent until the disk was inspected. */
    system?: { distribution: string; version: string }
    /** Wanted in the end; the first node is always a dedicated one. */
    dedicated: number
    spot: number
  }
}

/** One look at everything. */
export type PreflightLook = {
  /** ISO 8601, UTC. */
  at: string
  plan: PreflightPlan
  who: { name: string; objectId: string | null }
  subscriptionName: string
  rows: PreflightRow[]
}

/** The worst severity decides. */
export function verdictOf(rows: readonly PreflightRow[]): PreflightSeverity {
  const worst = Math.max(0, ...rows.map(({ severity }) => worstLast.indexOf(severity)))
  return worstLast[worst]!
}

export function countOf(rows: readonly PreflightRow[], severity: PreflightSeverity): number {
  return rows.filter((row) => row.severity === severity).length
}

/** Blocks that nobody has taken the risk of. */
export function openBlocks(rows: readonly PreflightRow[], accepted: readonly string[]): PreflightRow[] {
  return rows.filter(({ id, severity }) => severity === 'block' && !accepted.includes(id))
}

/** true: somebody else can mend it at any moment, so that looking again by itself is worth a request. */
export function mayChangeByItself({ severity, family }: PreflightRow): boolean {
  return severity === 'block' && ['providers', 'rights', 'quotas'].includes(family)
}
