import {
  bodyObject,
  dig,
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
  wireOf,
} from './arm-parts'
import { findRegion, subscriptions } from './directory'
import { armError } from './errors'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import { defaultFamilyCores, familyCores, spotCores, totalCores, vmFamilies, vmSizes } from './sizes'
import type { Resource } from './store'

export const accountType = 'Microsoft.Batch/batchAccounts'
const below = '/subscriptions/:subscription/providers/Microsoft.Batch'
const location = `${below}/locations/:location`
const accounts = `/subscriptions/:subscription/resourceGroups/:group/providers/${accountType}`
const one = `${accounts}/:account`
const createMs = 40_000
const deleteMs = 30_000
const accountsPerRegion = 3
const poolsPerAccount = 20
/** Object id of the Batch service in the practice tenant (application ddbf3205-c6bd-46ae-8127-60eb93363864). */
export const batchServicePrincipal = 'f6c1a0d7-4e29-4b8c-93a5-7d02e8b6c413'

/** Batch accounts and what a region offers to them. */
export function addAccountRoutes(router: Router, rights: Rights): void {
  const action = (verb: string) => ({ action: `${accountType}/${verb}` })
  const subscriptionOf = (request: PracticeRequest) => `/subscriptions/${requireSubscription(request).id}`
  router.route(
    'GET',
    `${below}/batchAccounts`,
    (request) => listAccounts(request, subscriptionOf(request)),
    action('read'),
  )
  router.route('GET', accounts, (request) => listAccounts(request, requireGroup(request).id), action('read'))
  router.route('GET', one, getAccount, action('read'))
  router.route('PUT', one, (request) => putAccount(request, rights), action('write'))
  router.route('PATCH', one, patchAccount, action('write'))
  router.route('DELETE', one, deleteAccount, action('delete'))
  router.route('GET', `${location}/accountOperationResults/:operation`, pollAccount)
  router.route('POST', `${location}/checkNameAvailability`, checkName, {
    action: 'Microsoft.Batch/locations/checkNameAvailability/action',
  })
  router.route('GET', `${location}/quotas`, getQuota, { action: 'Microsoft.Batch/locations/quotas/read' })
  router.route('GET', `${location}/virtualMachineSkus`, listSizes, {
    action: 'Microsoft.Batch/locations/virtualMachineSkus/read',
  })
}

/** What the ends of account operations change. */
export function accountEffects(cloud: PracticeCloud): void {
  cloud.operations.onEnd('batch.account.create', (operation, account) => {
    if (account) setState(account, operation.error ? 'Failed' : 'Succeeded')
  })
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

/** Cores that an account may use: null = the subscription's own quota counts (user subscription mode). */
export function coresOf(cloud: PracticeCloud, account: Resource, target: string): Quota | null {
  if (digText(account.wire, 'properties', 'poolAllocationMode') === 'UserSubscription') return null
  const isZero =
    account.id.toLowerCase().startsWith(`/subscriptions/${subscriptions[1].id}`) ||
    cloud.faults.look('quota-zero', target) !== null
  const families = vmFamilies().map((name) => {
    const coreQuota = isZero ? 0 : (familyCores[name] ?? defaultFamilyCores)
    return { name, coreQuota }
  })
  return { dedicated: isZero ? 0 : totalCores, spot: isZero ? 0 : spotCores, pools: poolsPerAccount, families }
}

export interface Quota {
  dedicated: number
  spot: number
  pools: number
  families: { name: string; coreQuota: number }[]
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

function listAccounts(request: PracticeRequest, scope: string): PracticeReply {
  return listReply(request.store.list(accountType, scope).map((account) => accountBody(request, account)))
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
  if (existing && stateOf(existing) === 'Creating') return accepted(request, existing)
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
  return accepted(request, account)
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

function checkedProperties(
  request: PracticeRequest,
  rights: Rights,
  body: Record<string, unknown>,
  subscription: string,
  region: string,
): Record<string, unknown> {
  const given = isObject(body['properties']) ? body['properties'] : {}
  const { poolAllocationMode, keyVaultReference, autoStorage, publicNetworkAccess, allowedAuthenticationModes } = given
  const mode = poolAllocationMode ?? 'BatchService'
  if (mode !== 'BatchService' && mode !== 'UserSubscription') throw invalidBody('poolAllocationMode')
  if (mode === 'UserSubscription') {
    assertServiceMayAllocate(rights, subscription)
    assertVault(request, keyVaultReference, subscription, region)
  }
  const modes = Array.isArray(allowedAuthenticationModes) ? (allowedAuthenticationModes as unknown[]) : undefined
  if (modes?.some((one) => !['SharedKey', 'AAD', 'TaskAuthenticationToken'].includes(String(one))))
    throw invalidBody('allowedAuthenticationModes')
  return {
    poolAllocationMode: mode,
    ...(keyVaultReference === undefined ? {} : { keyVaultReference }),
    ...(publicNetworkAccess === undefined ? {} : { publicNetworkAccess }),
    ...(modes === undefined ? {} : { allowedAuthenticationModes: modes }),
    ...(isObject(autoStorage) ? { autoStorage: linkedStorage(request, autoStorage, region) } : {}),
  }
}

function assertServiceMayAllocate(rights: Rights, subscription: string): void {
  const scope = `/subscriptions/${subscription}`
  const caller = { oid: batchServicePrincipal, tid: '', name: 'Microsoft Azure Batch', appId: '' }
  if (rights.isAllowed(caller, 'Microsoft.Compute/virtualMachineScaleSets/write', scope)) return
  const text = `The Batch service does not have the required permissions to access the specified subscription '${subscription}'. Grant the service principal 'Microsoft Azure Batch' (application ddbf3205-c6bd-46ae-8127-60eb93363864) the role Contributor on it.`
  throw armError(400, 'InsufficientPermissions', text)
}

function assertVault(request: PracticeRequest, reference: unknown, subscription: string, region: string): void {
  const id = digText(reference, 'id') ?? ''
  const vault = request.store.find(id)
  const isHere = vault?.wire['location'] === region && id.toLowerCase().startsWith(`/subscriptions/${subscription}/`)
  const isRoleBased = dig(vault?.wire, 'properties', 'enableRbacAuthorization') === true
  if (isHere && !isRoleBased && digText(reference, 'url') !== undefined) return
  const reason = isRoleBased
    ? 'the vault uses role-based access; Batch needs the permission model "vault access policy"'
    : `it must name a key vault in the subscription and region of the account (${region})`
  throw armError(400, 'InvalidKeyVaultReference', `The account has an invalid key vault reference '${id}': ${reason}.`)
}

function linkedStorage(request: PracticeRequest, autoStorage: Record<string, unknown>, region: string): object {
  const id = digText(autoStorage, 'storageAccountId') ?? ''
  const storage = request.store.find(id)
  if (storage?.type !== 'Microsoft.Storage/storageAccounts' || storage.wire['location'] !== region)
    throw armError(
      400,
      'InvalidStorageAccount',
      `The specified storage account '${id}' could not be used: it must exist in ${region}.`,
    )
  return { ...autoStorage, lastKeySync: request.clock.iso() }
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
  return accepted(request, account)
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

/** Batch answers 202 without a body; its Location is polled. */
function accepted(request: PracticeRequest, account: Resource): PracticeReply {
  const operation = request.operations.find(account.operation ?? '')
  return {
    status: 202,
    headers: operation ? request.operations.headers(operation, request.apiVersion, 'location') : {},
  }
}

function pollAccount(request: PracticeRequest): PracticeReply {
  const operation = request.operations.read(request.params['operation'] ?? '')
  if (!operation) throw armError(404, 'OperationNotFound', 'The operation was not found or has expired.')
  if (operation.status === 'InProgress')
    return { status: 202, headers: request.operations.headers(operation, request.apiVersion, 'location') }
  if (operation.error) throw armError(409, operation.error.code, operation.error.message)
  const account = request.store.find(operation.resourceId ?? '')
  return account ? { status: 200, body: accountBody(request, account) } : { status: 200 }
}

function checkName(request: PracticeRequest): PracticeReply {
  requireSubscription(request)
  requireLocation(request)
  const body = bodyObject(request)
  if (body['type'] !== accountType) throw invalidBody('type')
  return { status: 200, body: availability(request, digText(body, 'name') ?? '') }
}

function availability(
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

function getQuota(request: PracticeRequest): PracticeReply {
  requireSubscription(request)
  requireLocation(request)
  return { status: 200, body: { accountQuota: accountsPerRegion } }
}

function listSizes(request: PracticeRequest): PracticeReply {
  requireSubscription(request)
  requireLocation(request)
  return listReply(
    vmSizes.map((size) => {
      const capabilities = {
        MaxResourceVolumeMB: String(size.temporaryMib),
        vCPUs: String(size.vCpus),
        HyperVGenerations: size.generations,
        MemoryGB: String(size.memoryGib),
        CpuArchitectureType: size.architecture,
        LowPriorityCapable: 'True',
      }
      return {
        name: size.name,
        familyName: size.family,
        capabilities: Object.entries(capabilities).map(([name, value]) => ({ name, value })),
      }
    }),
  )
}

function requireLocation(request: PracticeRequest): void {
  const name = request.params['location'] ?? ''
  if (findRegion(name)) return
  const text = `No registered resource provider found for location '${name}' and API version '${request.apiVersion}' for type 'locations'.`
  throw armError(400, 'NoRegisteredProviderFound', text)
}

function stateOf(account: Resource): string | undefined {
  return digText(account.wire, 'properties', 'provisioningState')
}

function conflict(name: string): Error {
  return armError(409, 'AccountBeingDeleted', `The specified Batch account '${name}' is being deleted.`)
}

function invalidBody(property: string): Error {
  return armError(400, 'InvalidRequestBody', `The value provided for '${property}' in the request body is invalid.`)
}
