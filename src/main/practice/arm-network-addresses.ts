import { dig, digText } from './arm-parts'
import { deleteNetwork, putNetwork, type Made, type Wanted } from './arm-network-parts'
import { ipConfigurations, networkTypes } from './arm-network-uses'
import { subscriptions } from './directory'
import { armError } from './errors'
import type { PracticeCloud, PracticeReply, PracticeRequest } from './server'
import { isSameResource } from '../../shared/terms'

/** RFC 5737, TEST-NET-3: the public addresses of this cloud. */
const network = '203.0.113'
const [firstHost, lastHost] = [10, 250]
const addressLimit = 20

export function putAddress(request: PracticeRequest): PracticeReply {
  return putNetwork(request, networkTypes.address, (wanted) => addressOf(request, wanted))
}

export function deleteAddress(request: PracticeRequest): PracticeReply {
  return deleteNetwork(request, networkTypes.address, (found) => {
    const user = ipConfigurations(request).find(({ address }) => isSameResource(address, found.id))
    if (!user) return
    const text = `Public IP address ${found.id} can not be deleted since it is still allocated to resource ${user.id}. In order to delete the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see aka.ms/deletepublicip.`
    throw armError(400, 'PublicIPAddressCannotBeDeleted', text)
  })
}

function addressOf(request: PracticeRequest, { id, location, existing, body, properties }: Wanted): Made {
  const sku = digText(body, 'sku', 'name') ?? 'Basic'
  const method = digText(properties, 'publicIPAllocationMethod') ?? 'Dynamic'
  // Microsoft Learn, "Upgrading a basic public IP address": none can be made since 30 September 2025.
  if (sku !== 'Standard') throw countReached(0, `IPv4 ${sku} SKU`, `IPv4${sku}SkuPublicIpCountLimitReached`)
  if (method !== 'Static') {
    const text = `Standard sku publicIp ${id} must have AllocationMethod set to Static.`
    throw armError(400, 'PublicIPAddressWithStandardSkuMustBeStatic', text)
  }
  if (digText(properties, 'publicIPAddressVersion') === 'IPv6') {
    throw armError(400, 'InvalidRequestFormat', 'The practice cloud has public addresses of IPv4 only.')
  }
  if (!existing) assertRoom(request, id.split('/')[2] ?? '', location)
  const minutes = dig(properties, 'idleTimeoutInMinutes')
  const deleteOption = digText(properties, 'deleteOption')
  return {
    beside: { sku: { name: 'Standard', tier: 'Regional' } },
    properties: {
      ipAddress: dig(existing?.wire, 'properties', 'ipAddress') ?? nextAddress(request),
      publicIPAddressVersion: 'IPv4',
      publicIPAllocationMethod: 'Static',
      idleTimeoutInMinutes: typeof minutes === 'number' ? minutes : 4,
      ipTags: [],
      ddosSettings: { protectionMode: 'VirtualNetworkInherited' },
      ...(deleteOption === undefined ? {} : { deleteOption }),
    },
  }
}

function assertRoom(request: PracticeRequest, subscription: string, location: string): void {
  const here = request.store
    .list(networkTypes.address, `/subscriptions/${subscription}`)
    .filter(({ wire }) => wire['location'] === location)
  const isZero =
    subscription === subscriptions[1].id ||
    request.faults.look('quota-zero', `${request.method} ${request.path}`) !== null
  const limit = isZero ? 0 : addressLimit
  if (here.length >= limit) throw countReached(limit, 'IPv4 Standard SKU', 'IPv4StandardSkuPublicIpCountLimitReached')
}

/** The one after the last that was given out, so that an address is not at once another machine's. */
function nextAddress(cloud: PracticeCloud): string {
  const last = cloud.store.part('addresses', () => ({ host: firstHost - 1 }))
  const taken = new Set(cloud.store.list(networkTypes.address).map(({ wire }) => dig(wire, 'properties', 'ipAddress')))
  for (let tried = firstHost; tried <= lastHost; tried++) {
    last.host = last.host >= lastHost ? firstHost : last.host + 1
    const address = `${network}.${last.host}`
    if (!taken.has(address)) return address
  }
  throw armError(429, 'PublicIPAddressesNotAvailable', 'No public IP address is available in this region.')
}

function countReached(limit: number, kind: string, code: string): Error {
  const text = `Cannot create more than ${limit} ${kind} public IP addresses for this subscription in this region.`
  return armError(400, code, text)
}
