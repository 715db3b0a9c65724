import { BlobClient, BlobSASPermissions } from '@azure/storage-blob'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, truncate, utimes } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fixedVhdView, type FixedVhdView } from '../../../src/main/disks/azure-vhd'
import { openDisk } from '../../../src/main/disks/open'
import { pageBlobTarget } from '../../../src/main/upload/page-blob'
import { createPace } from '../../../src/main/upload/pace'
import { stampOf } from '../../../src/main/upload/stamp'
import { upload, type UploadOptions } from '../../../src/main/upload/upload'
import type { UploadProgress } from '../../../src/main/upload/meter'
import {
  startBlobService,
  startFront,
  startNetwork,
  type BlobService,
  type Cuttable,
  type Refusal,
} from '../../support/blob-service'
import { blobAt } from '../../support/uploads'
import { bootCode, copyOf, fixedVhd, mebibyte, partition, patch, sha256, sparseFile } from '../../support/disks'

let service: BlobService
let network: Cuttable
let folder: string
let file: string
let source: FixedVhdView
let blob: string
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-upload-'))
  service = await startBlobService()
  network = await startNetwork(service.port)
  file = await smallDisk(folder)
})
afterAll(async () => {
  await source.disk.close()
  await network.close()
  await service.close()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  await source?.disk.close()
  source = await fixedVhdView(await openDisk(file))
  blob = `disk-${++count}.vhd`
})

/** 64 MiB with 21 MiB of noise: at 1 MiB, at 30 MiB, and single pages in between. */
async function smallDisk(within: string): Promise<string> {
  const raw = await sparseFile(path.join(within, 'small.raw'), 64 * mebibyte)
  await partition(raw, 'label: dos\nstart=2048, size=129024, type=83, bootable\n')
  await patch(raw, 0, bootCode)
  await patch(raw, mebibyte, noise(9 * mebibyte))
  await patch(raw, 20 * mebibyte + 4096, noise(512))
  await patch(raw, 20 * mebibyte + 4096 + 200 * 1024, noise(512))
  await patch(raw, 30 * mebibyte, noise(12 * mebibyte))
  return fixedVhd(raw, path.join(within, 'small.vhd'))
}

function noise(bytes: number): Buffer {
  const seed = createHash('sha256').update(String(bytes)).digest()
  return Buffer.concat(
    Array.from({ length: Math.ceil(bytes / 32) }, (_, index) =>
      createHash('sha256').update(seed).update(String(index)).digest(),
    ),
  ).subarray(0, bytes)
}

function optionsFor(over: Partial<UploadOptions> = {}): UploadOptions {
  return {
    connections: 4,
    checksum: 'md5',
    signal: new AbortController().signal,
    journalFolder: path.join(folder, `journals-${count}`),
    ...over,
  }
}

type Way = Parameters<BlobService['sasUrl']>[1] & { run?: string; of?: FixedVhdView }
async function targetFor({ run = 'run-1', of = source, ...options }: Way = {}) {
  return pageBlobTarget(blobAt(await service.sasUrl(blob, options)), stampOf(of, run))
}

async function storedHash(): Promise<string> {
  return createHash('sha256')
    .update(await service.container.getBlobClient(blob).downloadToBuffer())
    .digest('hex')
}

test('the blob is the fixed VHD of the computer byte for byte, and zeros did not travel', async () => {
  const result = await upload(source, await targetFor(), optionsFor())
  expect(await storedHash()).toBe(await sha256(file))
  // One 4 KiB block of boot sector, 9 + 12 MiB, two single blocks; a footer.
  const dataBytes = 21 * mebibyte + 3 * 4096
  expect(result).toMatchObject({
    virtualBytes: 64 * mebibyte,
    nonZeroBytes: dataBytes,
    sentBytes: dataBytes + 512,
    skippedBytes: 64 * mebibyte - dataBytes,
    presentBytes: 0,
    resentBytes: 0,
  })
  const { etag } = await service.container.getBlobClient(blob).getProperties()
  expect(result.etag).toBe(etag)
})

test('a finished upload run again sends nothing', async () => {
  const first = await upload(source, await targetFor(), optionsFor())
  const again = await upload(source, await targetFor(), optionsFor())
  expect(again).toMatchObject({ sentBytes: 0, resentBytes: 0, presentBytes: first.sentBytes, etag: first.etag })
  expect(again.nonZeroBytes).toBe(first.nonZeroBytes)
})

test('a network that is cut and comes back loses nothing and is told to the person', async () => {
  const seen: UploadProgress[] = []
  network.onceSent(network.sentBytes() + 9 * mebibyte, () => {
    network.cut()
    setTimeout(network.mend, 700)
  })
  const result = await upload(
    source,
    await targetFor({ port: network.port }),
    optionsFor({ onProgress: (progress) => seen.push(progress) }),
  )
  expect(await storedHash()).toBe(await sha256(file))
  expect(seen.map(({ waiting }) => waiting)).toContain('network')
  expect(result.resentBytes).toBeGreaterThan(0)
  expect(result.resentBytes).toBeLessThanOrEqual(4 * 4 * mebibyte * 3)
})

test('a network that stays away ends the upload as offline, and the next try goes on from there', async () => {
  network.onceSent(network.sentBytes() + 9 * mebibyte, network.cut)
  const target = await targetFor({ port: network.port })
  await expect(upload(source, target, optionsFor({ patienceMs: 300 }))).rejects.toMatchObject({ code: 'offline' })
  network.mend()
  const stored = await storedBytes()
  const result = await upload(source, target, optionsFor())
  expect(stored).toBeGreaterThan(0)
  // A page that was under way when the line was cut may be stored a moment after it was asked for.
  expect(result.presentBytes).toBeGreaterThanOrEqual(stored)
  expect(result.presentBytes + result.sentBytes).toBe(21 * mebibyte + 3 * 4096 + 512)
  expect(await storedHash()).toBe(await sha256(file))
})

test('an upload that is cancelled stops at once, and goes on later without sending what is there', async () => {
  const abort = new AbortController()
  const onProgress = ({ sentBytes }: UploadProgress) => sentBytes > 0 && abort.abort()
  const target = await targetFor()
  await expect(upload(source, target, optionsFor({ signal: abort.signal, onProgress }))).rejects.toMatchObject({
    code: 'cancelled',
  })
  const stored = await storedBytes()
  const result = await upload(source, target, optionsFor())
  expect(result.presentBytes).toBeGreaterThanOrEqual(stored)
  expect(result.presentBytes + result.sentBytes).toBe(21 * mebibyte + 3 * 4096 + 512)
  expect(await storedHash()).toBe(await sha256(file))
})

test.each([
  ['a page blob of somebody else', async () => void (await service.container.getPageBlobClient(blob).create(1024))],
  ['a block blob', async () => void (await service.container.getBlockBlobClient(blob).upload('text', 4))],
  [
    'the same disk of another run',
    async () => void (await upload(source, await targetFor({ run: 'run-0' }), optionsFor())),
  ],
])('%s is never written over', async (_what, prepare) => {
  await prepare()
  const before = await service.container.getBlobClient(blob).getProperties()
  await expect(upload(source, await targetFor(), optionsFor())).rejects.toMatchObject({ code: 'upload.target-foreign' })
  const after = await service.container.getBlobClient(blob).getProperties()
  expect(after.etag).toBe(before.etag)
})

test('a blob that somebody made anew in the middle is noticed', async () => {
  const page = service.container.getPageBlobClient(blob)
  let isReplaced: Promise<unknown> | null = null
  const onProgress = ({ sentBytes }: UploadProgress) => {
    if (sentBytes > 0) isReplaced ??= page.create(source.size)
  }
  await expect(upload(source, await targetFor(), optionsFor({ connections: 1, onProgress }))).rejects.toMatchObject({
    code: 'upload.target-changed',
  })
  await isReplaced
})

test('pages that somebody wrote where the disk has zeros are noticed, and no footer makes a disk of it', async () => {
  await cancelledUpload()
  await service.container.getPageBlobClient(blob).uploadPages(noise(512), 60 * mebibyte, 512)
  await expect(upload(source, await targetFor(), optionsFor())).rejects.toMatchObject({ code: 'upload.target-changed' })
  const footer = await service.container.getBlobClient(blob).downloadToBuffer(source.size - 512, 512)
  expect(footer.every((byte) => byte === 0)).toBe(true)
})

/** A copy that is half uploaded, then written to at an offset, and opened again. */
async function changedSince(offset: number): Promise<{ after: FixedVhdView; copy: string }> {
  const copy = await copyOf(file, folder, `changed-${count}.vhd`)
  await utimes(copy, 1_700_000_000, 1_700_000_000)
  const before = await fixedVhdView(await openDisk(copy))
  await cancelledUpload(before)
  await before.disk.close()
  await patch(copy, offset, noise(64))
  return { after: await fixedVhdView(await openDisk(copy)), copy }
}

test('a file that is another one since the upload began is refused', async () => {
  const { after } = await changedSince(512)
  await expect(upload(after, await targetFor({ of: after }), optionsFor())).rejects.toMatchObject({
    code: 'file.changed',
  })
  await after.disk.close()
})

test('a file that was written to since the upload began is compared, and nothing of the old one stays', async () => {
  // In what was sent already, and at no place that the fingerprint looks at.
  const { after, copy } = await changedSince(mebibyte + 512 * 1024)
  const result = await upload(after, await targetFor({ of: after }), optionsFor())
  expect(await storedHash()).toBe(await sha256(copy))
  expect(result.sentBytes).toBeGreaterThan(0)
  await after.disk.close()
})

test.each([
  ['written to', (copy: string) => patch(copy, 50 * mebibyte, noise(64))],
  ['cut', (copy: string) => truncate(copy, 30 * mebibyte)],
])('a file that is %s during the upload ends it', async (_how, change) => {
  const copy = await copyOf(file, folder, `during-${count}.vhd`)
  await utimes(copy, 1_700_000_000, 1_700_000_000)
  const view = await fixedVhdView(await openDisk(copy))
  let isChanged: Promise<void> | null = null
  const onProgress = ({ sentBytes }: UploadProgress) => {
    if (sentBytes > 0) isChanged ??= change(copy)
  }
  const options = optionsFor({ connections: 1, onProgress })
  await expect(upload(view, await targetFor({ of: view }), options)).rejects.toMatchObject({ code: 'file.changed' })
  await isChanged
  await view.disk.close()
})

test('a container that does not exist is named', async () => {
  const gone = service.container.getBlobClient(blob).url.replace('/vhds/', '/gone/')
  const url = await new BlobClient(gone, service.credential).generateSasUrl({
    permissions: BlobSASPermissions.parse('racwd'),
    expiresOn: new Date(Date.now() + 3_600_000),
  })
  const target = pageBlobTarget(blobAt(url), stampOf(source, 'run-1'))
  await expect(upload(source, target, optionsFor())).rejects.toMatchObject({ code: 'upload.target-missing' })
})

test('access that has ended is asked for again, and without anybody to ask the person is told', async () => {
  const expired = await service.sasUrl(blob, { endsInMs: -60_000 })
  const stamp = stampOf(source, 'run-1')
  await expect(upload(source, pageBlobTarget(blobAt(expired), stamp), optionsFor())).rejects.toMatchObject({
    code: 'upload.access-expired',
  })
  const fresh = await service.sasUrl(blob)
  const renewed = pageBlobTarget(blobAt(expired, [fresh]), stamp)
  await upload(source, renewed, optionsFor())
  expect(await storedHash()).toBe(await sha256(file))
})

test('access that may not write is refused with the service in the details and no signature', async () => {
  const target = await targetFor({ permissions: 'r' })
  const error = await upload(source, target, optionsFor()).catch((thrown: unknown) => thrown)
  const action = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
  expect(error).toMatchObject({
    code: 'cloud.forbidden',
    params: { action, scope: expect.stringMatching(new RegExp(`/${blob}$`)) as string },
    details: { status: 403 },
  })
  expect(JSON.stringify(error)).not.toContain('sig=')
})

/** Uploads through a front that refuses the second and the following Put Page requests with the given answers. */
async function uploadThrough(refusals: Refusal[], over: Partial<UploadOptions> = {}) {
  let puts = 0
  const front = await startFront(service.port, (method, query) => {
    const isPage = method === 'PUT' && query.get('comp') === 'page' && ++puts > 1
    return isPage ? (refusals.shift() ?? null) : null
  })
  try {
    return await upload(source, await targetFor({ port: front.port }), optionsFor({ connections: 1, ...over }))
  } finally {
    await front.close()
  }
}

test.each([
  ['503 with a pause', { status: 503, code: 'ServerBusy', headers: { 'retry-after': '1' } }, 950],
  ['429 with a pause', { status: 429, code: 'TooManyRequests', headers: { 'retry-after': '1' } }, 950],
  ['500', { status: 500, code: 'InternalError' }, 0],
  ['bytes that arrived damaged', { status: 400, code: 'Md5Mismatch' }, 0],
])('%s is overcome by sending only that range again', async (_what, refusal, pauseMs) => {
  const started = performance.now()
  const result = await uploadThrough([refusal])
  expect(performance.now() - started).toBeGreaterThan(pauseMs)
  expect(result.resentBytes).toBeGreaterThan(0)
  expect(result.resentBytes).toBeLessThanOrEqual(4 * mebibyte)
  expect(await storedHash()).toBe(await sha256(file))
})

test('bytes that arrive damaged again and again end the upload', async () => {
  const refusals = Array.from({ length: 10 }, () => ({ status: 400, code: 'Md5Mismatch' }))
  await expect(uploadThrough(refusals)).rejects.toMatchObject({ code: 'upload.checksum' })
})

test('a service that stays busy beyond all patience is told as throttled', async () => {
  const refusals = Array.from({ length: 10 }, () => ({
    status: 503,
    code: 'ServerBusy',
    headers: { 'retry-after': '1' },
  }))
  await expect(uploadThrough(refusals, { patienceMs: 500 })).rejects.toMatchObject({ code: 'cloud.throttled' })
})

test('a blob deleted by somebody else in the middle is noticed', async () => {
  await expect(uploadThrough([{ status: 404, code: 'BlobNotFound' }])).rejects.toMatchObject({
    code: 'upload.target-changed',
  })
})

test('a container deleted in the middle is told', async () => {
  await expect(uploadThrough([{ status: 404, code: 'ContainerNotFound' }])).rejects.toMatchObject({
    code: 'upload.target-missing',
  })
})

test('under a limit the bytes keep to it, over all connections together', async () => {
  const started = performance.now()
  const pace = createPace(() => 8 * mebibyte)
  await upload(source, await targetFor(), optionsFor({ pace }))
  const seconds = (performance.now() - started) / 1000
  expect(seconds).toBeGreaterThan(21 / 8 - 0.5)
  expect(await storedHash()).toBe(await sha256(file))
})

test('a limit that is taken away in the middle holds the upload no longer', async () => {
  let limit: number | null = 256 * 1024
  const onProgress = ({ sentBytes }: UploadProgress) => {
    if (sentBytes > 0) limit = null
  }
  const started = performance.now()
  await upload(source, await targetFor(), optionsFor({ pace: createPace(() => limit), onProgress }))
  // At that limit the 21 MiB would take 84 seconds.
  expect((performance.now() - started) / 1000).toBeLessThan(40)
  expect(await storedHash()).toBe(await sha256(file))
})

async function cancelledUpload(view = source): Promise<void> {
  const abort = new AbortController()
  const onProgress = ({ sentBytes }: UploadProgress) => sentBytes > 0 && abort.abort()
  const options = optionsFor({ signal: abort.signal, onProgress, connections: 1 })
  await expect(upload(view, await targetFor({ of: view }), options)).rejects.toMatchObject({ code: 'cancelled' })
}

async function storedBytes(): Promise<number> {
  let sum = 0
  for await (const { start, end } of service.container.getPageBlobClient(blob).listPageRanges()) sum += end + 1 - start
  return sum
}
