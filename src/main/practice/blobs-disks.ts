import { randomBytes, randomUUID } from 'node:crypto'
import type { BlobTarget } from './blobs-access'
import { permissionMismatch } from './blobs-access'
import { authenticationFailed } from './blobs-conditions'
import { diskType, grantsOf, type Grant } from './arm-disk-parts'
import { blobError } from './blobs-errors'
import { wallClockMs } from './faults'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

/** Azurite's account with the bytes of all managed disks; no storage account can have this name. */
export const disksAccount = 'managed-disks'
export const disksContainer = 'disks'

/** Where the service keeps the bytes of a disk: `https://md-….blob…/folder/abcd`. */
export type DiskPlace = { account: string; folder: string; uniqueId: string }

export function newDiskPlace(): DiskPlace {
  const account = `md-impexp-${randomBytes(6).toString('hex')}`
  return { account, folder: randomBytes(6).toString('hex'), uniqueId: randomUUID() }
}

/** Null for disks of machines: this cloud keeps what is inside them (`guests.ts`), but no bytes. */
export function placeOf(disk: Resource): DiskPlace | null {
  return (disk.hidden['place'] as DiskPlace | undefined) ?? null
}

/** Without its signature. */
export function addressOf(origin: string, { account, folder }: DiskPlace): string {
  return `${origin}/${account}/${folder}/abcd`
}

export function isOnDisk({ account }: BlobTarget): boolean {
  return account.startsWith('md-')
}

/**
 * The disk behind an address, for a request that its signature allows. Writers may put pages (also from a URL), clear them, list
 * them and ask for the length, which takes the right to read: all else the service refuses at these addresses (azure-storage-azcopy,
 * sender-pageBlob.go).
 * @throws BlobError 403, 404
 */
export function diskBehind(
  cloud: PracticeCloud,
  target: BlobTarget,
  request: { method: string; query: URLSearchParams; place: string },
): Resource {
  const disk = cloud.store.list(diskType).find((one) => placeOf(one)?.account === target.account)
  if (!disk || placeOf(disk)?.folder !== target.container || target.blob !== 'abcd')
    throw blobError(404, 'ResourceNotFound', 'The specified resource does not exist.')
  if (cloud.faults.take('expire-access', request.place)) {
    disk.hidden['grants'] = []
    cloud.store.touch()
  }
  const grant = grantsOf(disk).find(({ signature }) => signature === request.query.get('sig'))
  if (!grant || grant.end !== request.query.get('se') || Date.parse(grant.end) < wallClockMs(cloud.faults))
    throw authenticationFailed('Signature did not match.')
  if (!allows(grant.access, request.method, request.query.get('comp'))) throw permissionMismatch()
  return disk
}

function allows(access: Grant['access'], method: string, comp: string | null): boolean {
  const isRead = method === 'HEAD' || method === 'GET'
  if (isRead) return comp === null || comp === 'pagelist'
  return access === 'Write' && method === 'PUT' && comp === 'page'
}
