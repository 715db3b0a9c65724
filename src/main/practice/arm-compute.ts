import { accessUri } from './arm-disk-access'
import { runOutput } from './arm-vms-run'
import { listReply, pagedReply, requireSubscription, wireOf } from './arm-parts'
import type { Blobs } from './blobs'
import { findRegion, regions, subscriptions } from './directory'
import { armError } from './errors'
import { readOperation } from './location-polls'
import type { PracticeReply, PracticeRequest, Router } from './server'
import { vmFamilies, vmSizes, type VmSize } from './sizes'
import { coreLimits, coresInUse, machinesIn } from './subscription-cores'

const below = '/subscriptions/:subscription/providers/Microsoft.Compute'

const skuPage = 12

/** VM sizes, core quotas and the operations of the Compute provider. */
export function addComputeRoutes(router: Router, blobs: () => Blobs): void {
  router.route('GET', `${below}/skus`, listSkus, { action: 'Microsoft.Compute/skus/read' })
  router.route('GET', `${below}/locations/:location/usages`, listUsages, {
    action: 'Microsoft.Compute/locations/usages/read',
  })
  const poll = (request: PracticeRequest) => pollOperation(request, blobs())
  router.route('GET', `${below}/locations/:location/capsOperations/:operation`, poll)
  router.route('GET', `${below}/locations/:location/DiskOperations/:operation`, poll)
  router.route('GET', `${below}/locations/:location/operations/:operation`, poll)
}

function listSkus(request: PracticeRequest): PracticeReply {
  const { id } = requireSubscription(request)
  const wanted = /location eq '([^']+)'/i.exec(request.query.get('$filter') ?? '')?.[1]
  const places = regions.filter((region) => wanted === undefined || findRegion(wanted)?.name === region.name)
  const isWithoutQuota = id === subscriptions[1].id
  const all = places.flatMap((region) => vmSizes.map((size) => skuBody(size, region.name, isWithoutQuota)))
  return pagedReply(request, all, skuPage)
}

function skuBody(size: VmSize, region: string, isRestricted: boolean): object {
  const capabilities: Record<string, string> = {
    MaxResourceVolumeMB: String(size.temporaryMib),
    OSVhdSizeMB: '1047552',
    vCPUs: String(size.vCpus),
    MemoryPreservingMaintenanceSupported: 'True',
    HyperVGenerations: size.generations,
    MemoryGB: String(size.memoryGib),
    MaxDataDiskCount: String(size.vCpus * 2),
    CpuArchitectureType: size.architecture,
    LowPriorityCapable: 'True',
    PremiumIO: size.name.includes('s_v') || size.name.includes('DS') ? 'True' : 'False',
    VMDeploymentTypes: 'IaaS',
    vCPUsAvailable: String(size.vCpus),
    AcceleratedNetworkingEnabled: size.vCpus > 1 ? 'True' : 'False',
    // Azure names the trait only where it is missing.
    ...(size.trustedLaunch ? {} : { TrustedLaunchDisabled: 'True' }),
  }
  const restriction = {
    type: 'Location',
    values: [region],
    restrictionInfo: { locations: [region] },
    reasonCode: 'NotAvailableForSubscription',
  }
  return {
    resourceType: 'virtualMachines',
    name: size.name,
    tier: 'Standard',
    size: size.name.replace(/^Standard_/, ''),
    family: size.family,
    locations: [region],
    locationInfo: [{ location: region, zones: ['1', '2', '3'], zoneDetails: [] }],
    capabilities: Object.entries(capabilities).map(([name, value]) => ({ name, value })),
    restrictions: isRestricted && size.family.startsWith('Standard NC') ? [restriction] : [],
  }
}

function listUsages(request: PracticeRequest): PracticeReply {
  const { id } = requireSubscription(request)
  const location = request.params['location'] ?? ''
  if (!findRegion(location)) {
    throw armError(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location '${location}'.`,
    )
  }
  const limits = coreLimits(request, id, `${request.method} ${request.path}`)
  const used = coresInUse(request, id, findRegion(location)!.name)
  const families = vmFamilies().map((family) =>
    usage(family, familyText(family), limits.families[family] ?? 0, used.families[family] ?? 0),
  )
  return listReply([
    usage('availabilitySets', 'Availability Sets', 2500),
    usage('cores', 'Total Regional vCPUs', limits.total, used.total),
    usage('virtualMachines', 'Virtual Machines', 25_000, machinesIn(request, id, findRegion(location)!.name).length),
    usage('lowPriorityCores', 'Total Regional Spot vCPUs', limits.spot, used.spot),
    ...families,
  ])
}

function usage(value: string, localizedValue: string, limit: number, currentValue = 0): object {
  return { unit: 'Count', currentValue, limit, name: { value, localizedValue } }
}

function familyText(family: string): string {
  const short = /^standard(.+)Family$/.exec(family)?.[1]
  return short === undefined ? `${family} vCPUs` : `Standard ${short} Family vCPUs`
}

/** The status document, or with `monitor=true` (the Location header) 202 until the end. */
function pollOperation(request: PracticeRequest, blobs: Blobs): PracticeReply {
  const operation = readOperation(request)
  const isRunning = operation.status === 'InProgress'
  const headers: Record<string, string> = isRunning ? request.operations.headers(operation, request.apiVersion) : {}
  if (request.query.get('monitor') === 'true') {
    if (isRunning) return { status: 202, headers }
    if (operation.error) throw armError(409, operation.error.code, operation.error.message)
    const answer = accessUri(request, operation, blobs) ?? runOutput(operation)
    if (answer) return { status: 200, body: answer }
    const resource = operation.resourceId === null ? null : request.store.find(operation.resourceId)
    return resource ? { status: 200, body: wireOf(resource) } : { status: 200 }
  }
  const body = {
    name: operation.id,
    status: operation.status,
    startTime: request.clock.iso(operation.startedAtMs),
    ...(operation.endedAtMs === null ? {} : { endTime: request.clock.iso(operation.endedAtMs) }),
    ...(!isRunning && operation.error ? { error: operation.error } : {}),
  }
  return { status: 200, headers, body }
}
