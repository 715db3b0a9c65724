import { assertStored, checksumHeaders, type BlobRequests } from './blob-requests'
import { clearPages, pages, putPages } from './page-blob'
import type { Stamp } from './stamp'
import type { UploadTarget } from './target'

/**
 * A managed disk that waits for its bytes (`createOption: Upload`), behind the SAS of beginGetAccess. Such an address takes Put Page,
 * Get Page Ranges and reads; it has no Create, no metadata and no conditions, so whose bytes stand there is for the disk's
 * tags and the journal to say, and the disk itself keeps others out: it has one such address at a time.
 * https://learn.microsoft.com/azure/virtual-machines/windows/disks-upload-vhd-to-managed-disk-powershell
 */
export function managedDiskTarget(
  blob: BlobRequests,
  stamp: Stamp,
  { id, mark }: { id: string; mark: string | null },
): UploadTarget {
  return {
    ...pages(blob),
    kind: 'disk',
    id,
    stamp,
    mark,
    async facts(attempt) {
      const { headers } = await blob.ask({ method: 'HEAD' }, attempt)
      const lengthBytes = Number(headers['content-length'] ?? 0)
      return { lengthBytes, etag: headers.etag ?? '', metadata: {}, sequenceNumber: null }
    },
    async put(bytes, offset, { checksum }, attempt) {
      const { headers } = await putPages(blob, bytes, offset, attempt, checksumHeaders(checksum))
      assertStored(checksum, headers, blob.access.url)
      return headers.etag ?? ''
    },
    clear: (range, attempt) => clearPages(blob, range, attempt),
  }
}
