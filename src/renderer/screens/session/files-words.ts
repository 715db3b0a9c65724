import type { Transfer } from '../../../shared/files-calls'
import type { Messages } from '../../../shared/messages/messages'
import { shownName } from '../../../shared/shown-name'
import { fill } from '../../lib/text.svelte'

const namesShown = 3

/** How far a transfer is, or how it ended, in one line. */
export function statusText(transfer: Transfer, words: Messages['files']['transfers']): string {
  switch (transfer.status) {
    case 'waiting':
      return words.waiting
    case 'running':
      return transfer.files.total === 0 ? words.looking : progressText(transfer, words)
    case 'verifying':
      return words.verifying
    case 'asking':
      return askingText(transfer, words)
    case 'done':
      if (transfer.files.total === 0) return words.nothing
      return transfer.isVerified ? words.verified : words.sizes
    case 'failed':
      return transfer.totalBytes > 0 ? progressText({ ...transfer, rate: 0 }, words) : words.failed
    case 'cancelled':
      return words.cancelled
  }
}

function progressText(transfer: Transfer, words: Messages['files']['transfers']): string {
  const { doneBytes: done, totalBytes: total, files, rate } = transfer
  const parts = [fill(words.running, { done, total })]
  if (files.total > 1) parts.push(fill(words.files, files))
  if (rate > 0) parts.push(fill(words.rate, { rate: Math.round(rate) }))
  return parts.join(' · ')
}

function askingText({ exists }: Transfer, words: Messages['files']['transfers']): string {
  const names = exists.slice(0, namesShown).map(shownName).join(', ')
  const rest = exists.length - namesShown
  return rest > 0 ? fill(words.askingMore, { names, n: rest }) : fill(words.asking, { names })
}
