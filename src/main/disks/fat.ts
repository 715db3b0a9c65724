import { bytesAt, type ByteSource } from './source'

const maxDirectoryBytes = 1024 * 1024
const directoryAttribute = 0x10
const labelAttribute = 0x08

type Fat = { volume: ByteSource; bits: 12 | 16 | 32; fatStart: number; dataStart: number; clusterBytes: number }
type Entry = { name: string; isFolder: boolean; cluster: number }

/**
 * Whether a FAT file system holds a file, named by its 8.3 names with `/` between them, in any case.
 * Layout: Microsoft, "FAT32 File System Specification" 1.03. A damaged file system holds nothing.
 */
export async function isInFat(volume: ByteSource, path: string): Promise<boolean> {
  const boot = await bytesAt(volume, 0, 512)
  if (boot.length < 512) return false
  const sectorBytes = boot.readUInt16LE(11)
  const clusterBytes = sectorBytes * boot[13]!
  if (![512, 1024, 2048, 4096].includes(sectorBytes) || clusterBytes === 0) return false
  const fatSectors = boot.readUInt16LE(22) || boot.readUInt32LE(36)
  const fatStart = boot.readUInt16LE(14) * sectorBytes
  const rootStart = fatStart + boot[16]! * fatSectors * sectorBytes
  const rootBytes = Math.ceil((boot.readUInt16LE(17) * 32) / sectorBytes) * sectorBytes
  const dataStart = rootStart + rootBytes
  const total = (boot.readUInt16LE(19) || boot.readUInt32LE(32)) * sectorBytes
  const clusters = Math.floor((total - dataStart) / clusterBytes)
  const bits = boot.readUInt16LE(22) === 0 || clusters >= 65525 ? 32 : clusters >= 4085 ? 16 : 12
  const fat: Fat = { volume, bits, fatStart, dataStart, clusterBytes }

  let folder = rootBytes > 0 ? await bytesAt(volume, rootStart, rootBytes) : await chain(fat, boot.readUInt32LE(44))
  const names = path.toUpperCase().split('/')
  for (const [depth, name] of names.entries()) {
    const entry = entriesOf(folder).find((one) => one.name === name)
    const isLast = depth === names.length - 1
    if (!entry || entry.isFolder === isLast) return false
    if (isLast) return true
    folder = await chain(fat, entry.cluster)
  }
  return false
}

/** The bytes of a folder, cluster after cluster, up to a bound that no real one reaches. */
async function chain(fat: Fat, first: number): Promise<Buffer> {
  const parts: Buffer[] = []
  const endMark = fat.bits === 12 ? 0xff7 : fat.bits === 16 ? 0xfff7 : 0x0ffffff7
  let cluster = first
  for (let read = 0; cluster >= 2 && cluster < endMark && read < maxDirectoryBytes; read += fat.clusterBytes) {
    parts.push(await bytesAt(fat.volume, fat.dataStart + (cluster - 2) * fat.clusterBytes, fat.clusterBytes))
    cluster = await nextCluster(fat, cluster)
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

function entriesOf(folder: Buffer): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at + 32 <= folder.length && folder[at] !== 0; at += 32) {
    const attributes = folder[at + 11]!
    if (folder[at] === 0xe5 || attributes & labelAttribute) continue
    const stem = folder.toString('latin1', at, at + 8).trimEnd()
    const suffix = folder.toString('latin1', at + 8, at + 11).trimEnd()
    entries.push({
      name: suffix ? `${stem}.${suffix}` : stem,
      isFolder: (attributes & directoryAttribute) !== 0,
      cluster: (folder.readUInt16LE(at + 20) << 16) | folder.readUInt16LE(at + 26),
    })
  }
  return entries
}
