import { randomBytes } from 'node:crypto'
import { dig, digText, isObject } from './arm-parts'
import {
  deleteNetwork,
  joined,
  networkName,
  putNetwork,
  requireReferenced,
  type Made,
  type Wanted,
} from './arm-network-parts'
import { ipConfigurations, machineOf, networkTypes, partsOf } from './arm-network-uses'
import { requireSubnet, subnetRange } from './arm-network-vnets'
import { addressText, parseAddress } from './cidr'
import { armError } from './errors'
import type { Rights } from './rbac'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'
import { isSameResource } from '../../shared/terms'

/** Azure keeps the first four and the last address of a subnet for itself. */
const reservedFirst = 4

export function putCard(request: PracticeRequest, rights: Rights): PracticeReply {
  return putNetwork(request, networkTypes.card, (wanted) => cardOf(request, rights, wanted))
}

export function deleteCard(request: PracticeRequest): PracticeReply {
  return deleteNetwork(request, networkTypes.card, (found) => {
    const machine = machineOf(request, found)
    if (!machine) return
    const text = `Network Interface ${found.id} is used by existing resource ${machine.id}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.`
    throw armError(400, 'NicInUse', text)
  })
}

function cardOf(request: PracticeRequest, rights: Rights, wanted: Wanted): Made {
  const { properties, existing, id } = wanted
  const listed = properties['ipConfigurations']
  const configurations = Array.isArray(listed) ? (listed as unknown[]).filter(isObject) : []
  if (configurations.length !== 1) {
    const text = `Network interface ${id} must have one IP configuration in this cloud, not ${configurations.length}.`
    throw armError(400, 'NetworkInterfaceMustHaveAtLeastOneIpConfiguration', text)
  }
  const group = digText(properties, 'networkSecurityGroup', 'id')
  const join: Join = (used, part) => joined(request, rights, networkTypes.card, used, part)
  if (group !== undefined) join(requireReferenced(request, wanted, group, networkTypes.rules))
  return {
    properties: {
      ipConfigurations: configurations.map((one) => configurationOf(request, join, wanted, one)),
      ...(group === undefined ? {} : { networkSecurityGroup: { id: group } }),
      dnsSettings: { dnsServers: [], appliedDnsServers: [] },
      macAddress: dig(existing?.wire, 'properties', 'macAddress') ?? newMacAddress(),
      enableAcceleratedNetworking: properties['enableAcceleratedNetworking'] === true,
      enableIPForwarding: false,
      hostedWorkloads: [],
      tapConfigurations: [],
      nicType: 'Standard',
      auxiliaryMode: 'None',
      auxiliarySku: 'None',
      vnetEncryptionSupported: false,
    },
  }
}

type Join = (used: Resource, part?: string) => Resource

function configurationOf(request: PracticeRequest, join: Join, wanted: Wanted, given: Record<string, unknown>) {
  const name = networkName(digText(given, 'name') ?? '', 'ipConfigurations')
  const { network, subnet } = requireSubnet(request, wanted, digText(given, 'properties', 'subnet', 'id'))
  join(network, `subnets/${String(subnet['name'])}`)
  const subnetId = `${network.id}/subnets/${String(subnet['name'])}`
  const address = publicAddress(request, join, wanted, digText(given, 'properties', 'publicIPAddress', 'id'), name)
  const old = wanted.existing ? partsOf(wanted.existing, 'ipConfigurations')[0] : undefined
  const isSameSubnet = isSameResource(digText(old, 'properties', 'subnet', 'id') ?? '', subnetId)
  const kept = isSameSubnet ? digText(old, 'properties', 'privateIPAddress') : undefined
  const deleteOption = digText(given, 'properties', 'publicIPAddress', 'properties', 'deleteOption')
  return {
    name,
    properties: {
      privateIPAddress: kept ?? freeAddress(request, subnetId, subnetRange(subnet)),
      privateIPAllocationMethod: 'Dynamic',
      privateIPAddressVersion: 'IPv4',
      primary: true,
      subnet: { id: subnetId },
      ...(address === undefined
        ? {}
        : {
            publicIPAddress: { id: address, ...(deleteOption === undefined ? {} : { properties: { deleteOption } }) },
          }),
    },
  }
}

function publicAddress(request: PracticeRequest, join: Join, wanted: Wanted, id: string | undefined, name: string) {
  if (id === undefined) return undefined
  const address = join(requireReferenced(request, wanted, id, networkTypes.address))
  const mine = `${wanted.id}/ipConfigurations/${name}`
  const user = ipConfigurations(request).find((one) => isSameResource(one.address, address.id))
  if (!user || isSameResource(user.card.id, wanted.id)) return address.id
  const text = `Resource ${mine} is referencing public IP address ${address.id} that is already allocated to resource ${user.id}.`
  throw armError(400, 'PublicIPAddressInUse', text)
}

function freeAddress(request: PracticeRequest, subnetId: string, { from, to }: { from: number; to: number }): string {
  const taken = new Set(
    ipConfigurations(request)
      .filter(({ subnet }) => isSameResource(subnet, subnetId))
      .map(({ privateIp }) => parseAddress(privateIp)),
  )
  for (let address = from + reservedFirst; address < to; address++) if (!taken.has(address)) return addressText(address)
  const name = subnetId.slice(subnetId.lastIndexOf('/') + 1)
  const text = `Subnet ${name} with address prefix does not have enough capacity for 1 IP addresses.`
  throw armError(400, 'SubnetIsFull', text)
}

/** 00-0D-3A belongs to Microsoft: the machines of Azure. */
function newMacAddress(): string {
  const own = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
  return ['00', '0D', '3A', ...own].join('-')
}
