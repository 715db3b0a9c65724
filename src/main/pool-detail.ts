import type { PoolDetail, Usage } from '../shared/contract'
import { toErrorData } from '../shared/errors'
import { troubledStates } from '../shared/inventory'
import type { TroubledNode } from '../shared/node-causes'
import type { RecipeId } from '../shared/terms'
import { listSizes, type VmSize } from './azure/accounts'
import type { Cloud } from './azure/cloud'
import { partsOf } from './azure/ids'
import { listNodes } from './azure/nodes'
import { isOfVm } from './azure/managed-images'
import type { Pool } from './azure/pools'
import { keyOf, type PoolFacts } from './inventory'
import { notCarried } from './pool-run'

/** What the list does not say of a pool: its troubled nodes and the cores of its account. Sizes of a region are asked for once. */
export function createPoolDetails() {
  const sizes = new Map<string, Promise<VmSize[]>>()

  function sizesOf(cloud: Cloud, subscriptionId: string, region: string, signal: AbortSignal): Promise<VmSize[]> {
    const key = `${cloud.profile.name} ${subscriptionId} ${region}`
    const known = sizes.get(key) ?? listSizes(cloud, subscriptionId, region, signal)
    sizes.set(key, known)
    known.catch(() => sizes.delete(key))
    return known
  }

  return {
    async of(cloud: Cloud, facts: PoolFacts, pool: Pool, signal: AbortSignal): Promise<PoolDetail> {
      const one = facts.accounts.find(({ account }) => keyOf(pool.id).startsWith(`${keyOf(account.id)}/`))!
      const { account } = one
      const pools = one.pools.value ?? []
      const [nodes, known, recipe] = await Promise.all([
        troubledNodes(cloud, account.endpoint, pool, signal),
        sizesOf(cloud, partsOf(pool.id).subscriptionId, account.region, signal).catch(() => null),
        recipeOf(cloud, pool, signal),
      ])
      return {
        ...nodes,
        cores: known && coresOf(pool, pools, known, account.quota),
        pools: { used: pools.length, limit: account.quota.pools },
        notCarried: notCarried(pool),
        recipe,
      }
    },
  }
}

/** How the pool's image was made, where its image can still tell. */
async function recipeOf(cloud: Cloud, { image }: Pool, signal: AbortSignal): Promise<RecipeId | null> {
  if (image.kind !== 'managed') return null
  try {
    const isFromVm = await isOfVm(cloud, image.id, signal)
    return isFromVm === null ? null : isFromVm ? 'from-vm' : 'from-disk'
  } catch {
    // Whoever may not read the image can still make a new one.
    signal.throwIfAborted()
    return null
  }
}

async function troubledNodes(
  cloud: Cloud,
  endpoint: string,
  pool: Pool,
  signal: AbortSignal,
): Promise<Pick<PoolDetail, 'troubled' | 'nodesError'>> {
  try {
    const nodes = await listNodes(cloud, endpoint, pool.name, signal)
    const troubled = nodes
      .filter(({ state }) => troubledStates.includes(state))
      .map(({ id, state, errors, startTask }): TroubledNode => ({
        id,
        state,
        errors: errors.map(({ code, message }) => ({ code, message })),
        startTask: startTask && { exitCode: startTask.exitCode, code: startTask.code },
      }))
    return { troubled, nodesError: null }
  } catch (error) {
    signal.throwIfAborted()
    return { troubled: [], nodesError: toErrorData(error) }
  }
}

type Quota = PoolFacts['accounts'][number]['account']['quota']

function coresOf(pool: Pool, pools: Pool[], sizes: VmSize[], quota: Quota): PoolDetail['cores'] {
  const sizeOf = (name: string) => sizes.find((size) => size.name.toLowerCase() === name.toLowerCase())
  const family = sizeOf(pool.vmSize)?.family
  if (family === undefined) return null
  const sum = (count: (pool: Pool) => number, of: Pool[]) =>
    of.reduce((total, it) => total + count(it) * (sizeOf(it.vmSize)?.cores ?? 0), 0)
  const same = pools.filter((it) => sizeOf(it.vmSize)?.family === family)
  const inFamily: Usage = {
    used: sum((it) => it.dedicated, same),
    limit: quota.isPerFamily ? (quota.families[family.toLowerCase()] ?? null) : null,
  }
  return {
    family,
    inFamily,
    dedicated: { used: sum((it) => it.dedicated, pools), limit: quota.dedicatedCores },
    spot: { used: sum((it) => it.spot, pools), limit: quota.spotCores },
  }
}
