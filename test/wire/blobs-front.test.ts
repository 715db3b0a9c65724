import { createHash, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import {
  AnonymousCredential,
  BlobSASPermissions,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
  type BlobServiceClient,
  type PageBlobClient,
} from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { blobService } from './blob-clients'
import { ask, clients, newFolder, serviceToken, startCloud } from './practice'

const mebibyte = 1024 * 1024
const group = 'practice-shared'
const account = 'practicestorage'
const folder = newFolder()
let cloud: RunningPractice
let endpoint: string
let service: BlobServiceClient

async function open(): Promise<void> {
  cloud = await startCloud({ folder })
  const found = await clients(cloud).storage.storageAccounts.getProperties(group, account)
  endpoint = found.primaryEndpoints!.blob!
  service = blobService(cloud, endpoint)
}

/** First and last byte of each range; the SDK's `count` is the last minus the first. */
async function rangesOf(blob: PageBlobClient): Promise<[number, number][]> {
  const { pageRange } = await blob.getPageRanges()
  return pageRange!.map(({ offset, count }) => [offset, offset + count!])
}

async function newBlob(name: string, sizeBytes: number): Promise<PageBlobClient> {
  const container = service.getContainerClient('vhds')
  await container.createIfNotExists()
  const blob = container.getPageBlobClient(name)
  await blob.create(sizeBytes)
  return blob
}

function post(faults: object) {
  return ask(cloud.profile, 'POST', '/practice/faults', { body: faults })
}

beforeAll(open)
afterAll(() => cloud.close())

describe('the blob front with a bearer token', () => {
  it('carries a page blob through its life', async () => {
    const blob = await newBlob('life.vhd', 16 * mebibyte)
    const page = randomBytes(4 * mebibyte)
    const written = await blob.uploadPages(page, 4 * mebibyte, page.length)
    expect(written.requestId).toMatch(/^[\w-]{36}$/)
    expect(written.xMsContentCrc64).toHaveLength(8)
    expect(await rangesOf(blob)).toEqual([[4 * mebibyte, 8 * mebibyte - 1]])
    const read = await blob.downloadToBuffer(4 * mebibyte, page.length)
    expect(read.equals(page)).toBe(true)
    await blob.clearPages(4 * mebibyte, mebibyte)
    expect(await rangesOf(blob)).toEqual([[5 * mebibyte, 8 * mebibyte - 1]])
    await blob.setMetadata({ run: 'r1' })
    expect((await blob.getProperties()).metadata).toEqual({ run: 'r1' })
    await blob.delete()
    expect(await blob.exists()).toBe(false)
  })

  it('returns the checksum that Azurite computes by itself', async () => {
    const blob = await newBlob('crc.vhd', mebibyte)
    const page = randomBytes(8192)
    // Its own code, not the bundle with our faster one.
    const own = createRequire(import.meta.url)('azurite/dist/src/common/utils/utils') as {
      getCRC64FromStream(stream: Readable): Promise<Uint8Array>
    }
    const expected = await own.getCRC64FromStream(Readable.from([page]))
    const written = await blob.uploadPages(page, 0, page.length)
    expect([...written.xMsContentCrc64!]).toEqual([...expected])
  })

  it('lists many page ranges with their exact limits', async () => {
    const blob = await newBlob('ranges.vhd', 4 * mebibyte)
    const offsets = [0, 4096, 65_536, mebibyte]
    for (const offset of offsets) await blob.uploadPages(Buffer.alloc(512, 1), offset, 512)
    expect(await rangesOf(blob)).toEqual(offsets.map((offset) => [offset, offset + 511]))
  })

  it('refuses a page whose checksum does not fit, and keeps the old one', async () => {
    const blob = await newBlob('checksum.vhd', mebibyte)
    const wrong = createHash('md5').update('other').digest()
    const pages = blob.uploadPages(Buffer.alloc(512, 7), 0, 512, { transactionalContentMD5: wrong })
    await expect(pages).rejects.toMatchObject({ statusCode: 400, code: 'Md5Mismatch' })
    expect(await rangesOf(blob)).toEqual([])
  })

  it('refuses what the real service refuses and Azurite would take', async () => {
    const blob = await newBlob('limits.vhd', 16 * mebibyte)
    const tooLong = blob.uploadPages(Buffer.alloc(4 * mebibyte + 512), 0, 4 * mebibyte + 512)
    await expect(tooLong).rejects.toMatchObject({ statusCode: 413, code: 'RequestBodyTooLarge' })
    await expect(blob.uploadPages(Buffer.alloc(512), 100, 512)).rejects.toMatchObject({ statusCode: 416 })
    const huge = service.getContainerClient('vhds').getPageBlobClient('huge.vhd')
    await expect(huge.create(8 * 1024 ** 4 + 512)).rejects.toMatchObject({ statusCode: 400 })
    await expect(huge.create(1000)).rejects.toMatchObject({ statusCode: 400, code: 'InvalidHeaderValue' })
    await expect(huge.create(8 * 1024 ** 4)).resolves.toMatchObject({ etag: expect.any(String) })
  })

  it('keeps the first creator of a blob', async () => {
    const blob = await newBlob('first.vhd', mebibyte)
    const again = blob.create(mebibyte, { conditions: { ifNoneMatch: '*' } })
    await expect(again).rejects.toMatchObject({ statusCode: 409, code: 'BlobAlreadyExists' })
  })

  it('copies pages from a blob whose URL carries a signature', async () => {
    const source = await newBlob('source.vhd', mebibyte)
    const page = randomBytes(4096)
    await source.uploadPages(page, 8192, page.length)
    const target = await newBlob('target.vhd', mebibyte)
    const url = `${source.url}?${await signature('vhds', 'source.vhd', 'r')}`
    await target.uploadPagesFromURL(url, 8192, 0, page.length)
    expect((await target.downloadToBuffer(0, page.length)).equals(page)).toBe(true)
    const unsigned = target.uploadPagesFromURL(source.url, 8192, 0, page.length)
    await expect(unsigned).rejects.toMatchObject({ code: 'CannotVerifyCopySource' })
  })

  it('copies whole blobs and blocks from a signed URL', async () => {
    const container = service.getContainerClient('vhds')
    const source = container.getBlockBlobClient('source.bin')
    await source.upload('some bytes', 10)
    const url = `${source.url}?${await signature('vhds', 'source.bin', 'r')}`
    const copy = container.getBlockBlobClient('copy.bin')
    await copy.syncCopyFromURL(url)
    expect((await copy.downloadToBuffer()).toString()).toBe('some bytes')
    const staged = container.getBlockBlobClient('staged.bin')
    const id = Buffer.from('block-1').toString('base64')
    await staged.stageBlockFromURL(id, url, 0, 10)
    await staged.commitBlockList([id])
    expect((await staged.downloadToBuffer()).toString()).toBe('some bytes')
  })

  it('answers 401 without a token or with one for another service, and 403 without the role', async () => {
    const url = `${endpoint}vhds/life.vhd`
    const headers = { 'x-ms-version': '2026-02-06' }
    const nobody = await ask(cloud.profile, 'GET', url, { headers })
    expect(nobody.status).toBe(401)
    expect(nobody.headers['www-authenticate']).toContain('resource_id=https://storage.azure.com')
    const arm = await ask(cloud.profile, 'GET', url, { headers, token: await serviceToken(cloud) })
    expect([arm.status, arm.headers['x-ms-error-code']]).toEqual([401, 'InvalidAuthenticationInfo'])
    await post({ kind: 'forbid', match: '^GET /practicestorage/vhds', count: 1 })
    const token = await serviceToken(cloud, cloud.profile.storageScope)
    const roleless = await ask(cloud.profile, 'GET', url, { headers, token })
    expect([roleless.status, roleless.headers['x-ms-error-code']]).toEqual([403, 'AuthorizationPermissionMismatch'])
  })

  it('knows no account that the management plane does not know', async () => {
    const token = await serviceToken(cloud, cloud.profile.storageScope)
    const url = endpoint.replace(account, 'nobodysaccount')
    const answer = await ask(cloud.profile, 'GET', `${url}?comp=list`, { token })
    expect(answer.status).toBe(404)
  })
})

async function signature(container: string, blob: string | undefined, permissions: string, starts = 3_600_000) {
  const keys = await clients(cloud).storage.storageAccounts.listKeys(group, account)
  const credential = new StorageSharedKeyCredential(account, keys.keys![0]!.value!)
  return generateBlobSASQueryParameters(
    {
      containerName: container,
      ...(blob === undefined
        ? { permissions: ContainerSASPermissions.parse(permissions) }
        : { blobName: blob, permissions: BlobSASPermissions.parse(permissions) }),
      expiresOn: new Date(Date.now() + starts),
      protocol: 'https' as never,
    },
    credential,
  ).toString()
}

describe('the blob front with a signature', () => {
  it('lets in what the account key signed, and nothing more', async () => {
    await newBlob('signed.vhd', mebibyte)
    const signed = async (permissions: string, life?: number) => {
      const query = await signature('vhds', 'signed.vhd', permissions, life)
      const anonymous = blobService(cloud, `${endpoint}?${query}`, new AnonymousCredential())
      return anonymous.getContainerClient('vhds').getPageBlobClient('signed.vhd')
    }
    const writer = await signed('rw')
    await writer.uploadPages(Buffer.alloc(512, 9), 0, 512)
    expect((await writer.downloadToBuffer(0, 512)).equals(Buffer.alloc(512, 9))).toBe(true)
    const reader = await signed('r')
    await expect(reader.uploadPages(Buffer.alloc(512), 0, 512)).rejects.toMatchObject({ statusCode: 403 })
    const expired = await signed('rw', -60_000)
    await expect(expired.getProperties()).rejects.toMatchObject({ statusCode: 403 })
  })

  it('takes a signature made with a user delegation key', async () => {
    const blob = await newBlob('delegated.vhd', mebibyte)
    const ends = new Date(Date.now() + 3_600_000)
    const key = await service.getUserDelegationKey(new Date(Date.now() - 60_000), ends)
    const query = generateBlobSASQueryParameters(
      {
        containerName: 'vhds',
        blobName: 'delegated.vhd',
        permissions: BlobSASPermissions.parse('rw'),
        expiresOn: ends,
      },
      key,
      account,
    )
    const answer = await ask(cloud.profile, 'HEAD', `${blob.url}?${query}`, {
      headers: { 'x-ms-version': '2026-02-06' },
    })
    expect(answer.status).toBe(200)
    const forged = await ask(cloud.profile, 'HEAD', `${blob.url}?${query.toString().replace('sp=rw', 'sp=rwd')}`)
    expect(forged.status).toBe(403)
  })

  it('works with the account key itself, until that is made anew', async () => {
    const storage = clients(cloud).storage.storageAccounts
    const first = (await storage.listKeys(group, account)).keys![1]!.value!
    const byKey = blobService(cloud, endpoint, new StorageSharedKeyCredential(account, first))
    await expect(byKey.getContainerClient('vhds').exists()).resolves.toBe(true)
    await storage.regenerateKey(group, account, { keyName: 'key2' })
    await expect(byKey.getContainerClient('vhds').getProperties()).rejects.toMatchObject({ statusCode: 403 })
  })
})

describe('incidents at the blob front', () => {
  it('are answered as the storage service words them', async () => {
    const blob = await newBlob('incidents.vhd', mebibyte)
    await post({ kind: 'unavailable', match: '^PUT .*incidents.vhd\\?comp=page', count: 1, retryAfter: 3 })
    await expect(blob.uploadPages(Buffer.alloc(512), 0, 512)).rejects.toMatchObject({
      statusCode: 503,
      code: 'ServerBusy',
    })
    await post({ kind: 'cut', match: '^PUT .*incidents.vhd\\?comp=page', count: 1 })
    await expect(blob.uploadPages(Buffer.alloc(512), 0, 512)).rejects.toMatchObject({ name: 'RestError' })
    // The SDK asks for another token by itself once.
    await post({ kind: 'expire-tokens', match: '^PUT .*incidents.vhd\\?comp=page', count: 2 })
    await expect(blob.uploadPages(Buffer.alloc(512), 0, 512)).rejects.toMatchObject({ statusCode: 401 })
    await expect(blob.uploadPages(Buffer.alloc(512), 0, 512)).resolves.toMatchObject({ etag: expect.any(String) })
  })

  it('show a page written twice with the same bytes, and only that', async () => {
    const blob = await newBlob('twice.vhd', mebibyte)
    const repeats = async () =>
      ((await ask(cloud.profile, 'GET', '/practice/stats')).json as { repeatedPutTotal: number }).repeatedPutTotal
    const before = await repeats()
    await blob.uploadPages(Buffer.alloc(512, 1), 0, 512)
    await blob.uploadPages(Buffer.alloc(512, 1), 512, 512)
    await blob.uploadPages(Buffer.alloc(512, 2), 0, 512)
    expect(await repeats()).toBe(before)
    await blob.uploadPages(Buffer.alloc(512, 2), 0, 512)
    expect(await repeats()).toBe(before + 1)
  })
})

describe('a restarted practice cloud', () => {
  it('has the same pages, keys and addresses', async () => {
    const blob = await newBlob('restart.vhd', 8 * mebibyte)
    const page = randomBytes(mebibyte)
    await blob.uploadPages(page, mebibyte, page.length)
    const query = await signature('vhds', 'restart.vhd', 'r')
    const before = endpoint
    await cloud.close()
    await open()
    expect(endpoint).toBe(before)
    const same = service.getContainerClient('vhds').getPageBlobClient('restart.vhd')
    expect(await rangesOf(same)).toEqual([[mebibyte, 2 * mebibyte - 1]])
    expect((await same.downloadToBuffer(mebibyte, mebibyte)).equals(page)).toBe(true)
    const signed = await ask(cloud.profile, 'HEAD', `${same.url}?${query}`)
    expect(signed.status).toBe(200)
  })
})

describe('a storage account made again under an old name', () => {
  it('is empty', async () => {
    const { storageAccounts, blobContainers } = clients(cloud).storage
    const spec = { location: 'westeurope', kind: 'StorageV2', sku: { name: 'Standard_LRS' } }
    const quick = { updateIntervalInMs: 20 }
    await storageAccounts.create(group, 'againandagain', spec, quick)
    await blobContainers.create(group, 'againandagain', 'old', {})
    await storageAccounts.delete(group, 'againandagain')
    await storageAccounts.create(group, 'againandagain', spec, quick)
    const names: string[] = []
    for await (const container of blobContainers.list(group, 'againandagain')) names.push(container.name!)
    expect(names).toEqual([])
  })
})
