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
  /** From the bytes that must still travel and from how fast the rest is looked through; null while neither is known. */
  secondsLeft: number | null
  /** Share of the work that is done, 0 to 1. */
  share: number
  waiting: Waiting
  /** `copying`: the service itself reads what was staged. */
  stage: 'sending' | 'copying'
}

const windowMs = 10_000
const reportEveryMs = 100
const entryMs = 250

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
  let waitingFor: Waiting = null
  let reportedMs = 0
  const sentLately = createRate(startedMs)
  const scannedLately = createRate(startedMs)

  return {
    requested: () => void counts.requests++,
    bytesPerSecond: () => sentLately.perSecond(),
    waiting(waiting: Waiting) {
      if (waiting === waitingFor) return
      waitingFor = waiting
      report(true)
    },
    scanned(bytes: number, nonZeroBytes: number, plannedBytes: number, presentBytes: number) {
      counts.scannedBytes += bytes
      scannedLately.add(bytes)
      counts.nonZeroBytes += nonZeroBytes
      counts.plannedBytes += plannedBytes
      counts.presentBytes += presentBytes
      report(false)
    },
    resending: (bytes: number) => void (counts.resentBytes += bytes),
    sent(bytes: number) {
      counts.sentBytes += bytes
      sentLately.add(bytes)
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
    const bytesPerSecond = sentLately.perSecond()
    const unsentBytes = Math.max(0, plannedBytes - presentBytes - sentBytes)
    const leftBytes = unsentBytes + expectedBytes()
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
      secondsLeft: secondsLeft(leftBytes, unsentBytes, bytesPerSecond),
      share: doneBytes + leftBytes > 0 ? doneBytes / (doneBytes + leftBytes) : 1,
      waiting: waitingFor,
      stage: 'sending',
    })
  }

  /**
   * A file that takes its full length on its own disk does not tell how much of the rest is zeros. The time that looking through
   * it takes at the present pace is the other bound: zeros pass at the speed of the disk, data at that of the network.
   */
  function secondsLeft(leftBytes: number, unsentBytes: number, bytesPerSecond: number): number | null {
    const unreadBytes = source.dataBytes - counts.scannedBytes
    const travel = bytesPerSecond > 0 ? leftBytes / bytesPerSecond : Infinity
    const scan = unreadBytes > 0 ? unreadBytes / scannedLately.perSecond() : 0
    const look = unsentBytes > 0 ? scan + unsentBytes / bytesPerSecond : scan
    const seconds = Math.min(travel, look)
    return Number.isFinite(seconds) ? seconds : null
  }

  /** Data still to be found: what the file occupies on its own disk, less what was found, at most what is unread. */
  function expectedBytes(): number {
    const unread = source.dataBytes - counts.scannedBytes
    return Math.min(unread, Math.max(0, source.storedBytes - counts.plannedBytes))
  }
}

/** Bytes per second over the last ten seconds, or since the start while that is less. */
function createRate(startedMs: number) {
  let recent: { atMs: number; bytes: number }[] = []
  return {
    add(bytes: number) {
      const atMs = performance.now()
      const last = recent.at(-1)
      // Zeros pass by the thousand pieces a second: a quarter of a second shares one entry.
      if (last && atMs - last.atMs < entryMs) last.bytes += bytes
      else recent = [...recent.filter((one) => atMs - one.atMs < windowMs), { atMs, bytes }]
    },
    perSecond(): number {
      const nowMs = performance.now()
      const spanMs = Math.min(windowMs, nowMs - startedMs)
      const bytes = recent.reduce((sum, one) => sum + (nowMs - one.atMs < windowMs ? one.bytes : 0), 0)
      return spanMs > 0 ? (bytes / spanMs) * 1000 : 0
    },
  }
}
