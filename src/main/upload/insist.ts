import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import { judge, type Answer } from './answers'
import type { UploadTarget } from './target'

export type Waiting = 'network' | 'service' | null

export type Insist = {
  /** Sends a request until it is answered, has no use any more, or patience is at its end. Throws AppError. */
  <T>(request: (signal: AbortSignal) => Promise<T>, onResend?: () => void): Promise<T>
}

const firstContactMs = 30_000
const longestPauseMs = 15_000
const shortestTryMs = 120_000
const longestTryMs = 30 * 60_000
const damagedTries = 4

/**
 * The upload's only retrying. Everyone pauses when the service says it is busy, access is renewed once for all, and
 * `patienceMs` counts from the last answer. Before the first answer patience is short: the address may be wrong.
 */
export function createInsist(
  target: UploadTarget,
  options: { signal: AbortSignal; patienceMs: number; onRequest: () => void; onWaiting: (waiting: Waiting) => void },
): Insist {
  const { signal, patienceMs, onRequest, onWaiting } = options
  let lastAnswerMs = Date.now()
  let isFirstContact = true
  let pauseUntilMs = 0
  let tryMs = shortestTryMs
  let renewal: Promise<boolean> | null = null
  let isRenewed = false

  return async function insist(request, onResend) {
    for (let failures = 0; ; failures++) {
      await pause(pauseUntilMs - Date.now(), signal)
      if (failures > 0) onResend?.()
      const attempt = new AbortController()
      const timer = setTimeout(() => attempt.abort(), tryMs)
      const hadRenewal = renewal
      try {
        onRequest()
        const result = await request(AbortSignal.any([signal, attempt.signal]))
        answered()
        isRenewed = false
        return result
      } catch (thrown) {
        if (signal.aborted) throw new AppError('cancelled', {}, {}, { cause: thrown })
        if (attempt.signal.aborted) tryMs = Math.min(longestTryMs, tryMs * 2)
        await overcome(judge(thrown, target), failures, hadRenewal)
      } finally {
        clearTimeout(timer)
      }
    }
  }

  async function overcome(answer: Answer, failures: number, hadRenewal: Promise<boolean> | null): Promise<void> {
    switch (answer.means) {
      case 'network': {
        assertPatience(answer, isFirstContact ? Math.min(firstContactMs, patienceMs) : patienceMs)
        onWaiting('network')
        return pause(backoff(failures), signal)
      }
      case 'busy': {
        assertPatience(answer, patienceMs)
        onWaiting('service')
        pauseUntilMs = Math.max(pauseUntilMs, Date.now() + (answer.retryAfterMs || backoff(failures)))
        return
      }
      case 'access':
        return renewAccess(answer, hadRenewal)
      case 'checksum': {
        answered()
        if (failures + 1 >= damagedTries) throw answer.error
        return
      }
      case 'exists':
      case 'final':
        throw answer.error
    }
  }

  /** Several connections are refused at once; one of them asks, the others wait for its result. */
  async function renewAccess(answer: Answer, hadRenewal: Promise<boolean> | null): Promise<void> {
    if (renewal === hadRenewal) {
      if (isRenewed) throw answer.error
      isRenewed = true
      renewal = target.renew()
    }
    if (!(await renewal)) throw answer.error
  }

  function answered(): void {
    lastAnswerMs = Date.now()
    isFirstContact = false
    onWaiting(null)
  }

  function assertPatience(answer: Answer, limitMs: number): void {
    if (Date.now() - lastAnswerMs > limitMs) throw answer.error
  }
}

/** Resolves after `ms`; throws AppError `cancelled` as soon as the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    signal.throwIfAborted()
    if (ms > 0) await wait(ms, undefined, { signal })
  } catch (error) {
    throw new AppError('cancelled', {}, {}, { cause: error })
  }
}

/** Half a second, doubled each time, with a quarter of chance so that connections do not come back in step. */
function backoff(failures: number): number {
  return Math.min(longestPauseMs, 500 * 2 ** failures) * (0.75 + Math.random() / 2)
}
