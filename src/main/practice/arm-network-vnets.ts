import { bodyObject, dig, digText, isObject, listReply } from './arm-parts'
import {
  acceptedNetwork,
  changeNetwork,
  deleteNetwork,
  networkName,
  putNetwork,
  putNetworkReply,
  requireNetwork,
  requireReferenced,
  type Made,
  type Wanted,
} from './arm-network-parts'
import { joined } from './arm-network-parts'
import { ipConfigurations, networkTypes, partsOf, shownSubnet } from './arm-network-uses'
import { contains, overlaps, parseRange, type Range } from './cidr'
import { armError } from './errors'
import type { Rights } from './rbac'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'
import { isSameResource } from '../../shared/terms'

type Part = Record<string, unknown>

export function putVnet(request: PracticeRequest, rights: Rights): PracticeReply {
  return putNetwork(request, networkTypes.network, (wanted) => vnetOf(request, rights, wanted))
}

export function deleteVnet(request: PracticeRequest): PracticeReply {
  return deleteNetwork(request, networkTypes.network, (found) => {
    for (const subnet of partsOf(found, 'subnets')) refuseUsedSubnet(request, found, String(subnet['name']))
  })
}

export function listSubnets(request: PracticeRequest): PracticeReply {
  const found = requireNetwork(request, networkTypes.network)
  return listReply(partsOf(found, 'subnets').map((one) => shownSubnet(request, found, one)))
}

export function getSubnet(request: PracticeRequest): PracticeReply {
  const found = requireNetwork(request, networkTypes.network)
  request.operations.read(found.operation)
  const subnet = partsOf(found, 'subnets').find((one) => isNamed(one, request.params['subnet']))
  if (!subnet) throw subnetNotFound(found, request.params['subnet'])
  return { status: 200, body: shownSubnet(request, found, subnet) }
}

export function putSubnet(request: PracticeRequest, rights: Rights): PracticeReply {
  const found = requireNetwork(request, networkTypes.network)
  const name = networkName(request.params['subnet'] ?? '', `${networkTypes.network}/subnets`)
  const others = partsOf(found, 'subnets').filter((one) => !isNamed(one, name))
  const isNew = others.length === partsOf(found, 'subnets').length
  const about = { id: found.id, name: found.name, location: String(found.wire['location']) }
  const subnet = subnetOf(request, rights, about, { ...bodyObject(request), name })
  assertSubnets(about.name, prefixesOf(found.wire), [...others, subnet])
  changeNetwork(request, found, { subnets: [...others, subnet] })
  return putNetworkReply(request, found, isNew, shownSubnet(request, found, subnet))
}

export function deleteSubnet(request: PracticeRequest): PracticeReply {
  const found = requireNetwork(request, networkTypes.network)
  const others = partsOf(found, 'subnets').filter((one) => !isNamed(one, request.params['subnet']))
  if (others.length === partsOf(found, 'subnets').length) return { status: 204 }
  refuseUsedSubnet(request, found, request.params['subnet'] ?? '')
  changeNetwork(request, found, { subnets: others })
  return acceptedNetwork(request, found)
}

function vnetOf(request: PracticeRequest, rights: Rights, wanted: Wanted): Made {
  const { name, properties, existing } = wanted
  const prefixes = prefixesOf({ properties })
  if (prefixes.length === 0) {
    throw armError(400, 'InvalidRequestFormat', `Cannot parse the request: 'addressSpace' of ${name} is missing.`)
  }
  for (const prefix of prefixes) rangeOf(prefix, wanted.id)
  const listed = Array.isArray(properties['subnets']) ? (properties['subnets'] as unknown[]).filter(isObject) : []
  const subnets = listed.map((one) => subnetOf(request, rights, wanted, one))
  assertSubnets(name, prefixes, subnets)
  for (const old of existing ? partsOf(existing, 'subnets') : []) {
    const isKept = subnets.some((one) => isNamed(one, String(old['name'])))
    if (existing && !isKept) refuseUsedSubnet(request, existing, String(old['name']))
  }
  return {
    properties: {
      addressSpace: { addressPrefixes: prefixes },
      subnets,
      virtualNetworkPeerings: [],
      enableDdosProtection: false,
    },
  }
}

function subnetOf(request: PracticeRequest, rights: Rights, vnet: Pick<Wanted, 'id' | 'location'>, given: Part): Part {
  const name = networkName(digText(given, 'name') ?? '', `${networkTypes.network}/subnets`)
  const listed = dig(given, 'properties', 'addressPrefixes')
  const addressPrefix =
    digText(given, 'properties', 'addressPrefix') ?? (Array.isArray(listed) ? String(listed[0] ?? '') : '')
  rangeOf(addressPrefix, `${vnet.id}/subnets/${name}`)
  const group = digText(given, 'properties', 'networkSecurityGroup', 'id')
  if (group !== undefined)
    joined(request, rights, networkTypes.network, requireReferenced(request, vnet, group, networkTypes.rules))
  const defaultOutboundAccess = dig(given, 'properties', 'defaultOutboundAccess')
  return {
    name,
    properties: {
      addressPrefix,
      ...(group === undefined ? {} : { networkSecurityGroup: { id: group } }),
      ...(typeof defaultOutboundAccess === 'boolean' ? { defaultOutboundAccess } : {}),
      delegations: [],
      privateEndpointNetworkPolicies: digText(given, 'properties', 'privateEndpointNetworkPolicies') ?? 'Disabled',
      privateLinkServiceNetworkPolicies: digText(given, 'properties', 'privateLinkServiceNetworkPolicies') ?? 'Enabled',
    },
  }
}

/** Microsoft Learn, "Troubleshoot virtual network" error codes. @throws ArmError 400 */
function assertSubnets(network: string, prefixes: string[], subnets: Part[]): void {
  const spaces = prefixes.map((prefix) => parseRange(prefix)).filter((one): one is Range => one !== null)
  const ranges = subnets.map((one) => ({ name: String(one['name']), range: subnetRange(one) }))
  for (const [at, { name, range }] of ranges.entries()) {
    if (!spaces.some((space) => contains(space, range)))
      throw armError(400, 'NetcfgInvalidSubnet', `Subnet '${name}' is not valid in virtual network '${network}'.`)
    const other = ranges.slice(0, at).find((one) => overlaps(one.range, range))
    if (!other) continue
    throw armError(
      400,
      'NetcfgSubnetRangesOverlap',
      `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${network}'.`,
    )
  }
}

/** The addresses of a stored subnet. */
export function subnetRange(subnet: Part): Range {
  return parseRange(digText(subnet, 'properties', 'addressPrefix') ?? '') ?? { from: 0, to: 0 }
}

/** A subnet by id, with its network. @throws ArmError 400 InvalidResourceReference */
export function requireSubnet(
  request: PracticeRequest,
  about: { id: string; location: string },
  id: string | undefined,
): { network: Resource; subnet: Part } {
  const [networkId = '', name = ''] = (id ?? '').split(/\/subnets\//i)
  const network = requireReferenced(request, about, networkId, networkTypes.network)
  const subnet = partsOf(network, 'subnets').find((one) => isNamed(one, name))
  if (subnet) return { network, subnet }
  const text = `Resource ${id} referenced by resource ${about.id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`
  throw armError(400, 'InvalidResourceReference', text)
}

function refuseUsedSubnet(request: PracticeRequest, network: Resource, name: string): void {
  const user = ipConfigurations(request).find(({ subnet }) => isSameResource(subnet, `${network.id}/subnets/${name}`))
  if (!user) return
  const text = `Subnet ${name} is in use by ${user.id} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`
  throw armError(400, 'InUseSubnetCannotBeDeleted', text)
}

function rangeOf(prefix: string, id: string): Range {
  const range = prefix.includes('/') ? parseRange(prefix) : null
  if (range) return range
  const text = `Address prefix ${prefix} of resource ${id} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`
  throw armError(400, 'InvalidAddressPrefixFormat', text)
}

function prefixesOf(wire: Part): string[] {
  const prefixes = dig(wire, 'properties', 'addressSpace', 'addressPrefixes')
  return Array.isArray(prefixes) ? prefixes.map(String) : []
}

function isNamed(part: Part, name: string | undefined): boolean {
  return String(part['name']).toLowerCase() === name?.toLowerCase()
}

function subnetNotFound(network: Resource, name: string | undefined): Error {
  return armError(404, 'NotFound', `Resource ${network.id}/subnets/${name} not found.`)
}
