import fc from 'fast-check'
import { mkdtemp, open, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect, inspectSource } from '../../../src/main/disks/inspect'
import type { ByteSource } from '../../../src/main/disks/source'
import { sparseFile, systemDisk } from '../../support/disks'

let folder: string
let disks: ByteSource[]

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-hostile-'))
  const files = [
    await systemDisk({ sizeMiB: 64, systemMiB: 1 }),
    await systemDisk({ sizeMiB: 80, systemMiB: 1, generation: 'V2' }),
  ]
  disks = await Promise.all(files.map(inMemory))
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

async function inMemory(file: string): Promise<ByteSource> {
  const handle = await open(file)
  const bytes = await handle.readFile()
  await handle.close()
  return {
    size: bytes.length,
    read(buffer, offset) {
      buffer.set(bytes.subarray(offset, offset + buffer.length))
      return Promise.resolve()
    },
  }
}

/** The same bytes with some of them changed, cut to a length, and an account of what was read. */
function altered(whole: ByteSource, changes: { at: number; value: number }[], size: number) {
  let readBytes = 0
  const source: ByteSource = {
    size,
    async read(buffer, offset) {
      expect(offset).toBeGreaterThanOrEqual(0)
      expect(offset + buffer.length).toBeLessThanOrEqual(size)
      readBytes += buffer.length
      await whole.read(buffer, offset)
      for (const { at, value } of changes) {
        if (at >= offset && at < offset + buffer.length) buffer[at - offset] = value
      }
    },
  }
  return { source, read: () => readBytes }
}

test('whatever bytes of tables, file system and footer are changed: an answer, soon, from a small part of the disk', async () => {
  const interesting = (size: number) =>
    fc.oneof(
      // Partition tables, footer, then the file system's superblock, group descriptors, inodes and folders.
      fc.nat(4096),
      fc.nat(511).map((at) => size - 512 + at),
      fc.nat(32 * 512).map((at) => size - 512 - at),
      fc.nat(4096).map((at) => 1024 * 1024 + at),
      fc.nat(2 * 1024 * 1024).map((at) => 1024 * 1024 + at),
    )
  const changed = fc.nat(1).chain((which) => {
    const { size } = disks[which]!
    const change = fc.record({ at: interesting(size), value: fc.oneof(fc.constantFrom(0, 1, 0xff, 0x80), fc.nat(255)) })
    const cut = fc.oneof(fc.constant(size), fc.nat(size))
    return fc.record({
      which: fc.constant(which),
      changes: fc.array(change, { minLength: 1, maxLength: 24 }),
      size: cut,
    })
  })
  await fc.assert(
    fc.asyncProperty(changed, async ({ which, changes, size }) => {
      const { source, read } = altered(disks[which]!, changes, size)
      const seen = await inspectSource(source)
      expect(['ok', 'warn', 'block', 'unreadable']).toContain(seen.verdict)
      expect(read()).toBeLessThan(48 * 1024 * 1024)
      expect(seen.ms).toBeLessThan(3000)
    }),
    { numRuns: 400 },
  )
}, 120_000)

test('random bytes behind every magic number are answered', async () => {
  const magics = [
    'conectix',
    'vhdxfile',
    'QFI\xfb',
    'KDMV',
    'COWD',
    '# Disk DescriptorFile',
    '\x1f\x8b',
    '\xfd7zXZ\0',
    '\x28\xb5\x2f\xfd',
    '',
  ]
  const bytes = fc.tuple(
    fc.constantFrom(...magics),
    fc.uint8Array({ maxLength: 2048 }),
    fc.constantFrom('', 'conectix'),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async ([magic, noise, end]) => {
      const whole = Buffer.concat([
        Buffer.from(magic, 'latin1'),
        noise,
        Buffer.from(end),
        Buffer.alloc(end ? 504 : 0, 0xff),
      ])
      const { source } = altered(memory(whole), [], whole.length)
      expect((await inspectSource(source)).findings.length).toBeGreaterThan(0)
    }),
    { numRuns: 300 },
  )
})

test('a disk that claims five TiB is answered without reading it', async () => {
  const file = await sparseFile(path.join(folder, 'huge.vhd'), 5 * 1024 ** 4)
  const handle = await open(file, 'r+')
  await handle.write(Buffer.from([0x55, 0xaa]), 0, 2, 510)
  await handle.close()
  const seen = await inspect(file)
  expect(seen.verdict).toBe('block')
  expect(seen.ms).toBeLessThan(1000)
})

function memory(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read(buffer, offset) {
      buffer.set(bytes.subarray(offset, offset + buffer.length))
      return Promise.resolve()
    },
  }
}
