import { pause } from './insist'

/** The one measure of all uploads of this program: together they send no more per second than the limit of the moment. */
export type Pace = {
  /** Bytes per second, or null for none. Asked anew each time, so that a change counts at once. */
  limit(): number | null
  /** Resolves when these bytes may go. Throws AppError `cancelled` when the signal ends the waiting. */
  take(bytes: number, signal: AbortSignal): Promise<void>
}

export const unlimited: Pace = { limit: () => null, take: () => Promise.resolve() }

/** How much of an unused second may be made up for. */
const burstSeconds = 0.25
/** A change of the limit is noticed after this long, also by whoever waits. */
const lookMs = 200

/** A token bucket: what is sent is owed, and nobody sends while anything is owed. `nowMs`: a clock that only goes forward. */
export function createPace(limit: () => number | null, nowMs: () => number = () => performance.now()): Pace {
  let allowedBytes = 0
  let atMs = nowMs()

  function refill(bytesPerSecond: number): void {
    const now = nowMs()
    allowedBytes = Math.min(bytesPerSecond * burstSeconds, allowedBytes + ((now - atMs) / 1000) * bytesPerSecond)
    atMs = now
  }

  return {
    limit,
    async take(bytes, signal) {
      for (;;) {
        const bytesPerSecond = limit()
        if (bytesPerSecond === null) {
          allowedBytes = 0
          atMs = nowMs()
          return
        }
        refill(bytesPerSecond)
        if (allowedBytes >= 0) {
          allowedBytes -= bytes
          return
        }
        await pause(Math.min(lookMs, Math.ceil((-allowedBytes / bytesPerSecond) * 1000)), signal)
      }
    },
  }
}

/** AzCopy's figures for page blobs (ste/pacer-autoPacer.go). */
const fall = 0.65
const fallEveryMs = 20_000
const growthPerSecond = 1.015
const slowest = 8 * 1024 * 1024

/**
 * A limit of its own for a service that says it is busy: it falls to two thirds of what went through, and creeps up again until
 * it holds nobody any more. `measured`: bytes per second of late.
 */
export function createEasing(measured: () => number, nowMs: () => number = () => performance.now()) {
  let rate: number | null = null
  let before = 0
  let grownMs = 0
  let fellMs = -Infinity

  function limit(): number | null {
    if (rate === null) return null
    const now = nowMs()
    rate *= growthPerSecond ** ((now - grownMs) / 1000)
    grownMs = now
    if (rate > before / fall) rate = null
    return rate
  }

  return {
    limit,
    busy() {
      const now = nowMs()
      if (now - fellMs < fallEveryMs) return
      before = Math.max(slowest, limit() ?? measured())
      rate = Math.max(slowest, before * fall)
      grownMs = now
      fellMs = now
    },
  }
}

export function bytesPerSecond(megabits: number): number {
  return (megabits * 1_000_000) / 8
}
