import type { SecurityRule as ArmRule } from '@azure/arm-network'
import { isInRange } from '../../shared/ipv4'

/** A rule of a network security group for what comes in. */
export type InboundRule = {
  name: string
  /** Of its group by itself, not made by anybody. */
  isDefault: boolean
  isAllowed: boolean
  priority: number
  protocol: string
  sources: string[]
  destinations: string[]
  /** Ids of application security groups, in lower case. */
  destinationGroups: string[]
  /** Ports or ranges of ports, `22`, `5000-5010`, `*`. */
  ports: string[]
}

/** A TCP connection from the internet; addresses of version 4, `to` the private one. */
export type Knock = { from: string; to: string; port: number; destinationGroups: readonly string[] }

/**
 * The rule that decides about a connection: the first that fits, by priority (Microsoft Learn, "Network security groups", how rules are
 * evaluated). Service tags other than those below name networks of Azure, from which no person comes.
 */
export function decidingRule(rules: readonly InboundRule[], knock: Knock): InboundRule | null {
  const sorted = [...rules].sort((a, b) => a.priority - b.priority)
  return sorted.find((rule) => fits(rule, knock)) ?? null
}

export function inboundRules(own: readonly ArmRule[] = [], byDefault: readonly ArmRule[] = []): InboundRule[] {
  const inbound = (rules: readonly ArmRule[], isDefault: boolean) =>
    rules.filter(({ direction }) => direction === 'Inbound').map((rule) => ruleFrom(rule, isDefault))
  return [...inbound(own, false), ...inbound(byDefault, true)]
}

const anybody = new Set(['*', 'any', 'internet'])
const anywhere = new Set(['*', 'any', 'virtualnetwork'])

function fits(rule: InboundRule, { from, to, port, destinationGroups }: Knock): boolean {
  return (
    ['*', 'tcp'].includes(rule.protocol.toLowerCase()) &&
    rule.sources.some((source) => anybody.has(source.toLowerCase()) || isInRange(from, source)) &&
    (rule.destinations.some((one) => anywhere.has(one.toLowerCase()) || isInRange(to, one)) ||
      rule.destinationGroups.some((group) => destinationGroups.includes(group))) &&
    rule.ports.some((range) => coversPort(range, port))
  )
}

function coversPort(range: string, port: number): boolean {
  if (range === '*') return true
  const [first = '', last = first] = range.split('-')
  return Number(first) <= port && port <= Number(last)
}

function ruleFrom(rule: ArmRule, isDefault: boolean): InboundRule {
  const list = (one: string | undefined, more: string[] = []) => [...(one ? [one] : []), ...more]
  return {
    name: rule.name ?? '',
    isDefault,
    isAllowed: rule.access === 'Allow',
    priority: rule.priority ?? 0,
    protocol: rule.protocol ?? '*',
    sources: list(rule.sourceAddressPrefix, rule.sourceAddressPrefixes),
    destinations: list(rule.destinationAddressPrefix, rule.destinationAddressPrefixes),
    destinationGroups: (rule.destinationApplicationSecurityGroups ?? []).flatMap(({ id }) => id?.toLowerCase() ?? []),
    ports: list(rule.destinationPortRange, rule.destinationPortRanges),
  }
}
