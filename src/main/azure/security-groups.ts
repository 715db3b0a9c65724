import type { Cloud } from './cloud'
import { asking, orNull } from './errors'
import { partsOf } from './ids'
import { partFrom, readPart, removePart, sendPart, type NetworkPart, type Spec } from './network-parts'
import type { Accepted } from './operations'
import { tagsOf } from './tags'

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

/** With the rules of its own, not those that every group has; null when there is none. */
export async function getSecurityGroup(cloud: Cloud, id: string, signal?: AbortSignal): Promise<SecurityGroup | null> {
  return readPart(cloud, id, signal, async (network, at, options) => {
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
  return sendPart(cloud, id, signal, (network, at, options) =>
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
  await removePart(cloud, id, signal, (network, at, options) =>
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
