import { bytesAt, type ByteSource } from '../source'

/** The form of lz4 that Linux reads: `lz4 -l`, blocks of up to 8 MiB with only their packed length before each. */
export const lz4Magic = 0x184c2102
const blockBytes = 8 * 1024 * 1024

/** Unpacks block by block until `take` says that it has enough. False when the data is damaged. */
export async function unpackLz4(packed: ByteSource, take: (bytes: Buffer) => boolean): Promise<boolean> {
  const block = Buffer.alloc(blockBytes)
  for (let at = 4; at + 4 <= packed.size;) {
    const length = (await bytesAt(packed, at, 4)).readUInt32LE(0)
    at += 4
    // Archives put one behind the other; zeros pad the file.
    if (length === lz4Magic) continue
    if (length === 0) return true
    if (length > blockBytes * 1.01 || at + length > packed.size) return false
    const unpacked = unpackBlock(await bytesAt(packed, at, length), block)
    if (unpacked === null) return false
    if (!take(block.subarray(0, unpacked))) return true
    at += length
  }
  return true
}

/** One block; its length unpacked, or null. Layout: "LZ4 Block Format Description" of the lz4 project. */
function unpackBlock(packed: Buffer, into: Buffer): number | null {
  let from = 0
  let to = 0
  const lengthOf = (nibble: number) => {
    let length = nibble
    for (let more = nibble === 15 ? 255 : 0; more === 255 && from < packed.length;) {
      more = packed[from++]!
      length += more
    }
    return length
  }
  while (from < packed.length) {
    const token = packed[from++]!
    const literals = lengthOf(token >> 4)
    if (from + literals > packed.length || to + literals > into.length) return null
    packed.copy(into, to, from, from + literals)
    from += literals
    to += literals
    if (from >= packed.length) return to
    const distance = packed[from]! | ((packed[from + 1] ?? 0) << 8)
    from += 2
    const length = lengthOf(token & 15) + 4
    if (distance === 0 || distance > to || to + length > into.length) return null
    // What is repeated may overlap what it is copied to.
    if (distance >= length) into.copy(into, to, to - distance, to - distance + length)
    else for (let at = 0; at < length; at++) into[to + at] = into[to + at - distance]!
    to += length
  }
  return to
}
