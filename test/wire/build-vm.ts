import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
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

/** A pair of keys by OpenSSH. */
export function newKeys(): { privateKey: string; publicKey: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'keys-')), 'key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file])
  return { privateKey: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8') }
}

let anyKey: string | null = null

/** `keyData`: who may sign in; absent: somebody whose private key nobody kept. */
export function linuxVm(card: string, more: Partial<VirtualMachine> = {}, keyData?: string): VirtualMachine {
  anyKey ??= newKeys().publicKey
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
        ssh: { publicKeys: [{ path: '/home/builder/.ssh/authorized_keys', keyData: keyData ?? anyKey }] },
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

/** Signs in through the cloud's own proxy and runs one command line; its exit code and output. */
export async function overSsh(
  vmProxy: string,
  address: string,
  privateKey: string,
  line: string,
): Promise<{ code: number; output: string; hostKey: string }> {
  const { hostname, port } = new URL(vmProxy)
  const asking = request({ hostname, port, method: 'CONNECT', path: `${address}:22`, agent: false }).end()
  const [, sock, head] = (await once(asking, 'connect')) as [unknown, Socket, Buffer]
  // The server speaks first: its greeting may come with the proxy's answer.
  sock.unshift(head)
  const client = new ssh2.Client()
  let hostKey = ''
  const hostVerifier = (key: Buffer) => {
    hostKey = createHash('sha256').update(key).digest('base64').replace(/=+$/, '')
    return true
  }
  client.connect({ sock, username: 'builder', privateKey, hostVerifier })
  await once(client, 'ready')
  const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) =>
    client.exec(line, (error, opened) => (error ? reject(error) : resolve(opened))),
  )
  let output = ''
  channel.on('data', (part: Buffer) => (output += part.toString('utf8')))
  channel.stderr.resume()
  const [code] = (await once(channel, 'close')) as [number]
  client.end()
  return { code, output, hostKey }
}
