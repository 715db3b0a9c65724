import { readFileSync } from 'node:fs'
import { BatchManagementClient } from '@azure/arm-batch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, clients, credentialOf, emptySubscription, serviceToken, startCloud, subscription } from './practice'

const group = 'practice-shared'
const quick = { updateIntervalInMs: 20 }
const gallery = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/galleries/practice_gallery`
const base = `${gallery}/images/ubuntu-base`
let cloud: RunningPractice
let batch: BatchManagementClient

function clientOf(subscriptionId: string): BatchManagementClient {
  return new BatchManagementClient(credentialOf(cloud), subscriptionId, {
    endpoint: cloud.profile.armEndpoint,
    credentialScopes: [cloud.profile.armScope],
    tlsOptions: { ca: readFileSync(cloud.profile.caFile!, 'utf8') },
  })
}

function account(name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Batch/batchAccounts/${name}`
}

async function send(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const query = '?api-version=2025-06-01'
  const token = await serviceToken(cloud)
  return ask(cloud.profile, method, `${path}${query}`, { token, headers, ...(body ? { body } : {}) })
}

function pool(imageReference: object, change: object = {}) {
  const virtualMachineConfiguration = { imageReference, nodeAgentSkuId: 'batch.node.ubuntu 24.04' }
  const fixedScale = { targetDedicatedNodes: 0, targetLowPriorityNodes: 0 }
  const deploymentConfiguration = { virtualMachineConfiguration }
  return {
    properties: { vmSize: 'STANDARD_D2S_V3', deploymentConfiguration, scaleSettings: { fixedScale }, ...change },
  }
}

beforeAll(async () => {
  cloud = await startCloud()
  batch = clientOf(subscription)
})
afterAll(() => cloud.close())

describe('Batch accounts', () => {
  it('are made and deleted by the SDK, with a long operation each', async () => {
    const name = 'freshaccount'
    const question = { name, type: 'Microsoft.Batch/batchAccounts' as const }
    expect(await batch.location.checkNameAvailability('northeurope', question)).toEqual({ nameAvailable: true })
    const body = { location: 'northeurope', tags: { run: 'r1' }, allowedAuthenticationModes: ['AAD' as const] }
    const made = await batch.batchAccountOperations.beginCreateAndWait(group, name, body, quick)
    expect(made).toMatchObject({
      name,
      provisioningState: 'Succeeded',
      poolAllocationMode: 'BatchService',
      accountEndpoint: `${new URL(cloud.profile.armEndpoint).host}/batch/${name}`,
      tags: { run: 'r1' },
      poolQuota: 20,
      dedicatedCoreQuotaPerVMFamilyEnforced: true,
    })
    expect(await batch.location.checkNameAvailability('northeurope', question)).toMatchObject({
      nameAvailable: false,
      reason: 'AlreadyExists',
    })
    const names: string[] = []
    for await (const one of batch.batchAccountOperations.listByResourceGroup(group)) names.push(one.name!)
    expect(names.sort()).toEqual(['freshaccount', 'practicebatch', 'practicefarm', 'practiceusersub'])
    await batch.batchAccountOperations.beginDeleteAndWait(group, name, quick)
    await expect(batch.batchAccountOperations.get(group, name)).rejects.toMatchObject({ statusCode: 404 })
  })

  it('need valid names, a registered provider and room in the region', async () => {
    const create = (client: BatchManagementClient, where: string, name: string, location = 'germanywestcentral') =>
      client.batchAccountOperations.beginCreateAndWait(where, name, { location }, quick)
    await expect(create(batch, group, 'Not-Valid')).rejects.toMatchObject({ statusCode: 400 })
    await expect(create(batch, group, 'practicebatch2', 'mars')).rejects.toMatchObject({
      code: 'LocationNotAvailableForResourceType',
    })
    const other = await send('PUT', `/subscriptions/${emptySubscription}/resourceGroups/empty`, {
      location: 'westeurope',
    })
    expect(other.status).toBe(201)
    await expect(create(clientOf(emptySubscription), 'empty', 'emptyaccount')).rejects.toMatchObject({
      code: 'MissingSubscriptionRegistration',
    })
    await create(batch, group, 'third', 'westeurope')
    await expect(create(batch, group, 'fourth', 'westeurope')).rejects.toMatchObject({
      code: 'SubscriptionQuotaExceeded',
    })
    await batch.batchAccountOperations.beginDeleteAndWait(group, 'third', quick)
  })

  it('in user subscription mode need the service principal and a key vault of the right kind', async () => {
    const vault = (name: string) => ({
      id: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`,
      url: `https://${name}.vault.practice.example/`,
    })
    const make = (name: string, scope: string, keyVaultReference?: object) =>
      send('PUT', `${scope}/providers/Microsoft.Batch/batchAccounts/${name}`, {
        location: 'westeurope',
        properties: { poolAllocationMode: 'UserSubscription', ...(keyVaultReference ? { keyVaultReference } : {}) },
      })
    const here = `/subscriptions/${subscription}/resourceGroups/${group}`
    for (const reference of [undefined, vault('practice-rbac-vault'), vault('no-such-vault')]) {
      const refused = await make('usersub', here, reference)
      expect(refused).toMatchObject({ status: 400, json: { error: { code: 'InvalidKeyVaultReference' } } })
    }
    const there = `/subscriptions/${emptySubscription}/resourceGroups/empty`
    const register = `/subscriptions/${emptySubscription}/providers/Microsoft.Batch`
    await send('POST', `${register}/register`)
    await expect.poll(async () => (await send('GET', register)).json).toMatchObject({ registrationState: 'Registered' })
    const unable = await make('usersub', there, vault('practice-vault'))
    expect(unable).toMatchObject({ status: 400, json: { error: { code: 'InsufficientPermissions' } } })
    const made = await make('usersub', here, vault('practice-vault'))
    expect(made.status).toBe(202)
    await batch.batchAccountOperations.beginDeleteAndWait(group, 'usersub', quick)
  })

  it('have quotas per family that bite in one', async () => {
    const { dedicatedCoreQuotaPerVMFamily: families } = await batch.batchAccountOperations.get(group, 'practicebatch')
    const coresOf = (family: string) => families!.find(({ name }) => name === family)!.coreQuota
    expect(coresOf('standardDSv3Family')).toBe(20)
    expect(coresOf('Standard NCASv3_T4 Family')).toBe(0)
    expect(await batch.location.getQuotas('westeurope')).toEqual({ accountQuota: 3 })
    const sizes: Record<string, string | undefined> = {}
    for await (const { name, capabilities } of batch.location.listSupportedVirtualMachineSkus('westeurope'))
      sizes[name!] = capabilities!.find((one) => one.name === 'HyperVGenerations')?.value
    expect(sizes).toMatchObject({ Standard_D2s_v3: 'V1,V2', Standard_A2_v2: 'V1', Standard_D2s_v6: 'V2' })
  })
})

describe('pools', () => {
  const ofGallery = { id: `${base}/versions/1.0.0` }

  it('are created once, read, listed and deleted', async () => {
    const path = `${account('practicebatch')}/pools/life`
    const body = { tags: { run: 'r1' }, ...pool(ofGallery, { metadata: [{ name: 'run', value: 'r1' }] }) }
    const made = await send('PUT', path, body, { 'if-none-match': '*' })
    expect(made.status).toBe(200)
    expect(made.headers['etag']).toBe((made.json as { etag: string }).etag)
    expect(made.json).toMatchObject({
      name: 'life',
      type: 'Microsoft.Batch/batchAccounts/pools',
      tags: { run: 'r1' },
      properties: { provisioningState: 'Succeeded', allocationState: 'Steady', vmSize: 'STANDARD_D2S_V3' },
    })
    expect((await send('PUT', path, body, { 'if-none-match': '*' })).status).toBe(412)
    expect((await send('PATCH', path, { properties: {} }, { 'if-match': '"other"' })).status).toBe(412)
    const listed = (await send('GET', `${account('practicebatch')}/pools`)).json as { value: { name: string }[] }
    expect(listed.value.map(({ name }) => name)).toContain('life')
    await batch.poolOperations.beginDeleteAndWait(group, 'practicebatch', 'life', quick)
    expect((await send('GET', path)).status).toBe(404)
    expect((await send('DELETE', path)).status).toBe(204)
  })

  it('are refused for a wrong body', async () => {
    const cases: [object, string][] = [
      [pool(ofGallery, { vmSize: 'STANDARD_NOSUCH' }), 'InvalidPropertyValue'],
      [pool(ofGallery, { taskSlotsPerNode: 9 }), 'InvalidPropertyValue'],
      [pool({ ...ofGallery, publisher: 'canonical' }), 'InvalidPropertyValue'],
      [pool({ publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'nosuch' }), 'InvalidPropertyValue'],
      [pool(ofGallery, { deploymentConfiguration: {} }), 'MissingRequiredProperty'],
      [pool(ofGallery, { scaleSettings: {} }), 'InvalidPropertyValue'],
    ]
    for (const [body, code] of cases) {
      const answer = await send('PUT', `${account('practicebatch')}/pools/wrong`, body)
      expect([answer.status, answer.json]).toEqual([400, { error: { code, message: expect.any(String) } }])
    }
  })

  it('take no managed image any more', async () => {
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/images/old`
    const answer = await send('PUT', `${account('practicebatch')}/pools/managed`, pool({ id }))
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('retired as source of Batch pools on 31 March 2026')
  })

  it('need a replica of the image in the region of the account', async () => {
    await batch.batchAccountOperations.beginCreateAndWait(group, 'northaccount', { location: 'northeurope' }, quick)
    const answer = await send('PUT', `${account('northaccount')}/pools/far`, pool(ofGallery))
    expect(answer.status).toBe(404)
    expect(answer.json).toMatchObject({ error: { code: 'GalleryImageNotFound' } })
    expect(answer.text).toContain('is not available in northeurope region')
    const missing = await send('PUT', `${account('practicebatch')}/pools/none`, pool({ id: `${base}/versions/9.9.9` }))
    expect(missing.status).toBe(404)
  })

  it('need the right to read the disks of the image', async () => {
    const action = 'Microsoft.Compute/disks/beginGetAccess/action'
    await ask(cloud.profile, 'POST', '/practice/faults', { body: { kind: 'forbid', match: '/pools/linked$', action } })
    const answer = await send('PUT', `${account('practicebatch')}/pools/linked`, pool(ofGallery))
    expect(answer.status).toBe(403)
    expect(answer.json).toMatchObject({ error: { code: 'LinkedAuthorizationFailed' } })
    expect(answer.text).toContain(`does not have permission to perform action(s) '${action}' on the linked scope(s)`)
    await ask(cloud.profile, 'DELETE', '/practice/faults')
  })

  it('take the definition itself as its latest version', async () => {
    const answer = await send('PUT', `${account('practicebatch')}/pools/latest`, pool({ id: base }))
    expect(answer.status).toBe(200)
    await batch.poolOperations.beginDeleteAndWait(group, 'practicebatch', 'latest', quick)
  })

  it('of an account are limited in number', async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => `many-${index}`)
    const answers = []
    for (const name of numbers)
      answers.push(await send('PUT', `${account('practicebatch')}/pools/${name}`, pool(ofGallery)))
    expect(answers.at(-1)!.json).toMatchObject({ error: { code: 'PoolQuotaReached' } })
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(17)
  })
})

describe('a resource group with a Batch account', () => {
  it('takes the account with it', async () => {
    const { resources } = clients(cloud)
    await resources.resourceGroups.createOrUpdate('together', { location: 'germanywestcentral' })
    const body = { location: 'germanywestcentral' }
    await batch.batchAccountOperations.beginCreateAndWait('together', 'togetheracc', body, quick)
    await resources.resourceGroups.delete('together', quick)
    await expect(batch.batchAccountOperations.get('together', 'togetheracc')).rejects.toMatchObject({ statusCode: 404 })
  })
})
