import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'

const windowBytes = 64 * 1024
/** A second of reading here and there. Tables that a program wrote lie together and need a small part of it. */
const mostReads = 32 * 1024

/**
 * Reads the tables of an image, many small ones at once where they lie together. The bytes are valid until the next call. Throws Refusal
 * `disk.corrupt:large` when they are so many and so far apart that reading them would take long; `format` names the image.
 */
export function tableReader(source: ByteSource, format: string): (at: number, length: number) => Promise<Buffer> {
  let window: Buffer = Buffer.alloc(0)
  let start = 0
  let reads = 0
  return async (at, length) => {
    if (at < start || at + length > start + window.length) {
      if (++reads > mostReads) refuse('disk.corrupt:large', { format })
      window = await bytesAt(source, at, Math.max(length, windowBytes))
      start = at
    }
    return window.subarray(at - start, at - start + length)
  }
}
