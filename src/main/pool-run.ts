import type { PoolPlace } from '../shared/pool-place'
import type { RecipeId, StepId } from '../shared/terms'
import { partsOf } from './azure/ids'
import type { Pool } from './azure/pools'
import { keyOf, type PoolFacts } from './inventory'

/**
 * Forms of a run for a pool like this one: same account, size, slots, start task and scale. The agent is that of a disk's system, which
 * nobody has changed; that of a build VM follows from the image it is made from.
 */
export function runInputs(
  pool: Pool,
  facts: PoolFacts,
  { account: _, ...cloud }: PoolPlace,
  recipe: RecipeId,
): Partial<Record<StepId, Record<string, unknown>>> {
  const key = keyOf(pool.id)
  const account = facts.accounts.find((it) => key.startsWith(`${keyOf(it.account.id)}/`))?.account
  const at = partsOf(pool.id)
  return {
    'connect.cloud': cloud,
    'connect.scope': { subscriptionId: at.subscriptionId, ...(account ? { region: account.region } : {}) },
    'prepare.account': { mode: 'choose', name: at.names[0], resourceGroup: at.resourceGroup },
    'pool.create': {
      vmSize: pool.vmSize.toLowerCase(),
      ...(pool.nodeAgentSku && recipe === 'from-disk' ? { nodeAgentSku: pool.nodeAgentSku } : {}),
      taskSlotsPerNode: pool.taskSlotsPerNode,
      interNodeCommunication: pool.interNodeCommunication,
      ...(pool.startTask ? { startTask: pool.startTask } : {}),
    },
    'pool.canary': { dedicated: Math.max(1, pool.targetDedicated), spot: pool.targetSpot },
  }
}

/** What such a run leaves behind: settings it has no field for. Names as in the service. */
export function notCarried(pool: Pool): string[] {
  return [...pool.furtherSettings, ...(pool.autoScale ? ['autoScale'] : [])]
}
