import { z } from 'zod'
import { isVersionOf, type Catalog } from '../shared/catalog'
import { option, type Option } from '../shared/contract'
import { type Generation, isSameRegion, type OsType } from '../shared/terms'
import type { VmSize } from './azure/accounts'
import { sizeOptions, type CoresLeft } from './azure/sizes'

/** One line of a list as a cloud or a catalog tells it, with what decides whether it fits a run. */
export const entry = option
  .pick({ value: true, label: true, detail: true, group: true, size: true, endsOn: true })
  .extend({
    architecture: z.enum(['x64', 'Arm64']).optional(),
    osType: z.enum(['Linux', 'Windows']).optional(),
    /** Where it is, for what must be in the run's region. */
    region: z.string().optional(),
    /** A key vault with the permission model that Batch cannot use. */
    roleBased: z.boolean().optional(),
    /** A size that the subscription cannot have. */
    restricted: z.boolean().optional(),
  })
export type Entry = z.infer<typeof entry>

/** What a run needs, as far as its forms and its disk say. */
export type Needs = {
  region?: string
  generation?: Generation
  architecture?: VmSize['architecture']
  osType?: OsType
  /** As os-release names them. */
  distribution?: string
  version?: string
  /** Regions that runs used before, the last used first. */
  recentRegions?: readonly string[]
}

/** What is known beside the list itself. */
export type Known = {
  retirements: Catalog<'retirements'>
  agents: Catalog<'node-agents'>
  /** null where nobody could be asked for quotas. */
  left: CoresLeft | null
}

/** Entries as a picker shows them: what ends and what does not fit says so, nothing is left out. */
export function optionsOf(entries: readonly Entry[], needs: Needs, known: Known): Option[] {
  const wanted = { ...needs, endingFamilies: endingFamilies(known.retirements) }
  const sizes = sizeOptions(entries.flatMap(sizeOf), wanted, known.left)
  return entries
    .map((of): Option => {
      const { architecture: _a, osType: _o, region: _r, roleBased: _b, restricted: _s, ...plain } = of
      const shown: Option = sizes.find(({ value }) => value === of.value) ?? plain
      const unfit = shown.unfit ?? unfitness(of, needs, known)
      return { ...shown, ...endOf(of, known), ...(unfit ? { unfit } : {}), ...recent(of, needs) }
    })
    .toSorted((a, b) => rank(needs, a) - rank(needs, b))
}

/** Families of VM sizes whose end is announced, in lower case. */
export function endingFamilies({ retirements }: Catalog<'retirements'>): ReadonlySet<string> {
  return new Set(retirements.flatMap(({ families }) => families ?? []).map((family) => family.toLowerCase()))
}

function sizeOf({ value, group, size, architecture = 'x64' }: Entry): VmSize[] {
  return size ? [{ name: value, family: group ?? '', architecture, ...size }] : []
}

function recent({ value }: Entry, { recentRegions = [] }: Needs): Pick<Option, 'first'> {
  return recentRegions.includes(value) ? { first: 'recent' } : {}
}

/** Place in the list of recent regions; all others after them. */
function rank({ recentRegions = [] }: Needs, { value }: Option): number {
  const at = recentRegions.indexOf(value)
  return at < 0 ? recentRegions.length : at
}

function endOf({ value, group, endsOn }: Entry, { retirements }: Known): Pick<Option, 'endsOn' | 'replacement'> {
  const found = retirements.retirements.find(
    ({ families, agent }) => isSame(agent, value) || (families ?? []).some((family) => isSame(family, group)),
  )
  const on = endsOn ?? found?.on
  return { ...(on ? { endsOn: on } : {}), ...(found?.replacement ? { replacement: found.replacement } : {}) }
}

function unfitness(
  { value, osType, region, roleBased, restricted }: Entry,
  needs: Needs,
  known: Known,
): Option['unfit'] | null {
  if (region && needs.region && !isSameRegion(region, needs.region)) {
    return { why: 'region', params: { region, wanted: needs.region } }
  }
  if (restricted) return { why: 'restricted', params: {} }
  if (roleBased) return { why: 'roleBasedVault', params: {} }
  const wanted = [needs.distribution ?? needs.osType, needs.version].filter(Boolean).join(' ')
  if (osType && needs.osType && osType !== needs.osType) return { why: 'system', params: { found: osType, wanted } }
  const serves = systemsOf(value, known)
  if (!needs.distribution || serves.length === 0 || serves.some((one) => isServed(one, needs))) return null
  const found = serves.map(({ distribution, version }) => `${distribution} ${version}`).join(', ')
  return { why: 'system', params: { found, wanted } }
}

type System = { distribution: string; version: string }

function isServed({ distribution, version }: System, needs: Needs): boolean {
  return distribution === needs.distribution && (!needs.version || isVersionOf(needs.version, version))
}

/** By the catalog, else by the id itself, which names distribution and version: `batch.node.debian 12`. */
function systemsOf(agent: string, { agents }: Known): System[] {
  const listed = agents.agents.find(({ id }) => isSame(id, agent))
  if (listed) return listed.serves
  const [, distribution, version] = /^batch\.node\.([a-z]+) ([\d.]+)$/i.exec(agent) ?? []
  return distribution && version && distribution !== 'el' ? [{ distribution: distribution.toLowerCase(), version }] : []
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.toLowerCase() === b?.toLowerCase()
}
