import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { fixedVhdView } from '../../src/main/disks/azure-vhd'
import { openDisk } from '../../src/main/disks/open'
import { builtOnce, mebibyte, qemuImage, systemDisk, type SystemDiskOptions } from './disks'

/** Formats and sub-formats as qemu-img makes them: what it calls them, its options, and what we call them. */
export const formats = {
  raw: ['raw', [], 'raw'],
  'fixed VHD': ['vpc', ['-o', 'subformat=fixed,force_size'], 'vhd-fixed'],
  'dynamic VHD': ['vpc', ['-o', 'subformat=dynamic,force_size'], 'vhd-dynamic'],
  'dynamic VHD of rounded size': ['vpc', ['-o', 'subformat=dynamic'], 'vhd-dynamic'],
  VHDX: ['vhdx', [], 'vhdx'],
  'fixed VHDX': ['vhdx', ['-o', 'subformat=fixed'], 'vhdx'],
  'VHDX of small blocks': ['vhdx', ['-o', 'block_size=1M'], 'vhdx'],
  qcow2: ['qcow2', [], 'qcow2'],
  'qcow2 of version 2': ['qcow2', ['-o', 'compat=0.10'], 'qcow2'],
  'qcow2 of small clusters': ['qcow2', ['-o', 'cluster_size=512'], 'qcow2'],
  'qcow2 of large clusters': ['qcow2', ['-o', 'cluster_size=2M'], 'qcow2'],
  'qcow2 with clusters in parts': ['qcow2', ['-o', 'extended_l2=on,cluster_size=128k'], 'qcow2'],
  'qcow2 packed with zlib': ['qcow2', ['-c'], 'qcow2'],
  'qcow2 packed with zstd': ['qcow2', ['-c', '-o', 'compression_type=zstd'], 'qcow2'],
  'packed qcow2 with clusters in parts': ['qcow2', ['-c', '-o', 'extended_l2=on'], 'qcow2'],
  VMDK: ['vmdk', [], 'vmdk'],
  'stream-optimized VMDK': ['vmdk', ['-o', 'subformat=streamOptimized'], 'vmdk'],
  'VMDK of one flat part': ['vmdk', ['-o', 'subformat=monolithicFlat'], 'vmdk'],
  'VMDK of flat parts': ['vmdk', ['-o', 'subformat=twoGbMaxExtentFlat'], 'vmdk'],
  'VMDK of sparse parts': ['vmdk', ['-o', 'subformat=twoGbMaxExtentSparse'], 'vmdk'],
  VDI: ['vdi', [], 'vdi'],
  'fixed VDI': ['vdi', ['-o', 'static=on'], 'vdi'],
} as const satisfies Record<string, readonly [qemu: string, options: readonly string[], ours: string]>

export type FormatName = keyof typeof formats
export const formatNames = Object.keys(formats) as FormatName[]

const small: SystemDiskOptions = { sizeMiB: 64, systemMiB: 12 }

/** A system disk of 64 MiB in a format; built once and shared: copy it before changing it. */
export async function diskIn(name: FormatName, options: SystemDiskOptions = {}): Promise<string> {
  const [qemu, given] = formats[name]
  const source = await systemDisk({ ...small, ...options })
  // In a folder of its own: some formats are several files, which name each other.
  const folder = await builtOnce(['format in a folder', source, qemu, ...given], `.${qemu}`, async (to) => {
    await mkdir(to)
    await qemuImage('convert', '-f', 'vpc', '-O', qemu, ...given, source, path.join(to, `disk.${qemu}`))
  })
  return path.join(folder, `disk.${qemu}`)
}

/** sha256 of the disk in a file as qemu-img reads it, padded with zeros to a whole MiB. `qemu`: its name of the format. */
export async function hashByQemu(qemu: string, file: string): Promise<string> {
  const raw = await builtOnce(['raw', qemu, file, (await stat(file)).mtimeMs], '.img', async (to) => {
    await qemuImage('convert', '-f', qemu, '-O', 'raw', file, to)
  })
  const { size } = await stat(raw)
  const hash = createHash('sha256')
  for await (const part of createReadStream(raw, { highWaterMark: mebibyte })) hash.update(part as Buffer)
  return hash.update(Buffer.alloc(Math.ceil(size / mebibyte) * mebibyte - size)).digest('hex')
}

/** The same as our reader reads it, in pieces of an odd length. */
export async function hashOf(file: string, pieceBytes = 3 * mebibyte + 517): Promise<string> {
  const view = await fixedVhdView(await openDisk(file))
  try {
    const hash = createHash('sha256')
    const buffer = Buffer.alloc(pieceBytes)
    for (let at = 0; at < view.dataBytes; at += pieceBytes) {
      const part = buffer.subarray(0, Math.min(pieceBytes, view.dataBytes - at))
      await view.read(part, at)
      hash.update(part)
    }
    return hash.digest('hex')
  } finally {
    await view.disk.close()
  }
}
