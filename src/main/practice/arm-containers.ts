import { listReply } from './arm-parts'
import { requireReadyAccount, storageType } from './arm-storage'
import type { Blobs } from './blobs'
import { armError } from './errors'
import type { PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const containerType = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const containers = `/subscriptions/:subscription/resourceGroups/:group/providers/${storageType}/:account/blobServices/default/containers`

/** Containers through ARM; the blob service has them. */
export function addContainerRoutes(router: Router, blobs: () => Blobs): void {
  const container = (verb: string) => ({ action: `${storageType}/blobServices/containers/${verb}` })
  router.route('GET', containers, (request) => listContainers(request, blobs()), container('read'))
  router.route('PUT', `${containers}/:container`, (request) => putContainer(request, blobs()), container('write'))
  router.route('GET', `${containers}/:container`, (request) => getContainer(request, blobs()), container('read'))
  router.route(
    'DELETE',
    `${containers}/:container`,
    (request) => deleteContainer(request, blobs()),
    container('delete'),
  )
}

async function listContainers(request: PracticeRequest, blobs: Blobs): Promise<PracticeReply> {
  const account = requireReadyAccount(request)
  const names = await blobs.listContainers(account.name)
  return listReply(names.map((name) => containerBody(account, name)))
}

async function putContainer(request: PracticeRequest, blobs: Blobs): Promise<PracticeReply> {
  const account = requireReadyAccount(request)
  const name = request.params['container'] ?? ''
  if (!/^(\$root|\$web|[a-z0-9](-?[a-z0-9]){2,62})$/.test(name)) {
    const text = 'The specified resource name contains invalid characters or has a wrong length.'
    throw armError(400, 'ContainerOperationFailure', text)
  }
  const result = await blobs.createContainer(account.name, name)
  return { status: result === 'created' ? 201 : 200, body: containerBody(account, name) }
}

async function getContainer(request: PracticeRequest, blobs: Blobs): Promise<PracticeReply> {
  const account = requireReadyAccount(request)
  const name = request.params['container'] ?? ''
  if (!(await blobs.containerExists(account.name, name))) {
    throw armError(404, 'ContainerNotFound', 'The specified container does not exist.')
  }
  return { status: 200, body: containerBody(account, name) }
}

async function deleteContainer(request: PracticeRequest, blobs: Blobs): Promise<PracticeReply> {
  const account = requireReadyAccount(request)
  const isGone = await blobs.deleteContainer(account.name, request.params['container'] ?? '')
  return { status: isGone ? 200 : 204 }
}

function containerBody(account: Resource, name: string): object {
  return {
    id: `${account.id}/blobServices/default/containers/${name}`,
    name,
    type: containerType,
    properties: {
      publicAccess: 'None',
      leaseStatus: 'Unlocked',
      leaseState: 'Available',
      hasImmutabilityPolicy: false,
      hasLegalHold: false,
      defaultEncryptionScope: '$account-encryption-key',
      denyEncryptionScopeOverride: false,
    },
  }
}
