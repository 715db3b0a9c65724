import { refuseDeleting } from './arm-gallery-parts'
import {
  bodyObject,
  dig,
  refuseOtherRegion,
  requireGroup,
  requireRegion,
  requireRegistered,
  requireSubscription,
  setState,
  wireOf,
} from './arm-parts'
import { armError } from './errors'
import { wallClockMs, type Faults } from './faults'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'

export const diskType = 'Microsoft.Compute/disks'
const deleteMs = 6_000

/** Access to the bytes of a disk that was given out; ends by itself. Times are real ones, as those of every signature. */
export type Grant = { access: 'Read' | 'Write'; signature: string; start: string; end: string; policy: string }

/** What a PUT of a disk or snapshot is about, once name, region and state are in order. */
export type WantedDisk = {
  id: string
  name: string
  type: string
  location: string
  existing: Resource | null
  body: Record<string, unknown>
}

/** @throws ArmError 400, 404, 409 */
export function wantedDisk(request: PracticeRequest, type: string, given: string | undefined): WantedDisk {
  const { id: subscription } = requireSubscription(request)
  const group = requireGroup(request)
  requireRegistered(request, subscription, 'Microsoft.Compute')
  const name = diskName(given)
  const body = bodyObject(request)
  const location = requireRegion(body, type)
  const id = `${group.id}/providers/${type}/${name}`
  const existing = request.store.find(id)
  refuseOtherRegion(existing, location, group.name)
  refuseDeleting(existing)
  return { id, name, type, location, existing, body }
}

/** @throws ArmError 400 InvalidParameter */
export function diskName(name = ''): string {
  if (isPublic(name)) return name
  throw armError(
    400,
    'InvalidParameter',
    `The value '${name}' of parameter 'disk.name' is invalid. Supported characters are a-z, A-Z, 0-9, _ and -; at most 80.`,
  )
}

/** Azure REST reference, "Disks - Create Or Update": diskName. */
export function isPublic(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,80}$/.test(name)
}

export function grantsOf(disk: Resource): Grant[] {
  return Array.isArray(disk.hidden['grants']) ? (disk.hidden['grants'] as Grant[]) : []
}

export function hasLiveGrant(disk: Resource, faults: Pick<Faults, 'all'>): boolean {
  return grantsOf(disk).some(({ end }) => Date.parse(end) > wallClockMs(faults))
}

export function diskStateOf(disk: Resource): string {
  return String((disk.wire['properties'] as { diskState?: string } | undefined)?.diskState ?? '')
}

export function setDiskState(disk: Resource, diskState: string): void {
  disk.wire = { ...disk.wire, properties: { ...(disk.wire['properties'] as object), diskState } }
}

export function operationPath(request: PracticeRequest, { wire }: Resource): string {
  const { id } = requireSubscription(request)
  return `/subscriptions/${id}/providers/Microsoft.Compute/locations/${String(wire['location'])}/DiskOperations/{id}`
}

export function startDisk(request: PracticeRequest, resource: Resource, kind: string, durationMs: number): void {
  request.operations.start({
    kind,
    path: operationPath(request, resource),
    resourceId: resource.id,
    durationMs,
    target: `${request.method} ${request.path}`,
  })
}

/** Starts the deletion of a disk or snapshot, or answers again for one that is already being deleted. */
export function deletedDisk(request: PracticeRequest, found: Resource, kind: string): PracticeReply {
  if (dig(found.wire, 'properties', 'provisioningState') !== 'Deleting') {
    setState(found, 'Deleting')
    startDisk(request, found, kind, deleteMs)
  }
  const operation = request.operations.find(found.operation ?? '')
  return { status: 202, headers: operation ? request.operations.headers(operation, request.apiVersion) : {} }
}

/** The answer to a write: 202 with the operation while it runs. */
export function acceptedDisk(request: PracticeRequest, resource: Resource): PracticeReply {
  const operation = request.operations.find(resource.operation ?? '')
  const isRunning = operation?.status === 'InProgress'
  const headers = isRunning ? request.operations.headers(operation, request.apiVersion) : {}
  return { status: isRunning ? 202 : 200, headers, body: wireOf(resource) }
}
