import type { GalleryImage } from '@azure/arm-compute'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { linuxVm, location, newKeys, newNetwork, overSsh, quick } from './build-vm'
import { ask, clients, serviceToken, startCloud, subscription } from './practice'

const shared = 'practice-shared'
const gallery = 'practice_gallery'
let cloud: RunningPractice
let azure: ReturnType<typeof clients>

beforeAll(async () => {
  cloud = await startCloud()
  azure = clients(cloud)
}, 60_000)
// A family has cores for a few machines only.
afterEach(async () => {
  const { virtualMachines } = azure.compute
  for await (const { id, name } of virtualMachines.listAll())
    await virtualMachines.delete(id!.split('/')[4]!, name!, quick)
})
afterAll(() => cloud.close())

async function vmIn(group: string, security?: 'TrustedLaunch') {
  const { card } = await newNetwork(azure, group)
  const securityProfile = security ? { securityProfile: { securityType: security } } : {}
  return azure.compute.virtualMachines.createOrUpdate(group, 'vm', linuxVm(card, securityProfile), quick)
}

/** A VM that can be entered: what is in it once a command has run there is a system in use. */
async function enteredVm(group: string) {
  const { privateKey, publicKey } = newKeys()
  const { card, address } = await newNetwork(azure, group)
  const body = linuxVm(card, {}, publicKey)
  const { id } = await azure.compute.virtualMachines.createOrUpdate(group, 'vm', body, quick)
  const runAt = (place: string, line: string) => overSsh(cloud.profile.vmProxy!, place, privateKey, line)
  const run = (line: string) => runAt(address, line)
  expect(await run('whoami')).toMatchObject({ code: 0, output: 'builder\n' })
  return { id, run, runAt }
}

async function mark(group: string) {
  await azure.compute.virtualMachines.deallocate(group, 'vm', quick)
  await azure.compute.virtualMachines.generalize(group, 'vm')
}

async function marked(group: string, security?: 'TrustedLaunch') {
  const vm = await vmIn(group, security)
  await mark(group)
  return vm
}

function definition(name: string, more: Partial<GalleryImage> = {}, securityType = 'Standard') {
  const identifier = { publisher: 'test', offer: name, sku: 'one' }
  const base = {
    location,
    osType: 'Linux',
    osState: 'Generalized',
    hyperVGeneration: 'V2',
    architecture: 'x64',
  } as const
  const features = [{ name: 'SecurityType', value: securityType }]
  return azure.compute.galleryImages.createOrUpdate(
    shared,
    gallery,
    name,
    { ...base, identifier, features, ...more },
    quick,
  )
}

function version(of: string, source: object) {
  const body = {
    location,
    publishingProfile: { targetRegions: [{ name: 'westeurope', regionalReplicaCount: 1 }] },
    storageProfile: source,
  }
  return azure.compute.galleryImageVersions.createOrUpdate(shared, gallery, of, '1.0.0', body, quick)
}

function snapshot(group: string, name: string, sourceResourceId: string, incremental = false) {
  const body = { location, incremental, creationData: { createOption: 'Copy', sourceResourceId } } as const
  return azure.compute.snapshots.createOrUpdate(group, name, body, quick)
}

function diskId(group: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/disks/system`
}

/** State in which the node of a new pool on an image stays. */
async function firstNodeOf(pool: string, id: string): Promise<string> {
  const account = `/subscriptions/${subscription}/resourceGroups/${shared}/providers/Microsoft.Batch/batchAccounts/practicebatch`
  const pools = `${account}/pools/${pool}?api-version=2025-06-01`
  const body = {
    properties: {
      vmSize: 'STANDARD_D2S_V3',
      deploymentConfiguration: {
        virtualMachineConfiguration: { imageReference: { id }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' },
      },
      scaleSettings: { fixedScale: { targetDedicatedNodes: 1, targetLowPriorityNodes: 0 } },
    },
  }
  await ask(cloud.profile, 'PUT', pools, { token: await serviceToken(cloud), body })
  const token = await serviceToken(cloud, cloud.profile.batchScope)
  const states: string[] = []
  for (let reads = 0; reads < 16; reads++) {
    await ask(cloud.profile, 'GET', pools, { token: await serviceToken(cloud) })
    const nodes = `/batch/practicebatch/pools/${pool}/nodes?api-version=2025-06-01`
    const { value } = (await ask(cloud.profile, 'GET', nodes, { token })).json as { value: { state: string }[] }
    states.push(value[0]?.state ?? 'none')
  }
  return states.at(-1)!
}

describe('a snapshot', () => {
  it('is a copy of the disk, and a disk made of it starts a VM', async () => {
    await vmIn('copies')
    const copy = await snapshot('copies', 'before', diskId('copies'), true)
    expect(copy).toMatchObject({
      provisioningState: 'Succeeded',
      osType: 'Linux',
      hyperVGeneration: 'V2',
      incremental: true,
      diskSizeGB: 30,
    })
    expect(copy.creationData!.sourceResourceId).toBe(diskId('copies'))
    await azure.compute.virtualMachines.delete('copies', 'vm', quick)
    const disk = await azure.compute.disks.createOrUpdate(
      'copies',
      'restored',
      { location, creationData: { createOption: 'Copy', sourceResourceId: copy.id! } },
      quick,
    )
    expect(disk).toMatchObject({ diskState: 'Unattached', osType: 'Linux', hyperVGeneration: 'V2' })
    const { card } = await newNetwork(azure, 'copies')
    const body = linuxVm(card)
    delete body.osProfile
    body.storageProfile = { osDisk: { createOption: 'Attach', osType: 'Linux', managedDisk: { id: disk.id! } } }
    const vm = await azure.compute.virtualMachines.createOrUpdate('copies', 'vm', body, quick)
    expect(vm.storageProfile!.osDisk).toMatchObject({ createOption: 'Attach', name: 'restored' })
    const view = await azure.compute.virtualMachines.instanceView('copies', 'vm')
    expect(view.statuses!.map(({ code }) => code)).toContain('PowerState/running')
    expect(view.computerName).toBe('build')
  })

  it('brings a deprovisioned VM back as it was', async () => {
    const { run, runAt } = await enteredVm('back')
    await run('echo work > kept')
    const before = await snapshot('back', 'before', diskId('back'))
    expect((await run('sudo waagent -force -deprovision+user')).code).toBe(0)
    await azure.compute.virtualMachines.delete('back', 'vm', quick)
    const creationData = { createOption: 'Copy', sourceResourceId: before.id! } as const
    const { id } = await azure.compute.disks.createOrUpdate('back', 'restored', { location, creationData }, quick)
    const { card, address } = await newNetwork(azure, 'back')
    const { osProfile: _login, ...body } = linuxVm(card)
    body.storageProfile = { osDisk: { createOption: 'Attach', osType: 'Linux', managedDisk: { id: id! } } }
    await azure.compute.virtualMachines.createOrUpdate('back', 'vm', body, quick)
    expect(await runAt(address, 'whoami; cat kept')).toMatchObject({ code: 0, output: 'builder\nwork\n' })
  })

  it('is listed and goes', async () => {
    await vmIn('listed')
    await snapshot('listed', 'one', diskId('listed'))
    const names = []
    for await (const { name } of azure.compute.snapshots.listByResourceGroup('listed')) names.push(name)
    expect(names).toEqual(['one'])
    await azure.compute.snapshots.delete('listed', 'one', quick)
    await expect(azure.compute.snapshots.get('listed', 'one')).rejects.toMatchObject({ statusCode: 404 })
  })

  it('of something that is not there is refused', async () => {
    await azure.resources.resourceGroups.createOrUpdate('nothing', { location })
    const work = snapshot('nothing', 'none', diskId('nothing'))
    await expect(work).rejects.toMatchObject({ statusCode: 404, code: 'NotFound' })
  })

  it('takes the place of the disk of a deallocated VM', async () => {
    await vmIn('swapped')
    const copy = await snapshot('swapped', 'before', diskId('swapped'))
    const creationData = { createOption: 'Copy', sourceResourceId: copy.id! } as const
    const disk = await azure.compute.disks.createOrUpdate('swapped', 'other', { location, creationData }, quick)
    const swap = { storageProfile: { osDisk: { createOption: 'FromImage', managedDisk: { id: disk.id! } } } } as const
    const { virtualMachines, disks } = azure.compute
    await expect(virtualMachines.update('swapped', 'vm', swap, quick)).rejects.toMatchObject({
      code: 'OperationNotAllowed',
    })
    await virtualMachines.deallocate('swapped', 'vm', quick)
    await virtualMachines.update('swapped', 'vm', swap, quick)
    expect((await disks.get('swapped', 'other')).diskState).toBe('Reserved')
    expect((await disks.get('swapped', 'system')).diskState).toBe('Unattached')
  })
})

describe('an image version of a VM', () => {
  it('is refused until the VM is marked as generalized', async () => {
    const { id } = await vmIn('early')
    await definition('early')
    await azure.compute.virtualMachines.deallocate('early', 'vm', quick)
    await expect(version('early', { source: { virtualMachineId: id } })).rejects.toMatchObject({
      code: 'OperationNotAllowed',
      message: 'Capture operation cannot be completed because the VM is not generalized.',
    })
  })

  it.each(['virtualMachineId', 'id'])('is made when it is, named by %s', async (name) => {
    const group = `by-${name}`
    const { id } = await marked(group)
    await definition(group)
    const made = await version(group, { source: { [name]: id } })
    expect(made).toMatchObject({ provisioningState: 'Succeeded', storageProfile: { osDiskImage: { sizeInGB: 30 } } })
    expect(made.storageProfile!.source).toMatchObject({ [name]: id })
  })

  it('makes no node that reports while the system inside is still the old one', async () => {
    const { id } = await enteredVm('only-marked')
    await mark('only-marked')
    await definition('only-marked')
    const made = await version('only-marked', { source: { virtualMachineId: id } })
    expect(await firstNodeOf('only-marked', made.id!)).toBe('unusable')
    // The image that this cloud brings along is a good one: its node reports under the same settings.
    const good = made.id!.replace('/only-marked/', '/ubuntu-base/')
    expect(await firstNodeOf('good', good)).toBe('idle')
  })

  it('makes nodes that report after the system was deprovisioned; a snapshot of before does not', async () => {
    const { id, run } = await enteredVm('proved')
    const before = await snapshot('proved', 'before', diskId('proved'))
    expect((await run('sudo waagent -force -deprovision+user')).code).toBe(0)
    await mark('proved')
    await definition('proved')
    const made = await version('proved', { source: { virtualMachineId: id } })
    expect(await firstNodeOf('proved', made.id!)).toBe('idle')
    await definition('not-yet')
    const early = await version('not-yet', { osDiskImage: { source: { id: before.id! } } })
    expect(await firstNodeOf('not-yet', early.id!)).toBe('unusable')
  })

  it('is made of a snapshot of it as well', async () => {
    await vmIn('snapped')
    const { id } = await snapshot('snapped', 'before', diskId('snapped'))
    await definition('snapped')
    const made = await version('snapped', { osDiskImage: { source: { id } } })
    expect(made).toMatchObject({ provisioningState: 'Succeeded', storageProfile: { osDiskImage: { source: { id } } } })
  })

  it.each([
    ['for both security types', 'TrustedLaunchSupported', undefined, 'InvalidParameter'],
    ['for Trusted Launch, of a standard VM', 'TrustedLaunch', undefined, 'BadRequest'],
    ['for standard machines, of a VM with Trusted Launch', 'Standard', 'TrustedLaunch', 'BadRequest'],
  ] as const)('is refused by a definition %s', async (_what, offered, security, code) => {
    const name = `not-${offered}-${security ?? 'standard'}`
    const { id } = await marked(name, security)
    await definition(name, {}, offered)
    await expect(version(name, { source: { virtualMachineId: id } })).rejects.toMatchObject({ code })
  })

  it('keeps Trusted Launch', async () => {
    const { id } = await marked('trusted', 'TrustedLaunch')
    await definition('trusted', {}, 'TrustedLaunch')
    const made = await version('trusted', { source: { virtualMachineId: id } })
    expect(made.provisioningState).toBe('Succeeded')
  })

  it('is refused by a definition of another generation', async () => {
    const { id } = await marked('generation')
    await definition('generation', { hyperVGeneration: 'V1', features: [] })
    const work = version('generation', { source: { virtualMachineId: id } })
    await expect(work).rejects.toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining("['V2']") as string,
    })
  })
})
