import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { AnonymousCredential, BlockBlobClient, newPipeline, PageBlobClient } from '@azure/storage-blob'
import { expect, onTestFinished, test } from 'vitest'
import { startSink, type Sink, type SinkOptions } from '../../support/sink'
import { crc64 } from '../../support/sink/crc64'

const mebibyte = 1024 * 1024
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function open(options: SinkOptions = {}): Promise<Sink> {
  const sink = await startSink(options)
  onTestFinished(() => sink.close())
  return sink
}

/** Each request is sent once, so that a fault is seen as it is. */
const pipeline = newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } })
const pageBlob = (sink: Sink, name = 'disk.vhd') => new PageBlobClient(sink.url(name), pipeline)
const blockBlob = (sink: Sink, name = 'disk.bin') => new BlockBlobClient(sink.url(name), pipeline)

test('the checksum of the service has its published check value', () => {
  expect(crc64(Buffer.from('123456789')).readBigUInt64LE()).toBe(0xae8b14860a799888n)
})

test('pages that the official client writes, clears and reads are kept as they were sent', async () => {
  const sink = await open({ store: true })
  const blob = pageBlob(sink)
  const bytes = randomBytes(2 * mebibyte)
  await blob.create(8 * mebibyte, { metadata: { run: 'one' }, blobSequenceNumber: 7 })
  await blob.uploadPages(bytes, mebibyte, bytes.length)
  await blob.clearPages(2 * mebibyte, 4096)

  const expected = Buffer.alloc(8 * mebibyte)
  bytes.copy(expected, mebibyte)
  expected.fill(0, 2 * mebibyte, 2 * mebibyte + 4096)
  const facts = await sink.blob('disk.vhd')
  expect(sha256(await readFile(facts!.file!))).toBe(sha256(expected))
  expect(sha256(await blob.downloadToBuffer(0, 8 * mebibyte))).toBe(sha256(expected))
  const listed = []
  for await (const { start, end, isClear } of blob.listPageRanges()) if (!isClear) listed.push([start, end + 1])
  expect(listed).toEqual([
    [mebibyte, 2 * mebibyte],
    [2 * mebibyte + 4096, 3 * mebibyte],
  ])
  expect(await blob.getProperties()).toMatchObject({
    contentLength: 8 * mebibyte,
    blobSequenceNumber: 7,
    blobType: 'PageBlob',
    metadata: { run: 'one' },
  })
})

test('blocks become a blob in the order of the list, and only then', async () => {
  const sink = await open({ store: true })
  const blob = blockBlob(sink)
  const [first, second] = [randomBytes(mebibyte), randomBytes(2 * mebibyte)]
  const id = (number: number) => Buffer.from(`block-${number}`).toString('base64')
  await blob.stageBlock(id(2), second, second.length)
  await blob.stageBlock(id(1), first, first.length)
  await expect(blob.getProperties()).rejects.toMatchObject({ statusCode: 404 })
  const list = await blob.getBlockList('uncommitted')
  expect(list.uncommittedBlocks).toEqual([
    { name: id(2), size: second.length },
    { name: id(1), size: first.length },
  ])
  await blob.commitBlockList([id(1), id(2)], { metadata: { run: 'two' } })
  expect(sha256(await blob.downloadToBuffer())).toBe(sha256(Buffer.concat([first, second])))

  const pages = pageBlob(sink)
  await pages.create(3 * mebibyte)
  await pages.uploadPagesFromURL(blob.url, 0, mebibyte, 2 * mebibyte)
  const copied = await pages.downloadToBuffer(mebibyte, 2 * mebibyte)
  expect(sha256(copied)).toBe(sha256(Buffer.concat([first, second]).subarray(0, 2 * mebibyte)))
})

test('what was acknowledged and came again is counted, also after the blob was made anew', async () => {
  const sink = await open()
  const blob = pageBlob(sink)
  const bytes = randomBytes(64 * 1024)
  await blob.create(mebibyte)
  await blob.uploadPages(bytes, 0, bytes.length)
  await sink.reset()
  await blob.create(mebibyte)
  await blob.uploadPages(bytes, 32 * 1024, bytes.length)
  expect(await sink.stats()).toMatchObject({
    requests: 2,
    creations: 1,
    receivedBytes: 64 * 1024,
    acknowledgedBytes: 64 * 1024,
    repeatedBytes: 32 * 1024,
    byStatus: { 201: 2 },
  })
})

test('a checksum that does not fit the bytes is refused, and one is given for every page', async () => {
  const sink = await open()
  const blob = pageBlob(sink)
  const bytes = randomBytes(4096)
  const md5 = createHash('md5').update(bytes).digest()
  await blob.create(mebibyte)
  const answer = await blob.uploadPages(bytes, 0, bytes.length)
  expect(Buffer.from(answer.xMsContentCrc64!)).toEqual(crc64(bytes))
  expect((await blob.uploadPages(bytes, 0, bytes.length, { transactionalContentMD5: md5 })).contentMD5).toEqual(md5)
  const other = blob.uploadPages(bytes, 0, bytes.length, { transactionalContentMD5: md5.map((byte) => byte ^ 1) })
  await expect(other).rejects.toMatchObject({ statusCode: 400, code: 'Md5Mismatch' })
  await sink.setFaults({ wrongChecksumShare: 1 })
  const wrong = await blob.uploadPages(bytes, 0, bytes.length, { transactionalContentMD5: md5 })
  expect(wrong.contentMD5).not.toEqual(md5)
})

test('conditions, ends and kinds are looked at as the service does', async () => {
  const sink = await open()
  await sink.addDisk('disk-1', mebibyte)
  const blob = pageBlob(sink)
  const bytes = randomBytes(512)
  await expect(blob.uploadPages(bytes, 0, 512)).rejects.toMatchObject({ statusCode: 404, code: 'BlobNotFound' })
  await blob.create(mebibyte, { blobSequenceNumber: 5 })
  const conditions = { ifNoneMatch: '*' }
  await expect(blob.create(mebibyte, { conditions })).rejects.toMatchObject({ code: 'BlobAlreadyExists' })
  await expect(blob.uploadPages(bytes, 0, 512, { conditions: { ifSequenceNumberEqualTo: 4 } })).rejects.toMatchObject({
    statusCode: 412,
    code: 'SequenceNumberConditionNotMet',
  })
  await expect(blob.uploadPages(bytes, mebibyte, 512)).rejects.toMatchObject({ statusCode: 416 })
  await expect(blob.uploadPages(bytes, 0, 512, { conditions: { ifMatch: '"0x0"' } })).rejects.toMatchObject({
    code: 'ConditionNotMet',
  })
  await expect(pageBlob(sink, 'disk-1').create(mebibyte)).rejects.toMatchObject({ statusCode: 409 })
  await pageBlob(sink, 'disk-1').uploadPages(bytes, 0, 512)
  const late = new PageBlobClient(sink.url('disk.vhd', { endsInMs: -1000 }), pipeline)
  await expect(late.getProperties()).rejects.toMatchObject({ statusCode: 403 })
})

test('it refuses as often and as it is told', async () => {
  const refusals = [{ status: 503, code: 'ServerBusy', retryAfterSeconds: 3, kind: 'put-page', nth: 2 } as const]
  const sink = await open({ faults: { refusals } })
  const blob = pageBlob(sink)
  const bytes = randomBytes(512)
  await blob.create(mebibyte)
  await blob.uploadPages(bytes, 0, 512)
  const refused = await blob.uploadPages(bytes, 0, 512).catch((error: unknown) => error)
  expect(refused).toMatchObject({ statusCode: 503, code: 'ServerBusy' })
  expect((refused as { response: { headers: Headers } }).response.headers.get('retry-after')).toBe('3')
  await blob.uploadPages(bytes, 0, 512)
  expect(await sink.stats()).toMatchObject({ receivedBytes: 3 * 512, acknowledgedBytes: 2 * 512 })
})

test('connections are cut before, amid and after the work, and the same number gives the same cuts', async () => {
  const outcomes = async () => {
    const sink = await open({ faults: { resetShare: 0.5 }, seed: 3 })
    const blob = pageBlob(sink)
    const bytes = randomBytes(mebibyte)
    const seen = []
    for (let at = 0; at < 12; at++) {
      seen.push(await blob.uploadPages(bytes, 0, bytes.length).catch((error: { code: string }) => error.code))
    }
    return seen
  }
  const first = await outcomes()
  expect(first.filter((code) => code === 'BlobNotFound').length).toBeGreaterThan(2)
  expect(first.filter((code) => code !== 'BlobNotFound').length).toBeGreaterThan(2)
  const second = await outcomes()
  expect(second.map((code) => code === 'BlobNotFound')).toEqual(first.map((code) => code === 'BlobNotFound'))
})

test('it holds answers back from a byte on, and gives them when it is let go', async () => {
  const sink = await open({ faults: { holdAfterBytes: 512 } })
  const blob = pageBlob(sink)
  await blob.create(mebibyte)
  await blob.uploadPages(randomBytes(512), 0, 512)
  await sink.acknowledged(512)
  const held = blob.uploadPages(randomBytes(512), 512, 512)
  await expect.poll(async () => (await sink.stats()).receivedBytes).toBe(1024)
  expect(await sink.stats()).toMatchObject({ acknowledgedBytes: 512 })
  expect((await sink.blob('disk.vhd'))?.pages).toEqual([{ start: 0, end: 512 }])
  await sink.setFaults({})
  await held
  expect((await sink.blob('disk.vhd'))?.pages).toEqual([{ start: 0, end: 1024 }])
})

test('a service that is gone and comes back still has what it was given', async () => {
  const sink = await open({ faults: { goneAfterBytes: 1024 } })
  const blob = pageBlob(sink)
  await blob.create(mebibyte)
  await blob.uploadPages(randomBytes(512), 0, 512)
  await expect(blob.uploadPages(randomBytes(1024), 512, 1024)).rejects.toThrow()
  await expect(blob.getProperties()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await sink.setFaults({})
  expect((await blob.getProperties()).contentLength).toBe(mebibyte)
  sink.kill()
  await expect(sink.stats()).rejects.toThrow('ended')
})

test('a slow line lets through what it is told', async () => {
  const sink = await open({ faults: { mbits: 80 } })
  const blob = pageBlob(sink)
  await blob.create(4 * mebibyte)
  await blob.uploadPages(randomBytes(2 * mebibyte), 0, 2 * mebibyte)
  // 2 MiB at 10 MB/s; a busy machine can only be slower.
  expect((await sink.stats()).windowMs).toBeGreaterThan(180)
})

test('over TLS it is known by its own authority only', async () => {
  const sink = await open({ tls: true })
  const { readFileSync } = await import('node:fs')
  const ask = (ca: Buffer | undefined) =>
    new Promise((resolve, reject) => {
      const asked = request(sink.url('none'), { method: 'HEAD', agent: false, ...(ca && { ca }) }, (answer) => {
        resolve(answer.headers['x-ms-error-code'])
      })
      asked.on('error', reject)
      asked.end()
    })
  expect(await ask(readFileSync(sink.caFile!))).toBe('BlobNotFound')
  await expect(ask(undefined)).rejects.toThrow()
})
