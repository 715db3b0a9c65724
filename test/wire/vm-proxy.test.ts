import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { linuxVm, newNetwork, quick, windowsVm } from './build-vm'
import { ask, clients, newFolder, startCloud } from './practice'

const folder = newFolder()
let cloud: RunningPractice
let azure: ReturnType<typeof clients>
let address: string
const open: Socket[] = []

beforeAll(async () => {
  cloud = await startCloud({ folder })
  azure = clients(cloud)
  const network = await newNetwork(azure, 'way')
  address = network.address
  await azure.compute.virtualMachines.createOrUpdate('way', 'vm', linuxVm(network.card), quick)
}, 60_000)
afterAll(async () => {
  for (const socket of open) socket.destroy()
  await cloud.close()
})

/** Knocks at a port of a public address through the proxy. */
async function knock(target: string): Promise<Socket> {
  const { hostname, port } = new URL(cloud.profile.vmProxy!)
  const socket = connect(Number(port), hostname)
  open.push(socket)
  await once(socket, 'connect')
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  return socket
}

async function answerOf(socket: Socket): Promise<string> {
  const [first] = (await once(socket, 'data')) as [Buffer]
  return first.toString('latin1').split('\r\n')[0]!
}

/** What a silent knock has heard when one that is answered has its answer. */
async function heardBy(silent: Socket): Promise<number> {
  await answerOf(await knock(`${address}:2222`))
  return silent.bytesRead
}

function allow(source: string, port: string) {
  const rule = {
    protocol: 'Tcp',
    access: 'Allow',
    direction: 'Inbound',
    priority: 400,
    sourcePortRange: '*',
    sourceAddressPrefix: source,
    destinationPortRange: port,
    destinationAddressPrefix: '*',
  } as const
  return azure.network.securityRules.createOrUpdate('way', 'rules', 'more', rule, quick)
}

function incident(body: object) {
  return ask(cloud.profile, 'POST', '/practice/faults', { body })
}

describe('the way to a VM', () => {
  it('ends at once at a port that is open in the rules and closed in the VM', async () => {
    await allow('198.51.100.0/24', '2222')
    expect(await answerOf(await knock(`${address}:2222`))).toBe('HTTP/1.1 502 Bad Gateway')
  })

  it('leads nowhere through rules that do not name the port, or an address without a VM', async () => {
    await allow('198.51.100.0/24', '2222')
    const [closed, nobody] = [await knock(`${address}:3389`), await knock('203.0.113.254:22')]
    expect(await heardBy(closed)).toBe(0)
    expect(await heardBy(nobody)).toBe(0)
  })

  it('is closed for an address that changed, until a rule names it', async () => {
    await allow('198.51.100.0/24', '2222')
    const asked = async () => (await fetch(cloud.profile.addressUrl!)).text()
    expect(await asked()).toBe('198.51.100.7')
    await incident({ kind: 'other-address', action: '192.0.2.55' })
    expect(await asked()).toBe('192.0.2.55')
    const shut = await knock(`${address}:2222`)
    await allow('192.0.2.55', '2223')
    await answerOf(await knock(`${address}:2223`))
    expect(shut.bytesRead).toBe(0)
    await ask(cloud.profile, 'DELETE', '/practice/faults')
  })

  it('breaks off when the line is cut', async () => {
    const socket = await knock(`${address}:22`)
    expect(await answerOf(socket)).toBe('HTTP/1.1 200 Connection established')
    const closed = once(socket, 'close')
    socket.resume()
    await ask(cloud.profile, 'DELETE', '/practice/connections')
    await closed
  })

  it('is refused at the remote desktop of a Windows VM, which this cloud does not show', async () => {
    const network = await newNetwork(azure, 'desk')
    await azure.compute.virtualMachines.createOrUpdate('desk', 'vm', windowsVm(network.card), quick)
    const { securityRules } = azure.network
    await securityRules.createOrUpdate(
      'desk',
      'rules',
      'rdp',
      {
        protocol: 'Tcp',
        access: 'Allow',
        direction: 'Inbound',
        priority: 310,
        sourcePortRange: '*',
        sourceAddressPrefix: '*',
        destinationPortRange: '3389',
        destinationAddressPrefix: '*',
      },
      quick,
    )
    expect(await answerOf(await knock(`${network.address}:3389`))).toBe('HTTP/1.1 502 Bad Gateway')
    expect(cloud.profile.hasNoDesktops).toBe(true)
  })

  it('is the same after a restart of the cloud, and closed while the VM is off', async () => {
    await allow('198.51.100.0/24', '2222')
    const { vmProxy } = cloud.profile
    await cloud.close()
    cloud = await startCloud({ folder })
    azure = clients(cloud)
    expect(cloud.profile.vmProxy).toBe(vmProxy)
    const { statuses } = await azure.compute.virtualMachines.instanceView('way', 'vm')
    expect(statuses!.map(({ code }) => code)).toContain('PowerState/running')
    expect(await answerOf(await knock(`${address}:2222`))).toBe('HTTP/1.1 502 Bad Gateway')
    await azure.compute.virtualMachines.powerOff('way', 'vm', quick)
    const off = await knock(`${address}:2222`)
    await azure.compute.virtualMachines.start('way', 'vm', quick)
    expect(await heardBy(off)).toBe(0)
  })
})
