import { bytesAt } from '../source'
import type { ExtVolume } from './ext'

/** Blocks that follow each other both in a file and in its volume. What no run has reads as zeros. */
export type Run = { index: number; block: number; count: number }

const extentsFlag = 0x80000
const maxNodes = 512

/** Where the first `wanted` blocks of a file lie. `map`: the 60 bytes for it in the inode. */
export async function runsOf(volume: ExtVolume, map: Buffer, flags: number, wanted: number): Promise<Run[]> {
  const blocks = flags & extentsFlag ? await extents(volume, map, wanted) : await pointers(volume, map, wanted)
  const runs: Run[] = []
  for (const [index, block] of blocks) {
    const last = runs.at(-1)
    if (last && index === last.index + last.count && block === last.block + last.count) last.count++
    else runs.push({ index, block, count: 1 })
  }
  return runs
}

/** Number of a block in the file to its number in the volume. */
type Blocks = Map<number, number>

async function extents(volume: ExtVolume, root: Buffer, wanted: number): Promise<Blocks> {
  const blocks: Blocks = new Map()
  const nodes: { bytes: Buffer; depth: number }[] = [{ bytes: root, depth: root.readUInt16LE(6) }]
  for (let seen = 0; nodes.length > 0 && seen < maxNodes; seen++) {
    const { bytes, depth } = nodes.shift()!
    if (bytes.length < 12 || bytes.readUInt16LE(0) !== 0xf30a || depth > 5) {
      volume.damage.isFound = true
      continue
    }
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

/** The map of ext2 and ext3: twelve blocks, then tables of blocks, then tables of tables. What would need a third level is left out: it is longer than 64 MiB. */
async function pointers(volume: ExtVolume, map: Buffer, wanted: number): Promise<Blocks> {
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
