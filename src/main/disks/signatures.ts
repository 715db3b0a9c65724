import { bytesAt, type ByteSource } from './source'

export type Volume =
  'ext' | 'xfs' | 'btrfs' | 'ntfs' | 'fat' | 'refs' | 'luks' | 'bitlocker' | 'lvm' | 'swap' | 'raid' | 'unknown'

/** Tells by its first 68 KiB what a partition holds. */
export async function volumeOf(partition: ByteSource): Promise<Volume> {
  const head = await bytesAt(partition, 0, 4608)
  const text = head.toString('latin1')
  const found = signatures.find(([magic, at]) => text.startsWith(magic, at))
  if (found) return found[2]
  const isFat = text.startsWith('FAT', 54) || text.startsWith('FAT32   ', 82)
  if (isFat) return 'fat'
  const lvm = [0, 512, 1024, 1536].some((at) => text.startsWith('LABELONE', at) && text.startsWith('LVM2 001', at + 24))
  if (lvm) return 'lvm'
  const far = await bytesAt(partition, 0x10040, 8)
  return far.toString('latin1') === '_BHRfS_M' ? 'btrfs' : 'unknown'
}

const signatures: readonly (readonly [magic: string, at: number, volume: Volume])[] = [
  ['LUKS\xba\xbe', 0, 'luks'],
  ['-FVE-FS-', 3, 'bitlocker'],
  ['NTFS    ', 3, 'ntfs'],
  ['ReFS', 3, 'refs'],
  ['XFSB', 0, 'xfs'],
  ['\x53\xef', 0x438, 'ext'],
  ['SWAPSPACE2', 4086, 'swap'],
  ['\xfc\x4e\x2b\xa9', 4096, 'raid'],
]

/** The UUID by which /etc/fstab names a volume, as blkid prints it; null where there is none that is known here. */
export async function uuidOf(partition: ByteSource, volume: Volume): Promise<string | null> {
  if (volume === 'fat') return fatSerial(partition)
  const at = uuidAt[volume]
  const bytes = at === undefined ? null : await bytesAt(partition, at, 16)
  return bytes?.length === 16 ? bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : null
}

const uuidAt: Partial<Record<Volume, number>> = { ext: 0x468, xfs: 32, btrfs: 0x10020, swap: 0x40c }

async function fatSerial(partition: ByteSource): Promise<string | null> {
  const boot = await bytesAt(partition, 0, 128)
  if (boot.length < 128) return null
  const at = boot.toString('latin1', 82, 87) === 'FAT32' ? 67 : 39
  const serial = boot.readUInt32LE(at).toString(16).padStart(8, '0').toUpperCase()
  return `${serial.slice(0, 4)}-${serial.slice(4)}`
}
