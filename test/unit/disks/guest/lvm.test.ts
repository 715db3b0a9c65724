import fc from 'fast-check'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logicalVolumesOf } from '../../../../src/main/disks/guest/lvm'
import { bytesAt, sourceOfBytes } from '../../../../src/main/disks/source'
import { lvmDump, makeLvm, metadataText, withText, type LogicalVolumeRecipe } from '../../../support/lvm'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-lvm-'))
})
afterAll(() => rm(folder, { recursive: true }))

const extentBytes = 4 * 1024 * 1024
const recipe: LogicalVolumeRecipe[] = [
  {
    name: 'root',
    segments: [
      { firstExtent: [2], extents: 2 },
      { firstExtent: [0], extents: 1 },
    ],
  },
  { name: 'striped', segments: [{ firstExtent: [4, 5], extents: 2, stripeKiB: 64 }] },
  { name: 'mirrored', segments: [{ firstExtent: [6], extents: 1, type: 'mirror' }] },
  { name: 'elsewhere', segments: [{ firstExtent: [0], extents: 1, on: 'pv1' }] },
  { name: 'beyond', segments: [{ firstExtent: [7], extents: 20 }] },
]

/** The partition's bytes, where every 64 KiB begin with their own place in the data area. */
async function partitionOf(name: string, options: { wrap?: boolean } = {}): Promise<Buffer> {
  const bytes = await readFile(await makeLvm(path.join(folder, name), 8, recipe, options))
  for (let at = 1024 * 1024; at < bytes.length; at += 65_536) bytes.writeUInt32LE(at - 1024 * 1024, at)
  return bytes
}

test('label and metadata of the test are those that LVM itself reads', async () => {
  const file = await makeLvm(path.join(folder, 'oracle'), 8, recipe)
  const wrapped = await makeLvm(path.join(folder, 'oracle-wrapped'), 8, recipe, { wrap: true })
  expect(await lvmDump(file, 'headers')).not.toContain('CHECK')
  expect(await lvmDump(wrapped, 'headers')).not.toContain('CHECK')
  expect((await lvmDump(file, 'metadata')).trim()).toContain(metadataText(8, recipe).trim())
})

test.each([false, true])(
  'linear and striped volumes are put together from their extents (text wrapped: %s)',
  async (wrap) => {
    const volumes = (await logicalVolumesOf(sourceOfBytes(await partitionOf('volumes', { wrap }))))!
    expect(volumes.map(({ name, bytes }) => [name, bytes?.size ?? null])).toEqual([
      ['root', 3 * extentBytes],
      ['striped', 2 * extentBytes],
      ['mirrored', null],
      ['elsewhere', null],
      ['beyond', null],
    ])
    const [root, striped] = volumes.map(({ bytes }) => bytes!)
    const placeAt = async (source: typeof root, at: number) => (await bytesAt(source!, at, 4)).readUInt32LE(0)
    expect(await Promise.all([0, extentBytes, 2 * extentBytes].map((at) => placeAt(root, at)))).toEqual([
      2 * extentBytes,
      3 * extentBytes,
      0,
    ])
    expect(await Promise.all([0, 65_536, 131_072, 196_608].map((at) => placeAt(striped, at)))).toEqual([
      4 * extentBytes,
      5 * extentBytes,
      4 * extentBytes + 65_536,
      5 * extentBytes + 65_536,
    ])
  },
)

test('a read may go over the border of two segments', async () => {
  const [root] = (await logicalVolumesOf(sourceOfBytes(await partitionOf('border'))))!
  const bytes = await bytesAt(root!.bytes!, 2 * extentBytes - 65_536, 2 * 65_536)
  expect([bytes.readUInt32LE(0), bytes.readUInt32LE(65_536)]).toEqual([4 * extentBytes - 65_536, 0])
})

test.each([
  ['a label', 512 + 100],
  ['the head of the metadata', 4096 + 30],
  ['the metadata', 4096 + 512 + 40],
])('damage in %s makes the volumes unknown', async (_what, at) => {
  const bytes = await partitionOf('damaged')
  bytes[at]! ^= 0xff
  expect(await logicalVolumesOf(sourceOfBytes(bytes))).toBeNull()
})

test('what is no physical volume has none', async () => {
  expect(await logicalVolumesOf(sourceOfBytes(Buffer.alloc(65_536)))).toBeNull()
  expect(await logicalVolumesOf(sourceOfBytes(Buffer.alloc(100)))).toBeNull()
})

test('whatever the metadata says: an answer, soon, and no volume beyond the partition', async () => {
  const text = metadataText(8, recipe)
  const piece = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '=',
      ',',
      '"',
      '#',
      '\\',
      '\n',
      '0',
      '-1',
      '99999999999999999999',
      'pv0',
      '__proto__ = 1',
    ),
    fc.string({ maxLength: 8 }),
  )
  const changes = fc.array(fc.record({ at: fc.nat(text.length), cut: fc.nat(12), put: piece }), {
    minLength: 1,
    maxLength: 12,
  })
  const nested = fc.nat(3000).map((depth) => 'a {'.repeat(depth))
  const texts = fc.oneof(
    changes.map((list) => list.reduce((now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut), text)),
    nested,
    fc.string({ maxLength: 200 }),
  )
  const partition = await partitionOf('fuzzed')
  await fc.assert(
    fc.asyncProperty(texts, async (changed) => {
      const volumes = (await logicalVolumesOf(sourceOfBytes(withText(partition, changed)))) ?? []
      for (const { bytes } of volumes) await bytesAt(bytes ?? sourceOfBytes(partition), 0, 4096)
    }),
    { numRuns: 1000 },
  )
})
