import fc from 'fast-check'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect, inspectSource } from '../../../../src/main/disks/inspect'
import { sourceOfBytes } from '../../../../src/main/disks/source'
import { bootCode, mebibyte, partition, patch, place, sparseFile } from '../../../support/disks'
import { linuxDisk } from '../../../support/linux-disks'

let folder: string
let disk: Buffer
const rootAt = 10 * mebibyte

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-hostile-guest-'))
  disk = await readFile(await linuxDisk())
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

test('whatever is changed in a Linux file system, its checks pass, find something or do not know', async () => {
  const places = fc.oneof(
    fc.nat(4096).map((at) => rootAt + at),
    fc.nat(3 * mebibyte).map((at) => rootAt + at),
  )
  const change = fc.record({ at: places, value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)) })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 64 }), async (changes) => {
      const bytes = Buffer.from(disk)
      for (const { at, value } of changes) bytes[at] = value
      const { passed = [], unknown = [], findings } = await inspectSource(sourceOfBytes(bytes))
      expect(passed.length + unknown.length + findings.length).toBeGreaterThan(5)
      expect(passed.filter((id) => unknown.includes(id))).toEqual([])
    }),
    { numRuns: 60 },
  )
}, 120_000)

test.each([
  ['in the superblock', 2048],
  ['in the tables of inodes', 600 * 1024],
])('a file system that ends %s makes nothing fail', async (_where, length) => {
  const bytes = Buffer.from(disk)
  bytes.fill(0, rootAt + length, rootAt + 12 * mebibyte)
  const { findings, unknown = [] } = await inspectSource(sourceOfBytes(bytes))
  expect(findings.filter(({ id }) => id.startsWith('linux.') && id !== 'linux.fs-dirty')).toEqual([])
  expect(unknown.length).toBeGreaterThan(0)
})

test('a folder that is its own child is not gone through without end', async () => {
  const file = await sparseFile(path.join(folder, 'loop.raw'), 32 * mebibyte)
  await patch(file, 0, disk)
  // debugfs enters the root folder as home/again: home/*/.ssh then leads back to the start.
  const root = path.join(folder, 'root.ext4')
  await sparseFile(root, 12 * mebibyte)
  await patch(root, 0, disk.subarray(rootAt, rootAt + 12 * mebibyte))
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  const commands = ['mkdir home', 'ln <2> home/again', 'ln <2> etc/ssh']
  for (const command of commands) await promisify(execFile)('debugfs', ['-w', '-R', command, root], { env })
  await place(root, file, 10)
  const seen = await inspect(file)
  expect(seen.os).toMatchObject({ id: 'debian' })
})

test('a volume of LUKS is named and nothing in it is judged', async () => {
  const volume = await sparseFile(path.join(folder, 'luks'), 20 * mebibyte)
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  const options = ['--batch-mode', '--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000']
  const made = promisify(execFile)('cryptsetup', ['luksFormat', ...options, volume, '-'], { env })
  made.child.stdin?.end('secret')
  await made
  const file = await sparseFile(path.join(folder, 'luks.raw'), 32 * mebibyte)
  await partition(file, 'label: dos\nstart=2048, size=40960, type=83, bootable\n')
  await patch(file, 0, bootCode)
  await place(volume, file, 1)
  const seen = await inspect(file)
  expect(seen).toMatchObject({ encrypted: true, verdict: 'block', os: { type: 'Linux', id: null }, generalized: null })
  expect(seen.findings).toContainEqual(expect.objectContaining({ id: 'disk.encrypted', variant: 'luks' }))
  expect(seen.unknown).toEqual(expect.arrayContaining(['linux.agent', 'linux.generalized', 'azure.extensions']))
})
