import { createHash } from 'node:crypto'
import type { FixedVhdView } from '../disks/azure-vhd'
import { AppError } from '../../shared/errors'
import type { TargetFacts } from './target'

/** What marks a blob as the half-done work of this very upload; it travels as the blob's metadata. */
export type Stamp = { createdby: string; run: string; size: string; footer: string; content: string }

const createdBy = 'batch-image-studio'

/** The stamp of one source in one run. The same file gives the same stamp as long as nobody writes to it. */
export function stampOf(source: FixedVhdView, run: string): Stamp {
  return {
    createdby: createdBy,
    run,
    size: String(source.size),
    footer: source.footer.toString('hex', 68, 84),
    content: source.fingerprint,
  }
}

/** A number for the blob's sequence number: a blob that was made anew by somebody else has another one. */
export function sequenceNumberOf(stamp: Stamp): number {
  return createHash('sha256').update(JSON.stringify(stamp)).digest().readUIntBE(0, 6) + 1
}

/**
 * Makes sure that what stands at the target is this upload's own. Throws AppError `upload.target-foreign` when it is
 * not ours, `file.changed` when it is ours but was begun from other content, `upload.target-changed` when its length
 * or sequence number is not what we made.
 */
export function assertOurs(facts: TargetFacts, stamp: Stamp, url: string, file: string): void {
  const { metadata } = facts
  const isOurs = facts.isPageBlob && metadata['createdby'] === createdBy && metadata['run'] === stamp.run
  if (!isOurs) throw new AppError('upload.target-foreign', { blob: url })
  const isSameContent = (['size', 'footer', 'content'] as const).every((key) => metadata[key] === stamp[key])
  if (!isSameContent) throw new AppError('file.changed', { file }, { message: 'the upload began from other content' })
  if (String(facts.lengthBytes) !== stamp.size || facts.sequenceNumber !== sequenceNumberOf(stamp)) {
    throw new AppError('upload.target-changed', { blob: url })
  }
}
