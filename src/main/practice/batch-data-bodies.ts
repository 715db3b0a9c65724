import { dig, digText } from './arm-parts'
import { etagOf, isDeleting } from './batch-pools'
import {
  accountOf,
  countNodes,
  machineOf,
  nodeStateAt,
  poolState,
  startTaskTimes,
  type NodeRecord,
} from './nodes-state'
import { referenceOf, resolveImage } from './nodes-image'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

const agentVersion = '1.12.17'
const nodeStates = [
  'creating',
  'deallocated',
  'deallocating',
  'idle',
  'leavingPool',
  'offline',
  'preempted',
  'rebooting',
  'reimaging',
  'running',
  'startTaskFailed',
  'starting',
  'unknown',
  'unusable',
  'upgradingOS',
  'waitingForStartTask',
]

/** A pool as the data plane answers it. */
export function poolData(cloud: PracticeCloud, pool: Resource): Record<string, unknown> {
  const state = poolState(pool)
  const { clock } = cloud
  const read = (...path: string[]) => dig(pool.wire, 'properties', ...path)
  const machine = machineOf(pool)
  const scale = read('scaleSettings')
  const formula = digText(scale, 'autoScale', 'formula')
  return {
    id: pool.name,
    url: `${urlOf(cloud, pool)}`,
    eTag: etagOf(pool).replace('W/', ''),
    lastModified: clock.iso(state.modifiedAtMs),
    creationTime: clock.iso(pool.createdAtMs),
    state: isDeleting(pool) ? 'deleting' : 'active',
    stateTransitionTime: clock.iso(pool.createdAtMs),
    allocationState: state.allocationState.toLowerCase(),
    allocationStateTransitionTime: clock.iso(state.allocationStateAtMs),
    vmSize: String(read('vmSize')).toLowerCase(),
    resizeTimeout: digText(scale, 'fixedScale', 'resizeTimeout') ?? 'PT15M',
    currentDedicatedNodes: countNodes(state, true),
    targetDedicatedNodes: state.targetDedicated,
    currentLowPriorityNodes: countNodes(state, false),
    targetLowPriorityNodes: state.targetSpot,
    enableAutoScale: formula !== undefined,
    ...(formula === undefined ? {} : { autoScaleFormula: formula }),
    enableInterNodeCommunication: read('interNodeCommunication') === 'Enabled',
    taskSlotsPerNode: read('taskSlotsPerNode') ?? 1,
    taskSchedulingPolicy: { nodeFillType: 'spread' },
    ...(Object.keys(machine).length > 0 ? { virtualMachineConfiguration: machineData(machine) } : {}),
    ...(read('startTask') === undefined ? {} : { startTask: read('startTask') }),
    ...(read('metadata') === undefined ? {} : { metadata: read('metadata') }),
    ...(state.resizeErrors.length > 0 ? { resizeErrors: state.resizeErrors } : {}),
  }
}

/** A node as the data plane answers it. */
export function nodeData(cloud: PracticeCloud, pool: Resource, node: NodeRecord): Record<string, unknown> {
  const { clock } = cloud
  const now = clock.now()
  const { state, sinceMs } = nodeStateAt(node, now)
  const isUp = node.fate === 'idle' && !['creating', 'starting'].includes(state)
  const index = poolState(pool).nodes.indexOf(node)
  return {
    id: node.id,
    url: `${urlOf(cloud, pool)}/nodes/${node.id}`,
    state,
    schedulingState: 'enabled',
    stateTransitionTime: clock.iso(sinceMs),
    ...(isUp ? { lastBootTime: clock.iso((node.allocatedAtMs ?? now) + 40_000) } : {}),
    allocationTime: clock.iso(node.createdAtMs),
    ipAddress: `10.0.0.${4 + (index % 250)}`,
    affinityId: `TVM:${node.id}`,
    vmSize: String(dig(pool.wire, 'properties', 'vmSize')).toLowerCase(),
    totalTasksRun: 0,
    runningTasksCount: 0,
    runningTaskSlotsCount: 0,
    totalTasksSucceeded: 0,
    isDedicated: node.isDedicated,
    ...startTaskData(cloud, pool, node, now),
    ...(node.errors ? { errors: node.errors } : {}),
    ...(isUp ? { nodeAgentInfo: { version: agentVersion, lastUpdateTime: clock.iso(node.allocatedAtMs ?? now) } } : {}),
    ...(isUp ? { virtualMachineInfo: { imageReference: exactImage(cloud, pool) } } : {}),
  }
}

/** Numbers of nodes by state, with the spelling that this one answer uses. */
export function nodeCountsBody(cloud: PracticeCloud, pool: Resource): Record<string, unknown> {
  const now = cloud.clock.now()
  const count = (isDedicated: boolean) => {
    const states = poolState(pool)
      .nodes.filter((node) => node.isDedicated === isDedicated)
      .map((node) => nodeStateAt(node, now).state)
    const entries = nodeStates.map((name) => [name, states.filter((state) => state === name.toLowerCase()).length])
    return { ...(Object.fromEntries(entries) as Record<string, number>), total: states.length }
  }
  return { poolId: pool.name, dedicated: count(true), lowPriority: count(false) }
}

function startTaskData(cloud: PracticeCloud, pool: Resource, node: NodeRecord, now: number): Record<string, unknown> {
  const times = startTaskTimes(node, now)
  const startTask: unknown = dig(pool.wire, 'properties', 'startTask')
  if (startTask === undefined) return {}
  if (!times || !node.startTask) return { startTask }
  const { exitCode, failure } = node.startTask
  const isOver = times.endedAtMs !== null
  return {
    startTask,
    startTaskInfo: {
      state: isOver ? 'completed' : 'running',
      startTime: cloud.clock.iso(times.startedAtMs),
      ...(times.endedAtMs === null ? {} : { endTime: cloud.clock.iso(times.endedAtMs), exitCode }),
      ...(isOver ? { result: failure ? 'failure' : 'success' } : {}),
      ...(isOver && failure ? { failureInfo: failureData(failure, exitCode) } : {}),
      retryCount: 0,
    },
  }
}

function failureData(failure: { category: string; code: string; message: string }, exitCode: number): object {
  return {
    ...failure,
    category: failure.category.toLowerCase(),
    details: [{ name: 'Message', value: `Exit code ${exitCode}` }],
  }
}

/** The data plane calls the id of a custom image differently. */
function machineData(machine: Record<string, unknown>): Record<string, unknown> {
  const { nodeAgentSkuId, ...rest } = machine
  const { id, ...marketplace } = referenceOf(machine)
  const imageReference = id === undefined ? marketplace : { virtualMachineImageId: id }
  return { ...rest, imageReference, nodeAgentSKUId: nodeAgentSkuId }
}

function exactImage(cloud: PracticeCloud, pool: Resource): Record<string, unknown> {
  const reference = referenceOf(machineOf(pool))
  const image = resolveImage(cloud, reference, String(accountOf(cloud, pool).wire['location']))
  if (image.kind === 'gallery') return { virtualMachineImageId: image.version.id, exactVersion: image.version.name }
  if (reference.id !== undefined) return { virtualMachineImageId: reference.id }
  return { ...reference, exactVersion: reference.version === 'latest' ? '24.04.202610150' : reference.version }
}

function urlOf(cloud: PracticeCloud, pool: Resource): string {
  return `${cloud.origin()}/batch/${accountOf(cloud, pool).name}/pools/${pool.name}`
}
