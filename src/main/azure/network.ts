import type { NetworkManagementClient } from '@azure/arm-network'
import type { Cloud } from './cloud'
import { asking, orNull } from './errors'
import { partsOf, type IdParts } from './ids'
import { noting, type Accepted } from './operations'
import { tagsOf, type Tags } from './tags'

/** What networks are made of. `state`: Creating, Updating, Succeeded, Failed, Deleting. */
export type NetworkPart = { id: string; name: string; region: string; state: string; tags: Tags }
export type SecurityGroup = NetworkPart & { rules: SecurityRule[] }
export type SecurityRule = {
  name: string
  isInbound: boolean
  isAllowed: boolean
  priority: number
  /** Ranges of addresses in CIDR form, single addresses, or words of Azure such as `Internet` and `*`. */
  sources: string[]
  /** Ports or ranges of ports, `22`, `5000-5010`, `*`. */
  ports: string[]
}
export type PublicIp = NetworkPart & { address: string | null }
/** `vm`: id of the machine that it belongs to. */
export type Nic = NetworkPart & { vm: string | null; privateAddress: string | null }

type Spec = { region: string; run: string }

/** null when there is none. */
export async function getVirtualNetwork(cloud: Cloud, id: string, signal?: AbortSignal): Promise<NetworkPart | null> {
  return read(cloud, id, signal, async (network, at, options) =>
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
  return send(cloud, id, signal, (network, at, options) =>
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
  await remove(cloud, id, signal, (network, at, options) =>
    network.virtualNetworks.delete(at.resourceGroup, at.names[0], options),
  )
}

/** With the rules of its own, not those that every group has; null when there is none. */
export async function getSecurityGroup(cloud: Cloud, id: string, signal?: AbortSignal): Promise<SecurityGroup | null> {
  return read(cloud, id, signal, async (network, at, options) => {
    const group = await network.networkSecurityGroups.get(at.resourceGroup, at.names[0], options)
    return { ...partFrom(group), rules: (group.securityRules ?? []).map(ruleFrom) }
  })
}

/** Sends the creation of a group without a rule of its own: then nothing from outside gets in. */
export async function createSecurityGroup(
  cloud: Cloud,
  id: string,
  spec: Spec,
  signal?: AbortSignal,
): Promise<Accepted> {
  return send(cloud, id, signal, (network, at, options) =>
    network.networkSecurityGroups.createOrUpdate(
      at.resourceGroup,
      at.names[0],
      { location: spec.region, tags: tagsOf(spec.run) },
      options,
    ),
  )
}

/** Returns when the deletion is accepted. Refused by Azure while a network interface uses it. */
export async function deleteSecurityGroup(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await remove(cloud, id, signal, (network, at, options) =>
    network.networkSecurityGroups.delete(at.resourceGroup, at.names[0], options),
  )
}

/**
 * Lets some addresses in to some TCP ports of one address or (without `destination`) of all, in place of those that the rule of this name let in before. Returns when the rule is in
 * force. Throws AppError `cloud.not-found` where the group is gone.
 */
export async function putRule(
  cloud: Cloud,
  group: string,
  rule: { name: string; priority: number; source: string; ports: readonly number[]; destination?: string },
  signal?: AbortSignal,
): Promise<void> {
  const at = partsOf(group)
  await asking(async () => {
    const network = await cloud.network(at.subscriptionId)
    await network.securityRules.createOrUpdate(
      at.resourceGroup,
      at.names[0],
      rule.name,
      {
        direction: 'Inbound',
        access: 'Allow',
        protocol: 'Tcp',
        priority: rule.priority,
        sourceAddressPrefix: rule.source,
        sourcePortRange: '*',
        destinationAddressPrefix: rule.destination ?? '*',
        destinationPortRanges: rule.ports.map(String),
      },
      // A rule takes a second or two; this is for where Azure does not say how long to wait.
      { updateIntervalInMs: 1_000, ...(signal && { abortSignal: signal }) },
    )
  })
}

/** Returns when the rule is out of force. A rule or a group that is gone is no error. */
export async function deleteRule(cloud: Cloud, group: string, name: string, signal?: AbortSignal): Promise<void> {
  const at = partsOf(group)
  await orNull(async () => {
    const network = await cloud.network(at.subscriptionId)
    const options = { updateIntervalInMs: 1_000, ...(signal && { abortSignal: signal }) }
    await network.securityRules.delete(at.resourceGroup, at.names[0], name, options)
  })
}

/** null when there is none. */
export async function getPublicIp(cloud: Cloud, id: string, signal?: AbortSignal): Promise<PublicIp | null> {
  return read(cloud, id, signal, async (network, at, options) => {
    const ip = await network.publicIPAddresses.get(at.resourceGroup, at.names[0], options)
    return { ...partFrom(ip), address: ip.ipAddress ?? null }
  })
}

/** Sends the creation of a standard, static address: closed until a security group lets somebody in. */
export async function createPublicIp(cloud: Cloud, id: string, spec: Spec, signal?: AbortSignal): Promise<Accepted> {
  return send(cloud, id, signal, (network, at, options) =>
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
  await remove(cloud, id, signal, (network, at, options) =>
    network.publicIPAddresses.delete(at.resourceGroup, at.names[0], options),
  )
}

/** null when there is none. */
export async function getNic(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Nic | null> {
  return read(cloud, id, signal, async (network, at, options) => {
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
  return send(cloud, id, signal, (network, at, options) =>
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
  await remove(cloud, id, signal, (network, at, options) =>
    network.networkInterfaces.delete(at.resourceGroup, at.names[0], options),
  )
}

type Options = ReturnType<typeof noting>['options']
type Submitted = { submitted(): PromiseLike<unknown> }

async function read<T>(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  get: (network: NetworkManagementClient, at: IdParts, options: { abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T | null> {
  const at = partsOf(id)
  return orNull(async () => get(await cloud.network(at.subscriptionId), at, { ...(signal && { abortSignal: signal }) }))
}

/** Returns when the request is accepted; what becomes of it is read from the thing itself. */
async function send(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  put: (network: NetworkManagementClient, at: IdParts, options: Options) => Submitted,
): Promise<Accepted> {
  const { accepted, options } = noting(signal)
  const at = partsOf(id)
  await asking(async () => {
    await put(await cloud.network(at.subscriptionId), at, options).submitted()
  })
  return accepted
}

/** Returns when the deletion is accepted. A thing already gone is no error. */
async function remove(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  end: (network: NetworkManagementClient, at: IdParts, options: { abortSignal?: AbortSignal }) => Submitted,
): Promise<void> {
  const at = partsOf(id)
  await orNull(async () => {
    const network = await cloud.network(at.subscriptionId)
    await end(network, at, { ...(signal && { abortSignal: signal }) }).submitted()
  })
}

type ArmPart = {
  id?: string
  name?: string
  location?: string
  provisioningState?: string
  tags?: Tags
}

function partFrom({ id = '', name = '', location = '', provisioningState = '', tags = {} }: ArmPart): NetworkPart {
  return { id, name, region: location, state: provisioningState, tags }
}

type ArmRule = {
  name?: string
  direction?: string
  access?: string
  priority?: number
  sourceAddressPrefix?: string
  sourceAddressPrefixes?: string[]
  destinationPortRange?: string
  destinationPortRanges?: string[]
}

function ruleFrom(rule: ArmRule): SecurityRule {
  const list = (one: string | undefined, more: string[] = []) => [...(one ? [one] : []), ...more]
  return {
    name: rule.name ?? '',
    isInbound: rule.direction === 'Inbound',
    isAllowed: rule.access === 'Allow',
    priority: rule.priority ?? 0,
    sources: list(rule.sourceAddressPrefix, rule.sourceAddressPrefixes),
    ports: list(rule.destinationPortRange, rule.destinationPortRanges),
  }
}
