import { execFile } from 'node:child_process'
import { mkdtemp, rm, truncate } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPartitions } from '../../../src/main/disks/partitions'
import { openFile, sourceOfBytes } from '../../../src/main/disks/source'
import { mebibyte, partition, patch, sparseFile } from '../../support/disks'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-partitions-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function disk(name: string, table: string): Promise<string> {
  const raw = await sparseFile(path.join(folder, name), 256 * mebibyte)
  await partition(raw, table)
  return raw
}

async function tableOf(file: string) {
  const source = await openFile(file)
  const table = await readPartitions(source)
  await source.close()
  return table
}

/** What sfdisk says about the same file, in bytes. */
async function tableBySfdisk(file: string): Promise<{ offset: number; size: number }[]> {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  const { stdout } = await promisify(execFile)('sfdisk', ['--json', file], { env })
  const { partitiontable } = JSON.parse(stdout) as {
    partitiontable: { partitions: { start: number; size: number; type: string }[] }
  }
  return partitiontable.partitions
    .filter(({ type }) => type !== 'f' && type !== '5')
    .map(({ start, size }) => ({ offset: start * 512, size: size * 512 }))
}

test.each([
  ['nothing', Buffer.alloc(0)],
  ['half a sector', Buffer.alloc(256)],
  ['zeros', Buffer.alloc(4096)],
  [
    'a file system without a table',
    Buffer.concat([Buffer.alloc(446, 0x90), Buffer.alloc(64, 0x37), Buffer.from([0x55, 0xaa])]),
  ],
  ['a signature and nothing else', Buffer.concat([Buffer.alloc(510), Buffer.from([0x55, 0xaa])])],
])('%s holds no partitions', async (_what, bytes) => {
  expect(await readPartitions(sourceOfBytes(bytes))).toMatchObject({ kind: null, partitions: [] })
})

test.each([
  [
    'four primary ones',
    'label: dos\nsize=10MiB, type=83, bootable\nsize=20MiB, type=ef\nsize=5MiB, type=82\ntype=8e\n',
  ],
  [
    'logical ones',
    'label: dos\nsize=10MiB, type=83, bootable\ntype=f\nsize=10MiB, type=83\nsize=20MiB, type=82\ntype=83\n',
  ],
  [
    'those of a GPT',
    'label: gpt\nsize=34MiB, type=uefi\nsize=1MiB, type=21686148-6449-6E6F-744E-656564454649\ntype=linux\n',
  ],
])('partitions are read where sfdisk reads them: %s', async (what, script) => {
  const file = await disk(`${what.replaceAll(' ', '-')}.raw`, script)
  const { partitions } = await tableOf(file)
  expect(partitions.map(({ offset, size }) => ({ offset, size }))).toEqual(await tableBySfdisk(file))
})

test('a chain of logical partitions that bites its tail ends', async () => {
  const file = await disk(
    'loop.raw',
    'label: dos\nsize=10MiB, type=83\ntype=f\nsize=10MiB, type=83\nsize=20MiB, type=82\n',
  )
  const [, extended] = (await tableOf(file)).partitions
  // The second entry of the first link points back at the first link.
  await patch(file, extended!.offset - mebibyte + 462 + 8, Buffer.from([0, 0, 0, 0]))
  expect((await tableOf(file)).partitions.length).toBeLessThanOrEqual(3)
})

test.each([
  ['header', 512 + 40],
  ['entries', 1024 + 8],
])('a GPT with a damaged first %s is read from its second copy', async (what, at) => {
  const file = await disk(`gpt-${what}.raw`, 'label: gpt\nsize=34MiB, type=uefi\ntype=linux\n')
  const whole = await tableOf(file)
  await patch(file, at, Buffer.from('damaged!'))
  const table = await tableOf(file)
  expect(table.primary).toMatch(/checksum wrong/)
  expect(table.backup).toBeNull()
  expect(table.partitions).toEqual(whole.partitions)
})

test('an enlarged GPT disk says that its second copy is not at the end', async () => {
  const file = await disk('larger.raw', 'label: gpt\ntype=linux\n')
  await truncate(file, 300 * mebibyte)
  expect(await tableOf(file)).toMatchObject({ kind: 'gpt', primary: null, backup: 'not in the last sector' })
})

test('a GPT of which nothing is left is not guessed at', async () => {
  const file = await disk('lost.raw', 'label: gpt\ntype=linux\n')
  await patch(file, 512 + 40, Buffer.from('damaged'))
  await patch(file, -512 + 40, Buffer.from('damaged'))
  expect(await tableOf(file)).toMatchObject({ kind: null, partitions: [] })
})
