import { bytesAt, sourceOfBytes, type ByteSource } from '../source'
import type { Damage, VolumeEntry, VolumeNode, WalkedVolume } from './walk'

const maxFolderBytes = 1024 * 1024
const maxFileBytes = 64 * 1024 * 1024
const folderAttribute = 0x10
const labelAttribute = 0x08
const longNameAttributes = 0x0f
/** Where a piece of a long name has its 13 characters of UTF-16. */
const longNameParts = [
  [1, 11],
  [14, 26],
  [28, 32],
] as const

type Fat = {
  damage: Damage
  volume: ByteSource
  bits: 12 | 16 | 32
  fatStart: number
  dataStart: number
  clusterBytes: number
}

/**
 * Opens a FAT file system for reading; null when it is none. Layout: Microsoft, "FAT32 File System Specification" 1.03.
 * By hand, because every disk that boots by UEFI has one, and 7-Zip has to be started in a thread of its own to look at it.
 */
export async function openFat(volume: ByteSource): Promise<WalkedVolume | null> {
  const boot = await bytesAt(volume, 0, 512)
  if (boot.length < 512) return null
  const sectorBytes = boot.readUInt16LE(11)
  const clusterBytes = sectorBytes * boot[13]!
  if (![512, 1024, 2048, 4096].includes(sectorBytes) || clusterBytes === 0) return null
  const fatSectors = boot.readUInt16LE(22) || boot.readUInt32LE(36)
  const fatStart = boot.readUInt16LE(14) * sectorBytes
  const rootStart = fatStart + boot[16]! * fatSectors * sectorBytes
  const rootBytes = Math.ceil((boot.readUInt16LE(17) * 32) / sectorBytes) * sectorBytes
  const dataStart = rootStart + rootBytes
  const total = (boot.readUInt16LE(19) || boot.readUInt32LE(32)) * sectorBytes
  const clusters = Math.floor((total - dataStart) / clusterBytes)
  const bits = boot.readUInt16LE(22) === 0 || clusters >= 65525 ? 32 : clusters >= 4085 ? 16 : 12
  const fat: Fat = { damage: { isFound: false }, volume, bits, fatStart, dataStart, clusterBytes }
  const rootFolder = () =>
    rootBytes > 0 ? bytesAt(volume, rootStart, rootBytes) : chain(fat, boot.readUInt32LE(44), maxFolderBytes)
  const entries = async () => entriesOf(fat, await rootFolder())
  const root: VolumeNode = { kind: 'folder', sizeBytes: 0, entries, content: () => sourceOfBytes(Buffer.alloc(0)) }
  return { root, isDirty: false, damage: fat.damage, foldCase: true }
}

/** What belongs together, cluster after cluster, up to a bound. */
async function chain(fat: Fat, first: number, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  const endMark = fat.bits === 12 ? 0xff7 : fat.bits === 16 ? 0xfff7 : 0x0ffffff7
  let cluster = first
  for (let read = 0; cluster >= 2 && cluster < endMark && read < limitBytes; read += fat.clusterBytes) {
    parts.push(await bytesAt(fat.volume, fat.dataStart + (cluster - 2) * fat.clusterBytes, fat.clusterBytes))
    cluster = await nextCluster(fat, cluster)
    // Neither a next one nor the mark of the last.
    if (cluster < 2 || parts.at(-1)!.length < fat.clusterBytes) fat.damage.isFound = true
  }
  return Buffer.concat(parts)
}

async function nextCluster({ volume, bits, fatStart }: Fat, cluster: number): Promise<number> {
  const at = fatStart + Math.floor((cluster * bits) / 8)
  const bytes = await bytesAt(volume, at, bits === 32 ? 4 : 2)
  if (bytes.length < (bits === 32 ? 4 : 2)) return 0
  if (bits === 32) return bytes.readUInt32LE(0) & 0x0fffffff
  const value = bytes.readUInt16LE(0)
  if (bits === 16) return value
  return cluster % 2 === 0 ? value & 0xfff : value >> 4
}

/** A long name stands in pieces before the entry that it belongs to, the last piece first. */
function entriesOf(fat: Fat, folder: Buffer): VolumeEntry[] {
  const entries: VolumeEntry[] = []
  let longName = ''
  for (let at = 0; at + 32 <= folder.length && folder[at] !== 0; at += 32) {
    const entry = folder.subarray(at, at + 32)
    if (entry[0] !== 0xe5 && entry[11] === longNameAttributes) {
      longName = `${pieceOf(entry)}${longName}`
      continue
    }
    const name = longName.split('\0')[0]! || shortName(entry)
    longName = ''
    if (entry[0] === 0xe5 || entry[11]! & labelAttribute) continue
    entries.push({ name, open: () => Promise.resolve(nodeOf(fat, entry)) })
  }
  return entries
}

function pieceOf(entry: Buffer): string {
  return longNameParts.map(([from, to]) => entry.toString('utf16le', from, to)).join('')
}

function shortName(entry: Buffer): string {
  const stem = entry.toString('latin1', 0, 8).trimEnd()
  const suffix = entry.toString('latin1', 8, 11).trimEnd()
  return suffix ? `${stem}.${suffix}` : stem
}

function nodeOf(fat: Fat, entry: Buffer): VolumeNode {
  const isFolder = (entry[11]! & folderAttribute) !== 0
  const cluster = entry.readUInt16LE(20) * 65536 + entry.readUInt16LE(26)
  const sizeBytes = entry.readUInt32LE(28)
  return {
    kind: isFolder ? 'folder' : 'file',
    sizeBytes,
    entries: () => (isFolder ? folderAt(fat, cluster) : Promise.resolve([])),
    content: () => fileOf(fat, cluster, Math.min(sizeBytes, maxFileBytes)),
  }
}

/** Every folder but the root begins with an entry for itself. */
async function folderAt(fat: Fat, cluster: number): Promise<VolumeEntry[]> {
  const folder = await chain(fat, cluster, maxFolderBytes)
  if (folder[0] !== 0x2e) fat.damage.isFound = true
  return entriesOf(fat, folder)
}

function fileOf(fat: Fat, cluster: number, size: number): ByteSource {
  return {
    size,
    async read(buffer, offset) {
      const bytes = await chain(fat, cluster, offset + buffer.length)
      buffer.fill(0)
      buffer.set(bytes.subarray(offset, offset + buffer.length))
    },
  }
}
