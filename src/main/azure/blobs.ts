import type { Cloud } from './cloud'
import { orNull } from './errors'

export type BlobFacts = {
  sizeBytes: number
  /** PageBlob, BlockBlob or AppendBlob. */
  type: string
  etag: string
  metadata: Record<string, string>
}

/** The URL of a blob in a storage account, from the endpoint the account itself names. */
export function blobUrl(blobEndpoint: string, container: string, name: string): string {
  const path = [container, ...name.split('/')].map((part) => encodeURIComponent(part)).join('/')
  return `${blobEndpoint.replace(/\/+$/, '')}/${path}`
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
