import { decompress } from 'fzstd'
import { promisify } from 'node:util'
import { constants, inflate, inflateRaw } from 'node:zlib'
import { AppError } from '../../../shared/errors'

const inflateAsync = promisify(inflate)
const inflateRawAsync = promisify(inflateRaw)

export type Packing = 'deflate' | 'zlib' | 'zstd'

/**
 * Unpacks one cluster of exactly `size` bytes; bytes behind the packed ones do not matter. Never makes more than `size` bytes,
 * whatever the packed ones say. Throws AppError `disk.damaged`.
 */
export async function unpack(packed: Buffer, packing: Packing, size: number): Promise<Buffer> {
  const bytes = await (packing === 'zstd' ? unzstd(packed, size) : inflated(packed, packing, size)).catch(damaged)
  return bytes.length === size ? bytes : damaged(`${bytes.length} bytes instead of ${size}`)
}

/** In a thread of Node's own pool. */
async function inflated(packed: Buffer, packing: 'deflate' | 'zlib', size: number): Promise<Buffer> {
  // The packed length is known in whole sectors only: an end that comes too early or late is none.
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: size }
  return packing === 'zlib' ? inflateAsync(packed, options) : inflateRawAsync(packed, options)
}

/** Where it is called: no thread of Node's unpacks this kind before version 22. */
async function unzstd(packed: Buffer, size: number): Promise<Buffer> {
  const { end, content } = zstdFrame(packed)
  if (content !== null && content !== size) throw new Error(`frame of ${content} bytes`)
  const bytes = Buffer.alloc(size)
  decompress(packed.subarray(0, end), bytes)
  return Promise.resolve(bytes)
}

/** RFC 8878, 3.1.1: where the first frame ends, and how long its content is where it says so. */
function zstdFrame(packed: Buffer): { end: number; content: number | null } {
  const flags = packed.readUInt8(4)
  if (packed.readUInt32LE(0) !== 0xfd2fb528) throw new Error('no frame')
  const isSingle = (flags & 0x20) !== 0
  const idBytes = [0, 1, 2, 4][flags & 3]!
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!
  const sizeAt = 5 + (isSingle ? 0 : 1) + idBytes
  const said = sizeBytes > 6 ? Number(packed.readBigUInt64LE(sizeAt)) : packed.readUIntLE(sizeAt, sizeBytes || 1)
  const content = sizeBytes === 0 ? null : said + (sizeBytes === 2 ? 256 : 0)
  let at = sizeAt + sizeBytes
  for (let isLast = false; !isLast;) {
    const header = packed.readUIntLE(at, 3)
    isLast = (header & 1) === 1
    // A repeated byte stands there once, however long it becomes.
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3)
  }
  return { end: at + ((flags & 4) !== 0 ? 4 : 0), content }
}

function damaged(error: unknown): never {
  throw new AppError('disk.damaged', {}, { message: error instanceof Error ? error.message : String(error) })
}
