import { codeOf } from './answers'
import {
  assertStored,
  checksumHeaders,
  elementIn,
  metadataHeaders,
  metadataIn,
  type BlobRequests,
} from './blob-requests'
import { chunkBytes, joined, type Range } from './plan'
import { sequenceNumberOf, type Stamp } from './stamp'
import type { Attempt, TargetFacts, UploadTarget } from './target'

/**
 * A page blob. Two writers never mix without a lease: Create goes out with If-None-Match, every write with the sequence number that
 * only this source in this run has, the footer with the ETag that was looked at last. A lease would have to be waited for
 * after a crash, and keeps nobody from the blob who breaks it.
 * https://learn.microsoft.com/rest/api/storageservices/put-page
 */
export function pageBlobTarget(blob: BlobRequests, stamp: Stamp): UploadTarget {
  return {
    ...pages(blob),
    kind: 'page',
    stamp,
    id: blob.access.url,
    facts: (attempt) => factsOf(blob, 'PageBlob', attempt),
    async create(attempt) {
      const headers = {
        'x-ms-blob-type': 'PageBlob',
        'x-ms-blob-content-length': stamp.size,
        'x-ms-blob-content-type': 'application/octet-stream',
        'x-ms-blob-sequence-number': String(sequenceNumberOf(stamp)),
        'if-none-match': '*',
        ...metadataHeaders(stamp),
      }
      await blob.ask({ method: 'PUT', headers }, attempt)
    },
    put: (bytes, offset, { checksum, etag }, attempt) =>
      putPages(blob, bytes, offset, attempt, {
        ...numberedBy(stamp),
        ...(etag !== undefined && { 'if-match': etag }),
        ...checksumHeaders(checksum),
      }).then((answer) => {
        assertStored(checksum, answer.headers, blob.access.url)
        return answer.headers.etag ?? ''
      }),
    clear: (range, attempt) => clearPages(blob, range, attempt, numberedBy(stamp)),
  }
}

/** What a page blob and a managed disk have in common. */
export function pages(blob: BlobRequests) {
  return {
    access: blob.access,
    chunkBytes,
    granule: 'data' as const,
    ranges: (attempt: Attempt) => pageRanges(blob, attempt),
    read: (range: Range, attempt: Attempt) => readRange(blob, range, attempt),
  }
}

/** Header by which a write is refused on a blob that somebody made anew. */
export function numberedBy(stamp: Stamp): Record<string, string> {
  return { 'x-ms-if-sequence-number-eq': String(sequenceNumberOf(stamp)) }
}

export function putPages(
  blob: BlobRequests,
  bytes: Uint8Array,
  offset: number,
  attempt: Attempt,
  headers: Record<string, string>,
) {
  const range = rangeHeader({ start: offset, end: offset + bytes.length })
  return blob.ask(
    {
      method: 'PUT',
      query: { comp: 'page' },
      headers: { 'x-ms-page-write': 'update', 'x-ms-range': range, ...headers },
      body: bytes,
    },
    attempt,
  )
}

export async function clearPages(
  blob: BlobRequests,
  range: Range,
  attempt: Attempt,
  headers: Record<string, string> = {},
): Promise<void> {
  const about = { 'x-ms-page-write': 'clear', 'x-ms-range': rangeHeader(range), ...headers }
  await blob.ask({ method: 'PUT', query: { comp: 'page' }, headers: about }, attempt)
}

/** null: nothing there. */
export async function factsOf(blob: BlobRequests, type: string, attempt: Attempt): Promise<TargetFacts | null> {
  try {
    const { headers } = await blob.ask({ method: 'HEAD' }, attempt)
    const number = headers['x-ms-blob-sequence-number']
    return {
      lengthBytes: Number(headers['content-length'] ?? 0),
      etag: headers.etag ?? '',
      // Of another type: none of ours, whatever it carries.
      metadata: headers['x-ms-blob-type'] === type ? metadataIn(headers) : {},
      sequenceNumber: typeof number === 'string' ? Number(number) : null,
    }
  } catch (error) {
    if (codeOf(error) === 'BlobNotFound') return null
    throw error
  }
}

export function rangeHeader({ start, end }: Range): string {
  return `bytes=${start}-${end - 1}`
}

async function pageRanges(blob: BlobRequests, attempt: Attempt): Promise<Range[]> {
  const ranges: Range[] = []
  let marker = ''
  do {
    const query = { comp: 'pagelist', ...(marker && { marker }) }
    const xml = (await blob.ask({ method: 'GET', query }, attempt)).body.toString('utf8')
    for (const [, start, end] of xml.matchAll(/<PageRange>\s*<Start>(\d+)<\/Start>\s*<End>(\d+)<\/End>/g)) {
      ranges.push({ start: Number(start), end: Number(end) + 1 })
    }
    marker = elementIn(xml, 'NextMarker')
  } while (marker)
  return joined(ranges)
}

async function readRange(blob: BlobRequests, range: Range, attempt: Attempt): Promise<Buffer> {
  return (await blob.ask({ method: 'GET', headers: { 'x-ms-range': rangeHeader(range) } }, attempt)).body
}
