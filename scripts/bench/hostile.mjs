import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Images that lie about themselves: name to file. Each begins as qemu-img writes it and is then changed at the place that the format's
 * document names; a reader that believes them allocates without end, walks in circles or opens what is none of its business.
 */
export function hostileImages(folder) {
  mkdirSync(folder, { recursive: true })
  const files = {}
  for (const [name, { format, options = [], patches = [], cutTo, text }] of Object.entries(recipes)) {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.${extensions[format] ?? 'img'}`)
    if (text === undefined) execFileSync('qemu-img', ['create', '-q', '-f', format, ...options, file, '64M'])
    else writeFileSync(file, text)
    for (const [offset, hex] of patches) patch(file, offset, Buffer.from(hex, 'hex'))
    if (cutTo !== undefined) truncateSync(file, cutTo)
    files[name] = file
  }
  return files
}

const extensions = { qcow2: 'qcow2', vpc: 'vhd', vhdx: 'vhdx', vmdk: 'vmdk', vdi: 'vdi' }
const outside = '/etc/passwd'

const recipes = {
  // qcow2: cluster_bits at 20, size at 24, l1_size at 36, backing_file_offset at 8 and its length at 16.
  'qcow2 with clusters of 2^63': { format: 'qcow2', patches: [[20, '0000003f']] },
  'qcow2 with an endless first table': { format: 'qcow2', patches: [[36, '7fffffff']] },
  'qcow2 of 8 EiB': { format: 'qcow2', patches: [[24, '7fffffffffffffff']] },
  'qcow2 on a file elsewhere': {
    format: 'qcow2',
    patches: [
      [8, '0000000000000400'],
      [16, '0000000b'],
      [1024, Buffer.from(outside).toString('hex')],
    ],
  },
  'qcow2 cut off': { format: 'qcow2', cutTo: 100 },
  // VHD: the dynamic header begins at 512; table offset at +16, entries at +28, block size at +32.
  'dynamic VHD with an endless table': { format: 'vpc', patches: [[512 + 28, 'ffffffff']] },
  'dynamic VHD with blocks of nothing': { format: 'vpc', patches: [[512 + 32, '00000000']] },
  'dynamic VHD with its table beyond the end': { format: 'vpc', patches: [[512 + 16, '7fffffffffffff00']] },
  'dynamic VHD cut off': { format: 'vpc', cutTo: 700 },
  // VHDX: region tables at 192 and 256 KiB, their entry count at +8; both checksums then no longer fit.
  'VHDX with an endless region table': {
    format: 'vhdx',
    patches: [
      [192 * 1024 + 8, 'ffffffff'],
      [256 * 1024 + 8, 'ffffffff'],
    ],
  },
  'VHDX without headers': {
    format: 'vhdx',
    patches: [
      [64 * 1024, '00'.repeat(80)],
      [128 * 1024, '00'.repeat(80)],
    ],
  },
  'VHDX cut off': { format: 'vhdx', cutTo: 70_000 },
  // VMDK: capacity at 12, grain size at 20, entries of a grain table at 44, all little-endian.
  'VMDK of 8 EiB': { format: 'vmdk', patches: [[12, 'ffffffffffffff7f']] },
  'VMDK with grains of nothing': { format: 'vmdk', patches: [[20, '0000000000000000']] },
  'VMDK with endless grain tables': { format: 'vmdk', patches: [[44, 'ffffffff']] },
  'VMDK that names a file elsewhere': {
    format: 'vmdk',
    text: `# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 8 FLAT "${outside}" 0\n`,
  },
  // VDI: block size at 376, blocks at 384, little-endian.
  'VDI with an endless table': { format: 'vdi', patches: [[384, 'ffffffff']] },
  'VDI with blocks of nothing': { format: 'vdi', patches: [[376, '00000000']] },
  'a partition table without end': { format: 'raw', text: endlessPartitions() },
  nothing: { format: 'raw', text: '' },
  'a zip file': { format: 'raw', text: Buffer.from('504b0304140000000800', 'hex') },
}

/** A raw disk whose GPT claims 2^32 - 1 partitions of 2^31 bytes each. */
function endlessPartitions() {
  const disk = Buffer.alloc(4 * 2 ** 20)
  disk.set([0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0xff, 0x1f, 0, 0], 446)
  disk.writeUInt16LE(0xaa55, 510)
  disk.write('EFI PART', 512)
  disk.writeUInt32LE(0x10000, 520)
  disk.writeUInt32LE(92, 524)
  disk.writeBigUInt64LE(2n, 512 + 72)
  disk.writeUInt32LE(0xffffffff, 512 + 80)
  disk.writeUInt32LE(0x80000000, 512 + 84)
  return disk
}

function patch(file, offset, bytes) {
  const handle = openSync(file, 'r+')
  writeSync(handle, bytes, 0, bytes.length, offset)
  closeSync(handle)
}
