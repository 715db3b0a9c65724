import { judgeDisk } from './arm-disk-access'
import { snapshotType } from './arm-disk-copies'
import { diskStateOf, diskType } from './arm-disk-parts'
import { invalidParameter, versionType } from './arm-gallery-parts'
import { dig, digText } from './arm-parts'
import { vmType } from './arm-network-uses'
import { storageType } from './arm-storage'
import type { Blobs } from './blobs'
import { placeOf } from './blobs-disks'
import { armError } from './errors'
import type { Guests } from './guests'
import { judgeVhd, type Verdict } from './judge'
import type { Rights } from './rbac'
import type { PracticeRequest } from './server'
import type { Resource } from './store'
import { assertLinked } from './linked-rights'
import { requireMachine, verdictOf } from './version-machines'

/** What one disk of an image version is made from: a VHD in a page blob, a managed disk or snapshot, or the disk of a machine. */
export type VersionSource =
  | { kind: 'blob'; uri: string; storageAccountId: string }
  | { kind: 'disk'; id: string; disk: Resource }
  /** `named`: the property of the request that named the machine. */
  | { kind: 'machine'; id: string; disk: Resource; named: 'virtualMachineId' | 'id' }
/** `lun`: null for the disk with the system. */
export type VersionDisk = { lun: number | null; hostCaching: string; source: VersionSource }

const doing = `${versionType}/write`

type Asked = { request: PracticeRequest; rights: Rights; location: string; definition: Resource }

/** The disks of a version, the one with the system first, each readable by the caller. @throws ArmError 400, 403, 404, 409 */
export function requireDisks(asked: Asked, body: Record<string, unknown>): VersionDisk[] {
  const profile = dig(body, 'properties', 'storageProfile')
  if (dig(profile, 'source') !== undefined) return [machineFrom(asked, dig(profile, 'source'))]
  const listed = dig(profile, 'dataDiskImages')
  const data = Array.isArray(listed) ? (listed as unknown[]) : []
  const luns = data.map((one) => dig(one, 'lun'))
  for (const lun of luns) assertLun(lun)
  if (new Set(luns).size !== luns.length)
    throw invalidParameter("The value of 'lun' must be different for each of the data disk images.")
  const system = diskFrom(asked, dig(profile, 'osDiskImage'), null)
  return [system, ...data.map((one) => diskFrom(asked, one, Number(dig(one, 'lun'))))]
}

/** As a GET shows them: `storageProfile` of a version. */
export function storageProfileOf(disks: VersionDisk[], sizes: number[]): Record<string, unknown> {
  const machine = disks[0]?.source
  if (machine?.kind === 'machine') {
    const osDiskImage = { sizeInGB: gibibytes(sizes[0]), hostCaching: 'ReadWrite', source: {} }
    return { source: { [machine.named]: machine.id }, osDiskImage }
  }
  const shown = disks.map(({ lun, hostCaching, source }, at) => ({
    ...(lun === null ? {} : { lun }),
    sizeInGB: gibibytes(sizes[at]),
    hostCaching,
    source: wireOfSource(source),
  }))
  const [osDiskImage, ...dataDiskImages] = shown
  return { osDiskImage, ...(dataDiskImages.length ? { dataDiskImages } : {}) }
}

function gibibytes(bytes = 0): number {
  return Math.max(1, Math.ceil(bytes / 1024 ** 3))
}

/** What a version is made from, to tell whether a request asks for the same. */
export function sourcesOf(wire: unknown): string {
  const profile = dig(wire, 'properties', 'storageProfile')
  const data = dig(profile, 'dataDiskImages')
  const of = (one: unknown) =>
    ['id', 'storageAccountId', 'uri'].map((name) => withoutQuery(digText(one, 'source', name) ?? '')).join(' ')
  const lines = Array.isArray(data) ? (data as unknown[]).map((one) => `${String(dig(one, 'lun'))} ${of(one)}`) : []
  const machine = digText(profile, 'source', 'virtualMachineId') ?? digText(profile, 'source', 'id')
  return [machine ?? of(dig(profile, 'osDiskImage')), ...lines.sort()].join('\n').toLowerCase()
}

/** What the bytes are, or the system on a machine's disk. @throws ArmError 404 when they are not there */
export async function judgeSource(blobs: Blobs, guests: Guests, source: VersionSource): Promise<Verdict> {
  if (source.kind !== 'blob') {
    const place = placeOf(source.disk)
    return place ? judgeDisk(blobs, place) : verdictOf(source.disk, guests.report(source.disk.id))
  }
  const { uri } = source
  const blob = await blobs.open(uri)
  if (!blob) throw armError(404, 'NotFound', `The source blob '${uri}' was not found.`)
  const { sizeBytes, type } = blob
  return judgeVhd({ url: uri, name: blob.blob, sizeBytes, type, read: (offset, length) => blob.read(offset, length) })
}

function diskFrom(asked: Asked, image: unknown, lun: number | null): VersionDisk {
  const name = lun === null ? 'osDiskImage' : 'dataDiskImages'
  const id = digText(image, 'source', 'id')
  const source = id === undefined ? blobSource(asked, image, name) : diskSource(asked, id, lun)
  return { lun, hostCaching: digText(image, 'hostCaching') ?? 'None', source }
}

/** A machine as a whole: `virtualMachineId`, or its id where older clients put it. */
function machineFrom(asked: Asked, source: unknown): VersionDisk {
  const named = digText(source, 'virtualMachineId') === undefined ? 'id' : 'virtualMachineId'
  const id = digText(source, named) ?? ''
  if (!id.toLowerCase().includes(`/${vmType.toLowerCase()}/`))
    throw invalidParameter(
      'The practice cloud makes image versions from VHD blobs, managed disks, snapshots and virtual machines only.',
    )
  assertLinked(asked.request, asked.rights, { doing, action: `${vmType}/read`, id: id })
  const { vm, disk } = requireMachine(asked.request, id, asked)
  assertSameMachine(disk, asked.definition)
  return { lun: null, hostCaching: 'ReadWrite', source: { kind: 'machine', id: vm.id, disk, named } }
}

function diskSource({ request, rights, location, definition }: Asked, id: string, lun: number | null): VersionSource {
  const disk = request.store.find(id)
  if (!disk || ![diskType, snapshotType].includes(disk.type))
    throw armError(404, 'NotFound', `The resource with id '${id}' was not found.`)
  if (disk.wire['location'] !== location) {
    throw invalidParameter(
      `The source disk '${disk.name}' is in location '${String(disk.wire['location'])}'. It must be in the location '${location}' of the gallery image version.`,
    )
  }
  assertLinked(request, rights, { doing, action: `${disk.type}/beginGetAccess/action`, id: disk.id })
  // That it is refused is known (Azure/azure-cli issue 10192); the words are this cloud's own.
  const state = diskStateOf(disk)
  if (!['Unattached', 'Reserved'].includes(state)) {
    throw armError(
      409,
      'OperationNotAllowed',
      `The disk '${disk.id}' is in state '${state}': it is attached to a running virtual machine or has an active shared access signature. Stop the machine or call EndGetAccess before creating a gallery image version from it.`,
    )
  }
  if (lun === null) assertSameMachine(disk, definition)
  return { kind: 'disk', id: disk.id, disk }
}

/** Wording of the service: Azure/azure-cli issue 24972 shows it for the state of the system. */
function assertSameMachine(disk: Resource, definition: Resource): void {
  const pairs = [
    ['Hypervisor generation', 'hyperVGeneration'],
    ['OS type', 'osType'],
    ['CPU architecture', 'architecture'],
  ] as const
  for (const [words, property] of pairs) {
    const found =
      digText(disk.wire, 'properties', property) ?? digText(disk.wire, 'properties', 'supportedCapabilities', property)
    const wanted = digText(definition.wire, 'properties', property) ?? (property === 'architecture' ? 'x64' : undefined)
    if (found === undefined || found === wanted) continue
    const text = `The resource with id '${disk.id}' has a different ${words} ['${found}'] than the parent gallery image ${words} ['${wanted}'].`
    throw armError(400, 'BadRequest', text)
  }
}

function blobSource({ request, rights, location }: Asked, image: unknown, name: string): VersionSource {
  const uri = digText(image, 'source', 'uri')
  const accountId = digText(image, 'source', 'storageAccountId')
  if (uri === undefined || accountId === undefined) {
    throw invalidParameter(
      `Required parameter 'galleryImageVersion.properties.storageProfile.${name}.source' needs 'id', or 'uri' and 'storageAccountId'.`,
    )
  }
  const account = request.store.find(accountId)
  if (account?.type !== storageType)
    throw armError(404, 'NotFound', `The storage account '${accountId}' was not found.`)
  const endpoint = digText(account.wire, 'properties', 'primaryEndpoints', 'blob') ?? ''
  if (!uri.startsWith(endpoint)) {
    throw invalidParameter(
      `The source blob uri '${withoutQuery(uri)}' does not belong to the storage account '${account.name}'.`,
    )
  }
  if (account.wire['location'] !== location) {
    throw invalidParameter(
      `The source blob's storage account '${account.name}' is in location '${String(account.wire['location'])}'. It must be in the location '${location}' of the gallery image version.`,
    )
  }
  assertLinked(request, rights, { doing, action: 'Microsoft.Storage/storageAccounts/listKeys/action', id: account.id })
  return { kind: 'blob', uri: withoutQuery(uri), storageAccountId: accountId }
}

function assertLun(lun: unknown): void {
  if (typeof lun === 'number' && Number.isInteger(lun) && lun >= 0 && lun <= 63) return
  throw invalidParameter(
    `The value '${String(lun)}' of parameter galleryImageVersion.properties.storageProfile.dataDiskImages.lun is invalid. It must be between 0 and 63.`,
  )
}

function wireOfSource(source: VersionSource): object {
  return source.kind !== 'blob' ? { id: source.id } : { storageAccountId: source.storageAccountId, uri: source.uri }
}

function withoutQuery(uri: string): string {
  return uri.split('?')[0] ?? uri
}
