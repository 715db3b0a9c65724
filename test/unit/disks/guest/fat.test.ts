import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFat } from '../../../../src/main/disks/guest/fat'
import { walked } from '../../../../src/main/disks/guest/walk'
import { bytesAt, openFile, sourceOfBytes } from '../../../../src/main/disks/source'
import { espFile, fatVolume, noise } from '../../../support/disks'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-fat-'))
})
afterAll(() => rm(folder, { recursive: true }))

const loader = Buffer.from(noise(1), 'latin1')
const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`EFI/FILE${index}.TXT`, 'x']))
const tree = {
  ...many,
  'EFI/BOOT/BOOTX64.EFI': loader,
  'EFI/Microsoft/Boot/bootmgfw.efi': 'MZ',
  'EFI/a name much longer than eight and three letters.config': 'long',
}

test.each([
  [12, 8],
  [16, 64],
  [32, 300],
] as const)('files are found in a FAT%i of %i MiB by their long names, in any case', async (bits, sizeMiB) => {
  const source = await openFile(await fatVolume(folder, tree, { bits, sizeMiB }))
  const volume = walked((await openFat(source))!)
  const files = (await volume.files({
    read: [{ path: 'efi/A name much longer than eight and three letters.CONFIG', limitBytes: 10 }],
    list: ['efi/boot/bootx64.efi', 'EFI/microsoft/boot/BOOTMGFW.EFI', 'EFI/*.txt', 'EFI/BOOT', 'EFI/BOOT/BOOTAA64.EFI'],
  }))!
  expect(files.isThere('EFI/BOOT/BOOTX64.EFI')).toBe(true)
  expect(files.isThere('EFI/Microsoft/Boot/bootmgfw.efi')).toBe(true)
  expect(files.isThere('EFI/BOOT/BOOTAA64.EFI')).toBe(false)
  expect(files.paths('EFI/*.TXT')).toHaveLength(150)
  expect(files.list('EFI')).toContainEqual({ name: 'BOOT', isFolder: true, sizeBytes: 0 })
  expect(files.text('EFI/a name much longer than eight and three letters.config')).toBe('long')
  const content = (await volume.content('EFI/BOOT/BOOTX64.EFI'))!
  expect((await bytesAt(content, 0, content.size)).equals(loader)).toBe(true)
  expect(await volume.content('EFI/BOOT/BOOTX64.EFI/MORE')).toBeNull()
  expect(await volume.content('EFI/BOOT')).toBeNull()
  await source.close()
})

test.each([12, 16] as const)('a boot loader is found in the FAT%i that qemu makes', async (bits) => {
  const source = await openFile(await espFile(folder, { ...many, 'EFI/BOOT/BOOTX64.EFI': 'MZ' }, bits))
  const files = await walked((await openFat(source))!).files({
    read: [],
    list: ['EFI/BOOT/BOOTX64.EFI', 'EFI/FILE149.TXT'],
  })
  expect(files!.isThere('EFI/BOOT/BOOTX64.EFI')).toBe(true)
  expect(files!.isThere('EFI/FILE149.TXT')).toBe(true)
  await source.close()
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(4096)],
])('%s is no FAT', async (_what, bytes) => {
  expect(await openFat(sourceOfBytes(bytes))).toBeNull()
})
