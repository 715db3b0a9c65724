import { bytesAt, type ByteSource } from '../source'
import type { GuestFiles, GuestVolume, Wanted } from './files'
import { takeOut } from './seven-zip'
import { guestFiles } from './snapshot'

/** An NTFS volume, read by 7-Zip: single files of it cannot be opened. */
export function ntfsVolume(volume: ByteSource): GuestVolume {
  return { files: (wanted) => ntfsFiles(volume, wanted), content: () => Promise.resolve(null) }
}

/** The wanted files of an NTFS volume; null when it cannot be read. */
export async function ntfsFiles(volume: ByteSource, wanted: Wanted): Promise<GuestFiles | null> {
  const taken = await takeOut(volume, wanted)
  if (!taken) return null
  const contents = new Map(taken.contents.map(({ path, bytes }) => [path, bytes]))
  return guestFiles({ entries: taken.entries, contents, isDirty: await isDirty(volume), foldCase: true })
}

const volumeRecord = 3
const volumeInformation = 0x70
const endOfAttributes = 0xffffffff

/** The flag `dirty` of $Volume: file record 3, attribute $VOLUME_INFORMATION, flags at 10 of its value. */
async function isDirty(volume: ByteSource): Promise<boolean> {
  const boot = await bytesAt(volume, 0, 512)
  if (boot.length < 512) return false
  const clusterBytes = boot.readUInt16LE(11) * (boot[13]! > 128 ? 2 ** (256 - boot[13]!) : boot[13]!)
  const width = boot.readInt8(64)
  const recordBytes = width < 0 ? 2 ** -width : width * clusterBytes
  if (recordBytes < 512 || recordBytes > 65_536) return false
  const start = Number(boot.readBigUInt64LE(48)) * clusterBytes + volumeRecord * recordBytes
  const record = await bytesAt(volume, start, recordBytes)
  if (record.toString('latin1', 0, 4) !== 'FILE') return false
  for (let at = record.readUInt16LE(20); at + 24 <= record.length; at += record.readUInt32LE(at + 4)) {
    const type = record.readUInt32LE(at)
    if (type === endOfAttributes || record.readUInt32LE(at + 4) < 24) return false
    const flags = at + record.readUInt16LE(at + 20) + 10
    if (type === volumeInformation) return flags + 2 <= record.length && (record.readUInt16LE(flags) & 1) === 1
  }
  return false
}
