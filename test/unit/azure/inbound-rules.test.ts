import type { SecurityRule } from '@azure/arm-network'
import { describe, expect, it } from 'vitest'
import { decidingRule, inboundRules } from '../../../src/main/azure/inbound-rules'

/** The standing rules of every group (Microsoft Learn, "Network security groups", default security rules). */
const standing: SecurityRule[] = [
  rule('AllowVNetInBound', 65_000, 'Allow', { sourceAddressPrefix: 'VirtualNetwork' }),
  rule('AllowAzureLoadBalancerInBound', 65_001, 'Allow', { sourceAddressPrefix: 'AzureLoadBalancer' }),
  rule('DenyAllInBound', 65_500, 'Deny'),
]
const knock = { from: '198.51.100.7', to: '10.0.0.4', port: 22, destinationGroups: ['/groups/web'] }

function rule(
  name: string,
  priority: number,
  access: 'Allow' | 'Deny',
  more: Partial<SecurityRule> = {},
): SecurityRule {
  return {
    ...{ name, priority, access, direction: 'Inbound', protocol: '*' },
    ...{ sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' },
    ...more,
  }
}

function decides(...own: SecurityRule[]): string | undefined {
  return decidingRule(inboundRules(own, standing), knock)?.name
}

describe('a connection from the internet', () => {
  it('is kept out by the last standing rule, whatever the network and the load balancer may do', () => {
    expect(decides()).toBe('DenyAllInBound')
  })

  it('is decided by the lowest number that fits, in whatever order the rules stand', () => {
    expect(decides(rule('later', 310, 'Deny'), rule('first', 300, 'Allow'))).toBe('first')
  })

  it.each<[string, Partial<SecurityRule>]>([
    ['its address', { sourceAddressPrefix: '198.51.100.7' }],
    ['its range', { sourceAddressPrefix: '198.51.100.0/24' }],
    ['one of several ranges', { sourceAddressPrefix: '', sourceAddressPrefixes: ['192.0.2.0/24', '198.51.100.7/32'] }],
    ['the internet', { sourceAddressPrefix: 'Internet' }],
    ['TCP', { protocol: 'Tcp' }],
    ['a range of ports', { destinationPortRange: '20-25' }],
    ['one of several ports', { destinationPortRange: '', destinationPortRanges: ['443', '22'] }],
    ['the private address of the machine', { destinationAddressPrefix: '10.0.0.4' }],
    ['the network of the machine', { destinationAddressPrefix: 'VirtualNetwork' }],
    [
      'a group that the machine belongs to',
      { destinationAddressPrefix: '', destinationApplicationSecurityGroups: [{ id: '/Groups/Web' }] },
    ],
  ])('is let in by a rule for %s', (_what, more) => {
    expect(decides(rule('own', 300, 'Allow', more))).toBe('own')
  })

  it.each<[string, Partial<SecurityRule>]>([
    ['another address', { sourceAddressPrefix: '198.51.100.8' }],
    ['an address of version 6', { sourceAddressPrefix: '2001:db8::/32' }],
    ['a service of Azure', { sourceAddressPrefix: 'AzureCloud' }],
    ['a group of machines as source', { sourceAddressPrefix: '' }],
    ['UDP', { protocol: 'Udp' }],
    ['another port', { destinationPortRange: '23-80' }],
    ['another machine', { destinationAddressPrefix: '10.0.0.5/32' }],
    [
      'a group that the machine is not in',
      { destinationAddressPrefix: '', destinationApplicationSecurityGroups: [{ id: '/groups/db' }] },
    ],
    ['what goes out', { direction: 'Outbound' }],
  ])('is not decided by a rule for %s', (_what, more) => {
    expect(decides(rule('own', 300, 'Allow', more))).toBe('DenyAllInBound')
  })
})
