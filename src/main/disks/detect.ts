import type { DiskFormat } from '../../shared/outputs'
import { bytesAt, type ByteSource } from './source'
import { footerBytes, parseFooter, type VhdFooter } from './vhd'

export type Detected = {
  /** What a person calls it; formats that are no disk but have a name are told apart from `unknown` here only. */
  kind: DiskFormat | 'zip' | '7z' | 'bzip2' | 'tar' | 'wim'
  /** The VHD footer at the end of the file (or, in dynamic disks with a lost end, its copy at the start). */
  footer: VhdFooter | null
  /** Length of the footer found at the end: 512, 511 as old Virtual PC wrote it, or 0. */
  footerLength: number
  /** What the container says about the size of its disk; 0 when it is not known without reading further. */
  virtualSize: number
  /** It begins as a disk does, but its length is no whole number of sectors: a copy that was interrupted. */
  isCutOff: boolean
}

const sectorBytes = 512

/** Tells the format by content, never by name. Reads under 40 KiB. */
export async function detect(source: ByteSource): Promise<Detected> {
  const head = await bytesAt(source, 0, 1024)
  const tail = await bytesAt(source, Math.max(0, source.size - footerBytes), footerBytes)
  const { footer, footerLength } = findFooter(tail)
  const copy = head.length >= footerBytes ? parseFooter(head) : null
  const none = { footer: null, footerLength: 0, virtualSize: 0, isCutOff: false }
  // A dynamic disk starts with a copy of its footer; a fixed one has nothing of its own at the start.
  if (copy && copy.type !== 'fixed') {
    return { ...none, kind: vhdKind(copy), footer: footer ?? copy, footerLength, virtualSize: copy.currentSize }
  }
  if (footer) return { ...none, kind: vhdKind(footer), footer, footerLength, virtualSize: footer.currentSize }
  const named = byMagic(head)
  if (named) return { ...none, ...named }
  const volume = await bytesAt(source, 0x8001, 5)
  const partitioned = source.size >= 1024 && hasPartitionSignature(head)
  // A hybrid installer is both; as a disk to boot a machine from it is still an installer.
  if (volume.toString('latin1') === 'CD001') return { ...none, kind: 'iso9660' }
  if (partitioned && source.size % sectorBytes !== 0) return { ...none, kind: 'unknown', isCutOff: true }
  if (partitioned) return { ...none, kind: 'raw', virtualSize: source.size }
  return { ...none, kind: 'unknown' }
}

function findFooter(tail: Buffer): Pick<Detected, 'footer' | 'footerLength'> {
  const whole = tail.length === footerBytes ? parseFooter(tail) : null
  if (whole) return { footer: whole, footerLength: footerBytes }
  const short = tail.length === footerBytes ? parseFooter(tail.subarray(1)) : null
  return { footer: short, footerLength: short ? footerBytes - 1 : 0 }
}

function vhdKind(footer: VhdFooter): DiskFormat {
  if (footer.type === 'dynamic') return 'vhd-dynamic'
  if (footer.type === 'differencing') return 'vhd-differencing'
  return 'vhd-fixed'
}

function byMagic(head: Buffer): Pick<Detected, 'kind' | 'virtualSize'> | null {
  const text = head.toString('latin1')
  const size = (width: 4 | 8, at: number, isBig: boolean) => sizeAt(head, width, at, isBig)
  if (text.startsWith('vhdxfile')) return { kind: 'vhdx', virtualSize: 0 }
  if (text.startsWith('QFI\xfb')) return { kind: 'qcow2', virtualSize: size(8, 24, true) }
  if (text.startsWith('KDMV')) return { kind: 'vmdk', virtualSize: size(8, 12, false) * 512 }
  if (text.startsWith('COWD')) return { kind: 'vmdk', virtualSize: size(4, 12, false) * 512 }
  if (text.startsWith('# Disk DescriptorFile')) return { kind: 'vmdk', virtualSize: 0 }
  if (text.slice(0x40, 0x44) === '\x7f\x10\xda\xbe') return { kind: 'vdi', virtualSize: size(8, 0x170, false) }
  const found = magics.find(([magic, at]) => text.startsWith(magic, at))
  return found ? { kind: found[2], virtualSize: 0 } : null
}

const magics: readonly (readonly [magic: string, at: number, kind: Detected['kind']])[] = [
  ['\x1f\x8b', 0, 'gzip'],
  ['\xfd7zXZ\x00', 0, 'xz'],
  ['\x28\xb5\x2f\xfd', 0, 'zstd'],
  ['BZh', 0, 'bzip2'],
  ['PK\x03\x04', 0, 'zip'],
  ['7z\xbc\xaf\x27\x1c', 0, '7z'],
  ['MSWIM\x00', 0, 'wim'],
  ['ustar', 257, 'tar'],
]

function hasPartitionSignature(head: Buffer): boolean {
  return head.readUInt16LE(510) === 0xaa55 || head.toString('latin1', 512, 520) === 'EFI PART'
}

function sizeAt(head: Buffer, width: 4 | 8, at: number, isBig: boolean): number {
  if (head.length < at + width) return 0
  if (width === 4) return head.readUInt32LE(at)
  const size = Number(isBig ? head.readBigUInt64BE(at) : head.readBigUInt64LE(at))
  return size <= 2 ** 50 ? size : 0
}
