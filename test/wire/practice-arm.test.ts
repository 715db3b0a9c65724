import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, clients, emptySubscription, serviceToken, startCloud, subscription } from './practice'

// In jump mode an operation ends with a read, so nothing is gained by waiting between reads.
const quick = { updateIntervalInMs: 20 }
let cloud: RunningPractice
let azure: ReturnType<typeof clients>

beforeAll(async () => {
  cloud = await startCloud()
  azure = clients(cloud)
})
afterAll(() => cloud.close())

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of pages) found.push(one)
  return found
}

describe('scopes', () => {
  it('lists the two subscriptions and the three regions', async () => {
    const subscriptions = await all(azure.subscriptions.subscriptions.list())
    expect(subscriptions.map((one) => one.subscriptionId)).toEqual([subscription, emptySubscription])
    expect(subscriptions.map((one) => one.state)).toEqual(['Enabled', 'Enabled'])
    const regions = await all(azure.subscriptions.subscriptions.listLocations(subscription))
    expect(regions.map((one) => one.name)).toEqual(['westeurope', 'northeurope', 'germanywestcentral'])
  })

  it('registers a namespace over several reads of the provider', async () => {
    const resources = clients(cloud).resources
    const states: (string | undefined)[] = []
    const path = `/subscriptions/${emptySubscription}/providers/Microsoft.Batch`
    const token = await serviceToken(cloud)
    const read = async () => {
      const answer = await ask(cloud.profile, 'GET', `${path}?api-version=2025-04-01`, { token })
      return (answer.json as { registrationState: string }).registrationState
    }
    states.push(await read())
    await ask(cloud.profile, 'POST', `${path}/register?api-version=2025-04-01`, { token })
    states.push(await read(), await read(), await read())
    expect(states).toEqual(['NotRegistered', 'Registering', 'Registering', 'Registered'])
    expect((await resources.providers.get('Microsoft.Compute')).registrationState).toBe('Registered')
  })
})

describe('resource groups', () => {
  it('are made, listed with their resources and deleted with everything in them', async () => {
    const { resources, compute } = azure
    const made = await resources.resourceGroups.createOrUpdate('rg-one', { location: 'westeurope', tags: { run: '1' } })
    expect(made).toMatchObject({ name: 'rg-one', location: 'westeurope', tags: { run: '1' } })
    await compute.galleries.createOrUpdate('rg-one', 'g1', { location: 'westeurope', tags: { run: '1' } }, quick)
    const inside = await all(resources.resources.listByResourceGroup('rg-one'))
    expect(inside.map((one) => [one.type, one.name, one.tags])).toEqual([
      ['Microsoft.Compute/galleries', 'g1', { run: '1' }],
    ])
    await resources.resourceGroups.delete('rg-one', quick)
    await expect(resources.resourceGroups.get('rg-one')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceGroupNotFound',
    })
    await expect(compute.galleries.get('rg-one', 'g1')).rejects.toMatchObject({ code: 'ResourceGroupNotFound' })
  })

  it('keep their region', async () => {
    await azure.resources.resourceGroups.createOrUpdate('rg-region', { location: 'westeurope' })
    await expect(
      azure.resources.resourceGroups.createOrUpdate('rg-region', { location: 'northeurope' }),
    ).rejects.toMatchObject({
      statusCode: 409,
      code: 'InvalidResourceGroupLocation',
    })
  })
})

describe('storage accounts', () => {
  it('are made over an operation, have a blob endpoint and keys, and take containers', async () => {
    const { resources, storage } = azure
    await resources.resourceGroups.createOrUpdate('rg-storage', { location: 'westeurope' })
    expect(
      await storage.storageAccounts.checkNameAvailability({
        name: 'practicestorage',
        type: 'Microsoft.Storage/storageAccounts',
      }),
    ).toMatchObject({
      nameAvailable: false,
      reason: 'AlreadyExists',
    })
    const made = await storage.storageAccounts.create(
      'rg-storage',
      'wiretest1',
      {
        location: 'westeurope',
        sku: { name: 'Standard_LRS' },
        kind: 'StorageV2',
      },
      quick,
    )
    expect(made.provisioningState).toBe('Succeeded')
    expect(made.primaryEndpoints?.blob).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/wiretest1\/$/)
    const keys = await storage.storageAccounts.listKeys('rg-storage', 'wiretest1')
    expect(keys.keys?.map((key) => [key.keyName, Buffer.from(key.value!, 'base64').length])).toEqual([
      ['key1', 64],
      ['key2', 64],
    ])
    await storage.blobContainers.create('rg-storage', 'wiretest1', 'vhds', {})
    expect((await storage.blobContainers.get('rg-storage', 'wiretest1', 'vhds')).name).toBe('vhds')
    await expect(storage.blobContainers.get('rg-storage', 'wiretest1', 'other')).rejects.toMatchObject({
      code: 'ContainerNotFound',
    })
    await storage.storageAccounts.delete('rg-storage', 'wiretest1')
    await expect(storage.storageAccounts.getProperties('rg-storage', 'wiretest1')).rejects.toMatchObject({
      statusCode: 404,
    })
  })

  it('refuse a name that is taken, also in another group', async () => {
    await azure.resources.resourceGroups.createOrUpdate('rg-taken', { location: 'westeurope' })
    const body = { location: 'westeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2' }
    await expect(
      azure.storage.storageAccounts.create('rg-taken', 'practicestorage', body, quick),
    ).rejects.toMatchObject({
      statusCode: 409,
      code: 'StorageAccountAlreadyTaken',
    })
  })
})

describe('compute', () => {
  it('lists sizes of a region with generations, and quotas with one family at zero', async () => {
    const sizes = await all(azure.compute.resourceSkus.list({ filter: "location eq 'westeurope'" }))
    const generations = (name: string) =>
      sizes.find((one) => one.name === name)?.capabilities?.find((one) => one.name === 'HyperVGenerations')?.value
    expect([generations('Standard_A1_v2'), generations('Standard_D2s_v3')]).toEqual(['V1', 'V1,V2'])
    expect(new Set(sizes.map((one) => one.name)).size).toBe(sizes.length)
    const usages = await all(azure.compute.usage.list('westeurope'))
    expect(usages.find((one) => one.name.value === 'Standard NCASv3_T4 Family')?.limit).toBe(0)
    expect(usages.find((one) => one.name.value === 'cores')?.limit).toBeGreaterThan(0)
  })
})

describe('galleries and definitions', () => {
  const definition = {
    location: 'westeurope',
    osType: 'Linux' as const,
    osState: 'Generalized' as const,
    hyperVGeneration: 'V2',
    identifier: { publisher: 'p', offer: 'o', sku: 's' },
  }

  beforeAll(async () => {
    await azure.resources.resourceGroups.createOrUpdate('rg-gallery', { location: 'westeurope' })
    await azure.compute.galleries.createOrUpdate('rg-gallery', 'gal', { location: 'westeurope' }, quick)
    await azure.compute.galleryImages.createOrUpdate('rg-gallery', 'gal', 'def', definition, quick)
  })

  it('follow their operation to Succeeded', async () => {
    expect((await azure.compute.galleryImages.get('rg-gallery', 'gal', 'def')).provisioningState).toBe('Succeeded')
  })

  it('refuse another value for what cannot change', async () => {
    const other = { ...definition, hyperVGeneration: 'V1' }
    await expect(
      azure.compute.galleryImages.createOrUpdate('rg-gallery', 'gal', 'def', other, quick),
    ).rejects.toMatchObject({
      statusCode: 409,
      code: 'PropertyChangeNotAllowed',
    })
  })

  it('refuse the same identifier twice in a gallery', async () => {
    await expect(
      azure.compute.galleryImages.createOrUpdate('rg-gallery', 'gal', 'def2', definition, quick),
    ).rejects.toMatchObject({ statusCode: 409 })
  })

  it('refuse to delete a gallery that is not empty', async () => {
    await expect(azure.compute.galleries.delete('rg-gallery', 'gal', quick)).rejects.toMatchObject({
      statusCode: 409,
      code: 'CannotDeleteResource',
    })
  })

  it('are deleted from the inside out', async () => {
    await azure.compute.galleries.createOrUpdate('rg-gallery', 'gone', { location: 'westeurope' }, quick)
    await azure.compute.galleryImages.createOrUpdate('rg-gallery', 'gone', 'def', definition, quick)
    await azure.compute.galleryImages.delete('rg-gallery', 'gone', 'def', quick)
    await azure.compute.galleries.delete('rg-gallery', 'gone', quick)
    await expect(azure.compute.galleries.get('rg-gallery', 'gone')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    })
  })
})
