import { bytesAt, type ByteSource } from './source'

/** A read-only look into ext2, ext3 and ext4. Paths have no leading slash; symbolic links are not followed. */
export type Ext = {
  /** Not unmounted, or with a journal that still has to be replayed: what is read may be a little old. */
  isDirty: boolean
  /** Names in a folder; empty when there is no such folder. */
  list(path: string): Promise<{ name: string; isFolder: boolean }[]>
  isThere(path: string): Promise<boolean>
  /** The first `limitBytes` of a regular file as UTF-8; null when there is none. */
  text(path: string, limitBytes: number): Promise<string | null>
}

type Volume = {
  bytes: ByteSource
  blockBytes: number
  inodesPerGroup: number
  inodeBytes: number
  inodeCount: number
  groupsAt: number
  groupBytes: number
  /** Folders read so far: every path begins with the same ones. */
  folders: Map<number, Buffer>
}
type Inode = { number: number; mode: number; size: number; flags: number; map: Buffer }

const rootInode = 2
const folderMode = 0x4000
const fileMode = 0x8000
const extentsFlag = 0x80000
/** Inline data and encryption: their contents are not where this reader looks. */
const elsewhereFlags = 0x10000000 | 0x800
const maxFolderBytes = 1024 * 1024
const maxFolders = 32
const maxNodes = 512

/**
 * Opens an ext file system, or returns null when it is none or lays its tables out in a way this reader does not know.
 * Layout: Linux kernel documentation, "ext4 Data Structures and Algorithms".
 */
export async function openExt(bytes: ByteSource): Promise<Ext | null> {
  const superblock = await bytesAt(bytes, 1024, 1024)
  if (superblock.length < 1024 || superblock.readUInt16LE(56) !== 0xef53) return null
  const incompatible = superblock.readUInt32LE(96)
  const scale = superblock.readUInt32LE(24)
  const isOld = superblock.readUInt32LE(76) === 0
  const inodeBytes = isOld ? 128 : superblock.readUInt16LE(88)
  const inodesPerGroup = superblock.readUInt32LE(40)
  const isMetaGroups = (incompatible & 0x10) !== 0
  const blockBytes = 1024 << Math.min(scale, 16)
  if (scale > 6 || inodesPerGroup === 0 || inodeBytes < 128 || inodeBytes > blockBytes || isMetaGroups) return null
  const volume: Volume = {
    bytes,
    blockBytes,
    inodesPerGroup,
    inodeBytes,
    inodeCount: superblock.readUInt32LE(0),
    groupsAt: (superblock.readUInt32LE(20) + 1) * blockBytes,
    groupBytes: incompatible & 0x80 ? Math.max(64, superblock.readUInt16LE(254)) : 32,
    folders: new Map(),
  }
  const needsRecovery = (incompatible & 0x4) !== 0
  return {
    isDirty: needsRecovery || (superblock.readUInt16LE(58) & 1) === 0,
    async list(path) {
      const inode = await find(volume, path)
      const entries = inode ? entriesOf(await folderOf(volume, inode)) : []
      return entries
        .map(({ name, isFolder }) => ({ name: name.toString('utf8'), isFolder }))
        .filter(({ name }) => name !== '.' && name !== '..')
    },
    isThere: async (path) => (await find(volume, path)) !== null,
    async text(path, limitBytes) {
      const inode = await find(volume, path)
      if (!inode || (inode.mode & 0xf000) !== fileMode) return null
      return (await content(volume, inode, limitBytes)).toString('utf8')
    },
  }
}

async function find(volume: Volume, path: string): Promise<Inode | null> {
  let inode = await inodeAt(volume, rootInode)
  for (const name of path.split('/').filter(Boolean)) {
    if (!inode) return null
    const wanted = Buffer.from(name)
    const entry = entriesOf(await folderOf(volume, inode)).find((one) => one.name.equals(wanted))
    inode = entry ? await inodeAt(volume, entry.inode) : null
  }
  return inode
}

async function inodeAt(volume: Volume, number: number): Promise<Inode | null> {
  if (number < 1 || number > volume.inodeCount) return null
  const group = Math.floor((number - 1) / volume.inodesPerGroup)
  const descriptor = await bytesAt(volume.bytes, volume.groupsAt + group * volume.groupBytes, volume.groupBytes)
  if (descriptor.length < volume.groupBytes) return null
  const high = volume.groupBytes >= 64 ? descriptor.readUInt32LE(40) : 0
  const table = (descriptor.readUInt32LE(8) + high * 2 ** 32) * volume.blockBytes
  const index = (number - 1) % volume.inodesPerGroup
  const inode = await bytesAt(volume.bytes, table + index * volume.inodeBytes, 128)
  if (inode.length < 128) return null
  return {
    number,
    mode: inode.readUInt16LE(0),
    size: inode.readUInt32LE(4) + inode.readUInt32LE(108) * 2 ** 32,
    flags: inode.readUInt32LE(32),
    map: inode.subarray(40, 100),
  }
}

async function folderOf(volume: Volume, inode: Inode): Promise<Buffer> {
  if ((inode.mode & 0xf000) !== folderMode) return Buffer.alloc(0)
  const known = volume.folders.get(inode.number)
  if (known) return known
  const folder = await content(volume, inode, maxFolderBytes)
  if (volume.folders.size < maxFolders) volume.folders.set(inode.number, folder)
  return folder
}

type Entry = { inode: number; name: Buffer; isFolder: boolean }

/** Indexed folders read as plain ones too: their index blocks look like one unused entry. */
function entriesOf(folder: Buffer): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; at + 8 <= folder.length;) {
    const inode = folder.readUInt32LE(at)
    const length = folder.readUInt16LE(at + 4)
    const name = folder.subarray(at + 8, at + 8 + folder[at + 6]!)
    if (inode !== 0) entries.push({ inode, name, isFolder: folder[at + 7] === 2 })
    if (length < 8 || length % 4 !== 0) break
    at += length
  }
  return entries
}

async function content(volume: Volume, inode: Inode, limitBytes: number): Promise<Buffer> {
  const length = Math.min(inode.size, limitBytes)
  if (inode.flags & elsewhereFlags) return Buffer.alloc(0)
  const wanted = Math.ceil(length / volume.blockBytes)
  const blocks =
    inode.flags & extentsFlag ? await extents(volume, inode.map, wanted) : await pointers(volume, inode.map, wanted)
  const result = Buffer.alloc(length)
  for (const { index, block, count } of runsOf(blocks)) {
    const at = index * volume.blockBytes
    const bytes = Math.min(count * volume.blockBytes, length - at)
    const part = await bytesAt(volume.bytes, block * volume.blockBytes, bytes)
    part.copy(result, at)
  }
  return result
}

/** Blocks that follow each other both in the file and in the volume are read at once. */
function runsOf(blocks: Blocks): { index: number; block: number; count: number }[] {
  const runs: { index: number; block: number; count: number }[] = []
  for (const [index, block] of blocks) {
    const last = runs.at(-1)
    if (last && index === last.index + last.count && block === last.block + last.count) last.count++
    else runs.push({ index, block, count: 1 })
  }
  return runs
}

/** Number of a block in the file to its number in the volume; what is not in the map reads as zeros. */
type Blocks = Map<number, number>

async function extents(volume: Volume, root: Buffer, wanted: number): Promise<Blocks> {
  const blocks: Blocks = new Map()
  const nodes: { bytes: Buffer; depth: number }[] = [{ bytes: root, depth: root.readUInt16LE(6) }]
  for (let seen = 0; nodes.length > 0 && seen < maxNodes; seen++) {
    const { bytes, depth } = nodes.shift()!
    if (bytes.length < 12 || bytes.readUInt16LE(0) !== 0xf30a || depth > 5) continue
    const count = Math.min(bytes.readUInt16LE(2), Math.floor(bytes.length / 12) - 1)
    for (let at = 12; at <= count * 12; at += 12) {
      if (depth > 0) {
        const child = bytes.readUInt32LE(at + 4) + bytes.readUInt16LE(at + 8) * 2 ** 32
        if (bytes.readUInt32LE(at) >= wanted || nodes.length >= maxNodes) continue
        nodes.push({
          bytes: await bytesAt(volume.bytes, child * volume.blockBytes, volume.blockBytes),
          depth: depth - 1,
        })
      } else addExtent(blocks, bytes, at, wanted)
    }
  }
  return blocks
}

function addExtent(blocks: Blocks, node: Buffer, at: number, wanted: number): void {
  const first = node.readUInt32LE(at)
  const length = node.readUInt16LE(at + 4)
  const start = node.readUInt32LE(at + 8) + node.readUInt16LE(at + 6) * 2 ** 32
  // Longer than 32768 blocks means: set aside but never written.
  if (length > 32768) return
  for (let index = 0; index < length && first + index < wanted; index++) blocks.set(first + index, start + index)
}

/** The map of ext2 and ext3: twelve blocks, then tables of blocks, then tables of tables. Enough for 4 MiB is read. */
async function pointers(volume: Volume, map: Buffer, wanted: number): Promise<Blocks> {
  const list = [...numbers(map.subarray(0, 48))]
  const table = async (block: number) =>
    block === 0 ? [] : numbers(await bytesAt(volume.bytes, block * volume.blockBytes, volume.blockBytes))
  const perTable = volume.blockBytes / 4
  if (list.length < wanted) list.push(...padded(await table(map.readUInt32LE(48)), perTable))
  if (list.length < wanted) {
    for (const block of (await table(map.readUInt32LE(52))).slice(0, maxNodes)) {
      if (list.length >= wanted) break
      list.push(...padded(await table(block), perTable))
    }
  }
  return new Map(list.slice(0, wanted).flatMap((block, index) => (block === 0 ? [] : [[index, block] as const])))
}

function numbers(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readUInt32LE(index * 4))
}

function padded(list: number[], length: number): number[] {
  return list.length < length ? [...list, ...new Array<number>(length - list.length).fill(0)] : list
}
