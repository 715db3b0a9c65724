import type { PageBlobClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { TokenCredential } from '@azure/core-auth'
import type { HttpClient } from '@azure/core-rest-pipeline'
import { codeOf } from './answers'
import { joined, type Range } from './plan'
import type { UploadTarget } from './target'

/**
 * A page blob as the target of an upload. The client must not retry by itself (`openPageBlob` makes such a one), or
 * bytes would be sent twice uncounted. `renew` gives a client with fresh access when the old one is refused.
 */
export function pageBlobTarget(
  client: PageBlobClient,
  options: { renew?: () => Promise<PageBlobClient> } = {},
): UploadTarget {
  let blob = client
  const url = new URL(client.url)
  const ends = Date.parse(url.searchParams.get('se') ?? '')
  return {
    url: `${url.origin}${url.pathname}`,
    get hasSas() {
      return new URL(blob.url).searchParams.has('sig')
    },
    get expiresMs() {
      return Number.isNaN(ends) || blob !== client ? null : ends
    },
    async facts(abortSignal) {
      try {
        const facts = await blob.getProperties({ abortSignal })
        return {
          lengthBytes: facts.contentLength ?? 0,
          etag: facts.etag ?? '',
          metadata: facts.metadata ?? {},
          sequenceNumber: facts.blobSequenceNumber ?? 0,
          isPageBlob: facts.blobType === 'PageBlob',
        }
      } catch (error) {
        if (codeOf(error) === 'BlobNotFound') return null
        throw error
      }
    },
    async create(lengthBytes, { metadata, sequenceNumber }, abortSignal) {
      await blob.create(lengthBytes, {
        metadata,
        blobSequenceNumber: sequenceNumber,
        blobHTTPHeaders: { blobContentType: 'application/octet-stream' },
        conditions: { ifNoneMatch: '*' },
        abortSignal,
      })
    },
    async ranges(abortSignal) {
      const ranges: Range[] = []
      for await (const range of blob.listPageRanges(0, undefined, { abortSignal })) {
        if (!range.isClear) ranges.push({ start: range.start, end: range.end + 1 })
      }
      return joined(ranges)
    },
    async put(bytes, offset, { md5, sequenceNumber, etag }, abortSignal) {
      const answer = await blob.uploadPages(bytes, offset, bytes.length, {
        abortSignal,
        ...(md5 && { transactionalContentMD5: md5 }),
        conditions: {
          ...(sequenceNumber !== undefined && { ifSequenceNumberEqualTo: sequenceNumber }),
          ...(etag !== undefined && { ifMatch: etag }),
        },
      })
      return { etag: answer.etag ?? '', md5: answer.contentMD5 ? Buffer.from(answer.contentMD5) : null }
    },
    async renew() {
      if (!options.renew) return false
      blob = await options.renew()
      return true
    },
  }
}

/** A client for one page blob that sends every request once; the address may carry a SAS. `audience`: the cloud's storage scope. */
export async function openPageBlob(
  url: string,
  options: {
    credential?: TokenCredential | StorageSharedKeyCredential
    httpClient?: HttpClient
    audience?: string
  } = {},
): Promise<PageBlobClient> {
  const { credential, httpClient, audience } = options
  const { AnonymousCredential, PageBlobClient, newPipeline } = await import('@azure/storage-blob')
  const { blobClient } = await import('../net/blob-client')
  const pipeline = newPipeline(credential ?? new AnonymousCredential(), {
    retryOptions: { maxTries: 1 },
    userAgentOptions: { userAgentPrefix: 'batch-image-studio' },
    ...(httpClient && { httpClient: blobClient(httpClient) }),
    // Scope of the token; the library's own is that of the public cloud.
    ...(audience && { audience }),
  })
  return new PageBlobClient(url, pipeline)
}
