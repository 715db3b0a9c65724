import { createHash } from 'node:crypto'
import type { StartTaskExit } from './nodes-start-task'
import { newPoolState, poolType, type NodeRecord } from './nodes-state'
import type { PracticeCloud } from './server'

export type SeededPool = {
  name: string
  machine: Record<string, unknown>
  vmSize?: string
  /** Dedicated nodes that are idle. */
  idle?: number
  /** Idle Spot nodes. */
  spot?: number
  /** Every second of them says why, as in Azure; the others are silent. */
  unusable?: number
  /** Nodes on which the start task did not find its command. */
  failed?: number
  startTask?: string
  formula?: string
}

/** Code and words: Batch guide "Check for pool and node errors". */
const diskFull = { code: 'DiskFull', message: 'There is not enough disk space on the node' }
const succeeded: StartTaskExit = { exitCode: 0, failure: null }
const notFound: StartTaskExit = {
  exitCode: 127,
  failure: {
    category: 'UserError',
    code: 'FailureExitCode',
    message: 'The task exited with an exit code representing a failure',
  },
}

/** A pool that has been there for a while, with its nodes. */
export function seedPool(cloud: PracticeCloud, account: string, pool: SeededPool): void {
  const { name, machine, vmSize = 'STANDARD_D2S_V3', idle = 0, spot = 0, unusable = 0, failed = 0 } = pool
  const now = cloud.clock.now()
  const id = `${account}/pools/${name}`
  const dedicated = idle + unusable + failed
  const nodes = Array.from({ length: dedicated + spot }, (_, at): NodeRecord => {
    const node = newNode(id, at, at < dedicated, now)
    if (at >= idle && at < idle + unusable)
      return { ...node, fate: 'unusable', ...((at - idle) % 2 === 0 ? { errors: [diskFull] } : {}) }
    if (pool.startTask === undefined) return node
    return { ...node, startTask: at >= idle && at < dedicated ? notFound : succeeded }
  })
  const state = newPoolState(now)
  Object.assign(state, { nodes, madeNodes: nodes.length, targetDedicated: dedicated, targetSpot: spot })
  const fixedScale = { targetDedicatedNodes: dedicated, targetLowPriorityNodes: spot, resizeTimeout: 'PT15M' }
  const autoScale = { formula: pool.formula, evaluationInterval: 'PT15M' }
  const startTask = { commandLine: pool.startTask, maxTaskRetryCount: 0, waitForSuccess: true }
  const properties = {
    vmSize,
    deploymentConfiguration: { virtualMachineConfiguration: machine },
    scaleSettings: pool.formula === undefined ? { fixedScale } : { autoScale },
    taskSlotsPerNode: 1,
    taskSchedulingPolicy: { nodeFillType: 'Spread' },
    interNodeCommunication: 'Disabled',
    ...(pool.startTask === undefined ? {} : { startTask }),
    provisioningState: 'Succeeded',
  }
  const hidden = state as unknown as Record<string, unknown>
  cloud.store.put({ id, name, type: poolType, wire: { properties }, hidden })
}

function newNode(pool: string, at: number, isDedicated: boolean, now: number): NodeRecord {
  const text = createHash('sha256').update(`${pool} seed ${at}`).digest('hex')
  return {
    id: `tvmps_${text}_${isDedicated ? 'd' : 'p'}`,
    isDedicated,
    createdAtMs: now - 3_600_000,
    allocatedAtMs: now - 3_500_000,
    leavingAtMs: null,
    fate: 'idle',
    startTask: null,
    waitsForStartTask: true,
  }
}
