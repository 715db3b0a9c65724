import { requireSubscription, wireOf } from './arm-parts'
import { armError } from './errors'
import { wallClockMs, type Faults } from './faults'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'

export const diskType = 'Microsoft.Compute/disks'

/** Access to the bytes of a disk that was given out; ends by itself. Times are real ones, as those of every signature. */
export type Grant = { access: 'Read' | 'Write'; signature: string; start: string; end: string; policy: string }

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

/** The answer to a write: 202 with the operation while it runs. */
export function acceptedDisk(request: PracticeRequest, resource: Resource): PracticeReply {
  const operation = request.operations.find(resource.operation ?? '')
  const isRunning = operation?.status === 'InProgress'
  const headers = isRunning ? request.operations.headers(operation, request.apiVersion) : {}
  return { status: isRunning ? 202 : 200, headers, body: wireOf(resource) }
}
