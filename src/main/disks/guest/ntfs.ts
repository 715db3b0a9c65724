import { bytesAt, type ByteSource } from '../source'
import type { GuestFiles, GuestVolume, Wanted } from './files'
import { openNtfs } from './ntfs-nodes'
import { takeOut } from './seven-zip'
import { guestFiles } from './snapshot'
import { walked } from './walk'

/**
 * An NTFS volume: gone through by hand, and with 7-Zip for files that are packed there, or when the volume is damaged.
 * By hand, because 7-Zip goes through all file records first.
 */
export async function ntfsVolume(volume: ByteSource): Promise<GuestVolume> {
  const opened = await openNtfs(volume)
  if (!opened) return { files: (wanted) => ntfsFiles(volume, wanted), content: () => Promise.resolve(null) }
  const tree = walked(opened)
  return {
    async files(wanted) {
      const files = await tree.files(wanted)
      const read = files ? wanted.read.filter(({ path }) => isPacked(files, path)) : []
      const packed = files && read.length > 0 ? await ntfsFiles(volume, { read, list: [] }) : null
      return files && packed ? { ...files, ...together(files, packed) } : files
    },
    content: (path) => tree.content(path),
  }
}

/** It is there, but its bytes are not where this reader looks: they have no size of their own. */
function isPacked(files: GuestFiles, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const entry = files.list(path.slice(0, -name.length - 1)).find((one) => one.name.toLowerCase() === name)
  return entry !== undefined && !entry.isFolder && entry.sizeBytes === 0 && files.bytes(path) === null
}

function together(files: GuestFiles, packed: GuestFiles): Pick<GuestFiles, 'bytes' | 'text'> {
  return {
    bytes: (path) => files.bytes(path) ?? packed.bytes(path),
    text: (path) => files.text(path) ?? packed.text(path),
  }
}

/** The wanted files of an NTFS volume as 7-Zip finds them, which is asked where a volume is damaged; null when it cannot be read. */
export async function ntfsFiles(volume: ByteSource, wanted: Wanted): Promise<GuestFiles | null> {
  const taken = await takeOut(volume, wanted)
  if (!taken) return null
  const contents = new Map(taken.contents.map(({ path, bytes }) => [path, bytes]))
  return guestFiles({
    entries: taken.entries,
    contents,
    isDirty: await isDirty(volume),
    isDamaged: true,
    foldCase: true,
  })
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
