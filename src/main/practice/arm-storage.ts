import { addLists } from './arm-lists'
import {
  bodyObject,
  dig,
  digText,
  isObject,
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
import type { Blobs } from './blobs'
import { armError } from './errors'
import { acceptedAtLocation, pollLocation } from './location-polls'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

export const storageType = 'Microsoft.Storage/storageAccounts'
const below = '/subscriptions/:subscription/providers/Microsoft.Storage'
const accounts = `/subscriptions/:subscription/resourceGroups/:group/providers/${storageType}`
const one = `${accounts}/:account`
const createMs = 25_000
const kinds = ['Storage', 'StorageV2', 'BlobStorage', 'FileStorage', 'BlockBlobStorage']
const skuNames = /^(Standard_(LRS|GRS|RAGRS|ZRS|GZRS|RAGZRS)|Premium_(LRS|ZRS))$/

/** Storage accounts and their containers; the bytes themselves are the business of `blobs`. */
export function addStorageRoutes(router: Router, blobs: () => Blobs): void {
  const action = (verb: string) => ({ action: `${storageType}/${verb}` })
  router.route('POST', `${below}/checkNameAvailability`, checkName, {
    action: 'Microsoft.Storage/checknameavailability/read',
  })
  addLists(router, storageType)
  router.route('GET', one, getAccount, action('read'))
  router.route('PUT', one, (request) => putAccount(request, blobs()), action('write'))
  router.route('PATCH', one, patchAccount, action('write'))
  router.route('DELETE', one, (request) => deleteAccount(request, blobs()), action('delete'))
  router.route('POST', `${one}/listKeys`, (request) => listKeys(request, blobs()), action('listkeys/action'))
  router.route(
    'POST',
    `${one}/regenerateKey`,
    (request) => regenerateKey(request, blobs()),
    action('regeneratekey/action'),
  )
  router.route('GET', `${below}/locations/:location/asyncoperations/:operation`, (request) => pollLocation(request))
}

export function storageEffects(cloud: PracticeCloud): void {
  cloud.operations.onEnd('storage.create', (operation, account) => {
    if (!account) return
    if (operation.error) cloud.store.remove(account.id)
    else setState(account, 'Succeeded')
  })
}

/** A storage account as Azure answers it; used for the seed, too. */
export function storageBody(
  name: string,
  location: string,
  origin: string,
  created: string,
  given: { sku?: string; kind?: string; tags?: Record<string, string>; properties?: Record<string, unknown> } = {},
): Record<string, unknown> {
  const sku = given.sku ?? 'Standard_LRS'
  return {
    location,
    ...(given.tags ? { tags: given.tags } : {}),
    sku: { name: sku, tier: sku.startsWith('Premium') ? 'Premium' : 'Standard' },
    kind: given.kind ?? 'StorageV2',
    properties: {
      minimumTlsVersion: 'TLS1_2',
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: true,
      supportsHttpsTrafficOnly: true,
      accessTier: 'Hot',
      isHnsEnabled: false,
      publicNetworkAccess: 'Enabled',
      networkAcls: { bypass: 'AzureServices', virtualNetworkRules: [], ipRules: [], defaultAction: 'Allow' },
      ...given.properties,
      keyCreationTime: { key1: created, key2: created },
      creationTime: created,
      primaryEndpoints: { blob: `${origin}/${name}/` },
      primaryLocation: location,
      statusOfPrimary: 'available',
      provisioningState: 'Succeeded',
    },
  }
}

function checkName(request: PracticeRequest): PracticeReply {
  requireSubscription(request)
  const name = digText(bodyObject(request), 'name') ?? ''
  return { status: 200, body: availability(request, name) }
}

function availability(
  request: PracticeRequest,
  name: string,
): { nameAvailable: boolean; reason?: string; message?: string } {
  if (!isAccountName(name)) {
    const message = `${name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`
    return { nameAvailable: false, reason: 'AccountNameInvalid', message }
  }
  // Names are unique in the whole cloud, not only in this subscription.
  if (request.store.list(storageType).some((account) => account.name === name)) {
    return {
      nameAvailable: false,
      reason: 'AlreadyExists',
      message: `The storage account named ${name} is already taken.`,
    }
  }
  return { nameAvailable: true }
}

function getAccount(request: PracticeRequest): PracticeReply {
  const account = requireAccount(request)
  request.operations.read(account.operation)
  return { status: 200, body: wireOf(account) }
}

function putAccount(request: PracticeRequest, blobs: Blobs): PracticeReply {
  const { id: subscription } = requireSubscription(request)
  const group = requireGroup(request)
  requireRegistered(request, subscription, 'Microsoft.Storage')
  const name = request.params['account'] ?? ''
  const id = `${group.id}/providers/${storageType}/${name}`
  const existing = request.store.find(id)
  const verdict = availability(request, name)
  if (!existing && !verdict.nameAvailable) {
    throw armError(
      verdict.reason === 'AlreadyExists' ? 409 : 400,
      verdict.reason === 'AlreadyExists' ? 'StorageAccountAlreadyTaken' : 'AccountNameInvalid',
      verdict.message ?? '',
    )
  }
  const body = bodyObject(request)
  const location = requireRegion(body, storageType)
  refuseOtherRegion(existing, location, group.name)
  const sku = digText(body, 'sku', 'name') ?? ''
  const kind = digText(body, 'kind') ?? ''
  if (!skuNames.test(sku)) throw invalid('sku')
  if (!kinds.includes(kind)) throw invalid('kind')
  if (existing && dig(existing.wire, 'properties', 'provisioningState') === 'Creating')
    return acceptedAtLocation(request, existing)
  const tags = tagsOf(body)
  const properties = isObject(body['properties']) ? body['properties'] : {}
  const wire = storageBody(name, location, blobs.origin(), request.clock.iso(), {
    sku,
    kind,
    ...(tags ? { tags } : {}),
    properties,
  })
  if (existing) {
    const created = isObject(existing.wire['properties']) ? existing.wire['properties']['creationTime'] : undefined
    existing.wire = { ...wire, properties: { ...(wire['properties'] as object), creationTime: created } }
    request.store.touch()
    return { status: 200, body: wireOf(existing) }
  }
  const account = request.store.put({ id, name, type: storageType, wire })
  setState(account, 'Creating')
  request.operations.start({
    kind: 'storage.create',
    path: `/subscriptions/${subscription}/providers/Microsoft.Storage/locations/${location}/asyncoperations/{id}`,
    resourceId: account.id,
    durationMs: createMs,
    target: `${request.method} ${request.path}`,
  })
  return acceptedAtLocation(request, account)
}

function patchAccount(request: PracticeRequest): PracticeReply {
  const account = requireAccount(request)
  const body = bodyObject(request)
  const tags = tagsOf(body)
  const properties = {
    ...(account.wire['properties'] as object),
    ...(isObject(body['properties']) ? body['properties'] : {}),
  }
  account.wire = { ...account.wire, ...(tags ? { tags } : {}), properties }
  request.store.touch()
  return { status: 200, body: wireOf(account) }
}

async function deleteAccount(request: PracticeRequest, blobs: Blobs): Promise<PracticeReply> {
  const group = requireGroup(request)
  const account = request.store.find(`${group.id}/providers/${storageType}/${request.params['account']}`)
  if (!account) return { status: 204 }
  await blobs.removeAccount(account.name)
  request.store.remove(account.id)
  return { status: 200 }
}

function listKeys(request: PracticeRequest, blobs: Blobs): PracticeReply {
  const account = requireReadyAccount(request)
  const times = dig(account.wire, 'properties', 'keyCreationTime')
  const keys = blobs.keys(account.name).map((value, index) => ({
    creationTime: digText(times, `key${index + 1}`),
    keyName: `key${index + 1}`,
    value,
    permissions: 'FULL',
  }))
  return { status: 200, body: { keys } }
}

async function regenerateKey(request: PracticeRequest, blobs: Blobs): Promise<PracticeReply> {
  const account = requireAccount(request)
  const keyName = digText(bodyObject(request), 'keyName')
  if (keyName !== 'key1' && keyName !== 'key2') throw invalid('keyName')
  await blobs.regenerateKey(account.name, keyName === 'key1' ? 0 : 1)
  return listKeys(request, blobs)
}

function requireAccount(request: PracticeRequest): Resource {
  const group = requireGroup(request)
  return requireResource(request, `${group.id}/providers/${storageType}/${request.params['account']}`, storageType)
}

/** @throws ArmError 404, 409 StorageAccountIsNotProvisioned */
export function requireReadyAccount(request: PracticeRequest): Resource {
  const account = requireAccount(request)
  if (dig(account.wire, 'properties', 'provisioningState') === 'Succeeded') return account
  const text = "The storage account provisioning state must be 'Succeeded' before executing the operation."
  throw armError(409, 'StorageAccountIsNotProvisioned', text)
}

function isAccountName(name: string): boolean {
  return /^[a-z0-9]{3,24}$/.test(name)
}

function invalid(what: string): Error {
  return armError(400, 'InvalidRequestPropertyValue', `The value for property '${what}' is invalid.`)
}
