import { dig, digText, isObject } from './arm-parts'
import { isSameResource } from '../../shared/terms'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

export const networkTypes = {
  network: 'Microsoft.Network/virtualNetworks',
  rules: 'Microsoft.Network/networkSecurityGroups',
  address: 'Microsoft.Network/publicIPAddresses',
  card: 'Microsoft.Network/networkInterfaces',
} as const
export const vmType = 'Microsoft.Compute/virtualMachines'

/** An IP configuration of a network interface, with what it is connected to. */
export type IpConfiguration = { id: string; card: Resource; subnet: string; address: string; privateIp: string }

/** All IP configurations of a cloud: what subnets and public addresses are used by follows from them alone. */
export function ipConfigurations(cloud: PracticeCloud): IpConfiguration[] {
  return cloud.store.list(networkTypes.card).flatMap((card) =>
    partsOf(card, 'ipConfigurations').map((one) => ({
      id: `${card.id}/ipConfigurations/${String(one['name'])}`,
      card,
      subnet: digText(one, 'properties', 'subnet', 'id') ?? '',
      address: digText(one, 'properties', 'publicIPAddress', 'id') ?? '',
      privateIp: digText(one, 'properties', 'privateIPAddress') ?? '',
    })),
  )
}

/** The machine that a network interface belongs to. */
export function machineOf(cloud: PracticeCloud, card: Resource): Resource | null {
  return cloud.store.list(vmType).find((vm) => cardIds(vm).some((id) => isSameResource(id, card.id))) ?? null
}

/** Ids of a machine's network interfaces, the primary one first. */
export function cardIds(vm: Resource): string[] {
  const listed = dig(vm.wire, 'properties', 'networkProfile', 'networkInterfaces')
  const cards = Array.isArray(listed) ? (listed as unknown[]) : []
  return [...cards]
    .sort((a, b) => Number(dig(b, 'properties', 'primary') === true) - Number(dig(a, 'properties', 'primary') === true))
    .map((card) => digText(card, 'id') ?? '')
}

/** Interfaces and subnets that a security group guards, by id. */
export function guardedBy(cloud: PracticeCloud, group: Resource): { cards: string[]; subnets: string[] } {
  const isMine = (owner: unknown) => isSameResource(digText(owner, 'networkSecurityGroup', 'id') ?? '', group.id)
  const cards = cloud.store.list(networkTypes.card).filter((card) => isMine(card.wire['properties']))
  const subnets = cloud.store.list(networkTypes.network).flatMap((network) =>
    partsOf(network, 'subnets')
      .filter((one) => isMine(one['properties']))
      .map((one) => `${network.id}/subnets/${String(one['name'])}`),
  )
  return { cards: cards.map(({ id }) => id), subnets }
}

/** A list of named parts inside a resource, as stored. */
export function partsOf(resource: Resource, name: string): Record<string, unknown>[] {
  const parts = dig(resource.wire, 'properties', name)
  return Array.isArray(parts) ? (parts as unknown[]).filter(isObject) : []
}

/** A network resource as GET shows it: version, ids of its parts, and who uses it. */
export function shownNetwork(cloud: PracticeCloud, resource: Resource): Record<string, unknown> {
  const { id, name, type } = resource
  const properties = { ...(resource.wire['properties'] as Record<string, unknown>), ...usesOf(cloud, resource) }
  return { id, name, type, etag: etagOf(resource), ...resource.wire, properties }
}

/** A part with what ARM adds to it. */
export function shownPart(
  resource: Resource,
  list: 'subnets' | 'securityRules' | 'defaultSecurityRules' | 'ipConfigurations',
  part: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const provisioningState = dig(resource.wire, 'properties', 'provisioningState')
  return {
    id: `${resource.id}/${list}/${String(part['name'])}`,
    name: part['name'],
    etag: etagOf(resource),
    type: `${resource.type}/${list}`,
    properties: { ...(part['properties'] as object), ...more, provisioningState },
  }
}

function etagOf({ hidden }: Resource): string {
  return `W/"${String(hidden['etag'])}"`
}

function usesOf(cloud: PracticeCloud, resource: Resource): Record<string, unknown> {
  if (resource.type === networkTypes.network) {
    return { subnets: partsOf(resource, 'subnets').map((one) => shownSubnet(cloud, resource, one)) }
  }
  if (resource.type === networkTypes.rules) {
    const { cards, subnets } = guardedBy(cloud, resource)
    const shown = (list: 'securityRules' | 'defaultSecurityRules') =>
      partsOf(resource, list).map((one) => shownPart(resource, list, one))
    return {
      securityRules: shown('securityRules'),
      defaultSecurityRules: shown('defaultSecurityRules'),
      ...(cards.length ? { networkInterfaces: cards.map((id) => ({ id })) } : {}),
      ...(subnets.length ? { subnets: subnets.map((id) => ({ id })) } : {}),
    }
  }
  if (resource.type === networkTypes.address) {
    const user = ipConfigurations(cloud).find(({ address }) => isSameResource(address, resource.id))
    return user ? { ipConfiguration: { id: user.id } } : {}
  }
  const machine = machineOf(cloud, resource)
  return {
    ipConfigurations: partsOf(resource, 'ipConfigurations').map((one) => shownPart(resource, 'ipConfigurations', one)),
    ...(machine ? { virtualMachine: { id: machine.id }, primary: true } : {}),
  }
}

/** A subnet as GET shows it. */
export function shownSubnet(
  cloud: PracticeCloud,
  network: Resource,
  subnet: Record<string, unknown>,
): Record<string, unknown> {
  const id = `${network.id}/subnets/${String(subnet['name'])}`
  const users = ipConfigurations(cloud).filter((one) => isSameResource(one.subnet, id))
  return shownPart(
    network,
    'subnets',
    subnet,
    users.length ? { ipConfigurations: users.map((one) => ({ id: one.id })) } : {},
  )
}
