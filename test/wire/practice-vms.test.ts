import type { VirtualMachine } from '@azure/arm-compute'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { linuxVm, location, newKeys, newNetwork, overSsh, quick, ubuntu, windows, windowsVm } from './build-vm'
import { ask, clients, startCloud, subscription } from './practice'

let cloud: RunningPractice
let azure: ReturnType<typeof clients>
let card: string

beforeAll(async () => {
  cloud = await startCloud()
  azure = clients(cloud)
  card = (await newNetwork(azure, 'refused')).card
}, 60_000)
// A family has cores for a few machines only.
afterEach(async () => {
  const { virtualMachines } = azure.compute
  for await (const { id, name } of virtualMachines.listAll())
    await virtualMachines.delete(id!.split('/')[4]!, name!, quick)
})
afterAll(() => cloud.close())

async function vmIn(group: string, body: (card: string) => VirtualMachine = linuxVm) {
  const network = await newNetwork(azure, group)
  const vm = await azure.compute.virtualMachines.createOrUpdate(group, 'vm', body(network.card), quick)
  return { ...network, vm }
}

async function statusCodes(group: string): Promise<string[]> {
  const view = await azure.compute.virtualMachines.instanceView(group, 'vm')
  return view.statuses!.map(({ code }) => code!)
}

function incident(body: object) {
  return ask(cloud.profile, 'POST', '/practice/faults', { body })
}

async function textAt(url: string): Promise<{ status: number; text: string }> {
  return ask(cloud.profile, 'GET', url)
}

describe('a build VM', () => {
  it('runs after it was made, with a disk of its own and without a password in any answer', async () => {
    const { vm } = await vmIn('made', windowsVm)
    expect(vm).toMatchObject({ provisioningState: 'Succeeded', osProfile: { adminUsername: 'builder' } })
    expect(JSON.stringify(vm)).not.toContain('Correct-horse-7')
    expect(await statusCodes('made')).toEqual(['ProvisioningState/succeeded', 'PowerState/running'])
    const disk = await azure.compute.disks.get('made', 'system')
    expect(disk).toMatchObject({
      managedBy: vm.id,
      diskState: 'Attached',
      osType: 'Windows',
      hyperVGeneration: 'V2',
      diskSizeGB: 127,
    })
    const { virtualMachine } = await azure.network.networkInterfaces.get('made', 'card')
    expect(virtualMachine!.id).toBe(vm.id)
  })

  it('shows its view with the machine when it is asked to, and in lists of states', async () => {
    await vmIn('viewed')
    const { instanceView } = await azure.compute.virtualMachines.get('viewed', 'vm', { expand: 'instanceView' })
    expect(instanceView).toMatchObject({ computerName: 'build', hyperVGeneration: 'V2' })
    expect(instanceView!.vmAgent!.statuses![0]).toMatchObject({ displayStatus: 'Ready' })
    const listed = []
    for await (const one of azure.compute.virtualMachines.listAll({ statusOnly: 'true' })) listed.push(one)
    expect(listed.find(({ id }) => id!.includes('/viewed/'))!.instanceView!.statuses).toHaveLength(2)
  })

  it('is stopped, started, restarted and deallocated', async () => {
    await vmIn('power')
    const { virtualMachines } = azure.compute
    await virtualMachines.powerOff('power', 'vm', quick)
    expect(await statusCodes('power')).toContain('PowerState/stopped')
    await expect(virtualMachines.restart('power', 'vm', quick)).rejects.toMatchObject({ code: 'OperationNotAllowed' })
    await virtualMachines.start('power', 'vm', quick)
    await virtualMachines.restart('power', 'vm', quick)
    expect(await statusCodes('power')).toContain('PowerState/running')
    await virtualMachines.deallocate('power', 'vm', quick)
    expect(await statusCodes('power')).toContain('PowerState/deallocated')
    expect((await azure.compute.disks.get('power', 'system')).diskState).toBe('Reserved')
  })

  it('never starts again once it is marked as generalized, which a running VM cannot be', async () => {
    await vmIn('marked')
    const { virtualMachines } = azure.compute
    await expect(virtualMachines.generalize('marked', 'vm')).rejects.toMatchObject({ code: 'OperationNotAllowed' })
    await virtualMachines.deallocate('marked', 'vm', quick)
    await virtualMachines.generalize('marked', 'vm')
    await virtualMachines.generalize('marked', 'vm')
    expect(await statusCodes('marked')).toContain('OSState/generalized')
    await expect(virtualMachines.start('marked', 'vm', quick)).rejects.toMatchObject({
      statusCode: 409,
      code: 'OperationNotAllowed',
    })
  })

  it('takes interface, address and disk with it', async () => {
    await vmIn('cascade')
    await azure.compute.virtualMachines.delete('cascade', 'vm', quick)
    const gone = { statusCode: 404 }
    await expect(azure.compute.disks.get('cascade', 'system')).rejects.toMatchObject(gone)
    await expect(azure.network.networkInterfaces.get('cascade', 'card')).rejects.toMatchObject(gone)
    await expect(azure.network.publicIPAddresses.get('cascade', 'address')).rejects.toMatchObject(gone)
    await expect(azure.network.networkSecurityGroups.get('cascade', 'rules')).resolves.toMatchObject({ name: 'rules' })
  })

  it('leaves what it was not told to take', async () => {
    const body = (id: string): VirtualMachine => {
      const vm = linuxVm(id, { networkProfile: { networkInterfaces: [{ id }] } })
      vm.storageProfile!.osDisk!.deleteOption = 'Detach'
      return vm
    }
    await vmIn('kept', body)
    await expect(azure.compute.disks.delete('kept', 'system', quick)).rejects.toMatchObject({
      code: 'OperationNotAllowed',
    })
    await azure.compute.virtualMachines.delete('kept', 'vm', quick)
    const disk = await azure.compute.disks.get('kept', 'system')
    expect(disk).toMatchObject({ diskState: 'Unattached' })
    expect(disk.managedBy).toBeUndefined()
    expect((await azure.network.networkInterfaces.get('kept', 'card')).virtualMachine).toBeUndefined()
  })

  it('counts against the cores of the subscription, deallocated as well', async () => {
    const used = async () => {
      const usages: Record<string, number> = {}
      for await (const { name, currentValue } of azure.compute.usage.list(location)) usages[name.value!] = currentValue
      return usages
    }
    const before = await used()
    await vmIn('cores', (id) => linuxVm(id, { hardwareProfile: { vmSize: 'Standard_D4ds_v5' } }))
    await azure.compute.virtualMachines.deallocate('cores', 'vm', quick)
    const after = await used()
    expect(after['standardDDSv5Family']! - before['standardDDSv5Family']!).toBe(4)
    expect(after['cores']! - before['cores']!).toBe(4)
    expect(after['virtualMachines']! - before['virtualMachines']!).toBe(1)
  })

  it('answers the same request again without making anything twice', async () => {
    const { card: id } = await newNetwork(azure, 'twice')
    const body = linuxVm(id)
    const first = azure.compute.virtualMachines.createOrUpdate('twice', 'vm', body, quick)
    await first.submitted()
    await azure.compute.virtualMachines.createOrUpdate('twice', 'vm', body, quick)
    expect((await first).provisioningState).toBe('Succeeded')
    const disks = []
    for await (const disk of azure.compute.disks.listByResourceGroup('twice')) disks.push(disk.name)
    expect(disks).toEqual(['system'])
  })
})

type Change = (vm: VirtualMachine) => void
describe('a build VM is refused', () => {
  const cases: [string, Change, string, RegExp][] = [
    ['an unknown size', (vm) => (vm.hardwareProfile!.vmSize = 'Standard_Z9'), 'InvalidParameter', /not valid/],
    [
      'a size of the other generation',
      (vm) => (vm.hardwareProfile!.vmSize = 'Standard_D2_v2'),
      'BadRequest',
      /cannot boot Hypervisor Generation '2'/,
    ],
    [
      'a size with another processor',
      (vm) => (vm.hardwareProfile!.vmSize = 'Standard_D2ps_v5'),
      'BadRequest',
      /CPU architecture/,
    ],
    [
      'more cores than the family has',
      (vm) => (vm.hardwareProfile!.vmSize = 'Standard_F16s_v2'),
      'OperationNotAllowed',
      /Current Limit: 4/,
    ],
    [
      'an image that is not there',
      (vm) => (vm.storageProfile!.imageReference!.sku = 'none'),
      'PlatformImageNotFound',
      /canonical:ubuntu-24_04-lts:none:latest/,
    ],
    [
      'a name that Azure keeps for itself',
      (vm) => (vm.osProfile!.adminUsername = 'Root'),
      'InvalidParameter',
      /not allowed/,
    ],
    [
      'no way to sign in',
      (vm) => (vm.osProfile!.linuxConfiguration!.ssh = {}),
      'InvalidParameter',
      /SSH or by user name/,
    ],
    [
      'a key that is none',
      (vm) => (vm.osProfile!.linuxConfiguration!.ssh!.publicKeys![0]!.keyData = 'ssh-rsa AAAA'),
      'InvalidParameter',
      /keyData is invalid/,
    ],
    [
      'another place for the key',
      (vm) => (vm.osProfile!.linuxConfiguration!.ssh!.publicKeys![0]!.path = '/root/keys'),
      'InvalidParameter',
      /default value/,
    ],
    [
      'a security type that the size does not have',
      (vm) => (vm.securityProfile = { securityType: 'ConfidentialVM' }),
      'BadRequest',
      /ConfidentialVM/,
    ],
    [
      'an interface that nobody made',
      (vm) => (vm.networkProfile!.networkInterfaces![0]!.id += 'x'),
      'InvalidResourceReference',
      /was not found/,
    ],
    [
      'a plan that the image does not have',
      (vm) => (vm.plan = { name: 'a', publisher: 'b', product: 'c' }),
      'VMMarketplaceInvalidInput',
      /not as expected/,
    ],
    [
      'a disk smaller than the image',
      (vm) => (vm.storageProfile!.osDisk!.diskSizeGB = 10),
      'InvalidParameter',
      /smaller/,
    ],
  ]
  it.each(cases)('with %s', async (_what, change, code, message) => {
    const vm = structuredClone(linuxVm(card))
    change(vm)
    const work = azure.compute.virtualMachines.createOrUpdate('refused', 'vm', vm, quick)
    await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it.each([
    ['a name of 16 characters', { computerName: 'a'.repeat(16) }, /15 characters/],
    ['a weak password', { adminPassword: 'allsmallletters' }, /8-123 characters/],
    ['a password that everybody knows', { adminPassword: 'P@ssw0rd' }, /not allowed/],
    ['no password', { adminPassword: undefined }, /adminPassword/],
  ])('with Windows and %s', async (_what, profile, message) => {
    const vm = windowsVm(card)
    Object.assign(vm.osProfile!, profile)
    const work = azure.compute.virtualMachines.createOrUpdate('refused', 'vm', vm, quick)
    await expect(work).rejects.toMatchObject({
      code: 'InvalidParameter',
      message: expect.stringMatching(message) as string,
    })
  })

  it('without the right to use the interface', async () => {
    const action = 'Microsoft.Network/networkInterfaces/join/action'
    await incident({ kind: 'forbid', match: 'PUT .*/refused/.*/virtualMachines', action, count: 1 })
    const work = azure.compute.virtualMachines.createOrUpdate('refused', 'vm', linuxVm(card), quick)
    await expect(work).rejects.toMatchObject({ statusCode: 403, code: 'LinkedAuthorizationFailed' })
  })

  it('with an interface that another VM has', async () => {
    const { card: taken } = await vmIn('taken')
    const work = azure.compute.virtualMachines.createOrUpdate('taken', 'other', linuxVm(taken), quick)
    await expect(work).rejects.toMatchObject({ code: 'NicInUse' })
  })

  it('as Failed when Azure has no room for it, and made by the same request later', async () => {
    const { card: id } = await newNetwork(azure, 'full')
    await incident({ kind: 'fail-machine', match: 'PUT .*/full/.*virtualMachines', count: 1 })
    const make = () => azure.compute.virtualMachines.createOrUpdate('full', 'vm', linuxVm(id), quick)
    await expect(make()).rejects.toThrow(/AllocationFailed. Allocation failed/)
    expect(await statusCodes('full')).toContain('ProvisioningState/failed/AllocationFailed')
    expect((await make()).provisioningState).toBe('Succeeded')
    expect(await statusCodes('full')).toContain('PowerState/running')
  })
})

describe('boot diagnostics', () => {
  it('show the serial log with a delay, only to who has the address', async () => {
    await vmIn('console')
    const answer = await azure.compute.virtualMachines.retrieveBootDiagnosticsData('console', 'vm')
    const log = answer.serialConsoleLogBlobUri!
    expect(await textAt(log)).toMatchObject({ status: 200, text: '' })
    await expect.poll(async () => (await textAt(log)).text).not.toBe('')
    expect((await textAt(log.replace(/sig=[^&]+/, 'sig=none'))).status).toBe(403)
    const picture = await textAt(answer.consoleScreenshotBlobUri!)
    expect(new URL(answer.consoleScreenshotBlobUri!).pathname).toMatch(/\.screenshot\.bmp$/)
    expect(picture.text.slice(0, 2)).toBe('BM')
  })

  it('name the key that the VM shows to who connects', async () => {
    const { privateKey, publicKey } = newKeys()
    const { address } = await vmIn('host-key', (id) => linuxVm(id, {}, publicKey))
    const { hostKey } = await overSsh(cloud.profile.vmProxy!, address, privateKey, 'true')
    const { serialConsoleLogBlobUri } = await azure.compute.virtualMachines.retrieveBootDiagnosticsData(
      'host-key',
      'vm',
    )
    await expect.poll(async () => (await textAt(serialConsoleLogBlobUri!)).text).toContain(`SHA256:${hostKey}`)
  })

  it('stay empty when the incident says so', async () => {
    await vmIn('silent')
    await incident({ kind: 'empty-serial-log', match: '/silent/', count: 2 })
    const { serialConsoleLogBlobUri } = await azure.compute.virtualMachines.retrieveBootDiagnosticsData('silent', 'vm')
    await textAt(serialConsoleLogBlobUri!)
    expect((await textAt(serialConsoleLogBlobUri!)).text).toBe('')
    await expect.poll(async () => (await textAt(serialConsoleLogBlobUri!)).text).not.toBe('')
  })
})

describe('others', () => {
  it('put an extension on a VM by policy, and it stays on the disk', async () => {
    await vmIn('policy')
    await incident({ kind: 'policy-extension', match: 'GET .*/policy/.*/extensions', count: 1 })
    const { value } = await azure.compute.virtualMachineExtensions.list('policy', 'vm')
    expect(value!.map(({ name }) => name)).toEqual(['AzureMonitorLinuxAgent'])
    const view = await azure.compute.virtualMachines.instanceView('policy', 'vm')
    expect(view.vmAgent!.extensionHandlers![0]!.type).toBe('Microsoft.Azure.Monitor.AzureMonitorLinuxAgent')
    await azure.compute.virtualMachineExtensions.delete('policy', 'vm', 'AzureMonitorLinuxAgent', quick)
    expect((await azure.compute.virtualMachineExtensions.list('policy', 'vm')).value).toEqual([])
  })

  it('stop a VM meanwhile', async () => {
    await vmIn('stopped')
    await incident({ kind: 'stop-machine', match: 'GET .*/stopped/', count: 1 })
    expect(await statusCodes('stopped')).toContain('PowerState/stopped')
  })
})

describe('the Marketplace', () => {
  it('has every image that Batch lists, with its generation', async () => {
    const { virtualMachineImages } = azure.compute
    const publishers = await virtualMachineImages.listPublishers(location)
    expect(publishers.map(({ name }) => name)).toEqual(expect.arrayContaining(['Canonical', 'MicrosoftWindowsServer']))
    const versions = await virtualMachineImages.list(location, ubuntu.publisher, ubuntu.offer, ubuntu.sku, {
      orderby: 'name desc',
      top: 1,
    })
    const image = await virtualMachineImages.get(location, ubuntu.publisher, ubuntu.offer, ubuntu.sku, 'latest')
    expect(image).toMatchObject({ name: versions[0]!.name, hyperVGeneration: 'V2', architecture: 'x64' })
    const old = await virtualMachineImages.get(location, ubuntu.publisher, ubuntu.offer, 'server-gen1', 'latest')
    expect(old.hyperVGeneration).toBe('V1')
    const skus = await virtualMachineImages.listSkus(location, windows.publisher, windows.offer)
    expect(skus.map(({ name }) => name)).toContain('2025-datacenter-g2')
    const unknown = virtualMachineImages.listOffers(location, 'nobody')
    await expect(unknown).rejects.toMatchObject({ statusCode: 404, code: 'NotFound' })
  })
})

it('a group that is deleted takes its machines with it', async () => {
  await vmIn('group')
  await azure.resources.resourceGroups.delete('group')
  const listed = []
  for await (const { id } of azure.compute.virtualMachines.listAll()) listed.push(id!)
  expect(listed.filter((id) => id.startsWith(`/subscriptions/${subscription}/resourceGroups/group/`))).toEqual([])
})
