import { randomBytes, randomUUID } from 'node:crypto'
import { bodyObject, dig, digText } from './arm-parts'
import { invalidParameter, refuseDeleting, required } from './arm-gallery-parts'
import { diskStateOf, diskType, grantsOf, operationPath, setDiskState, type Grant } from './arm-disk-parts'
import { requireDisk } from './arm-disks'
import type { Blobs } from './blobs'
import { addressOf, placeOf, type DiskPlace } from './blobs-disks'
import { armError } from './errors'
import { wallClockMs } from './faults'
import { judgeVhd, type Verdict } from './judge'
import type { Operation } from './operations'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const disk = `/subscriptions/:subscription/resourceGroups/:group/providers/${diskType}/:disk`
const accessMs = 4_000

/** Access to the bytes of managed disks: given for a time, and ended, which makes an uploaded disk ready for use. */
export function addDiskAccessRoutes(router: Router, blobs: () => Blobs): void {
  router.route('POST', `${disk}/beginGetAccess`, beginAccess, { action: `${diskType}/beginGetAccess/action`, scope })
  router.route('POST', `${disk}/endGetAccess`, (request) => endAccess(request, blobs()), {
    action: `${diskType}/endGetAccess/action`,
    scope,
  })
}

export function diskAccessEffects(cloud: PracticeCloud): void {
  cloud.operations.onEnd('disk.grant', (operation, found) => {
    if (!found || operation.error) return
    const access = operation.data['access'] === 'Read' ? 'Read' : 'Write'
    const seconds = Number(operation.data['seconds'])
    found.hidden['grants'] = [...grantsOf(found), newGrant(access, wallClockMs(cloud.faults), seconds)]
    setDiskState(found, access === 'Read' ? 'ActiveSAS' : 'ActiveUpload')
  })
  cloud.operations.onEnd('disk.revoke', (operation, found) => {
    if (!found) return
    const verdict = (operation.data['verdict'] ?? null) as Verdict | null
    if (verdict) found.hidden['verdict'] = verdict
    if (!operation.error) setDiskState(found, 'Unattached')
  })
}

/** What the Location of a finished operation answers: the address with its signature, as AccessUri. */
export function accessUri(cloud: PracticeCloud, operation: Operation, blobs: Blobs): object | null {
  if (operation.kind !== 'disk.grant') return null
  const found = cloud.store.find(operation.resourceId ?? '')
  const grant = found ? grantsOf(found).at(-1) : undefined
  const place = found ? placeOf(found) : null
  if (!place || !grant) throw armError(404, 'ResourceNotFound', 'The disk was deleted meanwhile.')
  return { accessSAS: `${addressOf(blobs.origin(), place)}?${queryOf(grant)}` }
}

function beginAccess(request: PracticeRequest): PracticeReply {
  const found = requireDisk(request)
  refuseDeleting(found)
  const body = bodyObject(request)
  const access = digText(body, 'access')
  const seconds = dig(body, 'durationInSeconds')
  if (access !== 'Read' && access !== 'Write')
    throw invalidParameter(`The value '${access ?? ''}' of parameter grantAccessData.access is invalid.`)
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 1)
    throw required('grantAccessData.durationInSeconds')
  refuseByState(found, access)
  if (!placeOf(found)) {
    const text = `The practice cloud keeps no bytes of disk '${found.name}': it belongs to a virtual machine, or was copied from one.`
    throw armError(409, 'OperationNotAllowed', text)
  }
  return started(request, found, 'disk.grant', { access, seconds }, null)
}

/** Write access only while a disk is uploaded, read access only afterwards. */
function refuseByState(found: Resource, access: Grant['access']): void {
  const state = diskStateOf(found)
  const allowed = access === 'Write' ? ['ReadyToUpload', 'ActiveUpload'] : ['Unattached', 'ActiveSAS']
  if (dig(found.wire, 'properties', 'provisioningState') === 'Succeeded' && allowed.includes(state)) return
  throw armError(
    409,
    'OperationNotAllowed',
    `Access '${access}' is not permitted for disk '${found.name}' in state '${state}'.`,
  )
}

/**
 * An upload without a whole VHD ends in InvalidVhd and stays in ActiveUpload (AzureStorageExplorer issues 6654 and 2221). Signatures
 * end all the same.
 */
async function endAccess(request: PracticeRequest, blobs: Blobs): Promise<PracticeReply> {
  const found = requireDisk(request)
  refuseDeleting(found)
  const isUpload = diskStateOf(found) === 'ActiveUpload'
  const place = placeOf(found)
  const verdict = isUpload && place ? await judgeDisk(blobs, place) : null
  found.hidden['grants'] = []
  request.store.touch()
  if (diskStateOf(found) === 'ReadyToUpload') return { status: 200 }
  return started(request, found, 'disk.revoke', { verdict }, verdict?.refusal ?? null)
}

/** What the bytes of a disk are, as `judge.ts` sees those of a blob. */
export async function judgeDisk(blobs: Blobs, place: DiskPlace): Promise<Verdict> {
  const stored = await blobs.openDisk(place.account)
  if (!stored) throw armError(404, 'ResourceNotFound', 'The disk was deleted meanwhile.')
  const { sizeBytes, type } = stored
  const url = addressOf(blobs.origin(), place)
  return judgeVhd({ url, name: 'abcd', sizeBytes, type, read: (offset, length) => stored.read(offset, length) })
}

function started(
  request: PracticeRequest,
  found: Resource,
  kind: string,
  data: Record<string, unknown>,
  error: Operation['error'],
): PracticeReply {
  const operation = request.operations.start({
    kind,
    path: operationPath(request, found),
    resourceId: found.id,
    durationMs: accessMs,
    error,
    data,
    target: `${request.method} ${request.path}`,
  })
  return { status: 202, headers: request.operations.headers(operation, request.apiVersion) }
}

function newGrant(access: Grant['access'], nowMs: number, seconds: number): Grant {
  const at = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
  const signature = randomBytes(32).toString('base64')
  return { access, signature, start: at(nowMs - 60_000), end: at(nowMs + seconds * 1000), policy: randomUUID() }
}

/** In the order of the published example. */
function queryOf({ access, signature, start, end, policy }: Grant): string {
  const sp = access === 'Read' ? 'r' : 'rw'
  return new URLSearchParams({
    sv: '2018-03-28',
    sr: 'b',
    si: policy,
    sig: signature,
    st: start,
    se: end,
    sp,
  }).toString()
}

function scope({ subscription, group, disk: name }: Record<string, string>): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${diskType}/${name}`
}
