import type { VirtualMachine } from '@azure/arm-compute'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { serialLog } from '../../src/main/azure/boot-diagnostics'
import type { Cloud } from '../../src/main/azure/cloud'
import { getSecurityGroup } from '../../src/main/azure/security-groups'
import { writeAtomic } from '../../src/main/engine/files'
import { createWhyGone } from '../../src/main/session-door'
import { createVmDoors } from '../../src/main/vm-doors'
import type { OutputOf } from '../../src/shared/outputs'
import type { MachineRef, MachinesView } from '../../src/shared/machine-calls'
import { linuxVm, newKeys, newNetwork, quick, windowsVm } from '../wire/build-vm'
import { practised, type Practiced } from '../support/studio'

const place = { cloud: 'practice' } as const
const subscription = '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'
const keys = newKeys()
let practice: Practiced
let cloud: Cloud
let azure: Awaited<ReturnType<typeof clientsOf>>
let keyFile: string
const opened: { close(): void }[] = []
const made: string[] = []

beforeAll(async () => {
  practice = await practised()
  cloud = await practice.studio.cloudOf(await practice.begin({}))
  azure = await clientsOf(cloud)
  keyFile = join(practice.folder, 'key')
  writeFileSync(keyFile, keys.privateKey, { mode: 0o600 })
}, 120_000)
afterEach(async () => {
  for (const list of opened.splice(0)) list.close()
  // A family has room for ten of them.
  await practice.clear()
  await Promise.all(made.splice(0).map((group) => azure.compute.virtualMachines.delete(group, 'lab', quick)))
})

async function clientsOf(from: Cloud) {
  const [compute, network, resources] = await Promise.all([
    from.compute(subscription),
    from.network(subscription),
    from.resources(subscription),
  ])
  return { compute, network, resources }
}

/** A machine that the product did not make, in a group of its own. */
async function strange(group: string, make = (card: string): VirtualMachine => linuxVm(card, {}, keys.publicKey)) {
  const { card, address } = await newNetwork(azure, group)
  made.push(group)
  const { id } = await azure.compute.virtualMachines.createOrUpdate(group, 'lab', make(card), quick)
  return { address, machine: { place, id: id! } satisfies MachineRef }
}

function look() {
  let view: MachinesView | null = null
  const list = practice.studio.openMachines(place, (seen) => (view = seen))
  opened.push(list)
  const seen = () => view!
  return { list, seen, rows: () => expect.poll(() => seen()?.machines, { timeout: 30_000 }) }
}

/** Azure collects the serial log from time to time. */
async function logged({ id }: MachineRef) {
  await expect.poll(() => serialLog(cloud, id), { timeout: 30_000 }).toContain('FINGERPRINTS')
}

async function rulesIn(group: string) {
  const { securityRules } = await azure.network.networkSecurityGroups.get(group, 'rules')
  return (securityRules ?? []).map(({ name }) => name)
}

function runsOf() {
  return { stateOf: practice.stateOf, cloudOf: (run: string) => practice.studio.cloudOf(run) }
}

function session({ address, machine }: { address: string; machine: MachineRef }) {
  return { kind: 'host', host: address, port: 22, user: 'builder', auth: 'key', keyFile, machine } as const
}

describe('the list of virtual machines', { timeout: 120_000 }, () => {
  it('shows what they are and what they do, whoever made them', async () => {
    await strange('list-linux')
    await strange('list-windows', (card) => windowsVm(card))
    const { rows } = look()
    const about = { name: 'lab', region: 'westeurope', power: 'running', run: null }
    await rows().toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...about, group: 'list-linux', osType: 'Linux' }),
        expect.objectContaining({ ...about, group: 'list-windows', osType: 'Windows' }),
      ]),
    )
  })

  it('finds address, user and state of the one that is chosen, and starts it', async () => {
    const { address, machine } = await strange('list-chosen')
    await azure.compute.virtualMachines.deallocate('list-chosen', 'lab', quick)
    const { list, seen } = look()
    list.choose(machine.id)
    const chosen = () => seen().chosen
    await expect.poll(chosen, { timeout: 30_000 }).toMatchObject({ power: 'deallocated', user: 'builder', why: null })
    expect(chosen()).toMatchObject({ publicAddress: address, privateAddress: '10.0.0.4', osType: 'Linux' })
    list.start()
    await expect.poll(chosen, { timeout: 30_000 }).toMatchObject({ power: 'running', isStarting: false })
  })

  it('says that a machine has no public address, and which private one', async () => {
    const { machine } = await strange('list-private')
    const { networkInterfaces } = azure.network
    const card = await networkInterfaces.get('list-private', 'card')
    const [{ publicIPAddress: _, ...main }] = card.ipConfigurations as [NonNullable<typeof card.ipConfigurations>[0]]
    await networkInterfaces.createOrUpdate('list-private', 'card', { ...card, ipConfigurations: [main] }, quick)
    const { list, seen } = look()
    list.choose(machine.id)
    await expect
      .poll(() => seen().chosen, { timeout: 30_000 })
      .toMatchObject({ publicAddress: null, privateAddress: '10.0.0.4', why: 'noPublicAddress' })
  })

  it('knows the build VM of a run, and no other that carries its tag', async () => {
    const run = await practice.begin(
      { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } },
      'from-vm',
    )
    expect(await practice.go(run, 'vm.create')).toMatchObject({ is: 'done' })
    const tags = { createdBy: 'batch-image-studio', run }
    const copy = await strange('list-tagged', (card) => linuxVm(card, { tags }))
    const { rows } = look()
    await rows().toEqual(
      expect.arrayContaining([
        expect.objectContaining({ run: { id: run, name: expect.any(String) as string } }),
        expect.objectContaining({ id: copy.machine.id, run: null }),
      ]),
    )
  })

  it('tells a refusal in its place', async () => {
    await practice.incident({ kind: 'forbid', action: 'Microsoft.Compute/virtualMachines/read' })
    const { seen } = look()
    await expect.poll(() => seen()?.error?.code, { timeout: 30_000 }).toBe('cloud.forbidden')
  })
})

describe('a session to a machine from the list', { timeout: 120_000 }, () => {
  const state = (id: string) => expect.poll(() => practice.studio.sessions.view(id).state, { timeout: 40_000 })

  it('believes the host key that the serial log shows, and goes by the name of the VM', async () => {
    const target = session(await strange('key-log'))
    await logged(target.machine)
    const { sessions } = practice.studio
    const id = await sessions.open(target)
    await state(id).toBe('ready')
    expect(sessions.view(id)).toMatchObject({ label: 'lab', hostKey: { proof: 'serialLog' } })
    sessions.close(id)
  })

  it('asks about the host key where the serial log is not to be read', async () => {
    const target = session(
      await strange('key-asked', (card) => linuxVm(card, { diagnosticsProfile: {} }, keys.publicKey)),
    )
    const { sessions } = practice.studio
    const id = await sessions.open(target)
    await expect.poll(() => sessions.view(id).question?.kind, { timeout: 40_000 }).toBe('hostKey')
    sessions.close(id)
  })

  it('says that the VM is stopped', async () => {
    const target = session(await strange('stopped'))
    await azure.compute.virtualMachines.powerOff('stopped', 'lab', quick)
    const why = createWhyGone({ ...runsOf(), cloudAt: () => Promise.resolve(cloud) })
    const params = { name: 'lab', state: 'stopped' }
    expect(await why(target, AbortSignal.timeout(10_000))).toMatchObject({ code: 'machine.stopped', params })
  })
})

describe('the network before a machine of others', { timeout: 120_000 }, () => {
  it('is told by group and rule, and changes only when a person wants it, until the session is closed', async () => {
    const found = await strange('door')
    const to = { kind: 'machine', machine: found.machine, port: 22 } as const
    const { doors, sessions } = practice.studio
    expect(await doors.look(to)).toMatchObject({ state: 'open', blocks: [] })
    await practice.incident({ kind: 'other-address', action: '203.0.113.77' })
    const rule = 'session-lab-203-0-113-77-22'
    expect(await doors.look(to)).toEqual({
      ...{ state: 'shut', address: '203.0.113.77', port: 22, before: [] },
      blocks: [{ group: 'rules', at: 'card', rule: 'DenyAllInBound' }],
      adds: [{ group: 'rules', rule, source: '203.0.113.77/32', destination: '10.0.0.4', port: 22 }],
    })
    expect(await rulesIn('door')).toEqual(['ssh'])
    await doors.open(to)
    expect(await doors.look(to)).toMatchObject({ state: 'open' })
    expect((await azure.network.securityRules.get('door', 'rules', rule)).priority).toBeLessThan(65_000)
    await logged(found.machine)
    const id = await sessions.open(session(found))
    await expect.poll(() => sessions.view(id).state, { timeout: 40_000 }).toBe('ready')
    expect(await doors.list()).toMatchObject([{ machine: 'lab', group: 'rules', rule, isInUse: true }])
    await practice.clear()
    await practice.incident({ kind: 'other-address', action: '203.0.113.79' })
    expect(await doors.look(to)).toMatchObject({ state: 'shut', before: ['203.0.113.77/32'] })
    sessions.close(id)
    await expect.poll(() => doors.list(), { timeout: 30_000 }).toEqual([])
    expect(await rulesIn('door')).toEqual(['ssh'])
  })

  it('has to let in at the card and at the subnet, before whatever rule keeps out', async () => {
    const { machine } = await strange('two-doors')
    const { network } = azure
    const deny = {
      ...{ name: 'no-ssh', protocol: '*', access: 'Deny', direction: 'Inbound', priority: 310 },
      ...{ sourcePortRange: '*', sourceAddressPrefix: 'Internet', destinationPortRanges: ['20-23', '3389'] },
      destinationAddressPrefix: '10.0.0.0/24',
    } as const
    const { id } = await network.networkSecurityGroups.createOrUpdate(
      'two-doors',
      'outer',
      { location: 'westeurope', securityRules: [deny] },
      quick,
    )
    const subnet = { addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: id! } }
    await network.subnets.createOrUpdate('two-doors', 'network', 'build', subnet, quick)
    await practice.incident({ kind: 'other-address', action: '203.0.113.78' })
    const { doors } = practice.studio
    const to = { kind: 'machine', machine, port: 22 } as const
    expect((await doors.look(to)).blocks).toEqual([
      { group: 'rules', at: 'card', rule: 'DenyAllInBound' },
      { group: 'outer', at: 'subnet', rule: 'no-ssh' },
    ])
    await doors.open(to)
    expect(await doors.look(to)).toMatchObject({ state: 'open' })
    const made = await network.securityRules.get('two-doors', 'outer', 'session-lab-203-0-113-78-22')
    expect(made).toMatchObject({ priority: 309, destinationAddressPrefix: '10.0.0.4' })
    // A program that died meanwhile: the next one finds what is open, and who made it no longer has to live.
    const next = createVmDoors({
      ...runsOf(),
      cloudAt: () => Promise.resolve(cloud),
      access: practice.studio.access,
      file: join(practice.folder, 'doors.json'),
      write: writeAtomic,
      now: () => new Date(),
    })
    const left = await next.list()
    expect(left.map(({ group, isInUse }) => [group, isInUse])).toEqual([
      ['rules', false],
      ['outer', false],
    ])
    for (const { door } of left) await next.shut(door)
    expect(await next.list()).toEqual([])
    expect(await rulesIn('two-doors')).toEqual(['ssh'])
  })

  it('is said to have no security group where there is none, and no number left where all are taken', async () => {
    const { machine } = await strange('no-group')
    const to = { kind: 'machine', machine, port: 22 } as const
    const { network } = azure
    const first = { protocol: '*', access: 'Deny', direction: 'Inbound', priority: 100 } as const
    await network.securityRules.createOrUpdate(
      'no-group',
      'rules',
      'nobody',
      {
        ...{ ...first, sourcePortRange: '*', sourceAddressPrefix: '*' },
        ...{ destinationPortRange: '*', destinationAddressPrefix: '*' },
      },
      quick,
    )
    const { doors } = practice.studio
    expect(await doors.look(to)).toMatchObject({ state: 'shut', adds: null })
    await expect(doors.open(to)).rejects.toMatchObject({ code: 'door.no-room', params: { group: 'rules' } })
    const { networkSecurityGroup: _, ...card } = await network.networkInterfaces.get('no-group', 'card')
    await network.networkInterfaces.createOrUpdate('no-group', 'card', card, quick)
    expect(await doors.look(to)).toMatchObject({ state: 'noGroup', blocks: [], adds: [] })
  })
})

describe('the network before a build VM', { timeout: 120_000 }, () => {
  it('lets this computer in instead of the range that was typed, once a person wants it', async () => {
    const run = await practice.begin(
      {
        'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' },
        'vm.create': { sourceCidr: '203.0.113.0/24' },
      },
      'from-vm',
    )
    expect(await practice.go(run, 'vm.create')).toMatchObject({ is: 'done' })
    const { doors, access, sessions } = practice.studio
    const { nsgId } = (await practice.stateOf(run)).steps['vm.create'].output as OutputOf<'vm.create'>
    const signal = AbortSignal.timeout(60_000)
    expect(await access.open(run, signal)).toBe('203.0.113.0/24')
    const to = { kind: 'run', run } as const
    expect(await doors.look(to)).toMatchObject({ state: 'shut', address: '198.51.100.7', before: ['203.0.113.0/24'] })
    await doors.open(to)
    expect(await doors.look(to)).toMatchObject({ state: 'open', before: ['198.51.100.7/32'] })
    const remote = await sessions.connect(run, signal)
    expect(await remote.exec('hostname', { signal })).toMatchObject({ code: 0 })
    sessions.end(run)
    await access.shut(run, signal)
    // Nobody is let in any more; but who would be, is.
    expect((await getSecurityGroup(cloud, nsgId))?.rules).toEqual([])
    expect(await doors.look(to)).toMatchObject({ state: 'open', before: ['198.51.100.7/32'] })
  })
})
