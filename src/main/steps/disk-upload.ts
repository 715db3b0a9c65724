import { z } from 'zod'
import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import type { Progress } from '../../shared/run'
import { blobFacts, blobUrl, deleteBlob } from '../azure/blobs'
import type { Cloud } from '../azure/cloud'
import { fixedVhdView, type FixedVhdView } from '../disks/azure-vhd'
import { openDisk } from '../disks/open'
import type { UploadProgress } from '../upload/meter'
import type { UploadResult } from '../upload/spec'
import { stampOf, type Stamp } from '../upload/stamp'
import { assertUnchanged } from './disk-choose'
import { announce, foreign } from './making'
import { storageTokens } from './storage-access'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

type Form = Inputs['disk.upload']

/** What the cloud cannot tell after a restart: which file the bytes in the blob came from. */
const ticket = z.object({ path: z.string(), size: z.number(), mtime: z.number() })

/** Sends the disk as a page blob; what is there already is not sent again. The blob is scaffold: the version is the product. */
export const diskUpload: RunStep<'disk.upload'> = {
  id: 'disk.upload',
  requires: ['prepare.storage', 'disk.choose', 'disk.inspect'],
  closing: 'waits',
  parse: (input) => parseForm('disk.upload', input),
  describe: (input) => ({
    minutes: 30,
    cost: 'low',
    makes: [{ what: 'page blob', name: input.blobName, keep: false }],
  }),
  async check(tools, input) {
    await assertUnchanged(outputOf(tools, 'disk.choose'))
    const url = urlOf(tools, input)
    const found = await blobFacts(await tools.cloud(), url, tools.signal)
    if (found && !isOurBlob(tools, found.metadata)) throw new AppError('upload.target-foreign', { blob: url })
    return { is: 'todo' }
  },
  run: send,
  resume: send,
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const blob = await blobFacts(cloud, resource.id, tools.signal)
    if (!blob) return
    if (!isOurBlob(tools, blob.metadata)) throw foreign('page blob', resource.id)
    await deleteBlob(cloud, resource.id, tools.signal)
  },
}

async function send(tools: Tools, input: Form): Promise<OutputOf<'disk.upload'>> {
  const chosen = outputOf(tools, 'disk.choose')
  await assertUnchanged(chosen)
  const cloud = await tools.cloud()
  const url = urlOf(tools, input)
  const disk = await openDisk(chosen.file)
  try {
    const source = await fixedVhdView(disk)
    const stamp = stampOf(source, tools.run)
    await clearForAnotherFile(tools, cloud, url, stamp)
    await announce(tools, url, 'page blob', false)
    await tools.ticket({ path: chosen.file, size: chosen.sizeBytes, mtime: chosen.modifiedMs })
    const spec = {
      file: chosen.file,
      target: { kind: 'page', url },
      stamp,
      connections: input.connections,
      checksum: 'md5',
      profile: cloud.profile,
    } as const
    const result = await tools.uploads.run(tools.run, spec, {
      ...storageTokens(cloud),
      signal: tools.signal,
      onProgress: (progress) => tools.progress(shown(progress, source, tools.pace.limit())),
      onExchange: (exchange) => cloud.seam.tell(exchange),
    })
    return outputFrom(url, result)
  } finally {
    await disk.close()
  }
}

function outputFrom(blobUrl: string, result: UploadResult): OutputOf<'disk.upload'> {
  const { etag, virtualBytes, nonZeroBytes, sentBytes, skippedBytes, presentBytes, requests, seconds } = result
  return { blobUrl, etag, virtualBytes, nonZeroBytes, sentBytes, skippedBytes, presentBytes, requests, seconds }
}

function urlOf(tools: Tools, input: Form): string {
  const storage = outputOf(tools, 'prepare.storage')
  return blobUrl(storage.blobEndpoint, storage.container, input.blobName)
}

/**
 * A person who chose another file since means it: our own half blob of the old one goes. The same file with other content is a
 * file that changed, which the upload itself notices.
 */
async function clearForAnotherFile(tools: Tools, cloud: Cloud, url: string, stamp: Stamp): Promise<void> {
  const begun = ticket.safeParse(tools.history().steps['disk.upload'].ticket)
  const chosen = outputOf(tools, 'disk.choose')
  // Without a ticket an earlier upload was finished: what stands there is whole, and of another file.
  const { path, size, mtime } = begun.success ? begun.data : { path: '', size: 0, mtime: 0 }
  if (path === chosen.file && size === chosen.sizeBytes && mtime === chosen.modifiedMs) return
  const found = await blobFacts(cloud, url, tools.signal)
  if (!found || !isOurBlob(tools, found.metadata) || found.metadata['content'] === stamp.content) return
  await deleteBlob(cloud, url, tools.signal)
}

function isOurBlob(tools: Tools, metadata: Record<string, string>): boolean {
  return metadata['createdby'] === 'batch-image-studio' && metadata['run'] === tools.run
}

const waits = { network: 'offline', service: 'throttled', paused: 'paused' } as const

function shown(progress: UploadProgress, source: FixedVhdView, limit: number | null): Progress {
  const { virtualBytes, sentBytes, skippedBytes, presentBytes, nonZeroBytes, secondsLeft, waiting } = progress
  return {
    done: Math.round(progress.share * source.size),
    total: source.size,
    unit: 'bytes',
    upload: {
      virtualBytes,
      dataBytes: nonZeroBytes,
      sentBytes,
      skippedBytes,
      presentBytes,
      rate: progress.bytesPerSecond,
      secondsLeft,
      ...(limit === null ? {} : { limit }),
    },
    ...(waiting ? { wait: { key: waits[waiting], params: {} } } : {}),
  }
}
