import type { NetworkInterface, NetworkInterfaceIPConfiguration, NetworkSecurityGroup } from '@azure/arm-network'
import type { Cloud } from './cloud'
import { orNull } from './errors'
import { partsOf } from './ids'
import { inboundRules, type InboundRule } from './inbound-rules'
import { getPublicIp } from './network'

/** How a machine is connected: its first card, that card's addresses, and who decides what comes in. */
export type VmWay = {
  privateAddress: string
  /** null: it has none, and `why` says what is there instead. */
  publicAddress: string | null
  why: null | 'noPublicAddress' | 'notAssigned' | 'loadBalancer'
  /** Ids of application security groups that it belongs to, in lower case. */
  applicationGroups: string[]
  /** Of the card and of its subnet; a connection has to pass both. */
  groups: GroupOnWay[]
}
export type GroupOnWay = { id: string; name: string; at: 'card' | 'subnet'; rules: InboundRule[] }

/** null for a machine whose card does not exist. `nics`: ids of its cards, the first one first. Throws AppError `cloud.*`. */
export async function getVmWay(cloud: Cloud, nics: readonly string[], signal?: AbortSignal): Promise<VmWay | null> {
  const card = nics[0] ? await getCard(cloud, nics[0], signal) : null
  const main = card && mainOf(card)
  if (!card || !main) return null
  const ipId = main.publicIPAddress?.id
  const [publicIp, ...groups] = await Promise.all([
    ipId ? getPublicIp(cloud, ipId, signal) : null,
    groupAt(cloud, 'card', card.networkSecurityGroup?.id, signal),
    groupAt(cloud, 'subnet', await subnetGroup(cloud, main.subnet?.id, signal), signal),
  ])
  const publicAddress = publicIp?.address || null
  return {
    privateAddress: main.privateIPAddress ?? '',
    publicAddress,
    why: publicAddress ? null : publicIp ? 'notAssigned' : isBalanced(main) ? 'loadBalancer' : 'noPublicAddress',
    applicationGroups: (main.applicationSecurityGroups ?? []).flatMap(({ id }) => id?.toLowerCase() ?? []),
    groups: groups.filter((group) => group !== null),
  }
}

function getCard(cloud: Cloud, id: string, signal?: AbortSignal): Promise<NetworkInterface | null> {
  const at = partsOf(id)
  return orNull(async () => {
    const network = await cloud.network(at.subscriptionId)
    return network.networkInterfaces.get(at.resourceGroup, at.names[0], { ...(signal && { abortSignal: signal }) })
  })
}

function mainOf({ ipConfigurations = [] }: NetworkInterface): NetworkInterfaceIPConfiguration | undefined {
  return ipConfigurations.find(({ primary }) => primary) ?? ipConfigurations[0]
}

function isBalanced(main: NetworkInterfaceIPConfiguration): boolean {
  const { loadBalancerBackendAddressPools: pools = [], loadBalancerInboundNatRules: rules = [] } = main
  return pools.length + rules.length > 0
}

async function subnetGroup(cloud: Cloud, id: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
  if (!id) return undefined
  const { subscriptionId, resourceGroup, names } = partsOf(id)
  const subnet = await orNull(async () => {
    const network = await cloud.network(subscriptionId)
    return network.subnets.get(resourceGroup, names[0], names[1] ?? '', { ...(signal && { abortSignal: signal }) })
  })
  return subnet?.networkSecurityGroup?.id
}

async function groupAt(
  cloud: Cloud,
  at: GroupOnWay['at'],
  id: string | undefined,
  signal?: AbortSignal,
): Promise<GroupOnWay | null> {
  if (!id) return null
  const { subscriptionId, resourceGroup, names } = partsOf(id)
  const group = await orNull<NetworkSecurityGroup>(async () => {
    const network = await cloud.network(subscriptionId)
    return network.networkSecurityGroups.get(resourceGroup, names[0], { ...(signal && { abortSignal: signal }) })
  })
  return group && { id, name: names[0], at, rules: inboundRules(group.securityRules, group.defaultSecurityRules) }
}
