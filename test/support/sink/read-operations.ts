import { createHash } from 'node:crypto'
import { rangeOf } from './conditions'
import { crc64 } from './crc64'
import { describe, type Ask, type Reply } from './ask'
import { Refused } from './refused'

/** A checksum of a range is given for at most this much. */
const mostSummedBytes = 4 * 1024 * 1024

/** Get Blob, whole or a range. A sink that stores nothing has nothing to give. */
export async function readBlob({ blobs, blob: name, headers }: Ask): Promise<Reply> {
  const blob = blobs.get(name)
  if (!blob.stored) throw new Refused(501, 'NothingStored')
  const range = rangeOf(headers)
  const start = range?.start ?? 0
  const end = Math.min(blob.lengthBytes, range?.end ?? Infinity)
  if (range && start >= blob.lengthBytes) throw new Refused(416, 'InvalidRange')
  const body = await blob.stored.read(start, end)
  const about = { ...describe(blob), 'content-length': String(body.length) }
  if (!range) return { status: 200, headers: about, body }
  const isMd5Wanted = headers['x-ms-range-get-content-md5'] === 'true'
  const isCrcWanted = headers['x-ms-range-get-content-crc64'] === 'true'
  if ((isMd5Wanted || isCrcWanted) && body.length > mostSummedBytes) throw new Refused(400, 'OutOfRangeInput')
  return {
    status: 206,
    headers: {
      ...about,
      'content-range': `bytes ${start}-${end - 1}/${blob.lengthBytes}`,
      ...(isMd5Wanted && { 'content-md5': createHash('md5').update(body).digest('base64') }),
      ...(isCrcWanted && { 'x-ms-content-crc64': crc64(body).toString('base64') }),
    },
    body,
  }
}
