import { requireSubscription } from './arm-parts'
import { wallClockMs, type Faults } from './faults'
import type { PracticeRequest } from './server'
import type { Resource } from './store'

export const diskType = 'Microsoft.Compute/disks'

/** Access to the bytes of a disk that was given out; ends by itself. Times are real ones, as those of every signature. */
export type Grant = { access: 'Read' | 'Write'; signature: string; start: string; end: string; policy: string }

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
