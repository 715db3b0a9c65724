import { AppError } from '../../shared/errors'
import { assertStored, checksumHeaders, type BlobRequests } from './blob-requests'
import type { PlacedBlock } from './block-blob'
import { numberedBy, rangeHeader } from './page-blob'
import { overlapping, type Range } from './plan'
import type { Stamp } from './stamp'
import type { Attempt, UploadTarget } from './target'

/**
 * A page blob whose bytes the service itself reads from a staging blob, each request checked by what this computer knows of them;
 * what is not staged there is sent. Put Page From URL takes at most 4 MiB:
 * https://learn.microsoft.com/rest/api/storageservices/put-page-from-url
 */
export function copiedTarget(
  page: UploadTarget,
  blob: BlobRequests,
  staging: { blob: BlobRequests; placed(attempt: Attempt): Promise<PlacedBlock[]> },
  stamp: Stamp,
): UploadTarget {
  const { url } = page.access
  let blocks: readonly PlacedBlock[] | null = null
  return {
    ...page,
    async facts(attempt) {
      blocks ??= await staging.placed(attempt)
      return page.facts(attempt)
    },
    async put(bytes, offset, { checksum, etag }, attempt) {
      const range = { start: offset, end: offset + bytes.length }
      const at = placeOf(range)
      if (at === null) return page.put(bytes, offset, { checksum, ...(etag !== undefined && { etag }) }, attempt)
      const answer = await blob.ask(
        {
          method: 'PUT',
          query: { comp: 'page' },
          headers: {
            'x-ms-page-write': 'update',
            'x-ms-range': rangeHeader(range),
            'x-ms-source-range': rangeHeader({ start: at, end: at + bytes.length }),
            ...(await sourceHeaders(staging.blob)),
            ...numberedBy(stamp),
            ...(etag !== undefined && { 'if-match': etag }),
            ...checksumHeaders(checksum, true),
          },
        },
        attempt,
      )
      assertStored(checksum, answer.headers, url)
      return answer.headers.etag ?? ''
    },
  }

  async function sourceHeaders({ access }: BlobRequests): Promise<Record<string, string>> {
    const { url: source, authorization } = await access.now()
    return {
      'x-ms-copy-source': source.href,
      ...(authorization !== null && { 'x-ms-copy-source-authorization': authorization }),
    }
  }

  /** Where a range lies in the staging blob; null when it is none of it. Throws AppError `upload.target-changed` for half of one. */
  function placeOf({ start, end }: Range): number | null {
    const block = overlapping(blocks ?? [], start, end)[0]
    if (!block) return null
    if (start < block.start || end > block.end) throw new AppError('upload.target-changed', { blob: url })
    return block.at + start - block.start
  }
}
