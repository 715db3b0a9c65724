import type { Option } from '../../shared/contract'
import type { Generation } from '../../shared/terms'
import type { AccountQuota, VmSize } from './accounts'

/** What nodes of a pool must be able to do. */
export type Wanted = {
  generation?: Generation
  architecture?: VmSize['architecture']
  /** Families of sizes whose end Azure has announced, in lower case: taken only where nothing else fits. */
  endingFamilies?: ReadonlySet<string>
}
/** Cores of dedicated nodes that an account may still take; `used` = those of its pools, by family in lower case. */
export type CoresLeft = { quota: AccountQuota; used: Record<string, number> }

/** Below this an operating system with the node agent has no room for tasks. */
const leastCores = 2
const leastMemoryGb = 4

/** The sizes of a region for the picker: the cheapest fitting ones first, what does not fit with the reason. */
export function sizeOptions(sizes: readonly VmSize[], wanted: Wanted, left: CoresLeft | null): Option[] {
  const best = smallestSize(sizes, wanted, left)
  return sizes.map((size): Option => {
    const { name, family, cores, memoryGb, localDiskGb, generations } = size
    const unfit = unfitness(size, wanted, left)
    return {
      value: name,
      label: name,
      group: family,
      size: { cores, memoryGb, localDiskGb, generations },
      ...(unfit ? { unfit } : {}),
      ...(name === best ? { first: 'recommended' } : {}),
    }
  })
}

/**
 * The size proposed among those that fit, or null where none does: one that stays and has a temporary disk, because images for
 * Batch must use the default temporary drive (Batch guide, "Prepare a custom image"); then the one that costs least, as far as
 * figures tell: Azure prices a family by cores, then memory.
 */
export function smallestSize(sizes: readonly VmSize[], wanted: Wanted, left: CoresLeft | null): string | null {
  const fitting = sizes.filter(
    (size) =>
      (size.cores ?? 0) >= leastCores &&
      (size.memoryGb ?? 0) >= leastMemoryGb &&
      size.architecture === (wanted.architecture ?? 'x64') &&
      unfitness(size, wanted, left) === null,
  )
  const drawbacks = ({ family, localDiskGb }: VmSize) => [
    Number(wanted.endingFamilies?.has(family.toLowerCase()) ?? false),
    Number(!localDiskGb),
  ]
  const rank = (size: VmSize) => [...drawbacks(size), size.cores!, size.memoryGb!]
  return fitting.toSorted((a, b) => compared(rank(a), rank(b)) || a.name.localeCompare(b.name, 'en'))[0]?.name ?? null
}

/** The first figure that differs decides. */
function compared(a: readonly number[], b: readonly number[]): number {
  return a.map((figure, at) => figure - b[at]!).find((difference) => difference !== 0) ?? 0
}

function unfitness(size: VmSize, wanted: Wanted, left: CoresLeft | null): NonNullable<Option['unfit']> | null {
  const { generation, architecture } = wanted
  if (generation && !size.generations.includes(generation)) {
    return { why: 'generation', params: { found: size.generations.join(', '), wanted: generation } }
  }
  if (architecture && size.architecture !== architecture) {
    return { why: 'architecture', params: { found: size.architecture, wanted: architecture } }
  }
  const cores = left && coresLeft(size.family, left)
  const needed = size.cores ?? 1
  return cores && cores.left < needed ? { why: 'quota', params: { ...cores, needed } } : null
}

/** null where the account says nothing: the subscription's own quota counts. */
function coresLeft(family: string, { quota, used }: CoresLeft): { left: number; limit: number } | null {
  const key = family.toLowerCase()
  const limit = quota.isPerFamily ? (quota.families[key] ?? 0) : quota.dedicatedCores
  if (limit === null) return null
  const taken = quota.isPerFamily ? (used[key] ?? 0) : Object.values(used).reduce((sum, cores) => sum + cores, 0)
  return { left: Math.max(0, limit - taken), limit }
}

/** Cores that nodes of pools hold or are about to get, by family in lower case. */
export function coresUsed(
  pools: readonly { vmSize: string; dedicated: number; targetDedicated: number }[],
  sizes: readonly VmSize[],
): Record<string, number> {
  const used: Record<string, number> = {}
  for (const { vmSize, dedicated, targetDedicated } of pools) {
    const size = sizes.find(({ name }) => name.toLowerCase() === vmSize.toLowerCase())
    if (!size) continue
    const key = size.family.toLowerCase()
    used[key] = (used[key] ?? 0) + (size.cores ?? 0) * Math.max(dedicated, targetDedicated)
  }
  return used
}
