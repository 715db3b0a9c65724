import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import * as accounts from '../../src/main/azure/accounts'
import * as blobs from '../../src/main/azure/blobs'
import { asking } from '../../src/main/azure/errors'
import { storageTokens } from '../../src/main/steps/storage-access'
import { accessTo } from '../../src/main/upload/access'
import { blobRequests } from '../../src/main/upload/blob-requests'
import { pages } from '../../src/main/upload/page-blob'
import type { Cloud } from '../../src/main/azure/cloud'
import * as galleries from '../../src/main/azure/galleries'
import * as definitions from '../../src/main/azure/image-definitions'
import * as versions from '../../src/main/azure/image-versions'
import * as groups from '../../src/main/azure/groups'
import * as ids from '../../src/main/azure/ids'
import { listNodes, listSupportedImages, nodeCounts } from '../../src/main/azure/nodes'
import { failureOfOperation } from '../../src/main/azure/operations'
import * as pools from '../../src/main/azure/pools'
import { getProvider, registerProvider } from '../../src/main/azure/providers'
import * as storage from '../../src/main/azure/storage'
import { listRegions, listSubscriptions } from '../../src/main/azure/subscriptions'
import { isMadeBy, tagsOf } from '../../src/main/azure/tags'
import { waitFor } from '../../src/main/azure/wait'
import type { Exchange, Seam } from '../../src/main/net/seam'
import { systemDisk } from '../support/disks'
import { attempt } from '../support/uploads'
import { connectAsOwner, startPractice, type TestPractice } from '../support/practice'
import { emptySubscription, subscription } from '../wire/practice'

let practice: TestPractice
let cloud: Cloud
let seam: Seam
beforeAll(async () => {
  practice = await startPractice()
  ;({ cloud, seam } = await connectAsOwner(practice))
})
afterAll(() => practice.stop())
afterEach(() => practice.clearIncidents())

const run = 'run-7'
const region = 'westeurope'
const group = ids.groupId(subscription, 'rg-journey')
const storageId = ids.storageAccountId(group, 'stjourney')
const accountId = ids.accountId(group, 'bajourney')
const galleryId = ids.galleryId(group, 'gal.journey')
const definitionId = ids.definitionId(galleryId, 'debian-12')
const versionId = ids.versionId(definitionId, '1.0.0')
const poolId = ids.poolId(accountId, 'first')
const missingGroup = ids.groupId(subscription, 'rg-none')

const waiting = { signal: new AbortController().signal, limitMs: 60_000 }
function ready<T extends { state: string }>(read: () => Promise<T | null>): Promise<T | null> {
  return waitFor(read, (it) => it?.state === 'Succeeded' || it?.state === 'Failed', waiting)
}
function gone(read: () => Promise<unknown>): Promise<unknown> {
  return waitFor(read, (it) => it === null, waiting)
}

test('subscriptions, regions and the state of a provider are read', async () => {
  const found = await listSubscriptions(cloud)
  expect(found.map(({ id }) => id).sort()).toEqual([subscription, emptySubscription].sort())
  const regions = await listRegions(cloud, subscription)
  expect(regions).toContainEqual({ name: 'westeurope', label: 'West Europe', geography: expect.any(String) as string })
  expect(await getProvider(cloud, subscription, 'Microsoft.Batch')).toMatchObject({ isRegistered: true })
})

test('a provider that is not registered is registered and waited for', async () => {
  expect(await getProvider(cloud, emptySubscription, 'Microsoft.Batch')).toMatchObject({ isRegistered: false })
  await registerProvider(cloud, emptySubscription, 'Microsoft.Batch')
  const read = () => getProvider(cloud, emptySubscription, 'Microsoft.Batch')
  expect(await waitFor(read, (it) => it.isRegistered, waiting)).toMatchObject({ state: 'Registered' })
})

test('what does not exist is null, for every kind', async () => {
  expect(await groups.getGroup(cloud, missingGroup)).toBeNull()
  expect(await accounts.getAccount(cloud, ids.accountId(missingGroup, 'none'))).toBeNull()
  expect(await storage.getStorageAccount(cloud, ids.storageAccountId(missingGroup, 'none'))).toBeNull()
  const gallery = ids.galleryId(missingGroup, 'none')
  expect(await galleries.getGallery(cloud, gallery)).toBeNull()
  expect(await definitions.getDefinition(cloud, ids.definitionId(gallery, 'none'))).toBeNull()
  expect(await versions.getVersion(cloud, ids.versionId(ids.definitionId(gallery, 'none'), '1.0.0'))).toBeNull()
  expect(await pools.getPool(cloud, ids.poolId(ids.accountId(missingGroup, 'none'), 'none'))).toBeNull()
  await groups.deleteGroup(cloud, missingGroup)
  await galleries.deleteGallery(cloud, gallery)
  await pools.deletePool(cloud, ids.poolId(ids.accountId(missingGroup, 'none'), 'none'))
})

test('a group, a storage account with container, and a Batch account are made with the run’s tags', async () => {
  await groups.createGroup(cloud, group, { region, run })
  expect(await groups.getGroup(cloud, group)).toMatchObject({ name: 'rg-journey', region, tags: tagsOf(run) })
  expect(await storage.checkStorageName(cloud, subscription, 'stjourney')).toMatchObject({ isFree: true })
  expect(await accounts.checkAccountName(cloud, subscription, region, 'bajourney')).toMatchObject({ isFree: true })
  await storage.createStorageAccount(cloud, storageId, { region, run })
  await accounts.createAccount(cloud, accountId, { region, allocationMode: 'BatchService', run })
  const madeStorage = await ready(() => storage.getStorageAccount(cloud, storageId))
  const madeAccount = await ready(() => accounts.getAccount(cloud, accountId))
  expect(madeStorage).toMatchObject({ state: 'Succeeded', region, takesPageBlobs: true, tags: tagsOf(run) })
  expect(madeStorage!.blobEndpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/stjourney\/$/)
  expect(madeAccount).toMatchObject({ state: 'Succeeded', region, allocationMode: 'BatchService', tags: tagsOf(run) })
  expect(madeAccount!.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/batch\/bajourney$/)
  await storage.createContainer(cloud, storageId, 'vhds')
  await storage.createContainer(cloud, storageId, 'vhds')
  expect(await storage.containerExists(cloud, storageId, 'vhds')).toBe(true)
  expect(await storage.containerExists(cloud, storageId, 'other')).toBe(false)
  expect(await storage.checkStorageName(cloud, subscription, 'stjourney')).toMatchObject({
    isFree: false,
    reason: 'taken',
  })
  expect((await groups.listGroupResources(cloud, group)).every(({ tags }) => isMadeBy(run, tags))).toBe(true)
  expect((await groups.listGroups(cloud, subscription)).map(({ id }) => id.toLowerCase())).toContain(
    group.toLowerCase(),
  )
})

test('a page blob is made once, filled, read back by ranges, and known by its metadata', async () => {
  const account = await storage.getStorageAccount(cloud, storageId)
  const url = blobs.blobUrl(account!.blobEndpoint, 'vhds', 'debian 12 ü.vhd')
  expect(await blobs.blobFacts(cloud, url)).toBeNull()
  const bytes = await readFile(await systemDisk({ sizeMiB: 64, systemMiB: 1 }))
  const page = await cloud.pageBlob(url)
  const conditions = { ifNoneMatch: '*' }
  await page.create(bytes.byteLength, { metadata: { run }, conditions })
  const again = asking(() => page.create(512, { conditions }))
  await expect(again).rejects.toMatchObject({ code: 'cloud.name-taken', params: { kind: 'page blob' } })
  const step = 4 * 1024 * 1024
  for (let at = 0; at < bytes.byteLength; at += step) {
    const part = bytes.subarray(at, at + step)
    const transactionalContentMD5 = createHash('md5').update(part).digest()
    await page.uploadPages(part, at, part.length, { transactionalContentMD5 })
  }
  expect(await blobs.blobFacts(cloud, url)).toMatchObject({
    sizeBytes: bytes.byteLength,
    type: 'PageBlob',
    metadata: { run },
  })
  const blob = blobRequests(accessTo(url, storageTokens(cloud)), (request) => seam.direct(request))
  expect((await pages(blob).ranges(attempt())).at(-1)?.end).toBe(bytes.byteLength)
})

test('gallery, definition and version follow, with progress per region and without waiting in between', async () => {
  const account = await storage.getStorageAccount(cloud, storageId)
  const { operation } = await galleries.createGallery(cloud, galleryId, { region, run })
  expect(operation).toMatch(/^https:\/\/127\.0\.0\.1:/)
  expect(await ready(() => galleries.getGallery(cloud, galleryId))).toMatchObject({
    state: 'Succeeded',
    tags: tagsOf(run),
  })
  expect(await failureOfOperation(cloud, operation, 'cloud.operation-failed')).toBeNull()
  const image = {
    osType: 'Linux',
    generation: 'V1',
    architecture: 'x64',
    publisher: 'me',
    offer: 'deb',
    sku: '12',
    securityType: 'Standard',
  } as const
  await definitions.createDefinition(cloud, definitionId, { region, run, tags: { nodeAgentSkuId: 'x' }, ...image })
  expect(await ready(() => definitions.getDefinition(cloud, definitionId))).toMatchObject({
    ...image,
    state: 'Succeeded',
    isGeneralized: true,
    securityType: 'Standard',
    tags: { ...tagsOf(run), nodeAgentSkuId: 'x' },
  })
  await versions.createVersion(cloud, versionId, {
    region,
    from: {
      source: { storageAccountId: storageId, blobUrl: blobs.blobUrl(account!.blobEndpoint, 'vhds', 'debian 12 ü.vhd') },
    },
    targets: [
      { region, replicas: 1 },
      { region: 'northeurope', replicas: 2 },
    ],
    excludeFromLatest: false,
    run,
  })
  const isDone = (it: versions.Version | null) => it?.state !== 'Creating' && it?.replication !== 'InProgress'
  const version = await waitFor(() => versions.getVersion(cloud, versionId), isDone, waiting)
  expect(version).toMatchObject({ state: 'Succeeded', replication: 'Completed', tags: tagsOf(run) })
  expect(version!.replicas.map(({ percent, state }) => ({ percent, state }))).toEqual([
    { percent: 100, state: 'Completed' },
    { percent: 100, state: 'Completed' },
  ])
  expect(version!.targets.map(({ replicas }) => replicas)).toEqual([1, 2])
  expect((await definitions.listDefinitions(cloud, galleryId)).map(({ name }) => name)).toEqual(['debian-12'])
  expect((await versions.listVersions(cloud, definitionId)).map(({ name }) => name)).toEqual(['1.0.0'])
})

test('quotas, sizes and supported images say what a pool may use', async () => {
  expect(await accounts.accountQuota(cloud, accountId)).toMatchObject({ dedicatedCores: expect.any(Number) as number })
  expect(await accounts.locationQuota(cloud, subscription, region)).toMatchObject({
    accounts: expect.any(Number) as number,
  })
  const sizes = await accounts.listSizes(cloud, subscription, region)
  expect(sizes.length).toBeGreaterThan(1)
  expect(sizes.every(({ cores, generations }) => cores! > 0 && generations.length > 0)).toBe(true)
  const account = await accounts.getAccount(cloud, accountId)
  const images = await listSupportedImages(cloud, account!.endpoint)
  expect(images.map(({ nodeAgentSku }) => nodeAgentSku)).toContain('batch.node.debian 12')
})

test('a pool is created once, gets its node, is resized and listed with its image', async () => {
  const account = await accounts.getAccount(cloud, accountId)
  const sizes = await accounts.listSizes(cloud, subscription, region)
  const vmSize = sizes.find(({ generations }) => generations.includes('V1'))!.name
  const spec = {
    vmSize,
    nodeAgentSku: 'batch.node.debian 12',
    imageId: versionId,
    dedicated: 1,
    spot: 0,
    taskSlotsPerNode: 1,
    interNodeCommunication: false,
    run,
  }
  await pools.createPool(cloud, poolId, spec)
  const again = pools.createPool(cloud, poolId, spec)
  await expect(again).rejects.toMatchObject({ code: 'cloud.name-taken', params: { kind: 'pool', name: 'first' } })
  const steady = await waitFor(
    () => pools.getPool(cloud, poolId),
    (it) => it?.allocationState === 'Steady',
    waiting,
  )
  expect(steady).toMatchObject({ dedicated: 1, targetDedicated: 1, resizeErrors: [], vmSize, tags: tagsOf(run) })
  expect(steady!.image).toEqual({ kind: 'gallery', id: versionId })
  expect(pools.isPoolMadeBy(run, steady!)).toBe(true)
  const nodes = await waitFor(
    () => listNodes(cloud, account!.endpoint, 'first'),
    (it) => it[0]?.state === 'idle',
    waiting,
  )
  expect(nodes).toMatchObject([{ state: 'idle', isDedicated: true, errors: [] }])
  expect(await nodeCounts(cloud, account!.endpoint)).toMatchObject([{ pool: 'first', dedicated: { idle: 1 } }])
  await pools.resizePool(cloud, poolId, { dedicated: 0, spot: 0 })
  const empty = await waitFor(
    () => pools.getPool(cloud, poolId),
    (it) => it?.allocationState === 'Steady' && it.dedicated === 0,
    waiting,
  )
  expect(empty?.targetDedicated).toBe(0)
  const seeded = await pools.listPools(
    cloud,
    ids.accountId(ids.groupId(subscription, 'practice-shared'), 'practicebatch'),
  )
  expect(Object.fromEntries(seeded.map(({ name, image }) => [name, image.kind]))).toMatchObject({
    'render-marketplace': 'marketplace',
    'render-managed-image': 'managed',
    'render-vhd-2017': 'retired',
  })
})

test('pauses that the service asks for are kept and told, and the call goes through', async () => {
  const exchanges: Exchange[] = []
  const stop = seam.watch((exchange) => exchanges.push(exchange))
  await practice.incident({ kind: 'throttle', match: 'resourcegroups', count: 1, retryAfter: 1 })
  const found = await groups.getGroup(cloud, group)
  stop()
  expect(found?.name).toBe('rg-journey')
  expect(exchanges.map(({ status, retryAfterMs }) => [status, retryAfterMs])).toEqual([
    [429, 1000],
    [200, undefined],
  ])
})

test('a missing right is told with action and scope', async () => {
  await practice.incident({ kind: 'forbid', match: 'PUT .*galleries', action: 'Microsoft.Compute/galleries/write' })
  const refused = galleries.createGallery(cloud, ids.galleryId(group, 'forbidden'), { region, run })
  await expect(refused).rejects.toMatchObject({
    code: 'cloud.forbidden',
    params: { action: 'Microsoft.Compute/galleries/write' },
    details: { status: 403, method: 'PUT', requestId: expect.any(String) as string },
  })
})

test('tokens that end in the middle are renewed without anybody noticing', async () => {
  await practice.incident({ kind: 'expire-tokens', count: 1 })
  expect((await groups.getGroup(cloud, group))?.name).toBe('rg-journey')
})

test('the reason of a failed operation is fetched from the operation', async () => {
  await practice.incident({ kind: 'fail-operation', match: 'galleries/failing', action: 'InternalOperationError' })
  const failing = ids.galleryId(group, 'failing')
  const { operation } = await galleries.createGallery(cloud, failing, { region, run })
  expect(await ready(() => galleries.getGallery(cloud, failing))).toMatchObject({ state: 'Failed' })
  const failure = await failureOfOperation(cloud, operation, 'cloud.operation-failed', {
    kind: 'gallery',
    name: 'failing',
  })
  expect(failure).toMatchObject({ code: 'cloud.operation-failed', details: { serviceCode: 'InternalOperationError' } })
})

test('everything is taken away again, innermost first', async () => {
  await pools.deletePool(cloud, poolId)
  await gone(() => pools.getPool(cloud, poolId))
  await versions.deleteVersion(cloud, versionId)
  await gone(() => versions.getVersion(cloud, versionId))
  await definitions.deleteDefinition(cloud, definitionId)
  await gone(() => definitions.getDefinition(cloud, definitionId))
  const account = await storage.getStorageAccount(cloud, storageId)
  const url = blobs.blobUrl(account!.blobEndpoint, 'vhds', 'debian 12 ü.vhd')
  await blobs.deleteBlob(cloud, url)
  await blobs.deleteBlob(cloud, url)
  expect(await blobs.blobFacts(cloud, url)).toBeNull()
  await accounts.deleteAccount(cloud, accountId)
  await gone(() => accounts.getAccount(cloud, accountId))
  await storage.deleteStorageAccount(cloud, storageId)
  await groups.deleteGroup(cloud, group)
  await gone(() => groups.getGroup(cloud, group))
})
