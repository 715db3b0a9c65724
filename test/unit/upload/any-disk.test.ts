import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { AnonymousCredential, newPipeline, PageBlobClient } from '@azure/storage-blob'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fixedVhdView } from '../../../src/main/disks/azure-vhd'
import { openDisk } from '../../../src/main/disks/open'
import { environmentNetwork } from '../../../src/main/net/network'
import { createTransport, type Transport } from '../../../src/main/net/transport'
import { unlimited } from '../../../src/main/upload/pace'
import { performUpload } from '../../../src/main/upload/perform'
import type { UploadSpec } from '../../../src/main/upload/spec'
import { stampOf } from '../../../src/main/upload/stamp'
import { anyDisk, fillWith, writeDisk } from '../../support/any-disk'
import { startSink, type Faults, type Sink } from '../../support/sink'

const connections = 3
/** Faults are waited out, which a busy machine makes longer. */
const limitMs = 180_000
const chunkBytes = 4 * 1024 * 1024
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const client = newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } })

let sink: Sink
let transport: Transport
let count = 0

beforeAll(async () => {
  sink = await startSink({ store: true })
  transport = createTransport(environmentNetwork(), null)
})
afterAll(async () => {
  transport.close()
  await sink.close()
})

/** The upload is cancelled when this share of the disk has been acknowledged; its journal may get lost then. */
const anyBreak = fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), losesJournal: fc.boolean() })
const anyFaults: fc.Arbitrary<Faults> = fc.record({
  resetShare: fc.constantFrom(0, 0, 0.15),
  wrongChecksumShare: fc.constantFrom(0, 0, 0.1),
  refusals: fc.constantFrom(
    [],
    [{ status: 503, code: 'ServerBusy', share: 0.1 }],
    [{ status: 500, code: 'InternalError', share: 0.1 }],
  ),
})
const anyChecksum = fc.constantFrom('md5' as const, 'crc64' as const)

test(
  'a page blob is exactly the disk in the end, whatever fails on the way',
  async () => {
    const run = fc.asyncProperty(
      anyDisk,
      fc.array(anyBreak, { maxLength: 2 }),
      anyFaults,
      anyChecksum,
      async (disk, breaks, faults, checksum) => {
        const place = await placeFor(disk)
        const spec = { ...place.spec, checksum, target: { kind: 'page' as const, url: sink.url(place.name) } }
        await brokenBy(spec, place, breaks, faults)
        const { presentBytes, sentBytes } = await uploadWith(spec, faults)

        const { pages, file } = (await sink.blob(place.name))!
        expect(sha256(await readFile(file!))).toBe(sha256(place.bytes))
        const standing = pages.reduce((sum, { start, end }) => sum + end - start, 0)
        expect(presentBytes + sentBytes).toBe(standing)
        await place.remove()
      },
    )
    await fc.assert(run, { numRuns: 10, endOnFailure: true })
  },
  limitMs,
)

test(
  'a managed disk is exactly the disk in the end, also where something else stood',
  async () => {
    const junk = fc.array(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), seed: fc.nat() }), {
      maxLength: 4,
    })
    const run = fc.asyncProperty(
      anyDisk,
      junk,
      fc.array(anyBreak, { maxLength: 2 }),
      anyFaults,
      async (disk, before, breaks, faults) => {
        const place = await placeFor(disk)
        await sink.setFaults({})
        await sink.addDisk(place.name, place.bytes.length)
        for (const { share, seed } of before) await scribble(place, share, seed)
        const target = { kind: 'disk' as const, url: sink.url(place.name), id: place.name, mark: null }
        const spec = { ...place.spec, target }
        await brokenBy(spec, place, breaks, faults)
        await uploadWith(spec, faults)

        const { file } = (await sink.blob(place.name))!
        expect(sha256(await readFile(file!))).toBe(sha256(place.bytes))
        await place.remove()
      },
    )
    await fc.assert(run, { numRuns: 8, endOnFailure: true })
  },
  limitMs,
)

test(
  'what was acknowledged is not sent again after any number of breaks',
  async () => {
    const breaks = fc.array(
      fc.record({ share: fc.double({ min: 0.1, max: 0.9, noNaN: true }), losesJournal: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    const run = fc.asyncProperty(anyDisk, breaks, async (disk, broken) => {
      const place = await placeFor(disk)
      const spec = { ...place.spec, target: { kind: 'page' as const, url: sink.url(place.name) } }
      const repeated = await brokenBy(spec, place, broken, {})
      await uploadWith(spec, {})
      const { repeatedBytes, creations } = await sink.stats()
      expect(repeated.bytes + repeatedBytes).toBeLessThanOrEqual(broken.length * connections * chunkBytes)
      expect(repeated.creations + creations).toBe(1)
      await place.remove()
    })
    await fc.assert(run, { numRuns: 8, endOnFailure: true })
  },
  limitMs,
)

type Place = Awaited<ReturnType<typeof placeFor>>

/** The disk in a file of its own, a name for its blob that nobody had before, and how it is to be uploaded. */
async function placeFor(disk: Parameters<typeof writeDisk>[0]) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bis-any-disk-'))
  const { file, bytes } = await writeDisk(disk, folder)
  const opened = await openDisk(file)
  const stamp = stampOf(await fixedVhdView(opened), 'run-1')
  await opened.close()
  const name = `any-${++count}.vhd`
  const journalFolder = path.join(folder, 'uploads')
  const spec: Omit<UploadSpec, 'target'> = { file, stamp, connections, checksum: 'md5', journalFolder, profile: null }
  return { bytes, name, spec, journalFolder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Begins the upload and cancels it, once for each break; what the sink counted until then. */
async function brokenBy(
  spec: UploadSpec,
  { bytes, journalFolder }: Place,
  breaks: { share: number; losesJournal: boolean }[],
  faults: Faults,
): Promise<{ bytes: number; creations: number }> {
  const counted = { bytes: 0, creations: 0 }
  for (const { share, losesJournal } of breaks) {
    const stop = new AbortController()
    const far = Math.ceil(share * bytes.length)
    await sink.reset()
    // It may be through before: then nobody waits for that any more.
    void sink.acknowledged(far).then(
      () => stop.abort(),
      () => undefined,
    )
    await uploadWith(spec, faults, stop.signal).catch((error: unknown) =>
      expect(error).toMatchObject({ code: 'cancelled' }),
    )
    const { repeatedBytes, creations } = await sink.stats()
    counted.bytes += repeatedBytes
    counted.creations += creations
    if (losesJournal) await rm(journalFolder, { recursive: true, force: true })
  }
  await sink.reset()
  return counted
}

async function uploadWith(spec: UploadSpec, faults: Faults, signal = new AbortController().signal) {
  await sink.setFaults(faults)
  return performUpload(spec, {
    send: (request) => transport.direct(request),
    access: { renewUrl: () => Promise.resolve(null), token: () => Promise.reject(new Error('no token')) },
    pace: unlimited,
    signal,
    onProgress: () => undefined,
  })
}

/** Leaves something of another owner on a disk. */
async function scribble({ bytes, name }: Place, share: number, seed: number): Promise<void> {
  const pages = Buffer.alloc(8192)
  fillWith(seed, pages)
  const last = bytes.length - 512 - pages.length
  const at = Math.floor((share * last) / 512) * 512
  await new PageBlobClient(sink.url(name), client).uploadPages(pages, at, pages.length)
}
