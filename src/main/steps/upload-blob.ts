import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import { blobFacts, blobUrl, deleteBlob } from '../azure/blobs'
import type { Cloud } from '../azure/cloud'
import { blobNameFor, stagingName } from '../../shared/upload-names'
import { announce, foreign, isListed } from './making'
import { storageTokens } from './storage-access'
import { outputOf, type Tools } from './tools'
import type { OneDisk, Place } from './upload-place'

/** A page blob in the run's storage account, sent to directly or by way of a block blob beside it. */
export function blobPlace(tools: Tools, cloud: Cloud, input: Inputs['disk.upload'], { lun }: OneDisk): Place {
  const storage = outputOf(tools, 'prepare.storage')
  const name = blobNameFor(input.blobName, lun)
  const url = blobUrl(storage.blobEndpoint, storage.container, name)
  const isStaged = input.target === 'blockBlob'
  const staging = blobUrl(storage.blobEndpoint, storage.container, stagingName(name))
  const all = isStaged ? [url, staging] : [url]
  return {
    async assertFree() {
      for (const one of all) {
        const there = await blobFacts(cloud, one, tools.signal)
        if (there && !isOurBlob(tools, there.metadata)) throw new AppError('upload.target-foreign', { blob: one })
      }
    },
    async clear(stamp, isSameFile) {
      for (const one of isSameFile ? [] : all) {
        const there = await blobFacts(cloud, one, tools.signal)
        const isOther = there && isOurBlob(tools, there.metadata) && there.metadata['content'] !== stamp.content
        if (isOther) await deleteBlob(cloud, one, tools.signal)
      }
    },
    async make() {
      await announce(tools, url, 'page blob', false)
      if (isStaged) await announce(tools, staging, 'block blob', false)
    },
    enter: () =>
      Promise.resolve({
        target: isStaged ? { kind: 'staged', url, staging } : { kind: 'page', url },
        access: storageTokens(cloud),
      }),
    explain: (error) => Promise.resolve(error),
    async leave(isWhole) {
      if (!isWhole || !isListed(tools, staging)) return
      await removeBlob(tools, cloud, 'block blob', staging)
      await tools.gone(staging)
    },
    found: () => ({ blobUrl: url, storageAccountId: storage.id }),
  }
}

/** Deletes a blob of this run; one that is gone is no error. Throws AppError `cloud.foreign-resource`. */
export async function removeBlob(
  tools: Tools,
  cloud: Cloud,
  kind: 'page blob' | 'block blob',
  url: string,
): Promise<void> {
  const blob = await blobFacts(cloud, url, tools.signal)
  if (!blob) return
  if (!isOurBlob(tools, blob.metadata)) throw foreign(kind, url)
  await deleteBlob(cloud, url, tools.signal)
}

function isOurBlob(tools: Tools, metadata: Record<string, string>): boolean {
  return metadata['createdby'] === 'batch-image-studio' && metadata['run'] === tools.run
}
