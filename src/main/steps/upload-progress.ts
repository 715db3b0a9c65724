import type { Progress } from '../../shared/run'
import type { UploadProgress } from '../upload/meter'
import type { UploadResult } from '../upload/spec'

const waits = { network: 'offline', service: 'throttled', paused: 'paused' } as const

/** What is shown of several uploads at once: sums, and each by itself; `sizes` = bytes of each, footer included. */
export function shown(
  all: readonly (UploadProgress | undefined)[],
  sizes: readonly number[],
  limit: number | null,
  luns: readonly (number | null)[],
): Progress {
  const known = all.filter((one) => one !== undefined)
  const sum = (of: (one: UploadProgress) => number) => known.reduce((total, one) => total + of(one), 0)
  const left = known.map(({ secondsLeft }) => secondsLeft)
  // What one of them waits for is told when nothing else moves.
  const waiting = known.length > 0 && known.every((one) => one.waiting !== null) ? known[0]!.waiting : null
  return {
    done: Math.round(all.reduce((done, one, at) => done + (one?.share ?? 0) * sizes[at]!, 0)),
    total: sizes.reduce((total, size) => total + size, 0),
    unit: 'bytes',
    upload: {
      virtualBytes: sum(({ virtualBytes }) => virtualBytes),
      dataBytes: sum(({ nonZeroBytes }) => nonZeroBytes),
      sentBytes: sum(({ sentBytes }) => sentBytes),
      skippedBytes: sum(({ skippedBytes }) => skippedBytes),
      presentBytes: sum(({ presentBytes }) => presentBytes),
      rate: sum(({ bytesPerSecond }) => bytesPerSecond),
      secondsLeft: left.some((seconds) => seconds === null)
        ? null
        : Math.max(0, ...left.map((seconds) => seconds ?? 0)),
      ...(limit === null ? {} : { limit }),
      ...(all.length > 1 ? { disks: all.map((one, at) => shownOne(one, sizes[at]!, luns[at] ?? null)) } : {}),
    },
    ...(waiting ? { wait: { key: waits[waiting], params: {} } } : {}),
  }
}

function shownOne(one: UploadProgress | undefined, total: number, lun: number | null) {
  return { lun, done: Math.round((one?.share ?? 0) * total), total, rate: one?.bytesPerSecond ?? 0 }
}

/** The numbers of all disks together; the time is that of the slowest, the ETag that of the first. */
export function together(results: readonly UploadResult[]): UploadResult {
  const sum = (of: (one: UploadResult) => number) => results.reduce((total, one) => total + of(one), 0)
  return {
    virtualBytes: sum(({ virtualBytes }) => virtualBytes),
    nonZeroBytes: sum(({ nonZeroBytes }) => nonZeroBytes),
    sentBytes: sum(({ sentBytes }) => sentBytes),
    skippedBytes: sum(({ skippedBytes }) => skippedBytes),
    presentBytes: sum(({ presentBytes }) => presentBytes),
    resentBytes: sum(({ resentBytes }) => resentBytes),
    requests: sum(({ requests }) => requests),
    seconds: Math.max(...results.map(({ seconds }) => seconds)),
    etag: results[0]?.etag ?? '',
  }
}
