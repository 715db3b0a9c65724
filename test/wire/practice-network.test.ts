import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, clients, emptySubscription, serviceToken, startCloud, subscription } from './practice'

const group = 'build'
const location = 'westeurope'
const quick = { updateIntervalInMs: 20 }
let cloud: RunningPractice
let azure: ReturnType<typeof clients>

beforeAll(async () => {
  cloud = await startCloud()
  azure = clients(cloud)
  await azure.resources.resourceGroups.createOrUpdate(group, { location })
}, 60_000)
afterAll(() => cloud.close())

const ssh = {
  name: 'ssh',
  protocol: 'Tcp',
  access: 'Allow',
  direction: 'Inbound',
  priority: 300,
  sourcePortRange: '*',
  sourceAddressPrefix: '198.51.100.7/32',
  destinationPortRange: '22',
  destinationAddressPrefix: '*',
} as const

function vnet(name: string, subnetPrefix = '10.0.0.0/24', groupId?: string) {
  const networkSecurityGroup = groupId === undefined ? {} : { networkSecurityGroup: { id: groupId } }
  return azure.network.virtualNetworks.createOrUpdate(
    group,
    name,
    {
      location,
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'build', addressPrefix: subnetPrefix, defaultOutboundAccess: false, ...networkSecurityGroup }],
    },
    quick,
  )
}

function rules(name: string, securityRules: object[] = [ssh]) {
  return azure.network.networkSecurityGroups.createOrUpdate(group, name, { location, securityRules }, quick)
}

function address(name: string, sku = 'Standard') {
  const parameters = { location, sku: { name: sku }, publicIPAllocationMethod: 'Static' }
  return azure.network.publicIPAddresses.createOrUpdate(group, name, parameters, quick)
}

function card(name: string, subnet: string, publicIp?: string, networkSecurityGroup?: { id: string }) {
  const publicIPAddress = publicIp === undefined ? {} : { publicIPAddress: { id: publicIp } }
  const ipConfigurations = [{ name: 'one', subnet: { id: subnet }, ...publicIPAddress }]
  const guard = networkSecurityGroup ? { networkSecurityGroup } : {}
  return azure.network.networkInterfaces.createOrUpdate(group, name, { location, ipConfigurations, ...guard }, quick)
}

function idOf(type: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/${type}/${name}`
}

describe('the network of a build VM', () => {
  it('is made of a network, rules, an address and an interface that know each other', async () => {
    const guard = await rules('whole-rules')
    const network = await vnet('whole-net', '10.0.1.0/24', guard.id)
    const publicIp = await address('whole-ip')
    const made = await card('whole-nic', network.subnets![0]!.id!, publicIp.id, { id: guard.id! })
    expect(made).toMatchObject({ provisioningState: 'Succeeded', etag: expect.stringMatching(/^W\/"[0-9a-f-]{36}"$/) })
    expect(made.ipConfigurations![0]).toMatchObject({
      privateIPAddress: '10.0.1.4',
      publicIPAddress: { id: publicIp.id },
    })
    expect(publicIp.ipAddress).toMatch(/^203\.0\.113\.\d+$/)
    const shown = await azure.network.publicIPAddresses.get(group, 'whole-ip')
    expect(shown.ipConfiguration!.id).toBe(made.ipConfigurations![0]!.id)
    const guarding = await azure.network.networkSecurityGroups.get(group, 'whole-rules')
    expect(guarding.networkInterfaces!.map(({ id }) => id)).toEqual([made.id])
    expect(guarding.subnets!.map(({ id }) => id)).toEqual([network.subnets![0]!.id])
    expect(guarding.defaultSecurityRules!.map(({ name }) => name)).toContain('DenyAllInBound')
  })

  it('changes one rule without touching the others', async () => {
    await rules('rule-by-rule')
    const rdp = { ...ssh, priority: 310, destinationPortRange: '3389' }
    const added = await azure.network.securityRules.createOrUpdate(group, 'rule-by-rule', 'rdp', rdp, quick)
    expect(added).toMatchObject({ provisioningState: 'Succeeded', destinationPortRange: '3389' })
    await azure.network.securityRules.delete(group, 'rule-by-rule', 'ssh', quick)
    const { securityRules } = await azure.network.networkSecurityGroups.get(group, 'rule-by-rule')
    expect(securityRules!.map(({ name }) => name)).toEqual(['rdp'])
  })

  it('keeps the address of a public IP over a second PUT', async () => {
    const first = await address('again')
    expect((await address('again')).ipAddress).toBe(first.ipAddress)
  })

  it('refuses to delete what others use, and names them', async () => {
    const guard = await rules('used-rules')
    const network = await vnet('used-net', '10.0.2.0/24')
    const publicIp = await address('used-ip')
    const { id } = await card('used-nic', network.subnets![0]!.id!, publicIp.id, { id: guard.id! })
    const refused = (work: Promise<unknown>, code: string) =>
      expect(work).rejects.toMatchObject({ code, statusCode: 400, message: expect.stringContaining(id!) as string })
    await refused(azure.network.virtualNetworks.delete(group, 'used-net', quick), 'InUseSubnetCannotBeDeleted')
    await refused(
      azure.network.networkSecurityGroups.delete(group, 'used-rules', quick),
      'InUseNetworkSecurityGroupCannotBeDeleted',
    )
    await refused(azure.network.publicIPAddresses.delete(group, 'used-ip', quick), 'PublicIPAddressCannotBeDeleted')
    await azure.network.networkInterfaces.delete(group, 'used-nic', quick)
    await azure.network.publicIPAddresses.delete(group, 'used-ip', quick)
    await azure.network.networkSecurityGroups.delete(group, 'used-rules', quick)
    await azure.network.virtualNetworks.delete(group, 'used-net', quick)
    await expect(azure.network.virtualNetworks.get(group, 'used-net')).rejects.toMatchObject({ statusCode: 404 })
  })

  it.each([
    ['a subnet outside of its network', () => vnet('bad', '192.168.0.0/24'), 'NetcfgInvalidSubnet'],
    ['a prefix that is none', () => vnet('bad', '10.0.0.0/33'), 'InvalidAddressPrefixFormat'],
    ['rules with one priority', () => rules('bad', [ssh, { ...ssh, name: 'other' }]), 'SecurityRuleConflict'],
    ['a priority below 100', () => rules('bad', [{ ...ssh, priority: 99 }]), 'SecurityRuleInvalidPriority'],
    [
      'a source that is no address',
      () => rules('bad', [{ ...ssh, sourceAddressPrefix: '198.51.100.700' }]),
      'SecurityRuleInvalidAddressPrefix',
    ],
    [
      'a port that is none',
      () => rules('bad', [{ ...ssh, destinationPortRange: '70000' }]),
      'SecurityRuleInvalidPortRange',
    ],
    ['an address of the old kind', () => address('bad', 'Basic'), 'IPv4BasicSkuPublicIpCountLimitReached'],
    [
      'a subnet that nobody made',
      () => card('bad', `${idOf('virtualNetworks', 'none')}/subnets/x`),
      'InvalidResourceReference',
    ],
  ])('refuses %s', async (_what, work, code) => {
    await expect(work()).rejects.toMatchObject({ statusCode: 400, code })
  })

  it('refuses a network of another region', async () => {
    const network = await azure.network.virtualNetworks.createOrUpdate(
      group,
      'north',
      {
        location: 'northeurope',
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [{ name: 'a', addressPrefix: '10.0.0.0/24' }],
      },
      quick,
    )
    await expect(card('far', network.subnets![0]!.id!)).rejects.toMatchObject({ code: 'InvalidResourceReference' })
  })

  it('refuses a change that was made on an older version', async () => {
    const { etag } = await rules('versions')
    await azure.network.networkSecurityGroups.updateTags(group, 'versions', { tags: { a: 'b' } })
    const token = await serviceToken(cloud)
    const path = `${idOf('networkSecurityGroups', 'versions')}?api-version=2025-05-01`
    const headers = { 'if-match': etag! }
    const answer = await ask(cloud.profile, 'PUT', path, { token, headers, body: { location, properties: {} } })
    expect(answer).toMatchObject({ status: 412, json: { error: { code: 'PreconditionFailed' } } })
  })

  it('has no public address where the subscription has no quota', async () => {
    const token = await serviceToken(cloud)
    const other = `/subscriptions/${emptySubscription}/resourceGroups/none`
    await ask(cloud.profile, 'PUT', `${other}?api-version=2025-04-01`, { token, body: { location } })
    const path = `${other}/providers/Microsoft.Network/publicIPAddresses/ip?api-version=2025-05-01`
    const body = { location, sku: { name: 'Standard' }, properties: { publicIPAllocationMethod: 'Static' } }
    const answer = await ask(cloud.profile, 'PUT', path, { token, body })
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'IPv4StandardSkuPublicIpCountLimitReached' } } })
  })
})
