import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { markOf } from '../../../src/main/upload/stamp'
import type { TargetSpec } from '../../../src/main/upload/spec'
import { fixedVhd, mebibyte, patch, qemuImage, sha256, sparseFile } from '../../support/disks'
import { startSink, type Sink } from '../../support/sink'
import { attempt, blobAt, cancelledAfter, perform, specFor, stampOfFile } from '../../support/uploads'

const size = 48 * mebibyte
const dataBytes = 21 * mebibyte + 4096
let folder: string
let sink: Sink
let file: string
let other: string
let scattered: string
let count = 0
let name: string
let journals: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-targets-'))
  sink = await startSink({ store: true })
  file = await disk('disk')
  other = await disk('other')
  scattered = await disk('scattered', 20)
}, 60_000)
afterAll(async () => {
  await sink.close()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  name = `disk-${++count}.vhd`
  journals = path.join(folder, `journals-${count}`)
  await sink.setFaults({})
  await sink.reset()
})

/** 48 MiB: noise from 1 to 22 MiB and one block at 30 MiB; `further` blocks behind that, too far apart to be joined. */
async function disk(of: string, further = 0): Promise<string> {
  const raw = await sparseFile(path.join(folder, `${of}.raw`), size)
  await patch(raw, mebibyte, randomBytes(21 * mebibyte))
  await patch(raw, 30 * mebibyte, randomBytes(4096))
  for (let at = 0; at < further; at++) await patch(raw, 31 * mebibyte + at * 512 * 1024, randomBytes(4096))
  return fixedVhd(raw, path.join(folder, `${of}.vhd`))
}

async function stored(blob = name): Promise<string> {
  return sha256((await sink.blob(blob))!.file!)
}

const page = (): TargetSpec => ({ kind: 'page', url: sink.url(name) })
const block = (): TargetSpec => ({ kind: 'block', url: sink.url(name) })
const staged = (): TargetSpec => ({ kind: 'staged', url: sink.url(name), staging: sink.url(`${name}.staging`) })
async function managed(mark: string | null = null): Promise<TargetSpec> {
  if (!(await sink.blob(name))) await sink.addDisk(name, size + 512)
  return { kind: 'disk', url: sink.url(name), id: `disk ${name}`, mark }
}

test.each(['none', 'md5', 'crc64'] as const)(
  'a page blob is the VHD byte for byte, with checksum %s',
  async (checksum) => {
    const result = await perform(await specFor(file, page(), journals, { checksum }))
    expect(await stored()).toBe(await sha256(file))
    expect(result).toMatchObject({ nonZeroBytes: dataBytes, sentBytes: dataBytes + 512, resentBytes: 0 })
    const checksums = (await sink.seen()).filter(({ kind }) => kind === 'put-page').map((one) => one.checksum)
    expect(new Set(checksums)).toEqual(new Set([checksum === 'none' ? undefined : checksum]))
  },
)

test.each([
  ['page', page],
  ['block', block],
  ['managed disk', managed],
  ['staged', staged],
])('a %s whose answers tell another checksum is sent again until they agree', async (_what, target) => {
  await sink.setFaults({ wrongChecksumShare: 0.25 })
  const result = await perform(await specFor(scattered, await target(), journals, { connections: 1 }))
  expect(result.resentBytes).toBeGreaterThan(0)
  expect(await stored()).toBe(await sha256(scattered))
})

test('a managed disk takes pages only: nothing is created, described or made conditional', async () => {
  const result = await perform(await specFor(file, await managed(), journals))
  expect(await stored()).toBe(await sha256(file))
  expect(result.sentBytes).toBe(dataBytes + 512)
  const kinds = new Set((await sink.seen()).map(({ kind }) => kind))
  expect(kinds).toEqual(new Set(['properties', 'page-ranges', 'put-page']))
})

test('a managed disk that was cut short goes on by the journal and the mark in its tags, or is sent again', async () => {
  const spec = await specFor(file, await managed(), journals, { connections: 1 })
  await cancelledAfter(9 * mebibyte, spec)
  await sink.reset()
  await perform(spec)
  expect((await sink.stats()).repeatedBytes).toBeLessThanOrEqual(4 * mebibyte)
  expect(await stored()).toBe(await sha256(file))

  // From another computer, without the journal: the mark counts, a missing one does not.
  await sink.reset()
  const marked = await managed(markOf(await stampOfFile(file)))
  const again = await perform(await specFor(file, marked, path.join(journals, 'elsewhere')))
  expect(again).toMatchObject({ sentBytes: 0, presentBytes: dataBytes + 512 })
  await sink.reset()
  const unmarked = await perform(await specFor(file, await managed(), path.join(journals, 'nowhere')))
  expect(unmarked.sentBytes).toBe(dataBytes + 512)
  expect(await stored()).toBe(await sha256(file))
})

test('pages of another disk in a managed disk are written over, or cleared where this one has zeros', async () => {
  const spec = await specFor(file, await managed(), journals)
  const blob = blobAt(sink.url(name))
  const range = { start: 40 * mebibyte, end: 40 * mebibyte + 65536 }
  const headers = { 'x-ms-page-write': 'update', 'x-ms-range': `bytes=${range.start}-${range.end - 1}` }
  await blob.ask({ method: 'PUT', query: { comp: 'page' }, headers, body: randomBytes(65536) }, attempt())
  await perform(await specFor(other, await managed(), path.join(journals, 'other')))
  await perform(spec)
  expect(await stored()).toBe(await sha256(file))
})

test('a managed disk of another length is refused before anything is sent', async () => {
  await sink.addDisk(name, size + mebibyte + 512)
  await expect(perform(await specFor(file, await managed(), journals))).rejects.toMatchObject({
    code: 'upload.target-size',
    params: { expected: size + 512, found: size + mebibyte + 512 },
  })
  expect((await sink.stats()).acknowledgedBytes).toBe(0)
})

test('a block blob holds every byte, is stamped, and goes on by the blocks that are there', async () => {
  const spec = await specFor(file, block(), journals)
  await cancelledAfter(9 * mebibyte, spec)
  await sink.reset()
  const result = await perform({ ...spec, journalFolder: path.join(journals, 'elsewhere') })
  expect((await sink.stats()).repeatedBytes).toBe(0)
  expect(result.presentBytes).toBeGreaterThanOrEqual(9 * mebibyte)
  expect(result.presentBytes + result.sentBytes).toBe(size + 512)
  expect(await stored()).toBe(await sha256(file))
  expect((await sink.blob(name))!.metadata).toEqual(spec.stamp)

  await sink.reset()
  expect(await perform(spec)).toMatchObject({ sentBytes: 0 })
  expect((await sink.stats()).byKind).toEqual({ properties: 2 })
})

test('blocks of another disk under the same name never get into the blob', async () => {
  await cancelledAfter(9 * mebibyte, await specFor(other, block(), journals))
  await perform(await specFor(file, block(), journals))
  expect(await stored()).toBe(await sha256(file))
  await expect(perform(await specFor(other, block(), journals))).rejects.toMatchObject({ code: 'file.changed' })
  expect(await stored()).toBe(await sha256(file))
})

test('a staged disk travels once, data only, and the service makes the page blob of it', async () => {
  const spec = await specFor(file, staged(), journals)
  const result = await perform(spec)
  expect(await stored()).toBe(await sha256(file))
  const { byKind } = await sink.stats()
  expect(byKind['put-page']).toBeUndefined()
  expect(byKind['put-page-from-url']).toBeGreaterThan(0)
  expect((await sink.blob(`${name}.staging`))!.lengthBytes).toBeLessThan(dataBytes + 4 * mebibyte)
  expect(result).toMatchObject({ nonZeroBytes: dataBytes, resentBytes: 0 })

  await sink.reset()
  expect(await perform(spec)).toMatchObject({ sentBytes: 0 })
  expect((await sink.stats()).acknowledgedBytes).toBe(0)
})

test('a staged upload that broke off in either half goes on there', async () => {
  const spec = await specFor(file, staged(), journals)
  await cancelledAfter(9 * mebibyte, spec)
  await sink.setFaults({
    refusals: [{ status: 403, code: 'AuthorizationPermissionMismatch', kind: 'put-page-from-url', nth: 3 }],
  })
  await expect(perform(spec)).rejects.toMatchObject({ code: 'cloud.forbidden' })
  await sink.setFaults({})
  await perform(spec)
  const { repeatedBytes, creations } = await sink.stats()
  expect({ repeatedBytes, creations }).toEqual({ repeatedBytes: 0, creations: 1 })
  expect(await stored()).toBe(await sha256(file))
})

test('a dynamic VHD is sent as the fixed one, byte for byte what qemu-img makes of it', async () => {
  const dynamic = path.join(folder, 'dynamic.vhd')
  await qemuImage('convert', '-f', 'vpc', '-O', 'vpc', '-o', 'subformat=dynamic,force_size', file, dynamic)
  const result = await perform(await specFor(dynamic, page(), journals))
  const raw = path.join(folder, 'dynamic.raw')
  await qemuImage('convert', '-f', 'vpc', '-O', 'raw', dynamic, raw)
  const sent = await readFile((await sink.blob(name))!.file!)
  expect(sent.subarray(0, size).equals(await readFile(raw))).toBe(true)
  expect(result.sentBytes).toBe(dataBytes + 512)
})
