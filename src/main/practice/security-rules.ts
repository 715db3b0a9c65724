import { isIPv6 } from 'node:net'
import { armError } from './errors'
import { digText, dig, isObject } from './arm-parts'
import { networkName } from './arm-network-parts'
import { contains, rangeAround } from './cidr'

export type Rule = { name: string; properties: Record<string, unknown> }

/** A packet as a security group sees it: addresses as numbers. */
export type Packet = { from: number; to: number; port: number }

/** What the groups in front of a machine do with a new TCP connection from the Internet: the first rule by priority decides. */
export function admits(rules: Rule[], packet: Packet): boolean {
  const inbound = rules.filter(({ properties }) => properties['direction'] === 'Inbound')
  const sorted = inbound.sort((a, b) => Number(a.properties['priority']) - Number(b.properties['priority']))
  return sorted.find((rule) => fits(rule, packet))?.properties['access'] === 'Allow'
}

function fits({ properties }: Rule, { from, to, port }: Packet): boolean {
  return (
    ['*', 'tcp'].includes(String(properties['protocol']).toLowerCase()) &&
    valuesOf(properties, 'sourceAddressPrefix').some((prefix) => coversAddress(prefix, from, 'source')) &&
    valuesOf(properties, 'destinationAddressPrefix').some((prefix) => coversAddress(prefix, to, 'destination')) &&
    valuesOf(properties, 'destinationPortRange').some((range) => coversPort(range, port))
  )
}

/** Service tags: outside of the network everything is Internet, the machine itself is in the VirtualNetwork. */
function coversAddress(prefix: string, address: number, side: 'source' | 'destination'): boolean {
  const tag = prefix.toLowerCase()
  if (tag === '*' || tag === 'any') return true
  if (tag === 'internet') return side === 'source'
  if (tag === 'virtualnetwork') return side === 'destination'
  const range = rangeAround(prefix)
  return range !== null && contains(range, { from: address, to: address })
}

function coversPort(range: string, port: number): boolean {
  if (range === '*') return true
  const [from = '', to = from] = range.split('-')
  return Number(from) <= port && port <= Number(to)
}

/** `sourceAddressPrefix` and `sourceAddressPrefixes` together. */
function valuesOf(properties: Record<string, unknown>, name: string): string[] {
  const plural = properties[name.endsWith('x') ? `${name}es` : `${name}s`]
  const one = properties[name]
  const many = Array.isArray(plural) ? plural.map(String) : []
  return typeof one === 'string' && one !== '' ? [one, ...many] : many
}

const prefixes = ['sourceAddressPrefix', 'destinationAddressPrefix'] as const
const ports = ['sourcePortRange', 'destinationPortRange'] as const
const tags = /^(\*|any|internet|virtualnetwork|azureloadbalancer|azurecloud|storage|sql)$/i

/** Rules of a request, each checked, none against another. @throws ArmError 400 as the network service words it */
export function securityRules(given: unknown): Rule[] {
  const listed = Array.isArray(given) ? (given as unknown[]).filter(isObject) : []
  const rules = listed.map(ruleOf)
  for (const [at, rule] of rules.entries()) {
    const { priority, direction } = rule.properties
    const other = rules
      .slice(0, at)
      .find(({ properties }) => properties['priority'] === priority && properties['direction'] === direction)
    if (!other) continue
    const text = `Security rule ${rule.name} conflicts with rule ${other.name}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`
    throw armError(400, 'SecurityRuleConflict', text)
  }
  return rules
}

function ruleOf(given: Record<string, unknown>): Rule {
  const name = networkName(digText(given, 'name') ?? '', 'Microsoft.Network/networkSecurityGroups/securityRules')
  const properties = isObject(given['properties']) ? given['properties'] : {}
  const priority = dig(properties, 'priority')
  if (typeof priority !== 'number' || !Number.isInteger(priority) || priority < 100 || priority > 4096) {
    throw invalid(
      'Priority',
      `Security rule has invalid Priority. Value provided: ${String(priority)} Allowed range 100-4096.`,
    )
  }
  for (const [property, allowed] of Object.entries(choices)) {
    const value = digText(properties, property) ?? ''
    if (!allowed.includes(value))
      throw invalid(
        property,
        `Security rule parameter for rule with Id ${name} has invalid value '${value}' of ${property}.`,
      )
  }
  for (const prefix of prefixes) {
    const values = valuesOf(properties, prefix)
    const wrong = values.find((value) => !tags.test(value) && !isPrefix(value))
    if (wrong !== undefined || values.length === 0)
      throw invalid('AddressPrefix', `Security rule has invalid Address prefix. Value provided: ${wrong ?? ''}`)
  }
  for (const range of ports) {
    const values = valuesOf(properties, range)
    const wrong = values.find((value) => !isPortRange(value))
    if (wrong === undefined && values.length > 0) continue
    const text = `Security rule has invalid Port range. Value provided: ${wrong ?? ''}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`
    throw invalid('PortRange', text)
  }
  return { name, properties: publicProperties(properties) }
}

const choices = {
  protocol: ['*', 'Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'],
  access: ['Allow', 'Deny'],
  direction: ['Inbound', 'Outbound'],
}

function isPrefix(value: string): boolean {
  const [address = '', bits = '128'] = value.split('/')
  return rangeAround(value) !== null || (isIPv6(address) && Number(bits) <= 128)
}

function isPortRange(value: string): boolean {
  if (value === '*') return true
  const parts = value.split('-')
  const numbers = parts.map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : -1))
  return parts.length <= 2 && numbers.every((one) => one >= 0 && one <= 65_535) && numbers[0]! <= (numbers[1] ?? 65_535)
}

function publicProperties(given: Record<string, unknown>): Record<string, unknown> {
  const names = ['description', 'protocol', 'access', 'priority', 'direction']
  const lists = ['sourcePortRange', 'destinationPortRange', 'sourceAddressPrefix', 'destinationAddressPrefix']
  const plural = lists.map((name) => (name.endsWith('x') ? `${name}es` : `${name}s`))
  const kept = Object.fromEntries(
    [...names, ...lists].filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  )
  return { ...kept, ...Object.fromEntries(plural.map((name) => [name, given[name] ?? []])) }
}

function invalid(what: string, text: string): Error {
  return armError(400, `SecurityRuleInvalid${what[0]!.toUpperCase()}${what.slice(1)}`, text)
}

/** Rules that every group has: Microsoft Learn, "Network security groups", default security rules. */
export const defaultRules: Rule[] = [
  standing('AllowVnetInBound', 65_000, 'Inbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'),
  standing('AllowAzureLoadBalancerInBound', 65_001, 'Inbound', 'Allow', 'AzureLoadBalancer', '*'),
  standing('DenyAllInBound', 65_500, 'Inbound', 'Deny', '*', '*'),
  standing('AllowVnetOutBound', 65_000, 'Outbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'),
  standing('AllowInternetOutBound', 65_001, 'Outbound', 'Allow', '*', 'Internet'),
  standing('DenyAllOutBound', 65_500, 'Outbound', 'Deny', '*', '*'),
]

function standing(
  name: string,
  priority: number,
  direction: string,
  access: string,
  sourceAddressPrefix: string,
  destinationAddressPrefix: string,
): Rule {
  const all = { protocol: '*', sourcePortRange: '*', destinationPortRange: '*' }
  const lists = {
    sourcePortRanges: [],
    destinationPortRanges: [],
    sourceAddressPrefixes: [],
    destinationAddressPrefixes: [],
  }
  return {
    name,
    properties: { ...all, ...lists, access, priority, direction, sourceAddressPrefix, destinationAddressPrefix },
  }
}
