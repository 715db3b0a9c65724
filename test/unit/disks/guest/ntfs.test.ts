import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ntfsFiles } from '../../../../src/main/disks/guest/ntfs'
import { takeOut } from '../../../../src/main/disks/guest/seven-zip'
import { openFile, partOf, sourceOfBytes, type FileSource } from '../../../../src/main/disks/source'
import { copyOf, mebibyte, noise, patch, sparseFile } from '../../../support/disks'
import { ntfsVolume } from '../../../support/ntfs'

let folder: string
let file: string
let volume: FileSource
const hive = Buffer.from(noise(3), 'latin1')

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-ntfs-'))
  file = await ntfsVolume(folder, {
    'Windows/System32/config/SYSTEM': hive,
    'Windows/System32/config/empty': '',
    'Windows/System32/drivers/vmbus.sys': 'MZ',
    'Windows/System32/drivers/storvsc.sys': 'MZ driver',
    'Windows/System32/drivers/etc/hosts': 'not a driver',
    'Windows/Setup/State/State.ini': Buffer.from('\ufeff[State]\r\nImageState=IMAGE_STATE_COMPLETE\r\n', 'utf16le'),
    'Packages/Plugins/Microsoft.Compute.JsonADDomainExtension/1.3/HandlerManifest.json': '[]',
    'Users/Jürgen/Straße.txt': 'Grüße',
  })
  volume = await openFile(file)
})
afterAll(async () => {
  await volume.close()
  await rm(folder, { recursive: true })
})

test('files of an NTFS volume are read as they were written, whatever the case of their names', async () => {
  const files = (await ntfsFiles(volume, {
    read: [
      { path: 'windows/system32/CONFIG/system', limitBytes: 16 * mebibyte },
      { path: 'Windows/System32/config/empty', limitBytes: 10 },
      { path: 'Windows/Setup/State/State.ini', limitBytes: 1000 },
      { path: 'Users/Jürgen/Straße.txt', limitBytes: 1000 },
    ],
    list: ['Windows/system32/Drivers/*.sys', 'Packages/Plugins/*', 'Windows/System32/ntoskrnl.exe'],
  }))!
  expect(sha256(files.bytes('WINDOWS/System32/config/SYSTEM')!)).toBe(sha256(hive))
  expect(files.bytes('Windows/System32/config/empty')).toHaveLength(0)
  expect(files.text('windows/setup/state/state.INI')).toBe('[State]\r\nImageState=IMAGE_STATE_COMPLETE\r\n')
  expect(files.text('Users/Jürgen/Straße.txt')).toBe('Grüße')
  expect(files.list('Windows/System32/drivers')).toEqual([
    { name: 'storvsc.sys', isFolder: false, sizeBytes: 9 },
    { name: 'vmbus.sys', isFolder: false, sizeBytes: 2 },
  ])
  expect(files.list('Packages/Plugins')).toEqual([
    { name: 'Microsoft.Compute.JsonADDomainExtension', isFolder: true, sizeBytes: 0 },
  ])
  expect(files.isThere('Windows/System32/ntoskrnl.exe')).toBe(false)
  expect(files.isDirty).toBe(false)
})

test('a file longer than its limit is there, but not read', async () => {
  const files = (await ntfsFiles(volume, {
    read: [{ path: 'Windows/System32/config/SYSTEM', limitBytes: hive.length - 1 }],
    list: [],
  }))!
  expect(files.isThere('Windows/System32/config/SYSTEM')).toBe(true)
  expect(files.bytes('Windows/System32/config/SYSTEM')).toBeNull()
})

test('a volume that was not unmounted is dirty: ntfsfix marks one for a check', async () => {
  const dirty = await copyOf(file, folder, 'dirty.img')
  await promisify(execFile)('ntfsfix', [dirty])
  const source = await openFile(dirty)
  expect((await ntfsFiles(source, { read: [], list: ['Windows'] }))!.isDirty).toBe(true)
  await source.close()
})

test('a volume that lies beyond four GiB of a disk is read', async () => {
  const disk = await sparseFile(path.join(folder, 'large.img'), 6 * 1024 * mebibyte)
  const start = 5 * 1024 * mebibyte
  const bytes = Buffer.alloc(volume.size)
  await volume.read(bytes, 0)
  await patch(disk, start, bytes)
  const source = await openFile(disk)
  const files = await ntfsFiles(partOf(source, start, volume.size), { read: [], list: ['Windows/System32/*'] })
  expect(files!.list('Windows/System32').map(({ name }) => name)).toEqual(['config', 'drivers'])
  await source.close()
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(mebibyte)],
  ['a boot sector alone', Buffer.concat([Buffer.from('\xeb\x52\x90NTFS    ', 'latin1'), Buffer.alloc(8181)])],
])('%s is no volume', async (_what, bytes) => {
  expect(await ntfsFiles(sourceOfBytes(bytes), { read: [], list: ['Windows'] })).toBeNull()
})

test('a volume that was cut off gives what is left of it or nothing, and no error', async () => {
  const short = partOf(volume, 0, 6 * mebibyte)
  const files = await ntfsFiles(short, {
    read: [{ path: 'Windows/System32/config/SYSTEM', limitBytes: 16 * mebibyte }],
    list: ['Windows'],
  })
  expect(files?.bytes('Windows/System32/config/SYSTEM') ?? null).toBeNull()
})

test('a volume whose bytes do not come is given up after the time limit', async () => {
  const silent = { size: volume.size, read: () => new Promise<void>(() => undefined) }
  expect(await takeOut(silent, { read: [], list: ['Windows'] }, { limitMs: 500 })).toBeNull()
})

test('a volume whose bytes cannot be read is given up at once', async () => {
  const broken = { size: volume.size, read: () => Promise.reject(new Error('I/O error')) }
  expect(await takeOut(broken, { read: [], list: ['Windows'] })).toBeNull()
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
