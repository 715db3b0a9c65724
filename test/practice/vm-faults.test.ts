import { beforeAll, describe, expect, it } from 'vitest'
import type { Cloud } from '../../src/main/azure/cloud'
import { createPublicIp } from '../../src/main/azure/network'
import { getSecurityGroup } from '../../src/main/azure/security-groups'
import { deleteSnapshot, getSnapshot } from '../../src/main/azure/snapshots'
import { deallocateVm, deleteVm, getVm, getVmView, listExtensions } from '../../src/main/azure/vms'
import type { OutputOf } from '../../src/shared/outputs'
import type { StepId } from '../../src/shared/terms'
import { command, start } from '../support/command'
import { examples, madeIn, newState } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
beforeAll(async () => {
  practice = await practised()
}, 120_000)

const byHand = {
  'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' },
  'vm.install': { parts: [], done: true },
}

const part = { id: 'tools', name: 'Tools', script: 'echo hello' }

async function upTo(step: StepId): Promise<{ run: string; cloud: Cloud; vm: OutputOf<'vm.create'> }> {
  const run = await practice.begin(byHand, 'from-vm')
  expect(await practice.go(run, step)).toMatchObject({ is: 'done' })
  const vm = (await practice.stateOf(run)).steps['vm.create'].output as OutputOf<'vm.create'>
  return { run, cloud: await practice.studio.cloudOf(run), vm }
}

async function again(run: string, step: StepId) {
  return (await practice.studio.engine.perform(run, step)).ended
}

const parts = {
  'Microsoft.Compute/disks': 1,
  'Microsoft.Compute/virtualMachines': 1,
  'Microsoft.Network/networkInterfaces': 1,
  'Microsoft.Network/networkSecurityGroups': 1,
  'Microsoft.Network/publicIPAddresses': 1,
  'Microsoft.Network/virtualNetworks': 1,
}

describe('a program killed while it creates the build VM', () => {
  it.each(['network interface', 'virtual machine'])(
    'after it wrote down the %s, goes on, and makes each thing once',
    { timeout: 120_000 },
    async (kind) => {
      const state = await newState()
      const settings = ['mode=choose', 'name=practicebatch', 'resourceGroup=practice-shared']
      const args = [
        ...['run', examples['from-vm'], '--cloud', 'practice', '--trust-plan', '--state', state],
        ...['--stop-after', 'vm.create'],
        ...settings.flatMap((setting) => ['--set', `prepare.account.${setting}`]),
      ]
      const killed = start(args)
      await killed.line((line) => (line as { resource?: { what: string } }).resource?.what === kind)
      killed.child.kill('SIGKILL')
      await killed.ended
      const { code, lines, stderr } = await command(args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const { made, stats } = await madeIn(state)
      expect(made).toEqual({ ...parts, 'Microsoft.Resources/resourceGroups': 2 })
      const own = stats.resources.filter((id) => !/\/resourceGroups\/practice-shared(\/|$)/i.test(id))
      const listed = lines.at(-1)!.resources!.map(({ id }) => id.toLowerCase())
      expect(own.map((id) => id.toLowerCase()).filter((id) => !listed.includes(id))).toEqual([])
    },
  )
})

describe('while the build VM is created', () => {
  it.each([
    ['quota', { kind: 'refuse', match: 'PUT .*/virtualMachines/', action: 'family-quota' }, 'quota.subscription'],
    ['capacity', { kind: 'fail-machine', action: 'AllocationFailed' }, 'vm.no-capacity'],
    ['a system that does not come up', { kind: 'fail-machine', action: 'OSProvisioningTimedOut' }, 'vm.failed'],
  ])('%s is told by name, and the next try makes it', { timeout: 60_000 }, async (_what, incident, code) => {
    const run = await practice.begin(byHand, 'from-vm')
    await practice.go(run, 'vm.plan')
    await practice.incident({ ...incident, count: 1 })
    expect(await practice.go(run, 'vm.create')).toMatchObject({ is: 'failed', error: { code } })
    expect(await practice.go(run, 'vm.create')).toMatchObject({ is: 'done' })
    const kinds = (await practice.stateOf(run)).resources.map(({ what }) => what)
    expect(kinds.filter((what) => what === 'virtual machine')).toHaveLength(1)
  })
})

describe('a build VM with which somebody else did something', () => {
  it('is started where it was deallocated, and made anew where it was deleted', { timeout: 60_000 }, async () => {
    const { run, cloud, vm } = await upTo('vm.create')
    await deallocateVm(cloud, vm.id)
    const power = async () => (await getVmView(cloud, vm.id))?.power
    await expect.poll(power, { timeout: 20_000 }).toBe('deallocated')
    expect(await again(run, 'vm.create')).toMatchObject({ is: 'done' })
    expect(await power()).toBe('running')
    await deleteVm(cloud, vm.id)
    await expect.poll(() => getVm(cloud, vm.id), { timeout: 20_000 }).toBeNull()
    expect(await again(run, 'vm.create')).toMatchObject({ is: 'done' })
    expect(await power()).toBe('running')
  })

  it('is missed by name by every step that needs it', { timeout: 120_000 }, async () => {
    const gone = { is: 'failed', error: { code: 'vm.gone' } }
    const { run, cloud, vm } = await upTo('vm.mark')
    await deleteVm(cloud, vm.id)
    await expect.poll(() => getVm(cloud, vm.id), { timeout: 20_000 }).toBeNull()
    for (const step of ['vm.mark', 'vm.deallocate', 'vm.generalize'] as const) {
      expect(await again(run, step)).toMatchObject({ step, ...gone })
    }
  })

  it('is told from a network that is shut, where parts are to run in it', { timeout: 120_000 }, async () => {
    const run = await practice.begin({ ...byHand, 'vm.install': { parts: [part] } }, 'from-vm')
    await practice.go(run, 'vm.create')
    const { id } = (await practice.stateOf(run)).steps['vm.create'].output as OutputOf<'vm.create'>
    const cloud = await practice.studio.cloudOf(run)
    await deallocateVm(cloud, id)
    await expect.poll(async () => (await getVmView(cloud, id))?.power, { timeout: 20_000 }).toBe('deallocated')
    const stopped = { is: 'failed', error: { code: 'vm.stopped', params: { state: 'deallocated' } } }
    expect(await practice.go(run, 'vm.install')).toMatchObject(stopped)
    expect(await again(run, 'vm.create')).toMatchObject({ is: 'done' })
    expect(await practice.go(run, 'vm.snapshot')).toMatchObject({ is: 'done' })

    await practice.incident({ kind: 'refuse', match: 'PUT .*/virtualMachines/', action: 'family-quota', count: 1 })
    await practice.studio.engine.setInput(run, 'vm.restore', { times: 1 })
    expect(await again(run, 'vm.restore')).toMatchObject({ is: 'failed', error: { code: 'quota.subscription' } })
    expect(await again(run, 'vm.restore')).toMatchObject({ is: 'done' })
    // The cores of the subscription are few.
    await practice.studio.engine.cleanUp(run)
  })

  it(
    'that a lock protects says so at each step, which goes on when the lock is gone',
    { timeout: 120_000 },
    async () => {
      const run = await practice.begin(byHand, 'from-vm')
      for (const [step, match] of [
        ['vm.create', 'PUT .*/networkInterfaces/'],
        ['vm.snapshot', 'PUT .*/snapshots/'],
        ['vm.deallocate', 'POST .*/deallocate'],
        ['vm.mark', 'POST .*/generalize'],
      ] as const) {
        await practice.incident({ kind: 'refuse', match, action: 'lock', count: 1 })
        expect(await practice.go(run, step)).toMatchObject({ is: 'failed', step, error: { code: 'cloud.locked' } })
      }
      expect(await practice.go(run, 'vm.mark')).toMatchObject({ is: 'done' })
      await practice.studio.engine.cleanUp(run)
    },
  )

  it('gets no image while a policy has put an extension into it', { timeout: 90_000 }, async () => {
    const { run, cloud, vm } = await upTo('vm.generalize')
    await practice.incident({ kind: 'policy-extension', match: 'GET .*/instanceView', count: 1 })
    const blocked = {
      is: 'blocked',
      error: { code: 'vm.extension-present', params: { names: 'AzureMonitorLinuxAgent' } },
    }
    expect(await practice.go(run, 'vm.deallocate')).toMatchObject(blocked)
    await practice.studio.engine.setInput(run, 'vm.deallocate', { removeExtensions: true })
    expect(await practice.go(run, 'vm.mark')).toMatchObject({ is: 'done' })
    expect(await listExtensions(cloud, vm.id)).toEqual([])
  })

  it('has no way back once its snapshot is gone', { timeout: 60_000 }, async () => {
    const { run, cloud } = await upTo('vm.snapshot')
    const { id } = (await practice.stateOf(run)).steps['vm.snapshot'].output as { id: string }
    await deleteSnapshot(cloud, id)
    await expect.poll(() => getSnapshot(cloud, id), { timeout: 20_000 }).toBeNull()
    await practice.studio.engine.setInput(run, 'vm.restore', { times: 1 })
    expect(await again(run, 'vm.restore')).toMatchObject({ is: 'failed', error: { code: 'vm.snapshot-gone' } })
  })

  it('leaves its group where somebody has put something into it', { timeout: 60_000 }, async () => {
    const { run, cloud, vm } = await upTo('vm.create')
    const group = vm.id.slice(0, vm.id.indexOf('/providers/'))
    const foreign = `${group}/providers/Microsoft.Network/publicIPAddresses/mine`
    await createPublicIp(cloud, foreign, { region: 'westeurope', run: 'another' })
    const { left } = await practice.studio.engine.cleanUp(run)
    expect(left).toMatchObject([{ id: group, error: { code: 'cloud.group-not-empty', params: { left: 'mine' } } }])
  })
})

describe('a build VM that answers slowly', () => {
  it('is waited for, and the run says for which part', { timeout: 60_000 }, async () => {
    const { run, vm } = await upTo('vm.create')
    const part = {
      id: 'tools',
      name: 'Tools',
      files: [],
      script: 'echo one',
      reboot: false,
      check: 'true',
      skip: false,
    }
    await practice.studio.engine.setInput(run, 'vm.install', { parts: [part] })
    await practice.incident({ kind: 'slow-inside', match: vm.id, retryAfter: 1 })
    const { ended } = await practice.studio.engine.continue(run, { stopAfter: 'vm.install' })
    const waits = async () => (await practice.studio.engine.open(run)).running?.progress?.wait
    for (const key of ['part', 'partCheck'])
      await expect.poll(waits, { interval: 20, timeout: 20_000 }).toEqual({ key, params: { name: 'Tools' } })
    expect(await ended).toMatchObject({ is: 'done' })
  })
})

describe('a computer that gets another address', () => {
  it('is let in with the new one as soon as nobody answers', { timeout: 60_000 }, async () => {
    const { run, cloud, vm } = await upTo('vm.create')
    const signal = AbortSignal.timeout(50_000)
    expect(await practice.studio.access.open(run, signal)).toBe('198.51.100.7/32')
    expect(await practice.studio.address(run)).toBe('198.51.100.7')
    await practice.incident({ kind: 'other-address', action: '198.51.100.99' })
    expect(await practice.studio.address(run)).toBe('198.51.100.99')
    const remote = await practice.studio.sessions.connect(run, signal)
    expect(await remote.exec('hostname', { signal })).toMatchObject({ code: 0 })
    expect((await getSecurityGroup(cloud, vm.nsgId))?.rules).toMatchObject([{ sources: ['198.51.100.99/32'] }])
    practice.studio.sessions.end(run)
    await practice.studio.access.shut(run, signal)
    expect((await getSecurityGroup(cloud, vm.nsgId))?.rules).toEqual([])
  })
})
