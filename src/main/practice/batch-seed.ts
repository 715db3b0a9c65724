import { managedImageType } from './arm-managed-images'
import { accountType, accountWire } from './batch-accounts'
import { subscriptions } from './directory'
import { seedPool } from './batch-seed-pool'
import type { PracticeCloud } from './server'

const ubuntu = {
  imageReference: { publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
  nodeAgentSkuId: 'batch.node.ubuntu 24.04',
}
/** Since 2017 no version of the service can say which blob a pool of this kind was made from. */
const vhdBlob = { imageReference: {}, nodeAgentSkuId: 'batch.node.ubuntu 22.04' }

/** Batch accounts of both allocation modes, and the pools that a newcomer finds: healthy ones, retired ones and ones in trouble. */
export function seedBatch(cloud: PracticeCloud): void {
  const done = cloud.store.part('batchSeed', () => ({ done: false }))
  if (done.done) return
  const group = `/subscriptions/${subscriptions[0].id}/resourceGroups/practice-shared`
  seedPlain(cloud, group)
  seedGallery(cloud, group)
  seedFarm(cloud, group)
  done.done = true
  cloud.store.touch()
}

function seedPlain(cloud: PracticeCloud, group: string): void {
  const region = 'westeurope'
  const sourceVirtualMachine = { id: `${group}/providers/Microsoft.Compute/virtualMachines/render-2019` }
  seedManagedImage(cloud, { group, name: 'render-2019', region }, { sourceVirtualMachine })
  const account = seedAccount(cloud, group, 'practicebatch', 'westeurope')
  seedPool(cloud, account, { name: 'render-marketplace', machine: ubuntu, idle: 1 })
  seedPool(cloud, account, { name: 'render-managed-image', machine: managedImage(group, 'render-2019') })
  seedPool(cloud, account, { name: 'render-vhd-2017', machine: vhdBlob })
}

/** Pools on the gallery's image, in the account that takes its nodes from the subscription. */
function seedGallery(cloud: PracticeCloud, group: string): void {
  const keyVaultReference = {
    id: `${group}/providers/Microsoft.KeyVault/vaults/practice-vault`,
    url: 'https://practice-vault.vault.practice.example/',
  }
  const properties = { poolAllocationMode: 'UserSubscription', keyVaultReference }
  const account = seedAccount(cloud, group, 'practiceusersub', 'westeurope', properties)
  seedPool(cloud, account, { name: 'maya-pinned', machine: galleryImage(group, '/versions/1.0.0'), idle: 2, spot: 1 })
  seedPool(cloud, account, { name: 'maya-latest', machine: galleryImage(group), idle: 1 })
}

/** Every kind of trouble, within the quotas of the account. */
function seedFarm(cloud: PracticeCloud, group: string): void {
  const account = seedAccount(cloud, group, 'practicefarm', 'northeurope')
  seedPool(cloud, account, { name: 'etl-marketplace', machine: ubuntu, idle: 3 })
  seedManagedImage(cloud, { group, name: 'cfd-2018', region: 'northeurope' }, {})
  const formula = '$TargetDedicatedNodes = 0; $NodeDeallocationOption = taskcompletion;'
  seedPool(cloud, account, { name: 'nightly-autoscale', machine: ubuntu, formula })
  seedPool(cloud, account, { name: 'cfd-managed-image', machine: managedImage(group, 'cfd-2018'), idle: 2 })
  seedPool(cloud, account, { name: 'far-from-image', machine: galleryImage(group, '/versions/1.0.0') })
  const vmSize = 'STANDARD_D2DS_V5'
  seedPool(cloud, account, { name: 'render-unusable', machine: ubuntu, vmSize, idle: 2, unusable: 2 })
  const startTask = '/bin/sh -c "blender --version"'
  seedPool(cloud, account, { name: 'render-start-task', machine: ubuntu, vmSize, idle: 2, startTask, failed: 1 })
}

function seedAccount(
  cloud: PracticeCloud,
  group: string,
  name: string,
  location: string,
  properties: Record<string, unknown> = {},
): string {
  const id = `${group}/providers/${accountType}/${name}`
  cloud.store.put({ id, name, type: accountType, wire: accountWire(location, { properties }) })
  return id
}

/** As "Images - Get" of the Compute REST shows it; one made of a machine names it. */
function seedManagedImage(
  cloud: PracticeCloud,
  { group, name, region }: { group: string; name: string; region: string },
  from: Record<string, unknown>,
): void {
  const id = `${group}/providers/${managedImageType}/${name}`
  const osDisk = { osType: 'Linux', osState: 'Generalized', diskSizeGB: 30, storageAccountType: 'Standard_LRS' }
  const properties = {
    ...from,
    storageProfile: { osDisk, dataDisks: [], zoneResilient: false },
    hyperVGeneration: 'V1',
    provisioningState: 'Succeeded',
  }
  cloud.store.put({ id, name, type: managedImageType, wire: { location: region, properties } })
}

function managedImage(group: string, name: string): Record<string, unknown> {
  const id = `${group}/providers/${managedImageType}/${name}`
  return { imageReference: { id }, nodeAgentSkuId: 'batch.node.ubuntu 22.04' }
}

function galleryImage(group: string, version = ''): Record<string, unknown> {
  const id = `${group}/providers/Microsoft.Compute/galleries/practice_gallery/images/ubuntu-base${version}`
  return { imageReference: { id }, nodeAgentSkuId: 'batch.node.ubuntu 24.04' }
}
