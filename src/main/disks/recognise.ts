import type { FindingKey } from '../../shared/messages/finding-text'
import type { DiskFormat, Finding } from '../../shared/outputs'
import { bytesAt, type ByteSource } from './source'

/** A file that has a name, but is no disk that is read here. */
export type Other = {
  /** As documented for `inspect --json`. */
  format: DiskFormat
  key: FindingKey
  /** What the text of the finding calls it. */
  kind?: string
  /** What to type so that a disk comes out of it; `FILE` stands for the file. */
  command?: { on: NonNullable<Finding['commands']>[number]['on']; text: string }
}

/** Tells by content what people bring that is no disk image; null when it may be one, or is nothing known. */
export async function otherByContent(source: ByteSource, head: Buffer, tail: Buffer): Promise<Other | null> {
  const text = head.toString('latin1')
  const found = byStart.find(([magic, at]) => text.startsWith(magic, at))
  if (found) return found[2]
  // The trailer of an Apple disk image is its only mark.
  if (tail.toString('latin1', 0, 4) === 'koly') return convertible('DMG', 'dmg')
  const volume = await bytesAt(source, 0x8001, 5)
  if (['CD001', 'BEA01'].includes(volume.toString('latin1'))) return { format: 'iso9660', key: 'disk.format.iso' }
  return isText(head) ? textKind(head) : null
}

const packed = (kind: string, unpack: string, format: DiskFormat = 'unknown'): Other => ({
  format,
  key: 'disk.format.compressed',
  kind,
  command: { on: 'here', text: unpack },
})
const convertible = (kind: string, qemuName: string): Other => ({
  format: 'unknown',
  key: 'disk.format.unsupported:other',
  kind,
  command: { on: 'here', text: `qemu-img convert -f ${qemuName} -O vhdx FILE disk.vhdx` },
})
const state: Other = { format: 'unknown', key: 'disk.format.unknown:state' }
const evidence: Other = {
  format: 'unknown',
  key: 'disk.format.unknown:evidence',
  command: { on: 'here', text: 'ewfexport -u -f raw -t disk FILE' },
}

const byStart: readonly (readonly [magic: string, at: number, other: Other])[] = [
  ['\x1f\x8b', 0, packed('gzip', 'gunzip --keep FILE', 'gzip')],
  ['\xfd7zXZ\x00', 0, packed('xz', 'xz --decompress --keep FILE', 'xz')],
  ['\x28\xb5\x2f\xfd', 0, packed('zstd', 'zstd --decompress FILE', 'zstd')],
  ['BZh', 0, packed('bzip2', 'bunzip2 --keep FILE')],
  ['\x04\x22\x4d\x18', 0, packed('lz4', 'lz4 -d FILE disk.img')],
  ['LZIP', 0, packed('lzip', 'lzip --decompress --keep FILE')],
  ['\x89LZO\x00\x0d\x0a\x1a\x0a', 0, packed('lzop', 'lzop -d FILE')],
  ['PK\x03\x04', 0, packed('zip', '7z x FILE')],
  ['7z\xbc\xaf\x27\x1c', 0, packed('7z', '7z x FILE')],
  ['Rar!\x1a\x07', 0, packed('rar', '7z x FILE')],
  ['MSCF\x00\x00\x00\x00', 0, packed('cab', '7z x FILE')],
  [
    'ustar',
    257,
    { format: 'unknown', key: 'disk.format.compressed:tar', command: { on: 'here', text: 'tar -xf FILE' } },
  ],
  ['MSWIM\x00', 0, { format: 'unknown', key: 'disk.format.unknown:wim' }],
  ['EVF\x09\x0d\x0a\xff\x00', 0, evidence],
  ['EVF2\x0d\x0a\x81', 0, evidence],
  ['AFF10\x0d\x0a', 0, { format: 'unknown', key: 'disk.format.unknown:evidence' }],
  // Hyper-V keeps configuration, memory and state of a machine in files of this kind (.vmcx, .vmrs).
  ['\x14\x20\x28\x01', 0, state],
  // VMware's suspended state and snapshots (.vmss, .vmsn), VirtualBox's saved state (.sav).
  ['\xd0\xbe\xd2\xbe', 0, state],
  ['\xd2\xbe\xd2\xbe', 0, state],
  ['\xd3\xbe\xd2\xbe', 0, state],
  ['\x7fVirtualBox SavedState', 0, state],
  ['QED\x00', 0, convertible('QED', 'qed')],
  ['WithoutFreeSpace', 0, convertible('Parallels', 'parallels')],
  ['WithouFreSpacExt', 0, convertible('Parallels', 'parallels')],
  ['Bochs Virtual HD Image', 0, convertible('Bochs', 'bochs')],
]

function isText(head: Buffer): boolean {
  const utf16 = head[0] === 0xff && head[1] === 0xfe
  return head.length > 0 && (utf16 || head.every((byte) => byte >= 0x20 || [9, 10, 13].includes(byte)))
}

function textKind(head: Buffer): Other {
  const text = head.toString(head[0] === 0xff ? 'utf16le' : 'utf8')
  const isMachine = /<VirtualBox\b|<Envelope\b|<domain\b|^config\.version\s*=|^\.encoding\s*=|^virtualHW\./im.test(text)
  return { format: 'unknown', key: isMachine ? 'disk.format.unknown:machine' : 'disk.format.unknown:text' }
}
