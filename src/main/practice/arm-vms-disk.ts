import { randomUUID } from 'node:crypto'
import { dig, digText, tagsOf } from './arm-parts'
import { isPublic, diskType } from './arm-disk-parts'
import { invalidParameter } from './arm-gallery-parts'
import type { Origin } from './arm-vms-body'
import type { VmAbout } from './arm-vms-state'
import { armError } from './errors'
import type { PracticeRequest } from './server'
import type { Resource } from './store'

const gibibyte = 1024 ** 3
const largestGib = 4095

export type PlannedDisk = Pick<Resource, 'id' | 'name' | 'type' | 'wire' | 'hidden'>

/** The managed disk of a new machine, as it is to be stored: a new one, or the given one taken over. @throws ArmError 400, 409 */
export function osDiskFor(
  request: PracticeRequest,
  about: VmAbout,
  body: Record<string, unknown>,
  origin: Origin,
): PlannedDisk {
  if (origin.kind === 'disk') return { ...origin.disk, wire: { ...origin.disk.wire, managedBy: about.id } }
  const given = dig(body, 'properties', 'storageProfile', 'osDisk')
  const name = digText(given, 'name') ?? `${about.name}_OsDisk_1_${randomUUID().replaceAll('-', '')}`
  if (!isPublic(name)) throw invalidParameter(`The value '${name}' of parameter 'osDisk.name' is invalid.`)
  const id = `${about.id.slice(0, about.id.toLowerCase().indexOf('/providers/'))}/providers/${diskType}/${name}`
  const existing = request.store.find(id)
  if (existing && existing.wire['managedBy'] !== about.id) {
    const text = `Disk ${name} already exists in resource group ${id.split('/')[4]}. Only CreateOption.Attach is supported.`
    throw armError(409, 'ConflictingUserInput', text)
  }
  const wire = imageDisk(request, about, body, origin)
  return { id, name, type: diskType, wire, hidden: { grants: [], verdict: null } }
}

function imageDisk(
  request: PracticeRequest,
  about: VmAbout,
  body: Record<string, unknown>,
  { image, version }: Extract<Origin, { kind: 'image' }>,
): Record<string, unknown> {
  const given = dig(body, 'properties', 'storageProfile', 'osDisk')
  const tags = tagsOf(body)
  const isTrusted = digText(body, 'properties', 'securityProfile', 'securityType') === 'TrustedLaunch'
  const imageId = `/Subscriptions/${about.subscription}/Providers/Microsoft.Compute/Locations/${about.location}/Publishers/${image.publisher}/ArtifactTypes/VMImage/Offers/${image.offer}/Skus/${image.sku}/Versions/${version}`
  return {
    location: about.location,
    ...(tags ? { tags } : {}),
    managedBy: about.id,
    sku: skuOf(digText(given, 'managedDisk', 'storageAccountType') ?? 'Premium_LRS'),
    properties: {
      osType: image.osType,
      hyperVGeneration: image.generation,
      supportedCapabilities: { architecture: image.architecture, acceleratedNetwork: true },
      creationData: { createOption: 'FromImage', imageReference: { id: imageId } },
      ...bodySize(diskGib(dig(given, 'diskSizeGB'), image.osDiskGib)),
      ...(isTrusted ? { securityProfile: { securityType: 'TrustedLaunch' } } : {}),
      ...standing,
      timeCreated: request.clock.iso(),
      uniqueId: randomUUID(),
      provisioningState: 'Succeeded',
      diskState: 'Attached',
    },
  }
}

export function skuOf(name: string): { name: string; tier: string } {
  return { name, tier: name.startsWith('Premium') ? 'Premium' : 'Standard' }
}

/** What every disk answers for its size. */
export function bodySize(sizeGib: number): object {
  return { diskSizeGB: sizeGib, diskSizeBytes: sizeGib * gibibyte, diskIOPSReadWrite: 500, diskMBpsReadWrite: 60 }
}

export const standing = {
  encryption: { type: 'EncryptionAtRestWithPlatformKey' },
  networkAccessPolicy: 'AllowAll',
  publicNetworkAccess: 'Enabled',
}

function diskGib(wanted: unknown, imageGib: number): number {
  if (wanted === undefined) return imageGib
  if (typeof wanted !== 'number' || !Number.isInteger(wanted) || wanted > largestGib)
    throw invalidParameter(`The value '${String(wanted)}' of parameter 'osDisk.diskSizeGB' is invalid.`)
  if (wanted >= imageGib) return wanted
  throw invalidParameter(
    `The specified disk size ${wanted} GB is smaller than the size of the corresponding disk in the VM image: ${imageGib} GB. This is not allowed. Please choose equal or greater size or do not specify an explicit size.`,
  )
}
