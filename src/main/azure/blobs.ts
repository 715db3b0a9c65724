import { createHash } from 'node:crypto'
import type { Cloud } from './cloud'
import { asking, orNull } from './errors'

/** Bytes, end exclusive; both multiples of 512. */
export type PageRange = { start: number; end: number }
export type BlobFacts = {
  sizeBytes: number
  /** PageBlob, BlockBlob or AppendBlob. */
  type: string
  etag: string
  metadata: Record<string, string>
}

/** Put Page takes at most this much (REST reference, "Put Page"). */
export const maxPageBytes = 4 * 1024 * 1024

/** The URL of a blob in a storage account, from the endpoint the account itself names. */
export function blobUrl(blobEndpoint: string, container: string, name: string): string {
  const path = [container, ...name.split('/')].map((part) => encodeURIComponent(part)).join('/')
  return `${blobEndpoint.replace(/\/+$/, '')}/${path}`
}

/** Makes an empty page blob where there is no blob yet; one that is there gives `cloud.name-taken`. Size in bytes, multiple of 512. */
export async function createPageBlob(
  cloud: Cloud,
  url: string,
  spec: { sizeBytes: number; metadata: Record<string, string> },
  signal?: AbortSignal,
): Promise<{ etag: string }> {
  return asking(async () => {
    const client = await cloud.pageBlob(url)
    const made = await client.create(spec.sizeBytes, {
      metadata: spec.metadata,
      conditions: { ifNoneMatch: '*' },
      ...(signal && { abortSignal: signal }),
    })
    return { etag: made.etag ?? '' }
  })
}

/** null: no such blob. A missing container is `cloud.not-found`. */
export async function blobFacts(cloud: Cloud, url: string, signal?: AbortSignal): Promise<BlobFacts | null> {
  return orNull(async () => {
    const client = await cloud.pageBlob(url)
    const facts = await client.getProperties({ ...(signal && { abortSignal: signal }) })
    return {
      sizeBytes: facts.contentLength ?? 0,
      type: facts.blobType ?? '',
      etag: facts.etag ?? '',
      metadata: facts.metadata ?? {},
    }
  })
}

/** Ranges that were ever written and not cleared, in order. */
export async function pageRanges(cloud: Cloud, url: string, signal?: AbortSignal): Promise<PageRange[]> {
  return asking(async () => {
    const client = await cloud.pageBlob(url)
    const ranges: PageRange[] = []
    for await (const it of client.listPageRanges(0, undefined, { ...(signal && { abortSignal: signal }) })) {
      if (!it.isClear) ranges.push({ start: it.start, end: it.end + 1 })
    }
    return ranges
  })
}

/** Writes whole pages with an MD5 the service checks. `etag`: refused as `upload.target-changed` when someone else wrote since. */
export async function putPages(
  cloud: Cloud,
  url: string,
  offset: number,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<{ etag: string }> {
  return asking(async () => {
    const client = await cloud.pageBlob(url)
    const answer = await client.uploadPages(bytes, offset, bytes.byteLength, {
      transactionalContentMD5: createHash('md5').update(bytes).digest(),
      ...(signal && { abortSignal: signal }),
    })
    return { etag: answer.etag ?? '' }
  })
}

/** Name of some blob in a container, or null when it is empty or not there. */
export async function someBlob(cloud: Cloud, containerUrl: string, signal?: AbortSignal): Promise<string | null> {
  return orNull(async () => {
    const client = await cloud.container(containerUrl)
    for await (const blob of client.listBlobsFlat({ ...(signal && { abortSignal: signal }) })) return blob.name
    return null
  })
}

/** A blob already gone is no error. */
export async function deleteBlob(cloud: Cloud, url: string, signal?: AbortSignal): Promise<void> {
  await orNull(async () => {
    const client = await cloud.pageBlob(url)
    await client.delete({ deleteSnapshots: 'include', ...(signal && { abortSignal: signal }) })
  })
}
