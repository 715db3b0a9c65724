import { snapshotOf, snapshotType } from './arm-disk-copies'
import { deletedDisk, wantedDisk } from './arm-disk-parts'
import { endsDeleting, endsMaking } from './arm-ends'
import { invalidParameter, patchTags } from './arm-gallery-parts'
import { addLists } from './arm-lists'
import { digText, requireGroup, requireResource, wireOf } from './arm-parts'
import type { Guests } from './guests'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const snapshot = `/subscriptions/:subscription/resourceGroups/:group/providers/${snapshotType}/:snapshot`

/** Snapshots of the disks of machines: what is on them is that of the moment. */
export function addSnapshotRoutes(router: Router, rights: Rights, guests: Guests): void {
  const action = (verb: string) => ({ action: `${snapshotType}/${verb}` })
  addLists(router, snapshotType)
  router.route('GET', snapshot, getSnapshot, action('read'))
  router.route('PUT', snapshot, (request) => putSnapshot(request, rights, guests), action('write'))
  router.route('PATCH', snapshot, (request) => patchTags(request, requireSnapshot(request)), action('write'))
  router.route('DELETE', snapshot, deleteSnapshot, action('delete'))
}

export function snapshotEffects(cloud: PracticeCloud, remove: (snapshot: Resource) => void): void {
  endsMaking(cloud, 'snapshot.put')
  endsDeleting(cloud, 'snapshot.delete', remove)
}

function getSnapshot(request: PracticeRequest): PracticeReply {
  request.operations.read(requireSnapshot(request).operation)
  return { status: 200, body: wireOf(requireSnapshot(request)) }
}

function putSnapshot(request: PracticeRequest, rights: Rights, guests: Guests): Promise<PracticeReply> {
  const wanted = wantedDisk(request, snapshotType, request.params['snapshot'])
  const option = digText(wanted.body, 'properties', 'creationData', 'createOption') ?? ''
  if (option !== 'Copy') {
    throw invalidParameter(
      `The practice cloud makes snapshots as copies of disks only; the value '${option}' of snapshot.creationData.createOption is invalid.`,
    )
  }
  return snapshotOf({ request, rights, guests }, wanted)
}

function deleteSnapshot(request: PracticeRequest): PracticeReply {
  const found = request.store.find(snapshotId(request))
  return found ? deletedDisk(request, found, 'snapshot.delete') : { status: 204 }
}

/** @throws ArmError 404 ResourceNotFound */
function requireSnapshot(request: PracticeRequest): Resource {
  return requireResource(request, snapshotId(request), snapshotType)
}

function snapshotId(request: PracticeRequest): string {
  return `${requireGroup(request).id}/providers/${snapshotType}/${request.params['snapshot']}`
}
