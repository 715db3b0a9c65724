import type { Cloud } from './cloud'
import { partFrom, readPart, removePart, sendPart, type NetworkPart, type Spec } from './network-parts'
import type { Accepted } from './operations'
import { tagsOf } from './tags'

export type PublicIp = NetworkPart & { address: string | null }
/** `vm`: id of the machine that it belongs to. */
export type Nic = NetworkPart & { vm: string | null; privateAddress: string | null }

/** null when there is none. */
export async function getVirtualNetwork(cloud: Cloud, id: string, signal?: AbortSignal): Promise<NetworkPart | null> {
  return readPart(cloud, id, signal, async (network, at, options) =>
    partFrom(await network.virtualNetworks.get(at.resourceGroup, at.names[0], options)),
  )
}

/** Sends the creation of a network with one subnet, from which nothing reaches the internet but through an address of its own. */
export async function createVirtualNetwork(
  cloud: Cloud,
  id: string,
  spec: Spec & { range: string; subnet: string },
  signal?: AbortSignal,
): Promise<Accepted> {
  return sendPart(cloud, id, signal, (network, at, options) =>
    network.virtualNetworks.createOrUpdate(
      at.resourceGroup,
      at.names[0],
      {
        location: spec.region,
        tags: tagsOf(spec.run),
        addressSpace: { addressPrefixes: [spec.range] },
        // Azure ended the outbound access that came by itself: said here, a network behaves the same in old subscriptions.
        subnets: [{ name: spec.subnet, addressPrefix: spec.range, defaultOutboundAccess: false }],
      },
      options,
    ),
  )
}

/** Returns when the deletion is accepted. Refused by Azure while a network interface is in it. */
export async function deleteVirtualNetwork(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await removePart(cloud, id, signal, (network, at, options) =>
    network.virtualNetworks.delete(at.resourceGroup, at.names[0], options),
  )
}

/** null when there is none. */
export async function getPublicIp(cloud: Cloud, id: string, signal?: AbortSignal): Promise<PublicIp | null> {
  return readPart(cloud, id, signal, async (network, at, options) => {
    const ip = await network.publicIPAddresses.get(at.resourceGroup, at.names[0], options)
    return { ...partFrom(ip), address: ip.ipAddress ?? null }
  })
}

/** Sends the creation of a standard, static address: closed until a security group lets somebody in. */
export async function createPublicIp(cloud: Cloud, id: string, spec: Spec, signal?: AbortSignal): Promise<Accepted> {
  return sendPart(cloud, id, signal, (network, at, options) =>
    network.publicIPAddresses.createOrUpdate(
      at.resourceGroup,
      at.names[0],
      {
        location: spec.region,
        tags: tagsOf(spec.run),
        sku: { name: 'Standard' },
        publicIPAllocationMethod: 'Static',
        publicIPAddressVersion: 'IPv4',
      },
      options,
    ),
  )
}

/** Returns when the deletion is accepted. Refused by Azure while a network interface uses it. */
export async function deletePublicIp(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await removePart(cloud, id, signal, (network, at, options) =>
    network.publicIPAddresses.delete(at.resourceGroup, at.names[0], options),
  )
}

/** null when there is none. */
export async function getNic(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Nic | null> {
  return readPart(cloud, id, signal, async (network, at, options) => {
    const nic = await network.networkInterfaces.get(at.resourceGroup, at.names[0], options)
    const privateAddress = nic.ipConfigurations?.[0]?.privateIPAddress ?? null
    return { ...partFrom(nic), vm: nic.virtualMachine?.id ?? null, privateAddress }
  })
}

/** Sends the creation of a card in a subnet (id of its network, and name), with a public address and a security group. */
export async function createNic(
  cloud: Cloud,
  id: string,
  spec: Spec & { network: string; subnet: string; publicIp: string; securityGroup: string },
  signal?: AbortSignal,
): Promise<Accepted> {
  return sendPart(cloud, id, signal, (network, at, options) =>
    network.networkInterfaces.createOrUpdate(
      at.resourceGroup,
      at.names[0],
      {
        location: spec.region,
        tags: tagsOf(spec.run),
        networkSecurityGroup: { id: spec.securityGroup },
        ipConfigurations: [
          {
            name: 'main',
            primary: true,
            privateIPAllocationMethod: 'Dynamic',
            subnet: { id: `${spec.network}/subnets/${spec.subnet}` },
            publicIPAddress: { id: spec.publicIp },
          },
        ],
      },
      options,
    ),
  )
}

/** Refused by Azure while a machine has it. */
export async function deleteNic(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await removePart(cloud, id, signal, (network, at, options) =>
    network.networkInterfaces.delete(at.resourceGroup, at.names[0], options),
  )
}
