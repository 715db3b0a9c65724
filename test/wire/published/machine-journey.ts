import { serialLog } from '../../../src/main/azure/boot-diagnostics'
import type { Cloud } from '../../../src/main/azure/cloud'
import * as ids from '../../../src/main/azure/ids'
import { findImage } from '../../../src/main/azure/marketplace'
import { runCommand } from '../../../src/main/azure/run-command'
import { linuxVm, location, newNetwork, quick, ubuntu } from '../build-vm'
import { subscription, type clients } from '../practice'

type Azure = Pick<ReturnType<typeof clients>, 'compute' | 'network' | 'resources'>

const group = 'wire-machines'
const gallery = 'practice_gallery'
const shared = 'practice-shared'
const vmId = `${ids.groupId(subscription, group)}/providers/Microsoft.Compute/virtualMachines/vm`
const disk = ids.diskId(ids.groupId(subscription, group), 'system')

/**
 * What is said to a cloud about a build VM, from its network to the image version made of it. More than the product says: its
 * practice cloud answers others as well.
 */
export async function buildVm(cloud: Cloud): Promise<void> {
  const azure: Azure = {
    compute: await cloud.compute(subscription),
    network: await cloud.network(subscription),
    resources: await cloud.resources(subscription),
  }
  const { card } = await newNetwork(azure, group)
  await lookAtImages(cloud, azure)
  await changeNetwork(azure)
  await makeMachine(azure, card)
  await useMachine(cloud, azure)
  await captureMachine(azure)
  await removeAll(azure)
}

async function lookAtImages(cloud: Cloud, { compute }: Azure): Promise<void> {
  const { publisher, offer, sku } = ubuntu
  await compute.virtualMachineImages.listPublishers(location)
  await compute.virtualMachineImages.listOffers(location, publisher)
  await compute.virtualMachineImages.listSkus(location, publisher, offer)
  await compute.virtualMachineImages.list(location, publisher, offer, sku, { orderby: 'name desc' })
  await findImage(cloud, subscription, location, ubuntu)
  await compute.virtualMachineImages.get(location, publisher, offer, 'none', 'latest').catch(() => undefined)
}

async function changeNetwork({ network }: Azure): Promise<void> {
  const rule = { protocol: 'Tcp', access: 'Allow', direction: 'Inbound', priority: 310 } as const
  const from = { sourcePortRange: '*', sourceAddressPrefix: '198.51.100.0/24' }
  const to = { destinationAddressPrefix: '*', destinationPortRanges: ['22', '443'] }
  const rules = network.securityRules
  await rules.createOrUpdate(group, 'rules', 'more', { ...rule, ...from, ...to }, quick)
  await rules.createOrUpdate(group, 'rules', 'bad', { ...rule, ...from, ...to }, quick).catch(() => undefined)
  await rules.get(group, 'rules', 'more')
  await all(rules.list(group, 'rules'))
  await rules.delete(group, 'rules', 'more', quick)
  await network.subnets.createOrUpdate(group, 'network', 'more', { addressPrefix: '10.0.9.0/24' }, quick)
  await network.subnets.get(group, 'network', 'more')
  await all(network.subnets.list(group, 'network'))
  await network.subnets.delete(group, 'network', 'more', quick)
  await network.networkSecurityGroups.updateTags(group, 'rules', { tags: { a: 'b' } })
  await network.networkSecurityGroups.get(group, 'rules')
  await network.publicIPAddresses.get(group, 'address')
  await network.virtualNetworks.delete(group, 'network', quick).catch(() => undefined)
  await all(network.networkSecurityGroups.listAll())
  await all(network.virtualNetworks.list(group))
  await all(network.publicIPAddresses.list(group))
}

async function makeMachine({ compute, network }: Azure, card: string): Promise<void> {
  const { virtualMachines } = compute
  const bad = linuxVm(card, { hardwareProfile: { vmSize: 'Standard_G5' } })
  await virtualMachines.createOrUpdate(group, 'vm', bad, quick).catch(() => undefined)
  await virtualMachines.createOrUpdate(group, 'vm', linuxVm(card), quick)
  await virtualMachines.get(group, 'vm', { expand: 'instanceView' })
  await virtualMachines.instanceView(group, 'vm')
  await all(virtualMachines.listAll({ statusOnly: 'true' }))
  await all(virtualMachines.list(group))
  await all(network.networkInterfaces.list(group))
  await network.networkInterfaces.get(group, 'card')
  await compute.disks.get(group, 'system')
  await virtualMachines.update(group, 'vm', { tags: { a: 'b' } }, quick)
}

async function useMachine(cloud: Cloud, { compute }: Azure): Promise<void> {
  const { virtualMachines, virtualMachineExtensions: extensions } = compute
  await serialLog(cloud, vmId)
  await runCommand(cloud, vmId, { osType: 'Linux', lines: ['true'] }).catch(() => undefined)
  const custom = {
    location,
    publisher: 'Microsoft.Azure.Extensions',
    typePropertiesType: 'CustomScript',
    typeHandlerVersion: '2.1',
  }
  await extensions.createOrUpdate(group, 'vm', 'script', custom, quick)
  await extensions.list(group, 'vm')
  await virtualMachines.get(group, 'vm')
  await virtualMachines.instanceView(group, 'vm')
  await extensions.delete(group, 'vm', 'script', quick)
  await virtualMachines.restart(group, 'vm', quick)
  await virtualMachines.powerOff(group, 'vm', quick)
  await virtualMachines.start(group, 'vm', quick)
  await virtualMachines.generalize(group, 'vm').catch(() => undefined)
}

async function captureMachine({ compute }: Azure): Promise<void> {
  const creationData = { createOption: 'Copy', sourceResourceId: disk } as const
  const { id } = await compute.snapshots.createOrUpdate(
    group,
    'before',
    { location, creationData, incremental: true },
    quick,
  )
  await all(compute.snapshots.listByResourceGroup(group))
  const restored = { location, creationData: { createOption: 'Copy', sourceResourceId: id! } } as const
  await compute.disks.createOrUpdate(group, 'restored', restored, quick)
  await compute.disks.delete(group, 'system', quick).catch(() => undefined)
  const features = [{ name: 'SecurityType', value: 'Standard' }]
  const definition = {
    location,
    osType: 'Linux',
    osState: 'Generalized',
    hyperVGeneration: 'V2',
    identifier: { publisher: 'wire', offer: 'wire', sku: 'machine' },
  } as const
  await compute.galleryImages.createOrUpdate(shared, gallery, 'wire-machine', { ...definition, features }, quick)
  const version = {
    location,
    storageProfile: { source: { virtualMachineId: vmId } },
    publishingProfile: { targetRegions: [{ name: location, regionalReplicaCount: 1 }] },
  }
  const make = () =>
    compute.galleryImageVersions.createOrUpdate(shared, gallery, 'wire-machine', '1.0.0', version, quick)
  await make().catch(() => undefined)
  await compute.virtualMachines.deallocate(group, 'vm', quick)
  await compute.virtualMachines.generalize(group, 'vm')
  await compute.virtualMachines.instanceView(group, 'vm')
  await compute.virtualMachines.start(group, 'vm', quick).catch(() => undefined)
  await make()
  await compute.galleryImageVersions.delete(shared, gallery, 'wire-machine', '1.0.0', quick)
  await compute.galleryImages.delete(shared, gallery, 'wire-machine', quick)
}

async function removeAll({ compute, network, resources }: Azure): Promise<void> {
  await network.networkInterfaces.delete(group, 'card', quick).catch(() => undefined)
  await compute.virtualMachines.delete(group, 'vm', quick)
  await compute.snapshots.delete(group, 'before', quick)
  await network.networkSecurityGroups.delete(group, 'rules', quick)
  await network.virtualNetworks.delete(group, 'network', quick)
  await compute.virtualMachines.get(group, 'vm').catch(() => undefined)
  await resources.resourceGroups.delete(group)
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of pages) found.push(one)
  return found
}
