import type { FixedVhdView } from '../disks/azure-vhd'
import type { Waiting } from './insist'

export type UploadProgress = {
  /** Length of the disk without its footer, bytes. */
  virtualBytes: number
  /** How far the disk has been looked through. */
  scannedBytes: number
  nonZeroBytes: number
  sentBytes: number
  skippedBytes: number
  presentBytes: number
  resentBytes: number
  /** Over the last ten seconds. */
  bytesPerSecond: number
  /** From the bytes that must still travel; null while nothing has. */
  secondsLeft: number | null
  /** Share of the work that is done, 0 to 1. */
  share: number
  waiting: Waiting
}

const windowMs = 10_000
const reportEveryMs = 100

/** Counts one upload and tells about it ten times a second at most. */
export function createMeter(source: FixedVhdView, onProgress: ((progress: UploadProgress) => void) | undefined) {
  const startedMs = performance.now()
  const counts = {
    scannedBytes: 0,
    nonZeroBytes: 0,
    plannedBytes: 0,
    sentBytes: 0,
    presentBytes: 0,
    resentBytes: 0,
    requests: 0,
  }
  /** Bytes given to the network, for the limit. */
  let startedBytes = 0
  let waitingFor: Waiting = null
  let reportedMs = 0
  let recent: { atMs: number; bytes: number }[] = [{ atMs: startedMs, bytes: 0 }]

  return {
    requested: () => void counts.requests++,
    waiting(waiting: Waiting) {
      if (waiting === waitingFor) return
      waitingFor = waiting
      report(true)
    },
    scanned(bytes: number, nonZeroBytes: number, plannedBytes: number, presentBytes: number) {
      counts.scannedBytes += bytes
      counts.nonZeroBytes += nonZeroBytes
      counts.plannedBytes += plannedBytes
      counts.presentBytes += presentBytes
      report(false)
    },
    sending: (bytes: number) => void (startedBytes += bytes),
    resending: (bytes: number) => void (counts.resentBytes += bytes),
    sent(bytes: number) {
      counts.sentBytes += bytes
      const atMs = performance.now()
      recent = [...recent.filter((one) => atMs - one.atMs < windowMs), { atMs, bytes }]
      report(counts.scannedBytes === source.dataBytes)
    },
    /** A blob that was complete when we came: everything in it stands for what is not zero. */
    finishedBefore(presentBytes: number) {
      const dataBytes = presentBytes - source.footer.length
      Object.assign(counts, {
        scannedBytes: source.dataBytes,
        nonZeroBytes: dataBytes,
        plannedBytes: dataBytes,
        presentBytes,
      })
      report(true)
    },
    /** How long to wait before the next bytes, so that on average no more than `limit` bytes per second go out. */
    paceMs(limit: number | undefined): number {
      return limit === undefined ? 0 : (startedBytes / limit) * 1000 - (performance.now() - startedMs)
    },
    result() {
      const { nonZeroBytes, sentBytes, presentBytes, resentBytes, requests } = counts
      return {
        virtualBytes: source.dataBytes,
        nonZeroBytes,
        sentBytes,
        skippedBytes: skippedBytes(),
        presentBytes,
        resentBytes,
        requests,
      }
    },
  }

  function skippedBytes(): number {
    return counts.scannedBytes - counts.plannedBytes
  }

  function report(isDue: boolean): void {
    const nowMs = performance.now()
    if (!onProgress || (!isDue && nowMs - reportedMs < reportEveryMs)) return
    reportedMs = nowMs
    const { scannedBytes, nonZeroBytes, plannedBytes, sentBytes, presentBytes, resentBytes } = counts
    const window = recent.filter((one) => nowMs - one.atMs < windowMs)
    const spanMs = Math.min(windowMs, nowMs - startedMs)
    const bytesPerSecond = spanMs > 0 ? (window.reduce((sum, one) => sum + one.bytes, 0) / spanMs) * 1000 : 0
    const leftBytes = Math.max(0, plannedBytes - presentBytes - sentBytes) + expectedBytes()
    const doneBytes = sentBytes + presentBytes
    onProgress({
      virtualBytes: source.dataBytes,
      scannedBytes,
      nonZeroBytes,
      sentBytes,
      skippedBytes: skippedBytes(),
      presentBytes,
      resentBytes,
      bytesPerSecond,
      secondsLeft: bytesPerSecond > 0 ? leftBytes / bytesPerSecond : null,
      share: doneBytes + leftBytes > 0 ? doneBytes / (doneBytes + leftBytes) : 1,
      waiting: waitingFor,
    })
  }

  /** Data still to be found: what the file occupies on its own disk, less what was found, at most what is unread. */
  function expectedBytes(): number {
    const unread = source.dataBytes - counts.scannedBytes
    return Math.min(unread, Math.max(0, source.storedBytes - counts.plannedBytes))
  }
}
