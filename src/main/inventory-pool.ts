import { isRetired, type ImageKind, type InventoryPool, type PoolState } from '../shared/inventory'
import type { Account } from './azure/accounts'
import { failureOf } from './azure/errors'
import type { NodeCounts } from './azure/nodes'
import type { Pool } from './azure/pools'
import { makerOf } from './azure/tags'

/** One pool as the list shows it. `counts`: its nodes by state; null where nobody may count them. */
export function rowOf(
  pool: Pool,
  about: {
    account: Account
    subscription: string
    image: InventoryPool['image'] & { kind: ImageKind }
    counts: NodeCounts | null
  },
): InventoryPool {
  const { account, subscription, counts } = about
  const { kind, ...image } = about.image
  const { id, name, vmSize, nodeAgentSku, dedicated, spot, targetDedicated, targetSpot, autoScale } = pool
  return {
    key: id.toLowerCase(),
    ...{ id, name, account: account.id.toLowerCase(), accountName: account.name, subscription, region: account.region },
    ...{ kind, image, vmSize, nodeAgentSku, dedicated, spot, targetDedicated, targetSpot, autoScale },
    taskSlotsPerNode: pool.taskSlotsPerNode,
    hasStartTask: pool.startTask !== null,
    state: stateOf(pool, kind),
    since: pool.allocationStateSince,
    resizeErrors: pool.resizeErrors.map((error) => failureOf({ error }, 'pool.resize-failed', { name }).toData()),
    // The service counts a little behind: a pool without nodes has none in any state.
    nodes: counts && dedicated + spot > 0 ? byState(counts) : {},
    run: makerOf(pool.tags) ?? makerOf(pool.metadata),
  }
}

/** What stands in the way comes before what goes on; a pool that cannot grow is never merely "steady". */
function stateOf(pool: Pool, kind: ImageKind): PoolState {
  if (pool.state.toLowerCase() === 'deleting') return 'deleting'
  if (pool.allocationState === 'Resizing') return 'resizing'
  if (pool.allocationState === 'Stopping') return 'stopping'
  if (kind === 'cloudServices') return 'dead'
  if (isRetired(kind)) return 'cannotGrow'
  if (pool.resizeErrors.length > 0 || pool.autoScale?.problem) return 'resizeFailed'
  return pool.autoScale ? 'autoscale' : 'steady'
}

/** Dedicated and Spot together; states without a node, and the sum, are left out. */
function byState({ dedicated, spot }: NodeCounts): Record<string, number> {
  const states: Record<string, number> = {}
  for (const [state, count] of [...Object.entries(dedicated), ...Object.entries(spot)]) {
    const name = state.toLowerCase()
    if (name !== 'total' && count > 0) states[name] = (states[name] ?? 0) + count
  }
  return states
}
