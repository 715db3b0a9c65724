import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fixedVhdView, paddedSize } from '../../../src/main/disks/azure-vhd'
import { openDisk } from '../../../src/main/disks/open'
import { makeFixedFooter, parseFooter } from '../../../src/main/disks/formats/vhd'
import { bootCode, fixedVhd, mebibyte, partition, patch, qemuImage, sparseFile } from '../../support/disks'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-vhd-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function footerOfQemu(sizeBytes: number): Promise<Buffer> {
  const file = path.join(folder, `${sizeBytes}.vhd`)
  await qemuImage('create', '-q', '-f', 'vpc', '-o', 'subformat=fixed,force_size', file, String(sizeBytes))
  return (await readFile(file)).subarray(-512)
}

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(512)],
  ['half a cookie', Buffer.from('conec')],
  ['a cookie in the wrong case', Buffer.from('CONECTIX')],
])('%s is no footer', (_what, bytes) => {
  expect(parseFooter(bytes)).toBeNull()
})

test.each([3, 20, 64])('a footer of qemu-img for %i MiB is read field by field', async (mib) => {
  const bytes = await footerOfQemu(mib * mebibyte)
  expect(parseFooter(bytes)).toMatchObject({
    type: 'fixed',
    features: 2,
    version: 0x10000,
    dataOffset: null,
    creatorApplication: 'qem2',
    creatorHost: 'Wi2k',
    originalSize: mib * mebibyte,
    currentSize: mib * mebibyte,
    isChecksumRight: true,
    isSavedState: false,
  })
})

test('our footer is one that qemu-img takes, with the size it was made for', async () => {
  const file = path.join(folder, 'own.vhd')
  const sizeBytes = 30 * mebibyte
  const footer = makeFixedFooter({
    sizeBytes,
    uniqueId: '00112233445566778899aabbccddeeff',
    createdMs: Date.UTC(2026, 0, 1),
  })
  await sparseFile(file, sizeBytes + 512)
  await patch(file, sizeBytes, footer)
  const info = JSON.parse(await qemuImage('info', '--output=json', '-f', 'vpc', file)) as Record<string, unknown>
  expect(info['virtual-size']).toBe(sizeBytes)
  expect(parseFooter(footer)).toMatchObject({
    isChecksumRight: true,
    uniqueId: '00112233445566778899aabbccddeeff',
    createdMs: Date.UTC(2026, 0, 1),
    type: 'fixed',
    dataOffset: null,
  })
})

// Sizes for which qemu-img without `force_size` keeps the size: there its geometry is exact and can be compared.
test.each([
  ['17 sectors', 17 * 4 * 900],
  ['31 sectors', 31 * 16 * 1000],
  ['63 sectors', 63 * 16 * 2000],
  ['the largest', 65535 * 16 * 63],
])('the geometry is that of qemu-img: %s', async (_what, sectors) => {
  const file = path.join(folder, `${sectors}.geometry.vhd`)
  await qemuImage('create', '-q', '-f', 'vpc', file, String(sectors * 512))
  const theirs = parseFooter((await readFile(file)).subarray(0, 512))!
  const ours = makeFixedFooter({ sizeBytes: theirs.currentSize, uniqueId: '0'.repeat(32), createdMs: 0 })
  expect(parseFooter(ours)!.geometry).toEqual(theirs.geometry)
})

test('a disk is padded to a whole MiB and ends in one and the same footer every time', async () => {
  const raw = await sparseFile(path.join(folder, 'odd.raw'), 24 * mebibyte)
  await partition(raw, 'label: dos\nstart=2048, type=83, bootable\n')
  await patch(raw, 0, bootCode)
  await truncate(raw, 24 * mebibyte + 1536)
  await patch(raw, 24 * mebibyte + 1024, Buffer.alloc(512, 7))
  const views = await Promise.all([raw, raw].map(async (file) => fixedVhdView(await openDisk(file))))
  const [first, second] = views.map(({ footer }) => footer)
  expect(first!.equals(second!)).toBe(true)
  expect(paddedSize(24 * mebibyte + 1536)).toBe(25 * mebibyte)
  const all = Buffer.alloc(views[0]!.size, 0xff)
  // In pieces that cross every border: the disk's end, the padding's end, the footer.
  for (let at = 0; at < all.length; at += 700_001) await views[0]!.read(all.subarray(at, at + 700_001), at)
  expect(all.subarray(0, 24 * mebibyte + 1536).equals(await readFile(raw))).toBe(true)
  expect(all.subarray(24 * mebibyte + 1536, 25 * mebibyte).every((byte) => byte === 0)).toBe(true)
  expect(all.subarray(25 * mebibyte).equals(first!)).toBe(true)
  expect(views[0]!.mayHoldData(24 * mebibyte + 2048, 1024)).toBe(false)
  await Promise.all(views.map(({ disk }) => disk.close()))
})

test('a disk that was cut off within a sector is not opened', async () => {
  const raw = await sparseFile(path.join(folder, 'cut.raw'), 24 * mebibyte)
  await partition(raw, 'label: gpt\nstart=2048\n')
  await truncate(raw, 20 * mebibyte + 1)
  await expect(openDisk(raw)).rejects.toMatchObject({ code: 'disk.truncated' })
})

test('a good fixed VHD is passed on byte for byte, one with a wrong checksum gets a right one', async () => {
  const raw = await sparseFile(path.join(folder, 'good.raw'), 24 * mebibyte)
  await partition(raw, 'label: dos\nstart=2048, type=83\n')
  const file = await fixedVhd(raw, path.join(folder, 'good.vhd'))
  const whole = await readFile(file)
  const good = await fixedVhdView(await openDisk(file))
  expect(good.footer.equals(whole.subarray(-512))).toBe(true)
  await good.disk.close()
  await patch(file, -512 + 64, Buffer.alloc(4))
  const mended = await fixedVhdView(await openDisk(file))
  expect(parseFooter(mended.footer)).toMatchObject({ isChecksumRight: true, currentSize: 24 * mebibyte })
  await mended.disk.close()
})
