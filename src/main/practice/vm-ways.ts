import { dig, digText } from './arm-parts'
import { ipConfigurations, machineOf, networkTypes, partsOf, type IpConfiguration } from './arm-network-uses'
import { parseAddress } from './cidr'
import type { Faults } from './faults'
import { admits, type Rule } from './security-rules'
import type { PracticeCloud } from './server'
import type { Resource } from './store'
import { isSameResource } from '../../shared/terms'

/** RFC 5737, TEST-NET-2: where the user of this cloud seems to sit. */
const usualAddress = '198.51.100.7'

/** The public address from which the user comes; the incident `other-address` changes it. */
export function userAddress(faults: Pick<Faults, 'look'>): string {
  return faults.look('other-address', 'address')?.action ?? usualAddress
}

export type Reached = { vm: Resource; way: IpConfiguration }

/** The machine that has a public address; null when it leads nowhere. */
export function machineAt(cloud: PracticeCloud, address: string): Reached | null {
  const found = cloud.store
    .list(networkTypes.address)
    .find(({ wire }) => dig(wire, 'properties', 'ipAddress') === address)
  const way = found ? ipConfigurations(cloud).find((one) => isSameResource(one.address, found.id)) : undefined
  const vm = way ? machineOf(cloud, way.card) : null
  return vm && way ? { vm, way } : null
}

/**
 * Whether the user comes through to a port of the machine: the groups of subnet and interface must both let him. A
 * Standard address without any group is closed (Microsoft Learn, "Public IP addresses": secure by default).
 */
export function admittedAt(cloud: PracticeCloud, { way }: Reached, port: number): boolean {
  const groups = [subnetGroup(cloud, way.subnet), digText(way.card.wire, 'properties', 'networkSecurityGroup', 'id')]
    .filter((id): id is string => id !== undefined)
    .map((id) => cloud.store.find(id))
    .filter((group): group is Resource => group !== null)
  const packet = { from: parseAddress(userAddress(cloud.faults)) ?? 0, to: parseAddress(way.privateIp) ?? 0, port }
  return groups.length > 0 && groups.every((group) => admits(rulesOf(group), packet))
}

function rulesOf(group: Resource): Rule[] {
  return [...partsOf(group, 'securityRules'), ...partsOf(group, 'defaultSecurityRules')] as Rule[]
}

function subnetGroup(cloud: PracticeCloud, subnetId: string): string | undefined {
  const [networkId = '', name = ''] = subnetId.split(/\/subnets\//i)
  const network = cloud.store.find(networkId)
  const subnet = network
    ? partsOf(network, 'subnets').find((one) => String(one['name']).toLowerCase() === name.toLowerCase())
    : undefined
  return digText(subnet, 'properties', 'networkSecurityGroup', 'id')
}
