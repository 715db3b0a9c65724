import { setTimeout as pause } from 'node:timers/promises'
import { AppError, outages, type ErrorCode, type ErrorData } from '../../shared/errors'
import type { Seam } from '../net/seam'
import { toAppError } from './errors'

export type Waiting<T> = {
  signal: AbortSignal
  /** Gives up after this long with `cloud.timeout`. */
  limitMs: number
  /** After every read: what was read, or why it could not be read although the waiting goes on. */
  onRead?(read: { value: T; error: null } | { value: null; error: ErrorData }, reads: number, waitedMs: number): void
  /** A Retry-After seen here lengthens the next pause. */
  seam?: Seam
  /** Real time unless a test brings its own. */
  clock?: WaitClock
}
export type WaitClock = { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> }

const firstPauseMs = 300
const growth = 1.5
const longestPauseMs = 10_000
const longestRetryAfterMs = 60_000
const passing: ReadonlySet<ErrorCode> = new Set([...outages, 'cloud.throttled', 'cloud.unavailable'])

/**
 * Reads a resource until it is settled and returns what was read last. Pauses grow from 0.3 s to 10 s. A network that is
 * away, throttling and a service in trouble do not end the waiting; any other error does. Throws `cloud.timeout` {minutes},
 * `cancelled`.
 */
export async function waitFor<T>(
  read: (signal: AbortSignal) => Promise<T>,
  settled: (value: T) => boolean,
  options: Waiting<T>,
): Promise<T> {
  const { signal, limitMs, onRead, seam, clock = realClock } = options
  const started = clock.now()
  let askedPauseMs = 0
  const stopWatching = seam?.watch((exchange) => (askedPauseMs = Math.max(askedPauseMs, exchange.retryAfterMs ?? 0)))
  try {
    for (let reads = 1, pauseMs = firstPauseMs; ; reads++, pauseMs = Math.min(pauseMs * growth, longestPauseMs)) {
      askedPauseMs = 0
      const found = await readOnce(read, signal)
      const waitedMs = clock.now() - started
      onRead?.(found.error ? { value: null, error: found.error.toData() } : found, reads, waitedMs)
      if (!found.error && settled(found.value)) return found.value
      const nextMs = Math.max(pauseMs, Math.min(askedPauseMs, longestRetryAfterMs))
      if (waitedMs + nextMs > limitMs) throw tooLong(limitMs, found.error)
      await clock.sleep(nextMs, signal)
    }
  } catch (error) {
    throw signal.aborted ? new AppError('cancelled') : error
  } finally {
    stopWatching?.()
  }
}

const realClock: WaitClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => pause(ms, undefined, { signal }),
}

type Found<T> = { value: T; error: null } | { value: null; error: AppError }

async function readOnce<T>(read: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Found<T>> {
  signal.throwIfAborted()
  try {
    return { value: await read(signal), error: null }
  } catch (thrown) {
    const error = toAppError(thrown)
    if (!passing.has(error.code)) throw error
    return { value: null, error }
  }
}

/** Who waited in vain because nothing answered learns that, not that the service was slow. */
function tooLong(limitMs: number, lastError: AppError | null): AppError {
  return lastError ?? new AppError('cloud.timeout', { minutes: Math.max(1, Math.round(limitMs / 60_000)) })
}
