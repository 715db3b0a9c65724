import { generateKeyPairSync } from 'node:crypto'
import type { VirtualMachine } from '@azure/arm-compute'
import type { clients } from './practice'

export const location = 'westeurope'
export const quick = { updateIntervalInMs: 20 }
export const ubuntu = { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' }
export const windows = {
  publisher: 'MicrosoftWindowsServer',
  offer: 'WindowsServer',
  sku: '2022-datacenter-g2',
  version: 'latest',
}

/** A group with network, rules (SSH from this address only), address and interface. Returns the interface's id. */
export async function newNetwork(
  azure: Pick<ReturnType<typeof clients>, 'network' | 'resources'>,
  group: string,
  source = '198.51.100.7/32',
) {
  await azure.resources.resourceGroups.createOrUpdate(group, { location })
  const rule = {
    name: 'ssh',
    protocol: 'Tcp',
    access: 'Allow',
    direction: 'Inbound',
    priority: 300,
    sourcePortRange: '*',
    sourceAddressPrefix: source,
    destinationPortRange: '22',
    destinationAddressPrefix: '*',
  } as const
  const { network } = azure
  const rules = await network.networkSecurityGroups.createOrUpdate(
    group,
    'rules',
    { location, securityRules: [rule] },
    quick,
  )
  const address = await network.publicIPAddresses.createOrUpdate(
    group,
    'address',
    { location, sku: { name: 'Standard' }, publicIPAllocationMethod: 'Static', deleteOption: 'Delete' },
    quick,
  )
  const vnet = await network.virtualNetworks.createOrUpdate(
    group,
    'network',
    {
      location,
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'build', addressPrefix: '10.0.0.0/24' }],
    },
    quick,
  )
  const card = await network.networkInterfaces.createOrUpdate(
    group,
    'card',
    {
      location,
      networkSecurityGroup: { id: rules.id! },
      ipConfigurations: [{ name: 'one', subnet: { id: vnet.subnets![0]!.id! }, publicIPAddress: { id: address.id! } }],
    },
    quick,
  )
  return { card: card.id!, address: address.ipAddress! }
}

/** A public key as OpenSSH writes it (RFC 8709). */
export function newPublicKey(): string {
  const { publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  return `ssh-ed25519 ${Buffer.concat([part(Buffer.from('ssh-ed25519')), part(raw)]).toString('base64')} test`
}

export function linuxVm(card: string, more: Partial<VirtualMachine> = {}): VirtualMachine {
  return {
    location,
    hardwareProfile: { vmSize: 'Standard_D2s_v3' },
    storageProfile: {
      imageReference: ubuntu,
      osDisk: {
        name: 'system',
        createOption: 'FromImage',
        deleteOption: 'Delete',
        caching: 'ReadWrite',
        managedDisk: { storageAccountType: 'StandardSSD_LRS' },
      },
    },
    osProfile: {
      computerName: 'build',
      adminUsername: 'builder',
      linuxConfiguration: {
        disablePasswordAuthentication: true,
        ssh: { publicKeys: [{ path: '/home/builder/.ssh/authorized_keys', keyData: newPublicKey() }] },
      },
    },
    networkProfile: { networkInterfaces: [{ id: card, deleteOption: 'Delete' }] },
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    ...more,
  }
}

export function windowsVm(card: string, more: Partial<VirtualMachine> = {}): VirtualMachine {
  const { storageProfile } = linuxVm(card)
  return linuxVm(card, {
    storageProfile: { ...storageProfile, imageReference: windows },
    osProfile: { computerName: 'build', adminUsername: 'builder', adminPassword: 'Correct-horse-7' },
    ...more,
  })
}
