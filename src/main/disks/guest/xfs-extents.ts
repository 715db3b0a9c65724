import { bytesAt } from '../source'
import { placeOf, type Xfs } from './xfs-superblock'

/** Bytes that follow each other both in a file (`at`) and in its volume (`from`). */
export type Extent = { at: number; length: number; from: number }

const recordBytes = 16
const maxExtents = 65_536
const maxTreeBlocks = 4096
const maxLevel = 9

/** Where the data of an inode lies: listed in the inode itself, or in a tree of blocks whose root is there. */
export async function extentsOf(xfs: Xfs, fork: Buffer, kind: 'list' | 'tree', count: number): Promise<Extent[]> {
  if (kind === 'list') return recordsIn(xfs, fork, 0, count)
  const extents: Extent[] = []
  const level = fork.readUInt16BE(0)
  const waiting = childrenIn(fork, 4, fork.readUInt16BE(2)).map((block) => ({ block, level: level - 1 }))
  if (level < 1 || level > maxLevel) {
    xfs.damage.isFound = true
    return []
  }
  for (let seen = 0; waiting.length > 0 && seen < maxTreeBlocks && extents.length < maxExtents; seen++) {
    const { block, level } = waiting.shift()!
    const bytes = await bytesAt(xfs.bytes, placeOf(xfs, block), xfs.blockBytes)
    const magic = xfs.isChecksummed ? 'BMA3' : 'BMAP'
    const isRight = bytes.length === xfs.blockBytes && bytes.toString('latin1', 0, 4) === magic
    if (!isRight || bytes.readUInt16BE(4) !== level) {
      xfs.damage.isFound = true
      continue
    }
    const head = xfs.isChecksummed ? 72 : 24
    const records = bytes.readUInt16BE(6)
    if (level === 0) extents.push(...recordsIn(xfs, bytes, head, records))
    else waiting.push(...childrenIn(bytes, head, records).map((child) => ({ block: child, level: level - 1 })))
  }
  return extents
}

/** Numbers of the blocks below a node; they stand behind the place for all its keys. */
function childrenIn(node: Buffer, head: number, count: number): number[] {
  const most = Math.floor((node.length - head) / recordBytes)
  const start = head + most * 8
  return Array.from({ length: Math.min(count, most) }, (_one, index) => Number(node.readBigUInt64BE(start + index * 8)))
}

/** Records of 128 bits: 1 unwritten, 54 offset in the file, 52 block, 21 number of blocks. */
function recordsIn(xfs: Xfs, bytes: Buffer, head: number, count: number): Extent[] {
  const extents: Extent[] = []
  const end = Math.min(bytes.length, head + Math.min(count, maxExtents) * recordBytes)
  for (let at = head; at + recordBytes <= end; at += recordBytes) {
    const [high, low] = [bytes.readBigUInt64BE(at), bytes.readBigUInt64BE(at + 8)]
    const isUnwritten = high >> 63n === 1n
    const from = placeOf(xfs, Number(((high & 0x1ffn) << 43n) | (low >> 21n)))
    const extent = {
      at: Number((high >> 9n) & 0x3fffffffffffffn) * xfs.blockBytes,
      length: Number(low & 0x1fffffn) * xfs.blockBytes,
      from,
    }
    // What lies outside is damage: it reads as zeros, as if it had never been written.
    const isInside = from + extent.length <= xfs.bytes.size
    if (!isInside) xfs.damage.isFound = true
    if (!isUnwritten && isInside) extents.push(extent)
  }
  return extents
}
