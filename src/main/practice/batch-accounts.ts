import { endsMaking } from './arm-ends'
import { addLists } from './arm-lists'
import {
  wireOf,
  bodyObject,
  digText,
  isObject,
  listReply,
  refuseOtherRegion,
  requireGroup,
  requireRegion,
  requireRegistered,
  requireResource,
  requireSubscription,
  setState,
  tagsOf,
} from './arm-parts'
import { checkedProperties, linkedStorage } from './batch-account-body'
import { coresOf, poolsPerAccount } from './batch-quota'
import { armError } from './errors'
import { acceptedAtLocation, pollLocation } from './location-polls'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

export const accountType = 'Microsoft.Batch/batchAccounts'
const below = '/subscriptions/:subscription/providers/Microsoft.Batch'
const location = `${below}/locations/:location`
const accounts = `/subscriptions/:subscription/resourceGroups/:group/providers/${accountType}`
const one = `${accounts}/:account`
const createMs = 40_000
const deleteMs = 30_000
export const accountsPerRegion = 3

/** Batch accounts and what a region offers to them. */
export function addAccountRoutes(router: Router, rights: Rights): void {
  const action = (verb: string) => ({ action: `${accountType}/${verb}` })
  addLists(router, accountType, (request, scope) =>
    listReply(request.store.list(accountType, scope).map((account) => accountBody(request, account))),
  )
  router.route('GET', one, getAccount, action('read'))
  router.route('PUT', one, (request) => putAccount(request, rights), action('write'))
  router.route('PATCH', one, patchAccount, action('write'))
  router.route('DELETE', one, deleteAccount, action('delete'))
  router.route('GET', `${location}/accountOperationResults/:operation`, (request) =>
    pollLocation(request, (account) => accountBody(request, account)),
  )
}

/** What the ends of account operations change. */
export function accountEffects(cloud: PracticeCloud): void {
  endsMaking(cloud, 'batch.account.create')
  cloud.operations.onEnd('batch.account.delete', (operation, account) => {
    if (!account) return
    if (operation.error) setState(account, 'Succeeded')
    else cloud.store.remove(account.id)
  })
}

/** Body of an account as stored; endpoint and quotas are added when it is answered. Used for the seed, too. */
export function accountWire(
  region: string,
  given: { tags?: Record<string, string>; properties?: Record<string, unknown> } = {},
): Record<string, unknown> {
  return {
    location: region,
    ...(given.tags ? { tags: given.tags } : {}),
    identity: { type: 'None' },
    properties: {
      provisioningState: 'Succeeded',
      poolAllocationMode: 'BatchService',
      publicNetworkAccess: 'Enabled',
      encryption: { keySource: 'Microsoft.Batch' },
      allowedAuthenticationModes: ['SharedKey', 'AAD', 'TaskAuthenticationToken'],
      ...given.properties,
    },
  }
}

/** The account of the path. @throws ArmError 404 */
export function requireAccount(request: PracticeRequest): Resource {
  const id = `${requireGroup(request).id}/providers/${accountType}/${request.params['account']}`
  return requireResource(request, id, accountType)
}

function accountBody(request: PracticeRequest, account: Resource): Record<string, unknown> {
  const properties = isObject(account.wire['properties']) ? account.wire['properties'] : {}
  const quota = coresOf(request, account, `${request.method} ${request.path}`)
  const region = String(account.wire['location'])
  const isReady = properties['provisioningState'] !== 'Creating'
  return {
    ...wireOf(account),
    properties: {
      ...properties,
      ...(isReady ? { accountEndpoint: `${new URL(request.origin()).host}/batch/${account.name}` } : {}),
      ...(isReady ? { nodeManagementEndpoint: `${account.name}.${region}.service.batch.practice.example` } : {}),
      poolQuota: poolsPerAccount,
      activeJobAndJobScheduleQuota: 100,
      ...(quota && {
        dedicatedCoreQuota: quota.dedicated,
        lowPriorityCoreQuota: quota.spot,
        dedicatedCoreQuotaPerVMFamily: quota.families,
        dedicatedCoreQuotaPerVMFamilyEnforced: true,
      }),
    },
  }
}

function getAccount(request: PracticeRequest): PracticeReply {
  request.operations.read(requireAccount(request).operation)
  return { status: 200, body: accountBody(request, requireAccount(request)) }
}

function putAccount(request: PracticeRequest, rights: Rights): PracticeReply {
  const { id: subscription } = requireSubscription(request)
  const group = requireGroup(request)
  requireRegistered(request, subscription, 'Microsoft.Batch')
  const name = request.params['account'] ?? ''
  const id = `${group.id}/providers/${accountType}/${name}`
  const existing = request.store.find(id)
  const body = bodyObject(request)
  const region = requireRegion(body, accountType)
  refuseOtherRegion(existing, region, group.name)
  if (existing && stateOf(existing) === 'Deleting') throw conflict(name)
  if (existing && stateOf(existing) === 'Creating') return acceptedAtLocation(request, existing)
  if (!existing) refuseName(request, subscription, region, name)
  const properties = checkedProperties(request, rights, body, subscription, region)
  const tags = tagsOf(body)
  const wire = accountWire(region, { ...(tags ? { tags } : {}), properties })
  if (existing) {
    if (
      digText(existing.wire, 'properties', 'poolAllocationMode') !== digText(wire, 'properties', 'poolAllocationMode')
    )
      throw armError(409, 'InvalidRequestBody', 'The pool allocation mode of an account cannot be changed.')
    existing.wire = wire
    request.store.touch()
    return { status: 200, body: accountBody(request, existing) }
  }
  const account = request.store.put({ id, name, type: accountType, wire })
  setState(account, 'Creating')
  start(request, account, 'batch.account.create', createMs)
  return acceptedAtLocation(request, account)
}

function refuseName(request: PracticeRequest, subscription: string, region: string, name: string): void {
  const verdict = availability(request, name)
  if (verdict.reason === 'AlreadyExists') throw armError(409, 'AccountNameAlreadyInUse', verdict.message ?? '')
  if (verdict.reason) throw armError(400, 'InvalidAccountName', verdict.message ?? '')
  const used = request.store
    .list(accountType, `/subscriptions/${subscription}`)
    .filter((account) => account.wire['location'] === region).length
  if (used >= accountsPerRegion) {
    const text = `The regional account quota for the specified subscription has been reached: the number of Batch accounts in ${region} is limited. Current Limit: ${accountsPerRegion}, Current Usage: ${used}.`
    throw armError(409, 'SubscriptionQuotaExceeded', text)
  }
}

function patchAccount(request: PracticeRequest): PracticeReply {
  const account = requireAccount(request)
  const body = bodyObject(request)
  const tags = tagsOf(body)
  const properties = isObject(account.wire['properties']) ? account.wire['properties'] : {}
  const given = isObject(body['properties']) ? body['properties'] : {}
  const autoStorage = isObject(given['autoStorage'])
    ? linkedStorage(request, given['autoStorage'], String(account.wire['location']))
    : undefined
  const { publicNetworkAccess, allowedAuthenticationModes } = given
  const changed = {
    ...(autoStorage ? { autoStorage } : {}),
    ...(publicNetworkAccess === undefined ? {} : { publicNetworkAccess }),
    ...(allowedAuthenticationModes === undefined ? {} : { allowedAuthenticationModes }),
  }
  account.wire = { ...account.wire, ...(tags ? { tags } : {}), properties: { ...properties, ...changed } }
  request.store.touch()
  return { status: 200, body: accountBody(request, account) }
}

function deleteAccount(request: PracticeRequest): PracticeReply {
  const account = request.store.find(
    `${requireGroup(request).id}/providers/${accountType}/${request.params['account']}`,
  )
  if (!account) return { status: 204 }
  if (stateOf(account) !== 'Deleting') {
    setState(account, 'Deleting')
    start(request, account, 'batch.account.delete', deleteMs)
  }
  return acceptedAtLocation(request, account)
}

function start(request: PracticeRequest, account: Resource, kind: string, durationMs: number): void {
  const { id } = requireSubscription(request)
  request.operations.start({
    kind,
    path: `/subscriptions/${id}/providers/Microsoft.Batch/locations/${String(account.wire['location'])}/accountOperationResults/{id}`,
    resourceId: account.id,
    durationMs,
    target: `${request.method} ${request.path}`,
  })
}

/** Whether a name is well formed and free. */
export function availability(
  request: PracticeRequest,
  name: string,
): { nameAvailable: boolean; reason?: 'Invalid' | 'AlreadyExists'; message?: string } {
  if (!/^[a-z0-9]{3,24}$/.test(name)) {
    const message =
      'The specified account name is invalid. The account name must be between 3 and 24 characters long and may contain only lowercase letters and numbers.'
    return { nameAvailable: false, reason: 'Invalid', message }
  }
  // Azure compares per region; here the endpoint has no region in it, so a name exists once.
  if (request.store.list(accountType).some((account) => account.name === name)) {
    const message = `An account named '${name}' is already in use.`
    return { nameAvailable: false, reason: 'AlreadyExists', message }
  }
  return { nameAvailable: true }
}

function stateOf(account: Resource): string | undefined {
  return digText(account.wire, 'properties', 'provisioningState')
}

function conflict(name: string): Error {
  return armError(409, 'AccountBeingDeleted', `The specified Batch account '${name}' is being deleted.`)
}
