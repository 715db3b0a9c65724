import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { builtOnce, mebibyte, partition, patch, qemuImage, sparseFile } from './disks'

/** A field of a header, or an entry of a table. */
export type Place = { at: number; length: number }

/** Formats as qemu-img makes them of a disk of 2 MiB, and where in such a file everything lies that is not content. */
export const tinyFormats = {
  'fixed VHD': ['vpc', ['-o', 'subformat=fixed,force_size'], (file) => fields(file.length - 512, 512, 4)],
  'dynamic VHD': ['vpc', ['-o', 'subformat=dynamic,force_size'], dynamicVhd],
  VHDX: ['vhdx', ['-o', 'block_size=1M'], vhdx],
  qcow2: ['qcow2', [], qcow2],
  'qcow2 of version 2': ['qcow2', ['-o', 'compat=0.10'], qcow2],
  'qcow2 of small clusters': ['qcow2', ['-o', 'cluster_size=4k'], qcow2],
  'qcow2 with clusters in parts': ['qcow2', ['-o', 'extended_l2=on'], qcow2],
  'qcow2 packed with zlib': ['qcow2', ['-c'], qcow2],
  'qcow2 packed with zstd': ['qcow2', ['-c', '-o', 'compression_type=zstd'], qcow2],
  VMDK: ['vmdk', [], vmdk],
  'stream-optimized VMDK': ['vmdk', ['-o', 'subformat=streamOptimized'], vmdk],
  VDI: ['vdi', [], vdi],
} as const satisfies Record<string, readonly [string, readonly string[], (file: Buffer) => Place[]]>

export type TinyDisk = { file: string; bytes: Buffer; disk: Buffer; structure: Place[] }
export type TinyFormat = keyof typeof tinyFormats

/** Size of the disk. Blocks of VHDX have at least one MiB, so that fewer would not do. */
const sizeBytes = 2 * mebibyte

/** A name for such a file, its bytes, those of its disk, and where its tables are. */
export async function tinyDiskIn(
  name: TinyFormat,
): Promise<{ file: string; bytes: Buffer; disk: Buffer; structure: Place[] }> {
  const [qemu, options, structureOf] = tinyFormats[name]
  const raw = await tinyRaw()
  const file = await builtOnce(['tiny', raw, qemu, ...options], `.${qemu}`, async (to) => {
    await qemuImage('convert', '-f', 'raw', '-O', qemu, ...options, raw, to)
  })
  const bytes = await readFile(file)
  return {
    file: `disk.${qemu === 'vpc' ? 'vhd' : qemu}`,
    bytes,
    disk: await readFile(raw),
    structure: structureOf(bytes),
  }
}

/** A partition table, data that does not compress here and there, and nothing elsewhere. */
function tinyRaw(): Promise<string> {
  return builtOnce(['tiny raw', 2], '.img', async (to, work) => {
    const raw = await sparseFile(path.join(work, 'raw'), sizeBytes)
    await partition(raw, 'label: dos\nstart=64, size=3072, type=83, bootable\n')
    for (const at of [64 * 1024, 700 * 1024, 1500 * 1024]) await patch(raw, at, noiseOf(at, 180 * 1024))
    await qemuImage('convert', '-f', 'raw', '-O', 'raw', raw, to)
  })
}

/** Half noise, half text, so that packing does something; every sector is another. */
function noiseOf(seed: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    bytes[at] = at % 1024 < 512 ? state >>> 16 : 0x41 + (Math.floor(at / 512) % 26)
  }
  return bytes
}

function fields(at: number, length: number, width: number): Place[] {
  return Array.from({ length: Math.floor(length / width) }, (_none, field) => ({
    at: at + field * width,
    length: width,
  }))
}

function dynamicVhd(file: Buffer): Place[] {
  return [
    ...fields(0, 512, 4),
    ...fields(512, 1024, 4),
    ...fields(1536, file.readUInt32BE(512 + 28) * 4, 4),
    ...fields(file.length - 512, 512, 4),
  ]
}

function vhdx(file: Buffer): Place[] {
  const kib = 1024
  const region = (number: number) => Number(file.readBigUInt64LE(192 * kib + 16 + number * 32 + 16))
  const isTable = file.toString('hex', 192 * kib + 16, 192 * kib + 20) === '6677c22d'
  const [table, metadata] = isTable ? [region(0), region(1)] : [region(1), region(0)]
  return [
    ...fields(0, 8, 8),
    ...fields(64 * kib, 80, 4),
    ...fields(128 * kib, 80, 4),
    ...fields(192 * kib, 80, 4),
    ...fields(256 * kib, 80, 4),
    ...fields(table!, (sizeBytes / mebibyte) * 8, 8),
    ...fields(metadata!, 32 + 5 * 32, 4),
    ...fields(metadata! + 64 * kib, 48, 4),
  ]
}

function qcow2(file: Buffer): Place[] {
  const cluster = 2 ** file.readUInt32BE(20)
  const u64 = (at: number) => Number(file.readBigUInt64BE(at) & 0x00fffffffffffe00n)
  const first = u64(40)
  const counts = u64(48)
  const entries = file.readUInt32BE(36)
  const tables = Array.from({ length: entries }, (_none, entry) => u64(first + entry * 8)).filter((at) => at > 0)
  const isExtended = file.readUInt32BE(4) === 3 && (file.readUInt32BE(76) & 16) !== 0
  const width = isExtended ? 16 : 8
  const used = Math.min(cluster, Math.floor(sizeBytes / cluster) * width)
  // Which parts of a cluster are stored stands there once, and whatever stands there may be meant.
  const isMeant = ({ at }: Place) => isExtended && at % 16 === 8
  return [
    ...fields(0, 112, 4),
    ...fields(first, entries * 8, 8),
    ...fields(counts, 8, 8),
    ...fields(u64(counts), Math.min(cluster, Math.floor(file.length / cluster) * 2), 2),
    ...tables.flatMap((at) => fields(at, used, 8)).filter((place) => !isMeant(place)),
  ]
}

function vmdk(file: Buffer): Place[] {
  const sectors = (at: number) => Number(file.readBigUInt64LE(at)) * 512
  const directories = [sectors(48), sectors(56)]
  const tables = directories.map((at) => file.readUInt32LE(at) * 512)
  return [
    ...fields(0, 80, 4),
    ...fields(sectors(28), 300, 4),
    ...directories.flatMap((at) => fields(at, 4, 4)),
    ...tables.flatMap((at) => fields(at, (sizeBytes / 65536) * 4, 4)),
  ]
}

function vdi(file: Buffer): Place[] {
  return [...fields(0x40, 0x1c8 - 0x40, 4), ...fields(file.readUInt32LE(0x154), (sizeBytes / mebibyte) * 4, 4)]
}
