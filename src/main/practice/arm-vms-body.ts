import { dig, digText, isObject } from './arm-parts'
import { invalidParameter, required } from './arm-gallery-parts'
import { platformImageNotFound } from './arm-marketplace'
import { joined, requireReferenced } from './arm-network-parts'
import { machineOf, networkTypes, vmType } from './arm-network-uses'
import { diskStateOf, diskType } from './arm-disk-parts'
import { loginOf, type Login } from './arm-vms-login'
import type { VmAbout } from './arm-vms-state'
import { subscriptions } from './directory'
import { armError } from './errors'
import { findMarketplaceImage, type MarketplaceImage } from './marketplace-images'
import { hardwareRefusal } from './nodes-image'
import { coresExceeded } from './nodes-plan'
import type { Rights } from './rbac'
import type { PracticeRequest } from './server'
import { findVmSize, vmSizes, type VmSize } from './sizes'
import type { Resource } from './store'
import { coreLimits, coresInUse } from './subscription-cores'
import type { Generation, OsType } from '../../shared/terms'
import { isSameResource } from '../../shared/terms'

/** Where a new machine's system comes from: an image of the Marketplace, or a managed disk with a system on it. */
export type Origin =
  { kind: 'image'; image: MarketplaceImage; version: string; login: Login } | { kind: 'disk'; disk: Resource }

/** @throws ArmError 400, 404, 409 */
export function originOf(request: PracticeRequest, about: VmAbout, body: Record<string, unknown>): Origin {
  const properties = body['properties']
  const option = digText(properties, 'storageProfile', 'osDisk', 'createOption') ?? ''
  if (option.toLowerCase() === 'attach') return { kind: 'disk', disk: attachable(request, about, properties) }
  if (option.toLowerCase() !== 'fromimage')
    throw invalidParameter(`The value '${option}' of parameter 'osDisk.createOption' is invalid.`)
  const reference = dig(properties, 'storageProfile', 'imageReference')
  if (!isObject(reference)) throw required('storageProfile.imageReference')
  if (reference['id'] !== undefined)
    throw invalidParameter('The practice cloud makes machines from Marketplace images and managed disks only.')
  const [publisher, offer, sku, version] = ['publisher', 'offer', 'sku', 'version'].map(
    (name) => digText(reference, name) ?? '',
  ) as [string, string, string, string]
  const found = findMarketplaceImage({ publisher, offer, sku, version })
  if (!found) throw platformImageNotFound([publisher, offer, sku, version].join(':'))
  assertPlan(about, found.image, body['plan'])
  const login = loginOf(dig(properties, 'osProfile'), about.name, found.image.osType)
  return { kind: 'image', ...found, login }
}

/** A disk with a system that no other machine has. */
function attachable(request: PracticeRequest, about: VmAbout, properties: unknown): Resource {
  if (dig(properties, 'osProfile') !== undefined) throw invalidParameter("Parameter 'osProfile' is not allowed.")
  if (dig(properties, 'storageProfile', 'imageReference') !== undefined)
    throw invalidParameter("Parameter 'imageReference' is not allowed.")
  const osDisk = dig(properties, 'storageProfile', 'osDisk')
  if (digText(osDisk, 'osType') === undefined) throw required('osDisk.osType')
  return requireFreeDisk(request, about, digText(osDisk, 'managedDisk', 'id') ?? '')
}

/** @throws ArmError 404, 409 */
export function requireFreeDisk(request: PracticeRequest, about: VmAbout, id: string): Resource {
  const disk = request.store.find(id)
  if (disk?.type !== diskType) throw armError(404, 'NotFound', `Disk ${id} is not found.`)
  if (disk.wire['location'] !== about.location)
    throw invalidParameter(`Disk ${id} is in another region than the virtual machine '${about.name}'.`)
  const owner = disk.wire['managedBy']
  if (typeof owner === 'string' && !isSameResource(owner, about.id)) {
    const text = `Cannot attach data disk '${disk.name}' to VM '${about.name}' because the disk is currently owned by VM '${owner}'. Please try again with another disk.`
    throw armError(409, 'ConflictingUserInput', text)
  }
  if (owner === undefined && diskStateOf(disk) !== 'Unattached') {
    const text = `Disk '${disk.name}' is in state '${diskStateOf(disk)}' and cannot be attached to VM '${about.name}'.`
    throw armError(409, 'OperationNotAllowed', text)
  }
  return disk
}

/** Size, processor, boot generation and security type fit the system. @throws ArmError 400, 409 */
export function hardwareOf(request: PracticeRequest, about: VmAbout, properties: unknown, origin: Origin): VmSize {
  const size = sizeOf(request, about, digText(properties, 'hardwareProfile', 'vmSize') ?? '')
  const traits = traitsOf(origin)
  const refused = hardwareRefusal(size, traits)
  if (refused) throw armError(400, refused.code, refused.message)
  assertSecurity(digText(properties, 'securityProfile', 'securityType') ?? 'Standard', size, traits)
  return size
}

/** A size that the region has and the subscription may use. @throws ArmError 400 InvalidParameter, 409 SkuNotAvailable */
export function sizeOf(request: PracticeRequest, about: VmAbout, name: string): VmSize {
  if (name === '') throw required('hardwareProfile.vmSize')
  const size = findVmSize(name)
  if (!size) {
    const sizes = vmSizes.map((one) => one.name).join(', ')
    const text = `The value ${name} provided for the VM size is not valid. The valid sizes in the current region are: ${sizes}. Find out more on the valid VM sizes in each region at https://aka.ms/azure-regionservices.`
    throw invalidParameter(text)
  }
  const isRestricted = about.subscription === subscriptions[1].id && size.family.startsWith('Standard NC')
  if (
    isRestricted ||
    request.faults.look('fail-machine', `${request.method} ${request.path}`)?.action === 'SkuNotAvailable'
  ) {
    request.faults.take('fail-machine', `${request.method} ${request.path}`)
    const text = `The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: ${size.name}' is currently not available in location '${about.location}'. Please try another size or deploy to a different location or different zone. See https://aka.ms/azureskunotavailable for details.`
    throw armError(409, 'SkuNotAvailable', text)
  }
  return size
}

/** Cores of all machines count, deallocated ones as well (Microsoft Learn, "Check vCPU quotas"). @throws ArmError 409 */
export function assertCores(request: PracticeRequest, about: VmAbout, size: VmSize, before: VmSize | null): void {
  const limits = coreLimits(request, about.subscription, `${request.method} ${request.path}`)
  const used = coresInUse(request, about.subscription, about.location)
  const more = (family: string | null) =>
    size.vCpus - (before && (family === null || before.family === family) ? before.vCpus : 0)
  const rooms = [
    {
      what: `${size.family} Cores`,
      limit: limits.families[size.family] ?? 0,
      used: used.families[size.family] ?? 0,
      required: more(size.family),
    },
    { what: 'Total Regional Cores', limit: limits.total, used: used.total, required: more(null) },
  ]
  const full = rooms.find((room) => room.required > 0 && room.used + room.required > room.limit)
  if (!full) return
  const { code, message } = coresExceeded(full, full.required, about.location)
  throw armError(409, code, message)
}

/** Network interfaces of the machine, each of them free and ready. @throws ArmError 400, 409 */
export function cardsOf(
  request: PracticeRequest,
  rights: Rights,
  about: VmAbout,
  properties: unknown,
): Record<string, unknown>[] {
  const listed = dig(properties, 'networkProfile', 'networkInterfaces')
  const cards = Array.isArray(listed) ? (listed as unknown[]).filter(isObject) : []
  if (cards.length === 0) throw required('networkProfile')
  return cards.map((given) => {
    const card = joined(request, rights, vmType, requireReferenced(request, about, given['id'], networkTypes.card))
    const owner = machineOf(request, card)
    if (owner && !isSameResource(owner.id, about.id)) {
      const text = `Network Interface ${card.id} cannot be used by resource ${about.id} because it is used by existing resource ${owner.id}.`
      throw armError(400, 'NicInUse', text)
    }
    const state = digText(card.wire, 'properties', 'provisioningState')
    if (state !== 'Succeeded') {
      const text = `Cannot proceed with operation because resource ${card.id} used by resource ${about.id} is not in Succeeded state. Resource is in ${state} state and the last operation that updated/is updating the resource is PutNicOperation.`
      throw armError(409, 'ReferencedResourceNotProvisioned', text)
    }
    const properties = {
      ...(typeof dig(given, 'properties', 'primary') === 'boolean'
        ? { primary: dig(given, 'properties', 'primary') }
        : {}),
      ...(digText(given, 'properties', 'deleteOption')
        ? { deleteOption: dig(given, 'properties', 'deleteOption') }
        : {}),
    }
    return { id: card.id, ...(Object.keys(properties).length > 0 ? { properties } : {}) }
  })
}

type Traits = { generation: Generation; architecture: string; osType: OsType; trustedLaunch: boolean }

export function traitsOf(origin: Origin): Traits {
  if (origin.kind === 'image') return origin.image
  const read = (name: string) => digText(origin.disk.wire, 'properties', name)
  return {
    generation: read('hyperVGeneration') === 'V1' ? 'V1' : 'V2',
    architecture: digText(origin.disk.wire, 'properties', 'supportedCapabilities', 'architecture') ?? 'x64',
    osType: read('osType') === 'Windows' ? 'Windows' : 'Linux',
    trustedLaunch: digText(origin.disk.wire, 'properties', 'securityProfile', 'securityType') === 'TrustedLaunch',
  }
}

/** Wording of the service: Microsoft Learn, "Trusted Launch for Azure virtual machines FAQ". */
function assertSecurity(wanted: string, size: VmSize, { generation, trustedLaunch }: Traits): void {
  if (wanted === 'Standard') return
  if (wanted !== 'TrustedLaunch' || !size.trustedLaunch) {
    const text = `The VM size '${size.name}' is not supported for creation of VMs and Virtual Machine Scale Set with '"${wanted}"' security type.`
    throw armError(400, 'BadRequest', text)
  }
  if (generation === 'V2' && trustedLaunch) return
  const text =
    'Use of TrustedLaunch setting is not supported for the provided image. Please select Trusted Launch Supported Gen2 OS Image. For more information, see https://aka.ms/TrustedLaunch-FAQ.'
  throw armError(400, 'BadRequest', text)
}

/** Images with terms need a plan, and somebody who accepted the terms, which nobody does here. */
function assertPlan(about: VmAbout, image: MarketplaceImage, plan: unknown): void {
  const has = isObject(plan)
  if (!image.plan && !has) return
  if (image.plan && !has) {
    const text = `Creating a virtual machine from Marketplace image or a custom image sourced from a Marketplace image requires Plan information in the request. VM: '${about.id}'.`
    throw armError(400, 'VMMarketplaceInvalidInput', text)
  }
  const isSame = image.plan && Object.entries(image.plan).every(([name, value]) => digText(plan, name) === value)
  if (!isSame) {
    const text = `Unable to deploy from the Marketplace image or a custom image sourced from Marketplace image. The part number in the purchase information for VM '${about.id}' is not as expected. Beware that the Plan object's properties are case-sensitive. Learn more about common virtual machine error codes.`
    throw armError(400, 'VMMarketplaceInvalidInput', text)
  }
  const text = 'Marketplace purchase eligibilty check returned errors. See inner errors for details.'
  throw armError(400, 'MarketplacePurchaseEligibilityFailed', text)
}
