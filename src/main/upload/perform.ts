import { AppError } from '../../shared/errors'
import { fixedVhdView, type FixedVhdView } from '../disks/azure-vhd'
import { openDisk } from '../disks/open'
import { accessTo, type AccessSource } from './access'
import { blobRequests, type BlobRequests, type Send } from './blob-requests'
import { blockBlobTarget } from './block-blob'
import { managedDiskTarget } from './managed-disk'
import type { UploadProgress } from './meter'
import { unlimited, type Pace } from './pace'
import { pageBlobTarget } from './page-blob'
import type { TargetSpec, UploadResult, UploadSpec } from './spec'
import { copiedTarget } from './staging'
import { markOf, stampOf, type Stamp } from './stamp'
import { claim, upload, type UploadOptions } from './upload'

/** What an upload needs beside its description: the wire, the access, and whoever watches. */
export type UploadParts = {
  send: Send
  access: AccessSource
  pace: Pace
  signal: AbortSignal
  onProgress(progress: UploadProgress): void
}

/** Does what a description says, in this process. Throws what `upload` and `openDisk` throw. */
export async function performUpload(spec: UploadSpec, parts: UploadParts): Promise<UploadResult> {
  const disk = await openDisk(spec.file)
  try {
    const source = await fixedVhdView(disk)
    if (markOf(stampOf(source, spec.stamp.run)) !== markOf(spec.stamp)) {
      throw new AppError('file.changed', { file: spec.file }, { message: 'the stamp is that of another content' })
    }
    return await send(source, spec, parts)
  } finally {
    await disk.close()
  }
}

function send(source: FixedVhdView, spec: UploadSpec, parts: UploadParts): Promise<UploadResult> {
  const { target, stamp } = spec
  const blob = blobRequests(accessTo(target.url, parts.access), parts.send)
  const options = optionsOf(spec, parts)
  switch (target.kind) {
    case 'page':
      return upload(source, pageBlobTarget(blob, stamp), options)
    case 'block':
      return upload(source, blockBlobTarget(blob, stamp, 'whole'), options)
    case 'disk':
      return upload(source, managedDiskTarget(blob, stamp, target), options)
    case 'staged':
      return sendStaged(source, blob, spec.stamp, target, options, parts)
  }
}

/** First into the staging blob, then from there: two uploads of the same disk, the second of which only tells the service what to copy. */
async function sendStaged(
  source: FixedVhdView,
  blob: BlobRequests,
  stamp: Stamp,
  target: Extract<TargetSpec, { kind: 'staged' }>,
  options: UploadOptions,
  parts: UploadParts,
): Promise<UploadResult> {
  const staging = blobRequests(accessTo(target.staging, parts.access), parts.send)
  const page = pageBlobTarget(blob, stamp)
  const way = blockBlobTarget(staging, stamp, 'span')
  // Before hours of sending: a page blob of somebody else is noticed, a finished one needs no staging blob any more.
  const before = await claim(source, page, options)
  if (before) return before
  const sent = await upload(source, way, options)
  const copying = copiedTarget(page, blob, { blob: staging, placed: (attempt) => way.placed(attempt) }, stamp)
  const copied = await upload(source, copying, {
    ...options,
    // Nothing travels over this computer's line any more.
    pace: unlimited,
    onProgress: (progress) => parts.onProgress({ ...progress, ...travelled(sent), stage: 'copying' }),
  })
  const requests = sent.requests + copied.requests
  return { ...copied, ...travelled(sent), requests, seconds: sent.seconds + copied.seconds }
}

/** What went over this computer's line; the rest is between the service and itself. */
function travelled({ sentBytes, resentBytes, presentBytes }: UploadResult) {
  return { sentBytes, resentBytes, presentBytes }
}

function optionsOf(spec: UploadSpec, { pace, signal, onProgress }: UploadParts): UploadOptions {
  const { connections, checksum, journalFolder, patienceMs, stallMs } = spec
  return {
    connections,
    checksum,
    journalFolder,
    pace,
    signal,
    onProgress,
    ...(patienceMs !== undefined && { patienceMs }),
    ...(stallMs !== undefined && { stallMs }),
  }
}
