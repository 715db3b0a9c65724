import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { driversInInitramfs } from '../../../../src/main/disks/guest/initramfs'
import { driversInPacked } from '../../../../src/main/disks/guest/seven-zip'
import { sourceOfBytes } from '../../../../src/main/disks/source'
import { mebibyte, noise } from '../../../support/disks'
import { initramfs, packers, type Packer } from '../../../support/initramfs'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-initramfs-'))
})
afterAll(() => rm(folder, { recursive: true }))

const wanted = ['hv_vmbus', 'hv_storvsc']
const modules = 'usr/lib/modules/6.1.0/kernel/drivers'
const filler = noise(1).slice(0, 200_000)
const microcode = { 'kernel/x86/microcode/GenuineIntel.bin': filler, 'kernel/x86/microcode/AuthenticAMD.bin': 'amd' }
const all = Object.keys(packers) as Packer[]

test.each(all)('drivers are found in an initramfs of %s, behind plain archives', async (packer) => {
  const files = {
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
    'usr/bin/busybox': filler,
    [`${modules}/hv/hv_vmbus.ko.zst`]: filler,
    [`${modules}/scsi/hv_storvsc.ko`]: 'module',
  }
  const bytes = await initramfs(folder, files, { packer, early: [microcode, { 'kernel/early': 'x' }] })
  expect([...(await driversInInitramfs(sourceOfBytes(bytes), wanted))!].sort()).toEqual(['hv_storvsc', 'hv_vmbus'])
})

test.each(all)('an initramfs of %s without one of them is read to its end', async (packer) => {
  const files = {
    [`${modules}/hv/hv_vmbus.ko`]: 'module',
    'usr/lib/hv_storvsc.conf': 'no driver',
    'usr/bin/busybox': filler,
  }
  const bytes = await initramfs(folder, files, { packer })
  expect(await driversInInitramfs(sourceOfBytes(bytes), wanted)).toEqual(new Set(['hv_vmbus']))
})

test('drivers in a plain archive before a packed one count, as Ubuntu writes them', async () => {
  const early = [
    microcode,
    { [`${modules}/hv/hv_vmbus.ko.zst`]: 'module', [`${modules}/scsi/hv_storvsc.ko.zst`]: 'module' },
  ]
  const bytes = await initramfs(folder, { 'usr/bin/busybox': filler }, { packer: 'zstd', early })
  expect(await driversInInitramfs(sourceOfBytes(bytes), wanted)).toEqual(new Set(wanted))
})

test.each(all)('an initramfs of %s that was cut off is unknown, not without drivers', async (packer) => {
  const whole = await initramfs(folder, { 'usr/bin/busybox': filler, 'usr/bin/zzz': `${filler}!` }, { packer })
  const cut = whole.subarray(0, Math.floor(whole.length / 2))
  expect(await driversInInitramfs(sourceOfBytes(cut), wanted)).toBeNull()
})

test.each([
  ['random bytes', Buffer.from(noise(1).slice(0, 4096))],
  ['a name of four GiB', Buffer.from(`070701${'0'.repeat(80)}${'f'.repeat(8)}${'0'.repeat(16)}`)],
  ['a magic number alone', Buffer.from('28b52ffd', 'hex')],
  ['a packed stream of nothing', Buffer.from('1f8b08000000000000030300000000000000000000', 'hex')],
])('%s instead of an initramfs is unknown', async (_what, bytes) => {
  expect(await driversInInitramfs(sourceOfBytes(bytes), wanted)).toBeNull()
})

test('an archive that unpacks to far more than it is ends with the time limit', async () => {
  const bomb = await initramfs(folder, { zeros: Buffer.alloc(64 * mebibyte), more: 'x' }, { packer: 'gzip' })
  expect(await driversInPacked(sourceOfBytes(bomb), 'gzip', wanted, { limitMs: 1 })).toBeNull()
})
