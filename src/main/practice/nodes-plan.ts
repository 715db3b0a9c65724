import { dig } from './arm-parts'
import { coresOf } from './batch-quota'
import { allocationRefusal, osTypeOf, referenceOf, resolveImage, startsUp } from './nodes-image'
import { startTaskExit, type StartTaskExit } from './nodes-start-task'
import {
  accountOf,
  machineOf,
  poolState,
  poolType,
  type NodeRecord,
  type PoolState,
  type ResizeError,
} from './nodes-state'
import { resizeFailures } from './published-refusals'
import type { PracticeCloud } from './server'
import { coreLimits, coresInUse } from './subscription-cores'
import { findVmSize } from './sizes'
import type { Resource } from './store'

/** How a resize will go. */
export type Plan = {
  dedicated: number
  spot: number
  errors: ResizeError[]
  fate: NodeRecord['fate']
  startTask: StartTaskExit | null
  waitsForStartTask: boolean
}

/** How many nodes there will be, what becomes of them and what stands against more: by image, size and quota. */
export function planOf(cloud: PracticeCloud, pool: Resource, request: string): Plan {
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
  const incident = cloud.faults.take('fail-allocation', request)
  if (incident) {
    plan.errors.push(resizeFailure(incident.action ?? 'AllocationTimedout'))
    plan.dedicated = Math.min(plan.dedicated, present.dedicated)
    plan.spot = Math.min(plan.spot, present.spot)
    return plan
  }
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
  if (!quota) return limitBySubscription(cloud, pool, account, size, plan, request)
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

/** In user subscription mode the compute provider refuses, and Batch hands its words on. */
function limitBySubscription(
  cloud: PracticeCloud,
  pool: Resource,
  account: Resource,
  size: { family: string; vCpus: number },
  plan: Plan,
  request: string,
): void {
  const subscription = account.id.split('/')[2] ?? ''
  const region = String(account.wire['location'])
  const limits = coreLimits(cloud, subscription, request)
  const used = coresInUse(cloud, subscription, region, pool)
  const rooms = [
    { what: `${size.family} Cores`, limit: limits.families[size.family] ?? 0, used: used.families[size.family] ?? 0 },
    { what: 'Total Regional Cores', limit: limits.total, used: used.total },
  ]
  for (const room of rooms) {
    const possible = Math.floor(Math.max(0, room.limit - room.used) / size.vCpus)
    if (plan.dedicated <= possible) continue
    plan.errors.push(allocationFailed('dedicated', coresExceeded(room, plan.dedicated * size.vCpus, region)))
    plan.dedicated = possible
    break
  }
  const possibleSpot = Math.floor(Math.max(0, limits.spot - used.spot) / size.vCpus)
  if (plan.spot <= possibleSpot) return
  const spot = { what: 'LowPriorityCores', limit: limits.spot, used: used.spot }
  plan.errors.push(allocationFailed('low priority', coresExceeded(spot, plan.spot * size.vCpus, region)))
  plan.spot = possibleSpot
}

/** The compute provider's words for cores that a subscription does not have. */
export function coresExceeded(
  room: { what: string; limit: number; used: number },
  required: number,
  region: string,
): { code: string; message: string } {
  const message = `Operation could not be completed as it results in exceeding approved ${room.what} quota. Additional details - Deployment Model: Resource Manager, Location: ${region}, Current Limit: ${room.limit}, Current Usage: ${room.used}, Additional Required: ${required}, (Minimum) New Limit Required: ${room.used + required}.`
  return { code: 'OperationNotAllowed', message }
}

function quotaReached(one: { code: string; limit: number; used: number; what: string }, required: number): ResizeError {
  const message = `The specified account has reached core quota: ${one.limit} ${one.what}. Current Limit: ${one.limit}, Current Usage: ${one.used}, Additional Required: ${required}.`
  return { code: one.code, message, values: [] }
}

/** The error of an allocation that the compute provider refused. */
export function allocationFailed(kind: string, inner: { code: string; message: string }): ResizeError {
  const values = [
    { name: 'Provider Error Json', value: JSON.stringify({ error: inner }) },
    { name: 'Provider Error Json Truncated', value: 'False' },
  ]
  return { code: 'AllocationFailed', message: `Desired number of ${kind} nodes could not be allocated`, values }
}

/** The incident `fail-allocation`. */
function resizeFailure(name: string): ResizeError {
  const { message, inner } = resizeFailures[name] ?? { message: name }
  return inner ? { ...allocationFailed('dedicated', inner), message } : { code: name, message, values: [] }
}

function staying(state: PoolState, isDedicated: boolean): number {
  return state.nodes.filter((node) => node.isDedicated === isDedicated && node.leavingAtMs === null).length
}
