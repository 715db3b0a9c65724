import { bytesAt, sourceOfBytes, type ByteSource } from '../source'
import { sourceOfRuns } from './runs'
import type { VolumeEntry, VolumeNode, WalkedVolume } from './walk'
import { extentsOf, type Extent } from './xfs-extents'
import { blockEntries, localEntries, type FolderEntry } from './xfs-folders'
import { isLogClean } from './xfs-log'
import { placeOf, superblockOf, type Xfs } from './xfs-superblock'

type Inode = { kind: VolumeNode['kind']; sizeBytes: number; format: number; fork: Buffer; extents: number }

const formats = { local: 1, extents: 2, tree: 3 }
const kinds: Record<number, VolumeNode['kind']> = { 0x4000: 'folder', 0x8000: 'file', 0xa000: 'link' }
const needsRepair = 0x10
const realtimeFlag = 1
const largeCountersFlag = 0x10
const maxFolderBytes = 16 * 1024 * 1024
const maxLinkBytes = 4096
/** Folders keep their hash tables from here on in the same file. */
const indexOffset = 32 * 1024 ** 3
const linkHeadBytes = 56

/**
 * Opens an XFS volume of version 4 or 5 for reading; null when it is none or uses what this reader does not know.
 * Layout: "XFS Algorithms & Data Structures", 3rd edition, part III. What is only in the log is not seen.
 */
export async function openXfs(bytes: ByteSource): Promise<WalkedVolume | null> {
  const superblock = await bytesAt(bytes, 0, 512)
  const xfs = superblockOf(superblock, bytes)
  const root = xfs && (await nodeAt(xfs, Number(superblock.readBigUInt64BE(56))))
  if (!xfs || root?.kind !== 'folder') return null
  const isBroken = xfs.isChecksummed && (superblock.readUInt32BE(216) & needsRepair) !== 0
  return { root, isDirty: isBroken || !(await isLogClean(xfs)), damage: xfs.damage, foldCase: false }
}

async function nodeAt(xfs: Xfs, number: number): Promise<VolumeNode | null> {
  const inode = await inodeAt(xfs, number)
  if (!inode) return null
  return {
    kind: inode.kind,
    sizeBytes: inode.sizeBytes,
    entries: () => (inode.kind === 'folder' ? entriesOf(xfs, inode) : Promise.resolve([])),
    content: () => (inode.kind === 'link' ? linkOf(xfs, inode) : contentOf(xfs, inode)),
  }
}

async function inodeAt(xfs: Xfs, number: number): Promise<Inode | null> {
  const block = placeOf(xfs, Math.floor(number / 2 ** xfs.inodeBits))
  const inode = await bytesAt(xfs.bytes, block + (number % 2 ** xfs.inodeBits) * xfs.inodeBytes, xfs.inodeBytes)
  if (inode.length < xfs.inodeBytes || inode.toString('latin1', 0, 2) !== 'IN') return null
  const head = inode[4]! >= 3 ? 176 : 100
  const attributes = inode[82]! * 8
  const end = attributes === 0 ? inode.length : head + attributes
  const isLarge = inode[4]! >= 3 && (inode.readUInt32BE(124) & largeCountersFlag) !== 0
  const isRealtime = (inode.readUInt16BE(90) & realtimeFlag) !== 0
  const sizeBytes = Number(inode.readBigUInt64BE(56))
  if (end > inode.length || !Number.isSafeInteger(sizeBytes) || inode.readUInt16BE(2) < 0x1000) return null
  return {
    kind: isRealtime ? 'other' : (kinds[inode.readUInt16BE(2) & 0xf000] ?? 'other'),
    sizeBytes,
    format: inode[5]!,
    fork: inode.subarray(head, end),
    extents: isLarge ? Number(inode.readBigUInt64BE(24)) : inode.readUInt32BE(76),
  }
}

async function entriesOf(xfs: Xfs, inode: Inode): Promise<VolumeEntry[]> {
  const open = ({ name, inode }: FolderEntry) => ({ name, open: () => nodeAt(xfs, inode) })
  if (inode.format === formats.local) return localEntries(inode.fork, inode.sizeBytes, xfs).map(open)
  const extents = (await mapOf(xfs, inode)).filter(({ at }) => at < indexOffset)
  const size = Math.min(maxFolderBytes, Math.max(0, ...extents.map(({ at, length }) => at + length)))
  const data = sourceOfRuns(size, extents, xfs.bytes)
  const entries: FolderEntry[] = []
  for (let at = 0; at < size; at += xfs.folderBlockBytes) {
    entries.push(...blockEntries(await bytesAt(data, at, xfs.folderBlockBytes), xfs))
  }
  return entries.map(open)
}

/** A file's bytes; where they lie is looked up when the first of them is read. */
function contentOf(xfs: Xfs, inode: Inode): ByteSource {
  if (inode.format === formats.local) return sourceOfBytes(inode.fork.subarray(0, inode.sizeBytes))
  let whole: Promise<ByteSource> | null = null
  return {
    size: inode.sizeBytes,
    async read(buffer, offset) {
      whole ??= mapOf(xfs, inode).then((extents) => sourceOfRuns(inode.sizeBytes, extents, xfs.bytes))
      await (await whole).read(buffer, offset)
    },
  }
}

/** The target of a link that did not fit into its inode; in version 5 behind a head of its own in each run of blocks. */
function linkOf(xfs: Xfs, inode: Inode): ByteSource {
  if (inode.format === formats.local || !xfs.isChecksummed || inode.sizeBytes > maxLinkBytes)
    return contentOf(xfs, inode)
  return {
    size: inode.sizeBytes,
    async read(buffer, offset) {
      const parts: Buffer[] = []
      for (const { from, length } of await mapOf(xfs, inode)) {
        const run = await bytesAt(xfs.bytes, from, Math.min(length, 2 * maxLinkBytes))
        if (run.length < linkHeadBytes || run.toString('latin1', 0, 4) !== 'XSLM') continue
        parts.push(run.subarray(linkHeadBytes, linkHeadBytes + run.readUInt32BE(8)))
      }
      buffer.fill(0)
      buffer.set(Buffer.concat(parts).subarray(offset, offset + buffer.length))
    },
  }
}

function mapOf(xfs: Xfs, inode: Inode): Promise<Extent[]> {
  return extentsOf(xfs, inode.fork, inode.format === formats.tree ? 'tree' : 'list', inode.extents)
}
