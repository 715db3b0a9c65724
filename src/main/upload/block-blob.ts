import { AppError } from '../../shared/errors'
import { assertStored, checksumHeaders, elementIn, metadataHeaders, type BlobRequests } from './blob-requests'
import { factsOf } from './page-blob'
import { chunkBytes, type Range } from './plan'
import { markOf, type Stamp } from './stamp'
import type { Attempt, UploadTarget } from './target'

/** A block in its blob: the part of the disk that it holds, and where it lies in the blob. */
export type PlacedBlock = Range & { at: number }

/** Most blocks of one blob: https://learn.microsoft.com/rest/api/storageservices/put-block-list */
const mostBlocks = 50_000
const markDigits = 24
const numberDigits = 13

/**
 * A block blob. A block's id tells which part of which disk it holds, so the list of uncommitted blocks is a journal at the service
 * itself, and two disks under one name never mix: each commits its own blocks, and only the first commit is taken.
 *
 * `granule` `whole`: an archive, byte for byte the VHD. Its zeros travel, because a block blob has no holes and the documentation
 * does not promise that one block may be listed twice. `span`: a way station that holds data only; where it belongs is in the ids.
 */
export function blockBlobTarget(
  blob: BlobRequests,
  stamp: Stamp,
  granule: 'whole' | 'span',
): UploadTarget & { placed(attempt: Attempt): Promise<PlacedBlock[]> } {
  const { access } = blob
  const mark = markOf(stamp).slice(0, markDigits)
  const idOf = ({ start, end }: Range) => {
    const numbers = [start, end].map((number) => number.toString(16).padStart(numberDigits, '0'))
    return Buffer.from(`${mark}${numbers.join('')}`).toString('base64')
  }
  return {
    kind: 'block',
    stamp,
    access,
    id: access.url,
    chunkBytes: blockBytes(Number(stamp.size)),
    granule,
    facts: (attempt) => factsOf(blob, 'BlockBlob', attempt),
    ranges: async (attempt) => cover(await blocksAt(blob, mark, 'UncommittedBlocks', attempt)),
    async put(bytes, offset, { checksum }, attempt) {
      const blockid = idOf({ start: offset, end: offset + bytes.length })
      const headers = checksumHeaders(checksum)
      const answer = await blob.ask({ method: 'PUT', query: { comp: 'block', blockid }, headers, body: bytes }, attempt)
      assertStored(checksum, answer.headers, access.url)
      return ''
    },
    async commit(ranges, attempt) {
      const blocks = cover(await blocksAt(blob, mark, 'UncommittedBlocks', attempt))
      const committed = blocks.reduce((sum, { start, end }) => sum + end - start, 0)
      const wanted = ranges.reduce((sum, { start, end }) => sum + end - start, 0)
      // Blocks that nobody commits are forgotten after a week, and by whoever writes a blob of that name.
      if (committed !== wanted) throw new AppError('upload.target-changed', { blob: access.url })
      const list = blocks.map((range) => `<Uncommitted>${idOf(range)}</Uncommitted>`).join('')
      const headers = {
        'content-type': 'application/xml',
        'x-ms-blob-content-type': 'application/octet-stream',
        'if-none-match': '*',
        ...metadataHeaders(stamp),
      }
      const body = Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`)
      const answer = await blob.ask({ method: 'PUT', query: { comp: 'blocklist' }, headers, body }, attempt)
      return answer.headers.etag ?? ''
    },
    async placed(attempt) {
      let at = 0
      const blocks = await blocksAt(blob, mark, 'CommittedBlocks', attempt)
      return blocks.map(({ start, end }) => {
        at += end - start
        return { start, end, at: at - (end - start) }
      })
    },
  }
}

/** 4 MiB, as much as a page takes, until that would be too many blocks. */
function blockBytes(lengthBytes: number): number {
  let bytes = chunkBytes
  while (lengthBytes / bytes > mostBlocks - 1) bytes *= 2
  return bytes
}

/** Blocks of this very source, in the order of the service's list. */
async function blocksAt(
  blob: BlobRequests,
  mark: string,
  which: 'CommittedBlocks' | 'UncommittedBlocks',
  attempt: Attempt,
): Promise<Range[]> {
  const query = { comp: 'blocklist', blocklisttype: which === 'CommittedBlocks' ? 'committed' : 'uncommitted' }
  const xml = await blob.ask({ method: 'GET', query }, attempt).then(
    ({ body }) => body.toString('utf8'),
    (error: unknown) => {
      // Without any block there is no blob yet.
      if (error instanceof Error && 'code' in error && error.code === 'BlobNotFound') return ''
      throw error
    },
  )
  const section = xml.split(`<${which}>`)[1]?.split(`</${which}>`)[0] ?? ''
  return [...section.matchAll(/<Block>(.*?)<\/Block>/gs)].flatMap(([, block]) => {
    const id = Buffer.from(elementIn(block!, 'Name'), 'base64').toString('latin1')
    if (!id.startsWith(mark) || id.length !== markDigits + 2 * numberDigits) return []
    const start = parseInt(id.slice(markDigits, markDigits + numberDigits), 16)
    const end = parseInt(id.slice(markDigits + numberDigits), 16)
    return end - start === Number(elementIn(block!, 'Size')) ? [{ start, end }] : []
  })
}

/** The longest block at each place, none over another: a request of a process that was killed may arrive late. */
function cover(blocks: Range[]): Range[] {
  const chosen: Range[] = []
  for (const block of [...blocks].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (block.start >= (chosen.at(-1)?.end ?? 0)) chosen.push(block)
  }
  return chosen
}
