import { AppError, type ErrorData } from '../../shared/errors'
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

/**
 * Reads a resource until it is settled and returns what was read last. Pauses grow from 0.3 s to 10 s. A network that is
 * away, throttling and a service in trouble do not end the waiting; any other error does.
 */
export async function waitFor<T>(
  read: (signal: AbortSignal) => Promise<T>,
  settled: (value: T) => boolean,
  options: Waiting<T>,
): Promise<T> {
  void read
  void settled
  void options
  throw new AppError('unexpected')
}
void toAppError
