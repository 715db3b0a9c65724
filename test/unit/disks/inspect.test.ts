import { appendFile, mkdir, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from '../../../src/main/disks/inspect'
import {
  bootCode,
  copyOf,
  espFile,
  fixedVhd,
  mebibyte,
  partition,
  patch,
  place,
  qemuImage,
  sparseFile,
  systemDisk,
} from '../../support/disks'

let folder: string
let system: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-inspect-'))
  system = await systemDisk()
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

async function brokenSystem(name: string, how: (file: string) => Promise<unknown>): Promise<string> {
  const file = await copyOf(system, folder, name)
  await how(file)
  return file
}

async function rawDisk(name: string, table: string, sizeMiB = 64): Promise<string> {
  const raw = await sparseFile(path.join(folder, name), sizeMiB * mebibyte)
  await partition(raw, table)
  return raw
}

const sizeMiB = 1024 * mebibyte

test.each<[what: string, id: string, verdict: string, how: (file: string) => Promise<unknown>]>([
  ['a VHD cut in the middle', 'disk.truncated', 'block', (file) => truncate(file, 500 * mebibyte)],
  ['a VHD cut within a sector', 'disk.truncated', 'unreadable', (file) => truncate(file, 500 * mebibyte + 100)],
  [
    'a footer that says more than the file holds',
    'disk.truncated',
    'unreadable',
    (file) => patch(file, -512 + 48, Buffer.from([0, 0, 1])),
  ],
  [
    'a footer that says less than the file holds',
    'disk.vhd.header',
    'unreadable',
    (file) => patch(file, -512 + 48, Buffer.from([0, 0, 0, 0, 0x20])),
  ],
  ['a footer that says nothing', 'disk.vhd.header', 'unreadable', (file) => patch(file, -512 + 48, Buffer.alloc(8))],
  ['a footer of an unknown type', 'disk.vhd.header', 'unreadable', (file) => patch(file, -512 + 60, Buffer.alloc(4))],
  [
    'a differencing disk',
    'disk.differencing',
    'unreadable',
    (file) => patch(file, -512 + 60, Buffer.from([0, 0, 0, 4])),
  ],
  ['a wrong footer checksum', 'disk.vhd.footer-checksum', 'warn', (file) => patch(file, -512 + 64, Buffer.alloc(4))],
  ['a footer of 511 bytes', 'disk.vhd.footer', 'warn', (file) => truncate(file, sizeMiB + 511)],
  ['a lost footer', 'disk.vhd.footer', 'warn', (file) => truncate(file, sizeMiB)],
  ['no boot code', 'boot.loader.missing', 'block', (file) => patch(file, 0, Buffer.alloc(440))],
  ['no partition table', 'boot.loader.missing', 'block', (file) => patch(file, 0, Buffer.alloc(512))],
  [
    'a system that was not shut down',
    'linux.fs-dirty',
    'warn',
    (file) => patch(file, mebibyte + 1024 + 58, Buffer.alloc(2)),
  ],
])('%s is found as %s and judged %s', async (what, id, verdict, how) => {
  const seen = await inspect(await brokenSystem(`${what.replaceAll(' ', '-')}.vhd`, how))
  expect(seen.findings.map((one) => one.id)).toContain(id)
  expect(seen.verdict).toBe(verdict)
})

test.each<[what: string, format: string, id: string, bytes: Buffer]>([
  ['text', 'unknown', 'disk.format.unknown', Buffer.from('this is not a disk')],
  ['one byte', 'unknown', 'disk.format.unknown', Buffer.alloc(1)],
  ['zeros', 'unknown', 'disk.format.unknown', Buffer.alloc(mebibyte)],
  ['gzip', 'gzip', 'disk.format.compressed', Buffer.from('1f8b0800', 'hex')],
  ['xz', 'xz', 'disk.format.compressed', Buffer.from('fd377a585a000004', 'hex')],
  ['zstd', 'zstd', 'disk.format.compressed', Buffer.from('28b52ffd04', 'hex')],
  ['zip', 'unknown', 'disk.format.compressed', Buffer.from('504b030414', 'hex')],
  ['7z', 'unknown', 'disk.format.compressed', Buffer.from('377abcaf271c', 'hex')],
  ['a cookie and nothing else', 'unknown', 'disk.format.unknown', Buffer.from('conectix')],
])('%s is refused as %s', async (what, format, id, bytes) => {
  const file = path.join(folder, `${what.replaceAll(' ', '-')}.bin`)
  await writeFile(file, bytes)
  const seen = await inspect(file)
  expect(seen).toMatchObject({ format, verdict: 'unreadable', partitionTable: null, os: null, generation: null })
  expect(seen.findings.map((one) => one.id)).toEqual([id])
})

test('an ISO image is told from a disk', async () => {
  const file = path.join(folder, 'installer.iso')
  await writeFile(file, Buffer.alloc(40 * 1024))
  await patch(file, 0x8001, Buffer.from('CD001'))
  expect(await inspect(file)).toMatchObject({
    format: 'iso9660',
    verdict: 'unreadable',
    findings: [{ id: 'disk.format.iso' }],
  })
})

test('an empty file is an answer, an absent one and a folder are errors', async () => {
  const empty = path.join(folder, 'empty.vhd')
  await writeFile(empty, '')
  expect(await inspect(empty)).toMatchObject({
    verdict: 'unreadable',
    findings: [{ id: 'disk.empty', severity: 'block' }],
  })
  await expect(inspect(path.join(folder, 'absent.vhd'))).rejects.toMatchObject({ code: 'file.not-found' })
  await expect(inspect(path.join(folder, 'nul\0.vhd'))).rejects.toMatchObject({ code: 'file.not-found' })
  await mkdir(path.join(folder, 'folder.vhd'))
  await expect(inspect(path.join(folder, 'folder.vhd'))).rejects.toMatchObject({ code: 'file.unreadable' })
})

test('a good generation 1 disk is ok, with the sizes that qemu-img and the file system tell', async () => {
  const info = JSON.parse(await qemuImage('info', '--output=json', '-f', 'vpc', system)) as {
    'virtual-size': number
  }
  const before = await stat(system)
  const seen = await inspect(system)
  expect(seen).toMatchObject({
    format: 'vhd-fixed',
    verdict: 'ok',
    virtualSize: info['virtual-size'],
    dataBytes: info['virtual-size'],
    uploadBytes: before.size,
    partitionTable: 'mbr',
    generation: 'V1',
    os: { type: 'Linux', id: 'debian', versionId: '12' },
    generalized: true,
    encrypted: false,
  })
  expect((await stat(system)).mtimeMs).toBe(before.mtimeMs)
  expect(seen.ms).toBeLessThan(1000)
})

test('a good generation 2 disk is ok', async () => {
  const seen = await inspect(await systemDisk({ generation: 'V2' }))
  expect(seen).toMatchObject({ verdict: 'ok', partitionTable: 'gpt', generation: 'V2', os: { id: 'debian' } })
}, 120_000)

test.each<
  [what: string, options: Parameters<typeof systemDisk>[0], id: string, verdict: string, generalized: boolean | null]
>([
  ['never generalized', { isGeneralized: false }, 'linux.generalized', 'block', false],
  [
    'with a machine id',
    { files: { 'etc/machine-id': '0123456789abcdef0123456789abcdef\n' } },
    'linux.generalized',
    'warn',
    null,
  ],
  ['without an agent', { hasAgent: false }, 'linux.agent', 'block', true],
  [
    'with an extension',
    { files: { 'var/lib/waagent/Microsoft.Azure.Extensions.CustomScript-2.1.10/HandlerManifest.json': '[]' } },
    'azure.extensions',
    'block',
    true,
  ],
  ['with disks by letter', { files: { 'etc/fstab': '/dev/sda1 / ext4 defaults 0 1\n' } }, 'linux.fstab', 'warn', true],
  ['with swap', { files: { 'etc/fstab': 'UUID=1 none swap sw 0 0\n' } }, 'linux.swap', 'warn', true],
  [
    'with a moved temporary disk',
    { files: { 'etc/waagent.conf': 'ResourceDisk.MountPoint=/scratch\n' } },
    'batch.temp-disk',
    'warn',
    true,
  ],
])('a system %s is found', async (_what, options, id, verdict, generalized) => {
  const seen = await inspect(await systemDisk({ sizeMiB: 64, systemMiB: 1, ...options }))
  expect(seen.findings.map((one) => one.id)).toContain(id)
  expect(seen).toMatchObject({ verdict, generalized })
})

test('what a disk image says of itself cannot carry control characters out', async () => {
  const osRelease = 'ID="de\u001b[2Jbian"\nVERSION_ID=12\nPRETTY_NAME="\u001b]0;x\u0007evil"\n'
  const seen = await inspect(await systemDisk({ sizeMiB: 64, systemMiB: 1, osRelease }))
  expect(JSON.stringify(seen)).not.toContain('\\u001b')
  expect(seen.os?.versionId).toBe('12')
})

test('a disk with both ways to boot proposes generation 2 and says so', async () => {
  const raw = await rawDisk(
    'both.raw',
    `label: gpt\nsize=2048, type=21686148-6449-6E6F-744E-656564454649\nsize=67584, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B\n`,
  )
  await patch(raw, 0, bootCode)
  await place(await espFile(folder, { 'EFI/BOOT/BOOTX64.EFI': 'MZ' }), raw, 2)
  const seen = await inspect(raw)
  expect(seen).toMatchObject({ format: 'raw', generation: 'V2' })
  expect(seen.findings.find(({ id }) => id === 'boot.generation')!.message).toContain(
    'generation 1 and as generation 2',
  )
})

test.each([
  ['LUKS', 'LUKS\xba\xbe', 0, 'Linux'],
  ['BitLocker', '-FVE-FS-', 3, 'Windows'],
])('%s is named and blocked', async (what, magic, at, type) => {
  const raw = await rawDisk(`${what}.img`, 'label: dos\nstart=2048, type=83, bootable\n')
  await patch(raw, mebibyte + at, Buffer.from(magic, 'latin1'))
  const seen = await inspect(raw)
  expect(seen).toMatchObject({ encrypted: true, verdict: 'block', os: { type } })
  expect(seen.findings.map(({ id }) => id)).toContain('disk.encrypted')
})

test.each([
  ['below the smallest', 1, 'disk.size.min', 'block'],
  ['above the largest of generation 1', 2049 * 1024, 'disk.size.max', 'block'],
])('a size %s is refused', async (what, mib, id, verdict) => {
  const raw = await rawDisk(
    `${what.replaceAll(' ', '-')}.raw`,
    'label: dos\nstart=64, size=64, type=83, bootable\n',
    mib,
  )
  await patch(raw, 0, bootCode)
  const seen = await inspect(raw)
  expect(seen.findings.map((one) => one.id)).toContain(id)
  expect(seen.verdict).toBe(verdict)
})

test('a disk that is no whole number of MiB is padded', async () => {
  const raw = await rawDisk('odd.raw', 'label: dos\nstart=2048, size=2048, type=83, bootable\n')
  await truncate(raw, 64 * mebibyte + 512)
  const seen = await inspect(raw)
  expect(seen).toMatchObject({
    virtualSize: 64 * mebibyte + 512,
    dataBytes: 65 * mebibyte,
    uploadBytes: 65 * mebibyte + 512,
  })
  expect(seen.findings).toContainEqual(expect.objectContaining({ id: 'disk.size.alignment', severity: 'warn' }))
})

test('a fixed VHD named as another format is read as what it is', async () => {
  const raw = await rawDisk('named.raw', 'label: dos\nstart=2048, type=83\n')
  const seen = await inspect(await fixedVhd(raw, path.join(folder, 'named.qcow2')))
  expect(seen.format).toBe('vhd-fixed')
  expect(seen.findings).toContainEqual(expect.objectContaining({ id: 'disk.format.extension', severity: 'warn' }))
})

test.each([
  ['first', 512, 'disk.gpt.primary', 'warn'],
  ['second', -512, 'disk.gpt.backup', 'info'],
])('a damaged %s copy of the partition table is found and the other one read', async (which, at, id, severity) => {
  const raw = await rawDisk(`${which}.raw`, 'label: gpt\nsize=10MiB, type=linux\n')
  await patch(raw, at + 40, Buffer.from('damaged'))
  const seen = await inspect(raw)
  expect(seen.partitionTable).toBe('gpt')
  expect(seen.findings).toContainEqual(expect.objectContaining({ id, severity }))
})

test('trailing bytes after a footer hide it, and the file is not taken for a good VHD', async () => {
  const file = await brokenSystem('trailing.vhd', (copy) => appendFile(copy, 'more'))
  expect((await inspect(file)).verdict).toBe('unreadable')
})
