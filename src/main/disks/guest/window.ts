/** Fills the buffer with the bytes of the volume from `offset`; what is asked for lies inside the volume. */
export type ReadSync = (buffer: Uint8Array, offset: number) => void

const blockBytes = 64 * 1024
const keptBlocks = 512
/** How much is fetched in one go where reads follow each other, as when all inodes are gone through. */
export const fetchBytes = 16 * blockBytes

/** A volume read synchronously in blocks of 64 KiB; the last 32 MiB are kept. */
export function windowOn(sizeBytes: number, fetch: ReadSync): ReadSync {
  const blocks = new Map<number, Uint8Array>()
  let expected = -1

  function load(block: number): Uint8Array {
    const isNext = block === expected
    const start = block * blockBytes
    const bytes = new Uint8Array(Math.min(isNext ? fetchBytes : blockBytes, sizeBytes - start))
    fetch(bytes, start)
    for (let at = 0; at < bytes.length; at += blockBytes) {
      keep(block + at / blockBytes, bytes.subarray(at, at + blockBytes))
    }
    expected = block + Math.ceil(bytes.length / blockBytes)
    return bytes.subarray(0, blockBytes)
  }

  function keep(block: number, bytes: Uint8Array): void {
    blocks.delete(block)
    blocks.set(block, bytes)
    if (blocks.size > keptBlocks) blocks.delete(blocks.keys().next().value!)
  }

  return (buffer, offset) => {
    for (let done = 0; done < buffer.length;) {
      const at = offset + done
      const block = Math.floor(at / blockBytes)
      const kept = blocks.get(block)
      const bytes = kept ?? load(block)
      if (kept) keep(block, kept)
      const part = bytes.subarray(at - block * blockBytes, at - block * blockBytes + buffer.length - done)
      buffer.set(part, done)
      done += part.length
    }
  }
}
