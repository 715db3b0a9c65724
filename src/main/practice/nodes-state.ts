import { dig, isObject } from './arm-parts'
import type { StartTaskExit } from './nodes-start-task'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

export const poolType = 'Microsoft.Batch/batchAccounts/pools'

/** A compute node; what it is now follows from these times and the clock. */
export type NodeRecord = {
  id: string
  isDedicated: boolean
  createdAtMs: number
  /** When the machine was there; null while it is being allocated. */
  allocatedAtMs: number | null
  leavingAtMs: number | null
  /** What becomes of it after the start of the system. */
  fate: 'idle' | 'unusable'
  startTask: StartTaskExit | null
  waitsForStartTask: boolean
  /** What the service found wrong with the machine itself. */
  errors?: { code: string; message: string }[]
}

export type ResizeError = {
  code: string
  message: string
  values: { name: string; value: string }[]
}

/** What only the cloud knows of a pool (`hidden` of its resource). */
export type PoolState = {
  nodes: NodeRecord[]
  madeNodes: number
  allocationState: 'Steady' | 'Resizing' | 'Stopping'
  allocationStateAtMs: number
  resizeErrors: ResizeError[]
  resizeStartedAtMs: number
  targetDedicated: number
  targetSpot: number
  modifiedAtMs: number
}

export type NodeStateName =
  'creating' | 'starting' | 'waitingforstarttask' | 'starttaskfailed' | 'idle' | 'unusable' | 'leavingpool'

const startMs = 80_000
const startTaskMs = 20_000
/** The service waits for a silent node much longer in truth. */
const silentMs = 240_000
const leaveMs = 20_000

/** The state of a pool resource, made with the resource. */
export function poolState(pool: Resource): PoolState {
  return pool.hidden as unknown as PoolState
}

export function newPoolState(nowMs: number): PoolState {
  return {
    nodes: [],
    madeNodes: 0,
    allocationState: 'Steady',
    allocationStateAtMs: nowMs,
    resizeErrors: [],
    resizeStartedAtMs: nowMs,
    targetDedicated: 0,
    targetSpot: 0,
    modifiedAtMs: nowMs,
  }
}

/** What a node is at a time, and since when. */
export function nodeStateAt(node: NodeRecord, nowMs: number): { state: NodeStateName; sinceMs: number } {
  const phase = phasesOf(node).findLast(({ atMs }) => atMs <= nowMs)
  return { state: phase?.state ?? 'creating', sinceMs: phase?.atMs ?? node.createdAtMs }
}

/** Nodes that exist as machines. */
export function countNodes(state: PoolState, isDedicated: boolean): number {
  return state.nodes.filter((node) => node.isDedicated === isDedicated && node.allocatedAtMs !== null).length
}

/** When the start task of a node ran; null when it has none or did not run yet. */
export function startTaskTimes(
  node: NodeRecord,
  nowMs: number,
): { startedAtMs: number; endedAtMs: number | null } | null {
  if (!node.startTask || node.allocatedAtMs === null || node.fate === 'unusable') return null
  const startedAtMs = node.allocatedAtMs + startMs
  const endedAtMs = startedAtMs + startTaskMs
  return startedAtMs > nowMs ? null : { startedAtMs, endedAtMs: endedAtMs <= nowMs ? endedAtMs : null }
}

/** `virtualMachineConfiguration` of a pool; empty where it has none. */
export function machineOf(pool: Resource): Record<string, unknown> {
  const machine = dig(pool.wire, 'properties', 'deploymentConfiguration', 'virtualMachineConfiguration')
  return isObject(machine) ? machine : {}
}

/** The account that a pool belongs to. */
export function accountOf(cloud: PracticeCloud, pool: Resource): Resource {
  const account = cloud.store.find(pool.id.replace(/\/pools\/[^/]+$/i, ''))
  if (!account) throw new Error(`The pool '${pool.name}' has no account.`)
  return account
}

/** True when a node has left its pool for good. */
export function isGone(node: NodeRecord, nowMs: number): boolean {
  return node.leavingAtMs !== null && node.leavingAtMs + leaveMs <= nowMs
}

/** When a node changes next after a time; null when it will not by itself. */
export function nextChangeMs(node: NodeRecord, nowMs: number): number | null {
  const later = phasesOf(node).filter(({ atMs }) => atMs > nowMs)
  return later.length > 0 ? Math.min(...later.map(({ atMs }) => atMs)) : null
}

function phasesOf(node: NodeRecord): { state: NodeStateName; atMs: number }[] {
  const { createdAtMs, allocatedAtMs, leavingAtMs, fate, startTask, waitsForStartTask } = node
  const phases: { state: NodeStateName; atMs: number }[] = [{ state: 'creating', atMs: createdAtMs }]
  if (allocatedAtMs !== null) {
    phases.push({ state: 'starting', atMs: allocatedAtMs })
    const upAtMs = allocatedAtMs + startMs
    if (fate === 'unusable') phases.push({ state: 'unusable', atMs: allocatedAtMs + silentMs })
    else if (startTask && waitsForStartTask) {
      const end = startTask.exitCode === 0 ? 'idle' : 'starttaskfailed'
      phases.push({ state: 'waitingforstarttask', atMs: upAtMs }, { state: end, atMs: upAtMs + startTaskMs })
    } else phases.push({ state: 'idle', atMs: upAtMs })
  }
  if (leavingAtMs === null) return phases
  const before = phases.filter(({ atMs }) => atMs < leavingAtMs)
  return [...before, { state: 'leavingpool', atMs: leavingAtMs }, { state: 'leavingpool', atMs: leavingAtMs + leaveMs }]
}
