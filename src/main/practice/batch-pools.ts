import { bodyObject, digText, isObject, pagedReply, requireGroup, requireResource, tagsOf, wireOf } from './arm-parts'
import { requireAccount } from './batch-accounts'
import { coresOf } from './batch-quota'
import { checkedPool, checkedScale, fixedTargets } from './batch-pool-body'
import { assertPoolImage } from './batch-pool-image'
import { armError } from './errors'
import { acceptedAtLocation, pollLocation } from './location-polls'
import { lookAt, nodeEffects, startResize, stopResize } from './nodes'
import {
  accountOf,
  countNodes,
  newPoolState,
  poolState,
  poolType,
  type PoolState,
  type ResizeError,
} from './nodes-state'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const pools =
  '/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.Batch/batchAccounts/:account/pools'
const one = `${pools}/:pool`
const deleteMs = 60_000
/** Small, so that a client that forgets nextLink is found out. */
const poolsPerPage = 5

/** Pools of Batch accounts, as the management plane has them. */
export function addPoolRoutes(router: Router, rights: Rights): void {
  const action = (verb: string) => ({ action: `${poolType}/${verb}` })
  router.route('GET', pools, listPools, action('read'))
  router.route('GET', one, getPool, action('read'))
  router.route('PUT', one, (request) => putPool(request, rights), action('write'))
  router.route('PATCH', one, patchPool, action('write'))
  router.route('DELETE', one, deletePool, action('delete'))
  router.route('POST', `${one}/stopResize`, stop, action('write'))
  router.route('GET', `${one}/operationResults/:operation`, poll)
  router.route('GET', `${pools.replace('/pools', '')}/poolOperationResults/:operation`, poll)
}

/** What the ends of pool operations change. */
export function poolEffects(cloud: PracticeCloud): void {
  nodeEffects(cloud)
  cloud.operations.onEnd('batch.pool.delete', (operation, pool) => {
    if (!pool) return
    if (!operation.error) cloud.store.remove(pool.id)
    else pool.wire = { ...pool.wire, properties: { ...properties(pool), provisioningState: 'Succeeded' } }
  })
}

/** A pool as the management plane answers it; the numbers come from its nodes. */
function poolBody(cloud: PracticeCloud, pool: Resource): Record<string, unknown> {
  const state = poolState(pool)
  const { clock } = cloud
  return {
    ...wireOf(pool),
    etag: etagOf(pool),
    properties: {
      ...properties(pool),
      lastModified: clock.iso(state.modifiedAtMs),
      creationTime: clock.iso(pool.createdAtMs),
      provisioningStateTransitionTime: clock.iso(deletedAtMs(cloud, pool) ?? pool.createdAtMs),
      allocationState: state.allocationState,
      allocationStateTransitionTime: clock.iso(state.allocationStateAtMs),
      currentDedicatedNodes: countNodes(state, true),
      currentLowPriorityNodes: countNodes(state, false),
      resizeOperationStatus: resizeStatus(cloud, pool, state),
      ...autoScaleRun(cloud, pool, state),
    },
  }
}

/** When its deletion began; null while nobody deletes it. */
function deletedAtMs({ operations }: PracticeCloud, pool: Resource): number | null {
  return isDeleting(pool) ? (operations.find(pool.operation ?? '')?.startedAtMs ?? null) : null
}

export function etagOf(pool: Resource): string {
  return `W/"0x8D${poolState(pool).modifiedAtMs.toString(16).toUpperCase().padStart(12, '0')}"`
}

/** Marks the pool as deleted; it goes when its nodes are gone. */
function startPoolDelete(cloud: PracticeCloud, pool: Resource, target: string): void {
  if (isDeleting(pool)) return
  const state = poolState(pool)
  if (pool.operation !== null) cloud.operations.cancel(pool.operation)
  const now = cloud.clock.now()
  for (const node of state.nodes) node.leavingAtMs ??= now
  Object.assign(state, { allocationState: 'Resizing', allocationStateAtMs: now })
  pool.wire = { ...pool.wire, properties: { ...properties(pool), provisioningState: 'Deleting' } }
  const path = `${accountOf(cloud, pool).id}/poolOperationResults/{id}`
  cloud.operations.start({ kind: 'batch.pool.delete', path, resourceId: pool.id, durationMs: deleteMs, target })
}

export function isDeleting(pool: Resource): boolean {
  return digText(pool.wire, 'properties', 'provisioningState') === 'Deleting'
}

/** @throws ArmError 409 while the pool is being resized or deleted */
export function refuseBusy(pool: Resource): void {
  if (isDeleting(pool)) throw armError(409, 'PoolBeingDeleted', 'The specified pool is being deleted.')
  if (poolState(pool).allocationState !== 'Steady')
    throw armError(409, 'PoolBeingResized', 'The specified pool is being resized.')
}

function listPools(request: PracticeRequest): PracticeReply {
  const account = requireAccount(request)
  const found = request.store.list(poolType, account.id)
  for (const pool of found) lookAt(request, pool)
  const bodies = request.store.list(poolType, account.id).map((pool) => poolBody(request, pool))
  return pagedReply(request, bodies, poolsPerPage)
}

function getPool(request: PracticeRequest): PracticeReply {
  lookAt(request, requirePool(request))
  const pool = requirePool(request)
  return { status: 200, headers: { etag: etagOf(pool) }, body: poolBody(request, pool) }
}

function putPool(request: PracticeRequest, rights: Rights): PracticeReply {
  const account = requireAccount(request)
  const name = request.params['pool'] ?? ''
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
    throw armError(400, 'InvalidResourceName', `The pool name '${name}' is invalid.`)
  const id = `${account.id}/pools/${name}`
  const existing = request.store.find(id)
  assertPreconditions(request, existing)
  if (existing) refuseBusy(existing)
  const body = bodyObject(request)
  const given = checkedPool(body)
  assertPoolImage(request, rights, account, id, given)
  if (!existing) assertPoolQuota(request, account)
  const now = request.clock.now()
  const tags = tagsOf(body)
  const identity = isObject(body['identity']) ? body['identity'] : undefined
  const wire = {
    ...(identity ? { identity } : {}),
    ...(tags ? { tags } : {}),
    properties: { ...given, provisioningState: 'Succeeded' },
  }
  const hidden = existing?.hidden ?? (newPoolState(now) as unknown as Record<string, unknown>)
  const pool = request.store.put({ id, name: existing?.name ?? name, type: poolType, wire, hidden })
  poolState(pool).modifiedAtMs = Math.max(now, poolState(pool).modifiedAtMs + 1)
  resizeIfAsked(request, pool)
  return { status: 200, headers: { etag: etagOf(pool) }, body: poolBody(request, pool) }
}

function patchPool(request: PracticeRequest): PracticeReply {
  const pool = requirePool(request)
  assertPreconditions(request, pool)
  const body = bodyObject(request)
  const given = isObject(body['properties']) ? body['properties'] : {}
  const { scaleSettings, startTask, metadata } = given
  if (scaleSettings !== undefined) refuseBusy(pool)
  const changed = {
    ...(scaleSettings === undefined ? {} : { scaleSettings: checkedScale(scaleSettings) }),
    ...(startTask === undefined ? {} : { startTask }),
    ...(metadata === undefined ? {} : { metadata }),
  }
  const tags = tagsOf(body)
  pool.wire = { ...pool.wire, ...(tags ? { tags } : {}), properties: { ...properties(pool), ...changed } }
  const state = poolState(pool)
  state.modifiedAtMs = Math.max(request.clock.now(), state.modifiedAtMs + 1)
  if (scaleSettings !== undefined) resizeIfAsked(request, pool)
  request.store.touch()
  return { status: 200, headers: { etag: etagOf(pool) }, body: poolBody(request, pool) }
}

function deletePool(request: PracticeRequest): PracticeReply {
  const account = requireAccount(request)
  const pool = request.store.find(`${account.id}/pools/${request.params['pool']}`)
  if (!pool) return { status: 204 }
  startPoolDelete(request, pool, `${request.method} ${request.path}`)
  return acceptedAtLocation(request, pool)
}

function stop(request: PracticeRequest): PracticeReply {
  const pool = requirePool(request)
  stopResize(request, pool)
  return { status: 200, headers: { etag: etagOf(pool) }, body: poolBody(request, pool) }
}

function poll(request: PracticeRequest): PracticeReply {
  return pollLocation(request, (pool) => poolBody(request, pool))
}

/** A PUT or PATCH that names a wanted number of nodes other than the present one starts a resize. */
function resizeIfAsked(request: PracticeRequest, pool: Resource): void {
  const targets = fixedTargets(pool.wire)
  const state = poolState(pool)
  const isSame = targets.dedicated === state.targetDedicated && targets.spot === state.targetSpot
  if (isSame && state.resizeErrors.length === 0) return
  startResize(request, pool, targets, `${request.method} ${request.path}`)
}

// RFC 9110: `If-None-Match: *` creates only, `If-Match` changes only what was seen.
function assertPreconditions(request: PracticeRequest, existing: Resource | null): void {
  const ifMatch = request.headers['if-match']
  const isCreateOnly = request.headers['if-none-match'] === '*'
  const isOther = ifMatch !== undefined && (!existing || (ifMatch !== '*' && ifMatch !== etagOf(existing)))
  if ((isCreateOnly && existing) || isOther)
    throw armError(412, 'PreconditionFailed', 'The specified precondition is not met.')
}

function assertPoolQuota(request: PracticeRequest, account: Resource): void {
  const quota = coresOf(request, account, `${request.method} ${request.path}`)
  const used = request.store.list(poolType, account.id).length
  if (!quota || used < quota.pools) return
  const text = `The specified Batch account has reached its pool quota. Current Limit: ${quota.pools}, Current Usage: ${used}.`
  throw armError(409, 'PoolQuotaReached', text)
}

function requirePool(request: PracticeRequest): Resource {
  requireGroup(request)
  return requireResource(request, `${requireAccount(request).id}/pools/${request.params['pool']}`, poolType)
}

function resizeStatus(cloud: PracticeCloud, pool: Resource, state: PoolState): object {
  const timeout = digText(pool.wire, 'properties', 'scaleSettings', 'fixedScale', 'resizeTimeout') ?? 'PT15M'
  return {
    targetDedicatedNodes: state.targetDedicated,
    targetLowPriorityNodes: state.targetSpot,
    resizeTimeout: timeout,
    nodeDeallocationOption: 'Requeue',
    startTime: cloud.clock.iso(state.resizeStartedAtMs),
    ...(state.resizeErrors.length > 0 ? { errors: state.resizeErrors.map(armResizeError) } : {}),
  }
}

/** The last evaluation of a formula: what it came to. */
function autoScaleRun(cloud: PracticeCloud, pool: Resource, state: PoolState): object {
  if (digText(pool.wire, 'properties', 'scaleSettings', 'autoScale', 'formula') === undefined) return {}
  const results = `$TargetDedicatedNodes=${state.targetDedicated};$TargetLowPriorityNodes=${state.targetSpot};$NodeDeallocationOption=requeue`
  return { autoScaleRun: { evaluationTime: cloud.clock.iso(state.modifiedAtMs), results } }
}

/** The management plane has no values: name and value become code and message of a detail. */
function armResizeError({ code, message, values }: ResizeError): object {
  const details = values.map(({ name, value }) => ({ code: name, message: value }))
  return { code, message, ...(details.length > 0 ? { details } : {}) }
}

function properties(pool: Resource): Record<string, unknown> {
  return isObject(pool.wire['properties']) ? pool.wire['properties'] : {}
}
