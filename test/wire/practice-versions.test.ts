import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, clients, serviceToken, startCloud, subscription, uploadEmptyVhd } from './practice'

const group = 'practice-shared'
const gallery = 'practice_gallery'
const quick = { updateIntervalInMs: 20 }
let cloud: RunningPractice
let azure: ReturnType<typeof clients>
let storageAccountId: string
let endpoint: string

beforeAll(async () => {
  cloud = await startCloud()
  azure = clients(cloud)
  const account = await azure.storage.storageAccounts.getProperties(group, 'practicestorage')
  storageAccountId = account.id!
  endpoint = account.primaryEndpoints!.blob!
  await azure.storage.blobContainers.create(group, 'practicestorage', 'vhds', {})
  await uploadEmptyVhd(cloud, `${endpoint}vhds/good.vhd`)
})
afterAll(() => cloud.close())

function version(uri: string, regions = ['West Europe']) {
  return {
    location: 'westeurope',
    publishingProfile: { targetRegions: regions.map((name) => ({ name, regionalReplicaCount: 1 })) },
    storageProfile: { osDiskImage: { source: { storageAccountId, uri } } },
  }
}

function put(name: string, body: ReturnType<typeof version>) {
  return azure.compute.galleryImageVersions.createOrUpdate(group, gallery, 'ubuntu-base', name, body, quick)
}

describe('an image version', () => {
  it('is made of a page blob that is a fixed VHD, with progress for each region', async () => {
    const made = put('1.1.0', version(`${endpoint}vhds/good.vhd`, ['westeurope', 'North Europe']))
    await made.submitted()
    const during = await azure.compute.galleryImageVersions.get(group, gallery, 'ubuntu-base', '1.1.0', {
      expand: 'ReplicationStatus',
    })
    expect(during.provisioningState).toBe('Creating')
    expect(during.replicationStatus?.aggregatedState).toBe('InProgress')
    expect(during.replicationStatus?.summary?.map((one) => one.region)).toEqual(['West Europe', 'North Europe'])
    const done = await made
    expect(done.provisioningState).toBe('Succeeded')
    expect(done.replicationStatus).toBeUndefined()
    const after = await azure.compute.galleryImageVersions.get(group, gallery, 'ubuntu-base', '1.1.0', {
      expand: 'ReplicationStatus',
    })
    expect(after.replicationStatus).toMatchObject({ aggregatedState: 'Completed' })
    expect(after.replicationStatus?.summary?.map((one) => [one.state, one.progress])).toEqual([
      ['Completed', 100],
      ['Completed', 100],
    ])
  })

  it('fails when the stored bytes have no VHD footer', async () => {
    await uploadEmptyVhd(cloud, `${endpoint}vhds/nofooter.vhd`, (footer) => footer.fill(0))
    await expect(put('1.2.0', version(`${endpoint}vhds/nofooter.vhd`))).rejects.toMatchObject({
      message: expect.stringContaining("Disk is expected to have cookie value 'conectix'"),
    })
    const failed = await azure.compute.galleryImageVersions.get(group, gallery, 'ubuntu-base', '1.2.0', {
      expand: 'ReplicationStatus',
    })
    expect(failed.provisioningState).toBe('Failed')
    expect(failed.replicationStatus?.summary?.[0]?.details).toContain('conectix')
    await azure.compute.galleryImageVersions.delete(group, gallery, 'ubuntu-base', '1.2.0', quick)
  })

  it('fails when the footer speaks of another size', async () => {
    await uploadEmptyVhd(cloud, `${endpoint}vhds/size.vhd`, (footer) => footer.writeBigUInt64BE(1024n, 48))
    await expect(put('1.3.0', version(`${endpoint}vhds/size.vhd`))).rejects.toThrow(/gives a size of 1024 bytes/)
  })

  it('is refused at once for what can be seen in the request', async () => {
    const good = `${endpoint}vhds/good.vhd`
    const cases: [string, ReturnType<typeof version>, { statusCode: number; code: string }][] = [
      ['1.0', version(good), { statusCode: 400, code: 'InvalidParameter' }],
      ['1.4.0', version(good, ['moonwest']), { statusCode: 400, code: 'InvalidParameter' }],
      ['1.4.0', version(good, ['northeurope']), { statusCode: 400, code: 'InvalidParameter' }],
      ['1.4.0', version(`${endpoint}vhds/missing.vhd`), { statusCode: 404, code: 'NotFound' }],
      ['1.4.0', version('https://127.0.0.1:1/other/vhds/x.vhd'), { statusCode: 400, code: 'InvalidParameter' }],
    ]
    for (const [name, body, refusal] of cases) await expect(put(name, body)).rejects.toMatchObject(refusal)
    await expect(azure.compute.galleryImageVersions.get(group, gallery, 'ubuntu-base', '1.4.0')).rejects.toMatchObject({
      statusCode: 404,
    })
  })

  it('takes the same PUT again and refuses another source', async () => {
    await put('1.5.0', version(`${endpoint}vhds/good.vhd`))
    expect((await put('1.5.0', version(`${endpoint}vhds/good.vhd`))).provisioningState).toBe('Succeeded')
    await uploadEmptyVhd(cloud, `${endpoint}vhds/good2.vhd`)
    await expect(put('1.5.0', version(`${endpoint}vhds/good2.vhd`))).rejects.toMatchObject({
      code: 'PropertyChangeNotAllowed',
    })
    const answer = await ask(cloud.profile, 'GET', '/practice/stats')
    const { repeatedPuts } = answer.json as { repeatedPuts: Record<string, number> }
    const id = `/subscriptions/${subscription}/resourcegroups/${group}/providers/microsoft.compute/galleries/${gallery}/images/ubuntu-base/versions/1.5.0`
    expect(repeatedPuts[id]).toBe(1)
  })

  it('gets a further region later', async () => {
    await put('1.6.0', version(`${endpoint}vhds/good.vhd`))
    const wider = await put('1.6.0', version(`${endpoint}vhds/good.vhd`, ['westeurope', 'germanywestcentral']))
    expect(wider.publishingProfile?.targetRegions?.map((one) => one.name)).toEqual([
      'West Europe',
      'Germany West Central',
    ])
  })

  it('does not show its provisioning twice: a read without the operation ends it as well', async () => {
    await put('1.7.0', version(`${endpoint}vhds/good.vhd`)).submitted()
    const states: (string | undefined)[] = []
    const token = await serviceToken(cloud)
    const path = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/galleries/${gallery}/images/ubuntu-base/versions/1.7.0`
    for (let read = 0; read < 5; read++) {
      const answer = await ask(cloud.profile, 'GET', `${path}?api-version=2025-12-03`, { token })
      states.push((answer.json as { properties: { provisioningState: string } }).properties.provisioningState)
    }
    expect(states.at(-1)).toBe('Succeeded')
    expect(states[0]).toBe('Creating')
  })

  it('replicates slowly when that incident is on', async () => {
    await ask(cloud.profile, 'POST', '/practice/faults', { body: { kind: 'slow-replication', count: 1 } })
    await put('1.8.0', version(`${endpoint}vhds/good.vhd`, ['westeurope', 'northeurope'])).submitted()
    const progress: (number | undefined)[] = []
    for (let read = 0; read < 14; read++) {
      const seen = await azure.compute.galleryImageVersions.get(group, gallery, 'ubuntu-base', '1.8.0', {
        expand: 'ReplicationStatus',
      })
      progress.push(seen.replicationStatus?.summary?.[0]?.progress)
    }
    expect(progress).toEqual([...progress].sort((a, b) => a! - b!))
    expect(new Set(progress).size).toBeGreaterThan(4)
    const still = await azure.compute.galleryImageVersions.get(group, gallery, 'ubuntu-base', '1.8.0')
    expect(still.provisioningState).toBe('Succeeded')
  })

  it('is made once when the same PUT arrives twice at the same time', async () => {
    const token = await serviceToken(cloud)
    const path = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/galleries/${gallery}/images/ubuntu-base/versions/1.9.0`
    const { location, ...properties } = version(`${endpoint}vhds/good.vhd`)
    const once = () =>
      ask(cloud.profile, 'PUT', `${path}?api-version=2025-12-03`, { token, body: { location, properties } })
    const [first, second] = await Promise.all([once(), once()])
    expect([first.status, second.status].sort()).toEqual([200, 201])
    expect(first.headers['azure-asyncoperation']).toBe(second.headers['azure-asyncoperation'])
  })
})
