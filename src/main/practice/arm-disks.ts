import { copiedDisk } from './arm-disk-copies'
import { acceptedDisk, deletedDisk, diskName, diskType, hasLiveGrant, startDisk, wantedDisk } from './arm-disk-parts'
import { endsDeleting, endsMaking } from './arm-ends'
import { changeNotAllowed, invalidParameter, patchTags, required } from './arm-gallery-parts'
import { addLists } from './arm-lists'
import { dig, digText, requireGroup, requireResource, setState, tagsOf, wireOf } from './arm-parts'
import type { Blobs } from './blobs'
import { newDiskPlace } from './blobs-disks'
import { armError } from './errors'
import type { Guests } from './guests'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const disk = `/subscriptions/:subscription/resourceGroups/:group/providers/${diskType}/:disk`
const makeMs = 6_000
const mebibyte = 1024 * 1024
const footerBytes = 512
// Azure REST reference, "Disks - Create Or Update": CreationData.uploadSizeBytes.
const smallestUpload = 20_972_032
const largestUpload = 35_183_298_347_520

/** Managed disks that are made by upload, or as copies of those of machines; access to their bytes is the business of `arm-disk-access.ts`. */
export function addDiskRoutes(router: Router, rights: Rights, guests: Guests, blobs: () => Blobs): void {
  const action = (verb: string) => ({ action: `${diskType}/${verb}` })
  addLists(router, diskType)
  router.route('GET', disk, getDisk, action('read'))
  router.route('PUT', disk, (request) => putDisk(request, rights, guests, blobs()), action('write'))
  router.route('PATCH', disk, (request) => patchTags(request, requireDisk(request)), action('write'))
  router.route('DELETE', disk, deleteDisk, action('delete'))
}

/** `remove` gets a disk that is gone, to remove what it held. */
export function diskEffects(cloud: PracticeCloud, remove: (disk: Resource) => void): void {
  endsMaking(cloud, 'disk.put')
  endsDeleting(cloud, 'disk.delete', remove)
}

function getDisk(request: PracticeRequest): PracticeReply {
  const found = requireDisk(request)
  request.operations.read(found.operation)
  return { status: 200, body: wireOf(requireDisk(request)) }
}

async function putDisk(request: PracticeRequest, rights: Rights, guests: Guests, blobs: Blobs): Promise<PracticeReply> {
  const wanted = wantedDisk(request, diskType, request.params['disk'])
  const { id, name, location, existing, body } = wanted
  if (digText(body, 'properties', 'creationData', 'createOption') === 'Copy')
    return copiedDisk({ request, rights, guests }, wanted)
  const uploadSizeBytes = uploadSize(body)
  if (existing) return putAgain(request, existing, body, uploadSizeBytes)
  const place = newDiskPlace()
  await blobs.createDisk(place.account, uploadSizeBytes)
  const tags = tagsOf(body)
  const wire = {
    location,
    ...(tags ? { tags } : {}),
    sku: { name: digText(body, 'sku', 'name') ?? 'Standard_LRS', tier: 'Standard' },
    properties: { ...properties(request, body, uploadSizeBytes), uniqueId: place.uniqueId },
  }
  const made = request.store.put({ id, name, type: diskType, wire, hidden: { place, grants: [], verdict: null } })
  startDisk(request, made, 'disk.put', makeMs)
  return acceptedDisk(request, made)
}

function properties(request: PracticeRequest, body: Record<string, unknown>, uploadSizeBytes: number): object {
  const osType = digText(body, 'properties', 'osType')
  const hyperVGeneration = digText(body, 'properties', 'hyperVGeneration')
  const dataBytes = uploadSizeBytes - footerBytes
  return {
    ...(osType === undefined ? {} : { osType }),
    ...(hyperVGeneration === undefined ? {} : { hyperVGeneration }),
    creationData: { createOption: 'Upload', uploadSizeBytes },
    diskSizeGB: Math.max(1, Math.ceil(dataBytes / 1024 ** 3)),
    diskSizeBytes: dataBytes,
    diskIOPSReadWrite: 500,
    diskMBpsReadWrite: 60,
    encryption: { type: 'EncryptionAtRestWithPlatformKey' },
    networkAccessPolicy: 'AllowAll',
    publicNetworkAccess: 'Enabled',
    timeCreated: request.clock.iso(),
    provisioningState: 'Updating',
    diskState: 'ReadyToUpload',
  }
}

/** The same disk again changes nothing but its tags. */
function putAgain(
  request: PracticeRequest,
  existing: Resource,
  body: Record<string, unknown>,
  uploadSizeBytes: number,
): PracticeReply {
  if (dig(existing.wire, 'properties', 'creationData', 'uploadSizeBytes') !== uploadSizeBytes)
    throw changeNotAllowed('creationData.uploadSizeBytes')
  const tags = tagsOf(body)
  if (tags) existing.wire = { ...existing.wire, tags }
  if (dig(existing.wire, 'properties', 'provisioningState') === 'Failed') {
    setState(existing, 'Updating')
    startDisk(request, existing, 'disk.put', makeMs)
  }
  request.store.touch()
  return acceptedDisk(request, existing)
}

/** @throws ArmError 400 in the service's words for a size that it does not take */
function uploadSize(body: Record<string, unknown>): number {
  const data = dig(body, 'properties', 'creationData')
  if (data === undefined) throw required('disk.creationData')
  const option = digText(data, 'createOption')
  if (option !== 'Upload') {
    throw invalidParameter(
      `The practice cloud makes managed disks by upload and as copies only; the value '${option ?? ''}' of disk.creationData.createOption is invalid.`,
    )
  }
  const bytes = dig(data, 'uploadSizeBytes')
  if (typeof bytes !== 'number' || !Number.isInteger(bytes)) throw required('disk.creationData.uploadSizeBytes')
  if (bytes < smallestUpload || bytes > largestUpload) {
    throw invalidParameter(
      `The value '${bytes}' of parameter disk.creationData.uploadSizeBytes is out of range. The value must be between '${smallestUpload}' and '${largestUpload}', inclusive.`,
    )
  }
  if ((bytes - footerBytes) % mebibyte !== 0) {
    throw invalidParameter(
      `The upload size in bytes ${bytes} - 512 bytes for the VHD footer (${bytes - footerBytes} in this case) must be a multiple of MiB.`,
    )
  }
  return bytes
}

function deleteDisk(request: PracticeRequest): PracticeReply {
  const found = request.store.find(diskId(request))
  if (!found) return { status: 204 }
  if (hasLiveGrant(found, request.faults)) {
    throw armError(
      409,
      'OperationNotAllowed',
      `Disk '${found.name}' has an active shared access signature. Call EndGetAccess before deleting the disk.`,
    )
  }
  const owner = found.wire['managedBy']
  if (typeof owner === 'string')
    throw armError(409, 'OperationNotAllowed', `Disk ${found.name} is attached to VM ${owner}.`)
  return deletedDisk(request, found, 'disk.delete')
}

/** @throws ArmError 404 ResourceNotFound */
export function requireDisk(request: PracticeRequest): Resource {
  return requireResource(request, diskId(request), diskType)
}

function diskId(request: PracticeRequest): string {
  return `${requireGroup(request).id}/providers/${diskType}/${diskName(request.params['disk'])}`
}
