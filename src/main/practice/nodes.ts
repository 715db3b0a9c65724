import { createHash } from 'node:crypto'
import { digText } from './arm-parts'
import { allocationFailed, planOf, type Plan } from './nodes-plan'
import { isGone, nextChangeMs, poolState, type PoolState, type ResizeError } from './nodes-state'
import type { Operation } from './operations'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

const allocateMs = 90_000

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
    const changes = state.nodes.map((node) => nextChangeMs(node, now)).filter((atMs) => atMs !== null)
    if (changes.length > 0) cloud.clock.skip(Math.min(...changes) - now)
  }
  const left = state.nodes.filter((node) => !isGone(node, cloud.clock.now()))
  if (left.length < state.nodes.length) {
    state.nodes = left
    cloud.store.touch()
  }
  return state
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

function nodeId(pool: Resource, number: number, isDedicated: boolean): string {
  const text = createHash('sha256').update(`${pool.id.toLowerCase()} ${pool.createdAtMs} ${number}`).digest('hex')
  return `tvmps_${text.slice(0, 64)}_${isDedicated ? 'd' : 'p'}`
}
