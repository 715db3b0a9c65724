import { snapshotOf, snapshotType } from './arm-disk-copies'
import { diskName, startDisk } from './arm-disk-parts'
import { invalidParameter, patchTags, refuseDeleting } from './arm-gallery-parts'
import {
  bodyObject,
  dig,
  digText,
  listReply,
  refuseOtherRegion,
  requireGroup,
  requireRegion,
  requireRegistered,
  requireResource,
  requireSubscription,
  setState,
  wireOf,
} from './arm-parts'
import type { Guests } from './guests'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const snapshots = `/subscriptions/:subscription/resourceGroups/:group/providers/${snapshotType}`
const snapshot = `${snapshots}/:snapshot`
const deleteMs = 6_000

/** Snapshots of the disks of machines: what is on them is that of the moment. */
export function addSnapshotRoutes(router: Router, rights: Rights, guests: Guests): void {
  const action = (verb: string) => ({ action: `${snapshotType}/${verb}` })
  const listed = (scope: string, request: PracticeRequest) =>
    listReply(request.store.list(snapshotType, scope).map(wireOf))
  router.route(
    'GET',
    `/subscriptions/:subscription/providers/${snapshotType}`,
    (request) => listed(`/subscriptions/${requireSubscription(request).id}`, request),
    action('read'),
  )
  router.route('GET', snapshots, (request) => listed(requireGroup(request).id, request), action('read'))
  router.route('GET', snapshot, getSnapshot, action('read'))
  router.route('PUT', snapshot, (request) => putSnapshot(request, rights, guests), action('write'))
  router.route('PATCH', snapshot, (request) => patchTags(request, requireSnapshot(request)), action('write'))
  router.route('DELETE', snapshot, deleteSnapshot, action('delete'))
}

export function snapshotEffects(cloud: PracticeCloud, remove: (snapshot: Resource) => void): void {
  cloud.operations.onEnd('snapshot.put', (operation, made) => {
    if (made) setState(made, operation.error ? 'Failed' : 'Succeeded')
  })
  cloud.operations.onEnd('snapshot.delete', (operation, gone) => {
    if (!gone) return
    if (operation.error) {
      setState(gone, 'Failed')
      return
    }
    cloud.store.remove(gone.id)
    remove(gone)
  })
}

function getSnapshot(request: PracticeRequest): PracticeReply {
  request.operations.read(requireSnapshot(request).operation)
  return { status: 200, body: wireOf(requireSnapshot(request)) }
}

function putSnapshot(request: PracticeRequest, rights: Rights, guests: Guests): Promise<PracticeReply> {
  const { id: subscription } = requireSubscription(request)
  const group = requireGroup(request)
  requireRegistered(request, subscription, 'Microsoft.Compute')
  const name = diskName(request.params['snapshot'])
  const body = bodyObject(request)
  const location = requireRegion(body, snapshotType)
  const id = `${group.id}/providers/${snapshotType}/${name}`
  const existing = request.store.find(id)
  refuseOtherRegion(existing, location, group.name)
  refuseDeleting(existing)
  const option = digText(body, 'properties', 'creationData', 'createOption') ?? ''
  if (option !== 'Copy') {
    throw invalidParameter(
      `The practice cloud makes snapshots as copies of disks only; the value '${option}' of snapshot.creationData.createOption is invalid.`,
    )
  }
  return snapshotOf({ request, rights, guests }, { id, name, type: snapshotType, location, existing }, body)
}

function deleteSnapshot(request: PracticeRequest): PracticeReply {
  const found = request.store.find(
    `${requireGroup(request).id}/providers/${snapshotType}/${request.params['snapshot']}`,
  )
  if (!found) return { status: 204 }
  if (dig(found.wire, 'properties', 'provisioningState') !== 'Deleting') {
    setState(found, 'Deleting')
    startDisk(request, found, 'snapshot.delete', deleteMs)
  }
  const operation = request.operations.find(found.operation ?? '')
  return { status: 202, headers: operation ? request.operations.headers(operation, request.apiVersion) : {} }
}

/** @throws ArmError 404 ResourceNotFound */
function requireSnapshot(request: PracticeRequest): Resource {
  const id = `${requireGroup(request).id}/providers/${snapshotType}/${request.params['snapshot']}`
  return requireResource(request, id, snapshotType)
}
