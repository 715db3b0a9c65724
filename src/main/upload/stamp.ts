import { createHash } from 'node:crypto'
import path from 'node:path'
import type { FixedVhdView } from '../disks/azure-vhd'
import { AppError } from '../../shared/errors'
import type { TargetFacts } from './target'

/**
 * What marks a blob as the half-done work of this very upload; it travels as the blob's metadata. `content` and `footer` tell one
 * disk from another wherever its file lies; `modified` tells whether somebody wrote to the file since.
 */
export type Stamp = {
  createdby: string
  run: string
  /** Bytes, footer included. */
  size: string
  /** The VHD's id. */
  footer: string
  /** Over samples of the disk. */
  content: string
  /** Of the file, ms since 1970. */
  modified: string
}

const createdBy = 'batch-image-studio'

/** The stamp of one source in one run. The same file gives the same stamp as long as nobody writes to it. */
export function stampOf(source: FixedVhdView, run: string): Stamp {
  return {
    createdby: createdBy,
    run,
    size: String(source.size),
    footer: source.footer.toString('hex', 68, 84),
    content: source.fingerprint,
    modified: String(source.disk.modifiedMs),
  }
}

/** A stamp short enough for a tag or a block's name: 64 hexadecimal digits. */
export function markOf(stamp: Stamp): string {
  const { createdby, run, size, footer, content, modified } = stamp
  return createHash('sha256')
    .update(JSON.stringify([createdby, run, size, footer, content, modified]))
    .digest('hex')
}

/** A number for the blob's sequence number: a blob that was made anew by somebody else has another one. */
export function sequenceNumberOf({ createdby, run, size, footer, content }: Stamp): number {
  const identity = JSON.stringify({ createdby, run, size, footer, content })
  return createHash('sha256').update(identity).digest().readUIntBE(0, 6) + 1
}

/**
 * Makes sure that what stands at the target is this upload's own. Throws AppError `upload.target-foreign` when it is
 * not ours, `file.changed` when it is ours but was begun from other content, `upload.target-changed` when its length
 * or sequence number is not what we made. Answers whether the file's time is the same as well.
 */
export function assertOurs(facts: TargetFacts, stamp: Stamp, url: string, file: string): boolean {
  const { metadata } = facts
  if (metadata['createdby'] !== createdBy || metadata['run'] !== stamp.run) {
    throw new AppError('upload.target-foreign', { blob: url })
  }
  const isSameContent = (['size', 'footer', 'content'] as const).every((key) => metadata[key] === stamp[key])
  if (!isSameContent) {
    throw new AppError(
      'file.changed',
      { file: path.basename(file) },
      { message: 'the upload began from other content' },
    )
  }
  const isNumbered = facts.sequenceNumber === null || facts.sequenceNumber === sequenceNumberOf(stamp)
  if (!isNumbered) throw new AppError('upload.target-changed', { blob: url })
  return metadata['modified'] === stamp.modified
}
