import { randomUUID } from 'node:crypto'
import { acceptedDisk, diskType, startDisk, type WantedDisk } from './arm-disk-parts'
import { changeNotAllowed, invalidParameter, required } from './arm-gallery-parts'
import { dig, digText, tagsOf } from './arm-parts'
import { standing, bodySize, skuOf } from './arm-vms-disk'
import { armError } from './errors'
import type { Guests } from './guests'
import { assertLinked } from './linked-rights'
import type { Rights } from './rbac'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'
import { isSameResource } from '../../shared/terms'

export const snapshotType = 'Microsoft.Compute/snapshots'
const copyMs = 12_000

/** Who asks, with which rights, and where the systems are. */
type Asked = { request: PracticeRequest; rights: Rights; guests: Guests }

/** A managed disk as a copy of a snapshot or of another disk of this region. */
export async function copiedDisk(asked: Asked, wanted: WantedDisk): Promise<PracticeReply> {
  const { body } = wanted
  const source = sourceOf(asked, wanted)
  const sourceGib = Number(dig(source.wire, 'properties', 'diskSizeGB'))
  const sizeGib = dig(body, 'properties', 'diskSizeGB') ?? sourceGib
  if (typeof sizeGib !== 'number' || sizeGib < sourceGib)
    throw invalidParameter(`The disk size ${String(sizeGib)} GB is smaller than that of its source: ${sourceGib} GB.`)
  const sku = skuOf(digText(body, 'sku', 'name') ?? 'Standard_LRS')
  return store(asked, wanted, source, { sku, properties: bodySize(sizeGib) })
}

/** A snapshot of a disk, of its state at this moment. */
export async function snapshotOf(asked: Asked, wanted: WantedDisk): Promise<PracticeReply> {
  const { body } = wanted
  const source = sourceOf(asked, wanted)
  const { diskSizeGB, diskSizeBytes } = source.wire['properties'] as { diskSizeGB: number; diskSizeBytes: number }
  const isIncremental = dig(body, 'properties', 'incremental') === true
  const sku = skuOf(digText(body, 'sku', 'name') ?? 'Standard_LRS')
  const properties = { diskSizeGB, diskSizeBytes, incremental: isIncremental }
  return store(asked, wanted, source, { sku, properties })
}

async function store(
  { request, guests }: Asked,
  wanted: WantedDisk,
  source: Resource,
  made: { sku: object; properties: object },
): Promise<PracticeReply> {
  const { existing, location, id, name, type, body } = wanted
  const tags = tagsOf(body)
  if (existing && dig(existing.wire, 'properties', 'provisioningState') !== 'Failed') {
    if (!isSameResource(sourceId(existing.wire), source.id)) throw changeNotAllowed('creationData.sourceResourceId')
    if (tags) existing.wire = { ...existing.wire, tags }
    request.store.touch()
    return acceptedDisk(request, existing)
  }
  await guests.copy(source.id, id)
  const kept = ['osType', 'hyperVGeneration', 'supportedCapabilities', 'securityProfile']
  const inherited = Object.fromEntries(
    kept
      .map((property) => [property, dig(source.wire, 'properties', property)])
      .filter(([, value]) => value !== undefined),
  ) as Record<string, unknown>
  const properties = {
    ...inherited,
    creationData: {
      createOption: 'Copy',
      sourceResourceId: source.id,
      sourceUniqueId: digText(source.wire, 'properties', 'uniqueId') ?? randomUUID(),
    },
    ...standing,
    ...made.properties,
    timeCreated: request.clock.iso(),
    uniqueId: randomUUID(),
    provisioningState: 'Updating',
    diskState: 'Unattached',
  }
  const wire = { location, ...(tags ? { tags } : {}), sku: made.sku, properties }
  const stored = request.store.put({ id, name, type, wire, hidden: { grants: [], verdict: null } })
  startDisk(request, stored, type === snapshotType ? 'snapshot.put' : 'disk.put', copyMs)
  return acceptedDisk(request, stored)
}

/** @throws ArmError 400, 404 */
function sourceOf({ request, rights, guests }: Asked, wanted: WantedDisk): Resource {
  const id = sourceId(wanted.body)
  if (id === '') throw required(`${wanted.type === snapshotType ? 'snapshot' : 'disk'}.creationData.sourceResourceId`)
  const source = request.store.find(id)
  if (!source || ![diskType, snapshotType].includes(source.type))
    throw armError(404, 'NotFound', `Resource ${id} is not found.`)
  assertLinked(request, rights, {
    doing: `${wanted.type}/write`,
    action: `${source.type}/beginGetAccess/action`,
    id: source.id,
  })
  if (source.wire['location'] !== wanted.location)
    throw invalidParameter(`The source ${id} is in another region than '${wanted.name}'.`)
  if (!guests.has(source.id))
    throw invalidParameter(`The practice cloud copies disks of virtual machines only; ${id} was made by upload.`)
  return source
}

function sourceId(wire: Record<string, unknown>): string {
  return digText(wire, 'properties', 'creationData', 'sourceResourceId') ?? ''
}
