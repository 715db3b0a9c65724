import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inspect } from '../../../src/main/disks/inspect'
import { quoted } from '../../../src/main/disks/quoted'
import { findingTexts } from '../../../src/shared/messages/finding-text'
import { diskIn, hashByQemu, hashOf, type FormatName } from '../../support/disk-formats'
import { mebibyte, patch, qemuImage, sha256 } from '../../support/disks'
import { crc32cSlowly, moveIntoLog, regionsOf, vhdxFile } from '../../support/vhdx-file'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-broken-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function copyOf(name: FormatName): Promise<string> {
  const file = path.join(folder, path.basename(await diskIn(name)))
  await cp(await diskIn(name), file)
  return file
}

const kibibyte = 1024

describe('a VHDX whose log was not applied', () => {
  test('is read as if it had been, and as qemu-img reads it once it has applied it; the file stays as it is', async () => {
    const file = await copyOf('VHDX')
    const whole = await hashOf(file)
    const { table, metadata } = regionsOf(await readFile(file))
    await moveIntoLog(file, [[table, metadata + 64 * kibibyte, table + 4096]])
    const before = await sha256(file)
    expect(await hashOf(file)).toBe(whole)
    const seen = await inspect(file)
    expect(seen.verdict).toBe('warn')
    expect(seen.findings).toContainEqual(expect.objectContaining({ id: 'disk.vhdx.log', severity: 'warn' }))
    expect(await sha256(file)).toBe(before)
    const applied = path.join(folder, 'applied.vhdx')
    await cp(file, applied)
    await qemuImage('check', '-q', '-r', 'all', '-f', 'vhdx', applied)
    expect(await hashByQemu('vhdx', applied)).toBe(whole)
  })

  // Not compared with qemu-img: it applies only the last of several entries.
  test('is read with all entries of its log, the oldest first, also where they go round its end', async () => {
    const file = await copyOf('VHDX')
    const whole = await hashOf(file)
    const { table, metadata } = regionsOf(await readFile(file))
    await moveIntoLog(file, [[table, metadata], [metadata + 64 * kibibyte], [table + 4096]])
    expect(await hashOf(file)).toBe(whole)
  })

  test('is refused when the log is damaged too', async () => {
    const file = await copyOf('VHDX')
    const { table } = regionsOf(await readFile(file))
    await moveIntoLog(file, [[table]])
    // The entry begins two sectors before the end of the log, which is at 1 MiB.
    await patch(file, 2 * mebibyte - 4096 + 100, Buffer.from('damage'))
    const seen = await inspect(file)
    expect(seen).toMatchObject({ verdict: 'unreadable', findings: [{ id: 'disk.vhdx.log', severity: 'block' }] })
  })
})

type Break = [what: string, name: FormatName, how: (file: string) => Promise<unknown>, id: string, severity: string]

test.each<Break>([
  [
    'with one damaged header',
    'VHDX',
    (file) => patch(file, 64 * kibibyte + 40, Buffer.from('x')),
    'disk.vhdx.header',
    'warn',
  ],
  [
    'with one damaged region table',
    'VHDX',
    (file) => patch(file, 192 * kibibyte + 20, Buffer.from('x')),
    'disk.vhdx.header',
    'warn',
  ],
  [
    'with two damaged region tables',
    'VHDX',
    async (file) => {
      await patch(file, 192 * kibibyte + 20, Buffer.from('x'))
      await patch(file, 256 * kibibyte + 20, Buffer.from('x'))
    },
    'disk.vhdx.header',
    'block',
  ],
  ['that was cut off', 'VHDX', (file) => truncate(file, 12 * mebibyte), 'disk.truncated', 'block'],
  ['that was cut off', 'dynamic VHD', (file) => truncate(file, 12 * mebibyte), 'disk.truncated', 'block'],
  ['that was cut off', 'qcow2', (file) => truncate(file, 6 * mebibyte), 'disk.truncated', 'block'],
  ['that was cut off', 'VDI', (file) => truncate(file, 6 * mebibyte), 'disk.truncated', 'block'],
  ['that was cut off', 'VMDK', (file) => truncate(file, 6 * mebibyte), 'disk.truncated', 'block'],
  ['that was cut off', 'stream-optimized VMDK', (file) => truncate(file, 3 * mebibyte), 'disk.truncated', 'block'],
  [
    'with a damaged end',
    'dynamic VHD',
    (file) => patch(file, -500, Buffer.from('damage')),
    'disk.vhd.footer-checksum',
    'warn',
  ],
  [
    'with a damaged header',
    'dynamic VHD',
    (file) => patch(file, 600, Buffer.from('damage')),
    'disk.vhd.header',
    'block',
  ],
  ['with two blocks in one place', 'dynamic VHD', (file) => copyBytes(file, 1536, 1540, 4), 'disk.vhd.bat', 'block'],
  [
    'with a block in the header',
    'dynamic VHD',
    (file) => patch(file, 1536, Buffer.from([0, 0, 0, 1])),
    'disk.vhd.bat',
    'block',
  ],
  ['marked as damaged', 'qcow2', (file) => patch(file, 79, Buffer.from([2])), 'disk.corrupt', 'block'],
  ['not closed properly', 'qcow2', (file) => patch(file, 79, Buffer.from([1])), 'disk.corrupt', 'warn'],
  ['with data elsewhere', 'qcow2', (file) => patch(file, 79, Buffer.from([4])), 'disk.format.unsupported', 'block'],
  ['with an unknown feature', 'qcow2', (file) => patch(file, 78, Buffer.from([1])), 'disk.format.unsupported', 'block'],
  ['that is encrypted', 'qcow2', (file) => patch(file, 35, Buffer.from([1])), 'disk.encrypted', 'block'],
  ['of version 1', 'qcow2', (file) => patch(file, 7, Buffer.from([1])), 'disk.format.unsupported', 'block'],
  ['that was sent as text', 'VMDK', (file) => patch(file, 73, Buffer.from('\n \n\n')), 'disk.corrupt', 'block'],
  ['of the kind of a snapshot', 'VDI', (file) => patch(file, 0x4c, Buffer.from([4])), 'disk.differencing', 'block'],
])('%s: a %s', async (_what, name, how, id, severity) => {
  const file = await copyOf(name)
  await how(file)
  const { findings } = await inspect(file)
  expect(findings).toContainEqual(expect.objectContaining({ id, severity }))
})

async function copyBytes(file: string, from: number, to: number, length: number): Promise<void> {
  await patch(file, to, (await readFile(file)).subarray(from, from + length))
}

test('a disk of 4096-byte sectors is refused by name', async () => {
  const file = path.join(folder, 'native.vhdx')
  await vhdxFile(file, { sizeBytes: 64 * mebibyte, logicalSector: 4096 })
  expect(await inspect(file)).toMatchObject({
    format: 'vhdx',
    verdict: 'unreadable',
    findings: [{ id: 'disk.sector.4k', severity: 'block' }],
  })
})

test('a disk larger than any of Azure is refused before its tables are read', async () => {
  const file = path.join(folder, 'huge.vhdx')
  await qemuImage('create', '-q', '-f', 'vhdx', file, '5T')
  const seen = await inspect(file)
  expect(seen.findings).toMatchObject([{ id: 'disk.size.max', severity: 'block' }])
  expect(seen.ms).toBeLessThan(1000)
})

test.each<[what: string, key: string, bytes: Buffer]>([
  ['lz4', 'disk.format.compressed', Buffer.from('04224d18', 'hex')],
  ['rar', 'disk.format.compressed', Buffer.from('Rar!\x1a\x07\x00', 'latin1')],
  ['a WIM', 'disk.format.unknown:wim', Buffer.from('MSWIM\0\0\0', 'latin1')],
  ['an E01', 'disk.format.unknown:evidence', Buffer.from('EVF\x09\x0d\x0a\xff\x00', 'latin1')],
  ['an AFF', 'disk.format.unknown:evidence', Buffer.from('AFF10\r\n\0')],
  ['a saved state', 'disk.format.unknown:state', Buffer.from('14202801', 'hex')],
  [
    'a DMG',
    'disk.format.unsupported:other',
    Buffer.concat([Buffer.alloc(1024, 1), Buffer.from('koly'), Buffer.alloc(508)]),
  ],
  ['a QED', 'disk.format.unsupported:other', Buffer.from('QED\0')],
  ['text', 'disk.format.unknown:text', Buffer.from('not a disk\n')],
  ['a VirtualBox machine', 'disk.format.unknown:machine', Buffer.from('<?xml version="1.0"?>\n<VirtualBox xmlns="x">')],
  ['a VMware machine', 'disk.format.unknown:machine', Buffer.from('.encoding = "UTF-8"\nconfig.version = "8"\n')],
  ['an ext4 without a table', 'disk.format.unknown:volume', withBytes(0x438, '\x53\xef')],
  [
    'an LVM volume without a table',
    'disk.format.unknown:volume',
    withBytes(512, 'LABELONE' + '\0'.repeat(16) + 'LVM2 001'),
  ],
  ['an NTFS without a table', 'disk.format.unknown:volume', withBytes(3, 'NTFS    ', 510, '\x55\xaa')],
])('%s is recognised and refused with what to do', async (what, key, bytes) => {
  const file = path.join(folder, `it's ${what}.img`)
  await writeFile(file, bytes)
  const seen = await inspect(file)
  expect(seen.verdict).toBe('unreadable')
  const [first] = seen.findings
  expect(first!.variant ? `${first!.id}:${first!.variant}` : first!.id).toBe(key)
  expect(first!.remedy).toBe(findingTexts.en[key as keyof typeof findingTexts.en].remedy)
  const commands = first!.commands ?? []
  expect(commands.filter(({ text }) => !text.includes(`it'\\''s ${what}.img'`))).toEqual([])
})

function withBytes(...places: (number | string)[]): Buffer {
  const bytes = Buffer.alloc(128 * kibibyte)
  for (let index = 0; index < places.length; index += 2)
    bytes.write(String(places[index + 1]), Number(places[index]), 'latin1')
  return bytes
}

test.each([
  ['linux', '/home/me/disk.img', '/home/me/disk.img'],
  ['linux', "/home/me/it's $(rm).img", `'/home/me/it'\\''s $(rm).img'`],
  ['linux', '-rf', './-rf'],
  ['linux', 'a\nb', 'FILE'],
  ['win32', 'C:\\VMs\\disk.vhdx', 'C:\\VMs\\disk.vhdx'],
  ['win32', "C:\\My VMs\\it's $HOME.vhdx", "'C:\\My VMs\\it''s $HOME.vhdx'"],
] as const)('on %s the file %s is typed as one word', (platform, file, word) => {
  expect(quoted(file, platform)).toBe(word)
})

test('the slow checksum that the tests use is CRC-32C', () => {
  expect(crc32cSlowly(Buffer.from('123456789'))).toBe(0xe3069283)
})

test('a table that promises four thousand million blocks, and no file to hold them, is refused at once', async () => {
  const file = await copyOf('dynamic VHD')
  const bytes = await readFile(file)
  bytes.writeUInt32BE(0xffffffff, 512 + 28)
  bytes.writeUInt32BE(0, 512 + 36)
  bytes.writeUInt32BE(~bytes.subarray(512, 1536).reduce((sum, byte) => sum + byte, 0) >>> 0, 512 + 36)
  await writeFile(file, bytes)
  const seen = await inspect(file)
  expect(seen.findings).toMatchObject([{ id: 'disk.vhd.bat', severity: 'block' }])
  expect(seen.ms).toBeLessThan(1000)
})
