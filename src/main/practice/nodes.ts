import { createHash } from 'node:crypto'
import { dig, digText, isObject } from './arm-parts'
import { coresOf } from './batch-accounts'
import { allocationRefusal, osTypeOf, referenceOf, resolveImage, startsUp } from './nodes-image'
import { startTaskExit, type StartTaskExit } from './nodes-start-task'
import type { Operation } from './operations'
import type { PracticeCloud } from './server'
import { findVmSize } from './sizes'
import type { Resource } from './store'

export const poolType = 'Microsoft.Batch/batchAccounts/pools'

/** A compute node; what it is now follows from these times and the clock. */
export interface NodeRecord {
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
}

export interface ResizeError {
  code: string
  message: string
  values: { name: string; value: string }[]
}

/** What only the cloud knows of a pool (`hidden` of its resource). */
export interface PoolState {
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

const allocateMs = 90_000
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

/** What the ends of resizes change. */
export function nodeEffects(cloud: PracticeCloud): void {
  cloud.operations.onEnd('batch.pool.resize', (operation, pool) => {
    if (pool && poolState(pool).allocationState !== 'Steady') endResize(cloud, pool, operation)
  })
}

/** Begins to bring a pool to its targets; the outcome shows in `resizeErrors` when it is steady again. */
export function startResize(
  cloud: PracticeCloud,
  pool: Resource,
  targets: { dedicated: number; spot: number },
  request: string,
): void {
  const state = poolState(pool)
  const now = cloud.clock.now()
  Object.assign(state, {
    targetDedicated: targets.dedicated,
    targetSpot: targets.spot,
    allocationState: 'Resizing',
    allocationStateAtMs: now,
    resizeStartedAtMs: now,
    resizeErrors: [],
  })
  const plan = planOf(cloud, pool, request)
  for (const isDedicated of [true, false])
    fit(state, isDedicated, isDedicated ? plan.dedicated : plan.spot, plan, now, pool)
  cloud.operations.start({
    kind: 'batch.pool.resize',
    path: `${pool.id}/operationResults/{id}`,
    resourceId: pool.id,
    durationMs: allocateMs,
    data: { errors: plan.errors },
    target: request,
  })
}

/** Stops a running resize: what is not allocated by now will not be. */
export function stopResize(cloud: PracticeCloud, pool: Resource): void {
  const state = poolState(pool)
  if (state.allocationState !== 'Resizing' || pool.operation === null) return
  cloud.operations.cancel(pool.operation)
  const message = 'Desired number of dedicated nodes could not be allocated as the resize was stopped'
  settle(cloud, state, [{ code: 'ResizeStopped', message, values: [] }])
}

/** Takes single nodes out of a pool and lowers the targets by their number. */
export function removeNodes(cloud: PracticeCloud, pool: Resource, ids: string[], request: string): void {
  const state = poolState(pool)
  const left = state.nodes.filter((node) => node.leavingAtMs === null && !ids.includes(node.id))
  for (const node of state.nodes) if (ids.includes(node.id)) node.leavingAtMs ??= cloud.clock.now()
  const dedicated = left.filter((node) => node.isDedicated).length
  startResize(cloud, pool, { dedicated, spot: left.length - dedicated }, request)
}

/** Counts a look at a pool: operations go on, and in jump mode the clock moves to the next change of one of its nodes. */
export function lookAt(cloud: PracticeCloud, pool: Resource): PoolState {
  const state = poolState(pool)
  const wasSteady = state.allocationState === 'Steady'
  const operation = cloud.operations.read(pool.operation)
  if (operation?.kind === 'batch.pool.resize' && operation.status === 'InProgress') giveUpLate(cloud, pool, operation)
  const now = cloud.clock.now()
  if (cloud.clock.speed() === 'jump' && wasSteady) {
    const next = state.nodes.flatMap(phasesOf).filter(({ atMs }) => atMs > now)
    if (next.length > 0) cloud.clock.skip(Math.min(...next.map(({ atMs }) => atMs)) - now)
  }
  const isGone = (node: NodeRecord) => node.leavingAtMs !== null && node.leavingAtMs + leaveMs <= cloud.clock.now()
  if (state.nodes.some(isGone)) {
    state.nodes = state.nodes.filter((node) => !isGone(node))
    cloud.store.touch()
  }
  return state
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

interface Plan {
  dedicated: number
  spot: number
  errors: ResizeError[]
  fate: NodeRecord['fate']
  startTask: StartTaskExit | null
  waitsForStartTask: boolean
}

/** How many nodes there will be, what becomes of them and what stands against more: by image, size and quota. */
function planOf(cloud: PracticeCloud, pool: Resource, request: string): Plan {
  const state = poolState(pool)
  const account = accountOf(cloud, pool)
  const region = String(account.wire['location'])
  const size = findVmSize(String(dig(pool.wire, 'properties', 'vmSize')))
  const machine = machineOf(pool)
  const image = resolveImage(cloud, referenceOf(machine), region)
  const startTask = dig(pool.wire, 'properties', 'startTask')
  const plan: Plan = {
    dedicated: state.targetDedicated,
    spot: state.targetSpot,
    errors: [],
    fate: startsUp(image, String(machine['nodeAgentSkuId'])) ? 'idle' : 'unusable',
    startTask: startTaskExit(startTask, osTypeOf(image)),
    waitsForStartTask: dig(startTask, 'waitForSuccess') !== false,
  }
  const present = { dedicated: staying(state, true), spot: staying(state, false) }
  const isGrowing = plan.dedicated > present.dedicated || plan.spot > present.spot
  if (!isGrowing || !size) return plan
  const refusal = allocationRefusal(image, size, machine, region)
  if (refusal) {
    const kind = plan.dedicated > present.dedicated ? 'dedicated' : 'low priority'
    plan.errors.push(allocationFailed(kind, refusal))
    plan.dedicated = Math.min(plan.dedicated, present.dedicated)
    plan.spot = Math.min(plan.spot, present.spot)
    return plan
  }
  limitByQuota(cloud, pool, account, size, plan, request)
  return plan
}

function limitByQuota(
  cloud: PracticeCloud,
  pool: Resource,
  account: Resource,
  size: { family: string; vCpus: number },
  plan: Plan,
  request: string,
): void {
  const quota = coresOf(cloud, account, request)
  if (!quota) return
  const others = cloud.store.list(poolType, account.id).filter((other) => other.id !== pool.id)
  const used = (isDedicated: boolean, family?: string) =>
    others
      .map((other) => ({ other, size: findVmSize(String(dig(other.wire, 'properties', 'vmSize'))) }))
      .filter((one) => family === undefined || one.size?.family === family)
      .reduce((sum, one) => sum + (one.size?.vCpus ?? 0) * staying(poolState(one.other), isDedicated), 0)
  const limits = [
    { code: 'AccountCoreQuotaReached', limit: quota.dedicated, used: used(true), what: 'Total dedicated vCPUs' },
    {
      code: 'AccountVMSeriesCoreQuotaReached',
      limit: quota.families.find(({ name }) => name === size.family)?.coreQuota ?? 0,
      used: used(true, size.family),
      what: `dedicated vCPUs of ${size.family}`,
    },
  ]
  for (const one of limits) {
    const possible = Math.floor(Math.max(0, one.limit - one.used) / size.vCpus)
    if (plan.dedicated <= possible) continue
    plan.errors.push(quotaReached(one, plan.dedicated * size.vCpus))
    plan.dedicated = possible
    break
  }
  const spot = { code: 'AccountSpotCoreQuotaReached', limit: quota.spot, used: used(false), what: 'Total Spot vCPUs' }
  const possibleSpot = Math.floor(Math.max(0, spot.limit - spot.used) / size.vCpus)
  if (plan.spot > possibleSpot) {
    plan.errors.push(quotaReached(spot, plan.spot * size.vCpus))
    plan.spot = possibleSpot
  }
}

function quotaReached(one: { code: string; limit: number; used: number; what: string }, required: number): ResizeError {
  const message = `The specified account has reached core quota: ${one.limit} ${one.what}. Current Limit: ${one.limit}, Current Usage: ${one.used}, Additional Required: ${required}.`
  return { code: one.code, message, values: [] }
}

function allocationFailed(kind: string, inner: { code: string; message: string }): ResizeError {
  const values = [
    { name: 'Provider Error Json', value: JSON.stringify({ error: inner }) },
    { name: 'Provider Error Json Truncated', value: 'False' },
  ]
  return { code: 'AllocationFailed', message: `Desired number of ${kind} nodes could not be allocated`, values }
}

/** Adds or takes away nodes of one kind. */
function fit(state: PoolState, isDedicated: boolean, wanted: number, plan: Plan, now: number, pool: Resource): void {
  const present = state.nodes.filter((node) => node.isDedicated === isDedicated && node.leavingAtMs === null)
  for (const node of present.slice(wanted)) node.leavingAtMs = now
  const { fate, startTask, waitsForStartTask } = plan
  for (let count = present.length; count < wanted; count++) {
    state.madeNodes += 1
    const id = nodeId(pool, state.madeNodes, isDedicated)
    const times = { createdAtMs: now, allocatedAtMs: null, leavingAtMs: null }
    state.nodes.push({ id, isDedicated, ...times, fate, startTask, waitsForStartTask })
  }
}

function endResize(cloud: PracticeCloud, pool: Resource, operation: Operation): void {
  const state = poolState(pool)
  if (operation.error) {
    settle(cloud, state, [allocationFailed('dedicated', operation.error)])
    return
  }
  for (const node of state.nodes) node.allocatedAtMs ??= cloud.clock.now()
  settle(cloud, state, operation.data['errors'] as ResizeError[])
}

/** An allocation that hangs ends with the resize timeout of the pool. */
function giveUpLate(cloud: PracticeCloud, pool: Resource, operation: Operation): void {
  const timeout = digText(pool.wire, 'properties', 'scaleSettings', 'fixedScale', 'resizeTimeout') ?? ''
  const [, hours = 0, minutes = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(timeout) ?? ['', 0, 15]
  const timeoutMs = (Number(hours) * 60 + Number(minutes)) * 60_000
  if (!operation.hangs || cloud.clock.now() < operation.startedAtMs + timeoutMs) return
  cloud.operations.cancel(operation.id)
  const message = 'Desired number of dedicated nodes could not be allocated as the resize timeout was reached'
  settle(cloud, poolState(pool), [{ code: 'AllocationTimedout', message, values: [] }])
}

function settle(cloud: PracticeCloud, state: PoolState, errors: ResizeError[]): void {
  state.nodes = state.nodes.filter((node) => node.allocatedAtMs !== null)
  Object.assign(state, { allocationState: 'Steady', allocationStateAtMs: cloud.clock.now(), resizeErrors: errors })
  cloud.store.touch()
}

function staying(state: PoolState, isDedicated: boolean): number {
  return state.nodes.filter((node) => node.isDedicated === isDedicated && node.leavingAtMs === null).length
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

function nodeId(pool: Resource, number: number, isDedicated: boolean): string {
  const text = createHash('sha256').update(`${pool.id.toLowerCase()} ${pool.createdAtMs} ${number}`).digest('hex')
  return `tvmps_${text.slice(0, 64)}_${isDedicated ? 'd' : 'p'}`
}
