import type { DiskFormat } from '../../shared/outputs'
import { readPartitions } from './partitions'
import { otherByContent, type Other } from './recognise'
import { volumeOf, type Volume } from './signatures'
import { bytesAt, type ByteSource } from './source'
import { footerBytes, parseDamagedFooter, parseFooter, type VhdFooter } from './formats/vhd'

export type Detected = {
  kind: DiskFormat
  /** What the file is although no disk can be read from it; null for disks, and for what nobody knows. */
  other: Other | null
  /** The file system that begins where the partition table should be. */
  volume: Volume | null
  /** The VHD footer that counts: of the one at the end and the copy at the start of dynamic disks, one with a right checksum. */
  footer: VhdFooter | null
  /** Length of the footer found at the end: 512, 511 as old Virtual PC wrote it, or 0. */
  footerLength: number
  /** What the container says about the size of its disk; 0 when it is not known without reading further. */
  virtualSize: number
  /** It begins as a disk does, but its length is no whole number of sectors: a copy that was interrupted. */
  isCutOff: boolean
}

const sectorBytes = 512
const none = { other: null, volume: null, footer: null, footerLength: 0, virtualSize: 0, isCutOff: false }

/** Tells the format by content, never by name. Reads under 128 KiB. */
export async function detect(source: ByteSource): Promise<Detected> {
  const head = await bytesAt(source, 0, 4096)
  const tail = await bytesAt(source, Math.max(0, source.size - footerBytes), footerBytes)
  const vhd = vhdIn(head, tail, source.size)
  if (vhd) return { ...none, ...vhd }
  const named = diskByMagic(head)
  if (named) return { ...none, ...named }
  const other = await otherByContent(source, head, tail)
  // A hybrid installer is both; as a disk to boot a machine from it is still an installer.
  if (other) return { ...none, kind: other.format, other }
  const volume = await volumeWithoutTable(source)
  if (volume) return { ...none, kind: 'unknown', volume }
  const partitioned = source.size >= 1024 && hasPartitionSignature(head)
  if (partitioned && source.size % sectorBytes !== 0) return { ...none, kind: 'unknown', isCutOff: true }
  if (partitioned) return { ...none, kind: 'raw', virtualSize: source.size }
  return { ...none, kind: 'unknown' }
}

function vhdIn(
  head: Buffer,
  tail: Buffer,
  size: number,
): Pick<Detected, 'kind' | 'footer' | 'footerLength' | 'virtualSize'> | null {
  const { end, footerLength } = endFooter(tail, size)
  const start = head.length >= footerBytes ? parseFooter(head) : null
  // A fixed disk has nothing of its own at the start: what stands there is the guest's.
  const copy = start?.type === 'dynamic' || start?.type === 'differencing' ? start : null
  const footer = [end, copy].find((one) => one?.isChecksumRight) ?? end ?? copy
  return footer && { kind: vhdKind(footer), footer, footerLength, virtualSize: footer.currentSize }
}

function endFooter(tail: Buffer, size: number): { end: VhdFooter | null; footerLength: number } {
  const whole = tail.length === footerBytes ? parseFooter(tail) : null
  if (whole) return { end: whole, footerLength: footerBytes }
  const damaged = tail.length === footerBytes ? parseDamagedFooter(tail, size) : null
  if (damaged) return { end: damaged, footerLength: footerBytes }
  const short = tail.length === footerBytes ? parseFooter(tail.subarray(1)) : null
  return { end: short, footerLength: short ? footerBytes - 1 : 0 }
}

function vhdKind(footer: VhdFooter): DiskFormat {
  if (footer.type === 'dynamic') return 'vhd-dynamic'
  if (footer.type === 'differencing') return 'vhd-differencing'
  return 'vhd-fixed'
}

function diskByMagic(head: Buffer): Pick<Detected, 'kind' | 'virtualSize'> | null {
  const text = head.toString('latin1')
  const size = (at: number, isBig: boolean) => sizeAt(head, at, isBig)
  if (text.startsWith('vhdxfile')) return { kind: 'vhdx', virtualSize: 0 }
  if (text.startsWith('QFI\xfb')) return { kind: 'qcow2', virtualSize: size(24, true) }
  if (text.startsWith('KDMV')) return { kind: 'vmdk', virtualSize: size(12, false) * sectorBytes }
  if (text.startsWith('COWD')) return { kind: 'vmdk', virtualSize: 0 }
  if (text.startsWith('# Disk DescriptorFile')) return { kind: 'vmdk', virtualSize: 0 }
  if (text.slice(0x40, 0x44) === '\x7f\x10\xda\xbe') return { kind: 'vdi', virtualSize: size(0x170, false) }
  return null
}

/** The boot sector of NTFS and FAT ends as a partition table does: there a partition has to be named too. */
async function volumeWithoutTable(source: ByteSource): Promise<Volume | null> {
  const volume = await volumeOf(source)
  if (volume === 'unknown') return null
  return (await readPartitions(source)).kind === null ? volume : null
}

function hasPartitionSignature(head: Buffer): boolean {
  if (head.length < 520) return false
  return head.readUInt16LE(510) === 0xaa55 || head.toString('latin1', 512, 520) === 'EFI PART'
}

function sizeAt(head: Buffer, at: number, isBig: boolean): number {
  if (head.length < at + 8) return 0
  const size = Number(isBig ? head.readBigUInt64BE(at) : head.readBigUInt64LE(at))
  return size <= 2 ** 50 ? size : 0
}
