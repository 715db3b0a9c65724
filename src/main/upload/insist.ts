import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import { judge, type Answer } from './answers'
import type { Access } from './access'
import type { Attempt } from './target'

export type Waiting = 'network' | 'service' | 'paused' | null

export type Insist = {
  /** Sends a request until it is answered, has no use any more, or patience is at its end. Throws AppError. */
  <T>(request: (attempt: Attempt) => Promise<T>, onResend?: () => void): Promise<T>
}

const firstContactMs = 30_000
const longestPauseMs = 15_000
const longestStallMs = 30 * 60_000
const damagedTries = 4

/**
 * The upload's only retrying. Everyone pauses when the service says it is busy, access is renewed once for all, and
 * `patienceMs` counts from the first failure since the last answer. Before the first answer patience is short: the address
 * may be wrong. A request that stalled gets twice the time, and so does everyone once it stalls again: what lies in the
 * system's own buffers of a thin line cannot be seen moving.
 */
export function createInsist(
  access: Access,
  options: {
    signal: AbortSignal
    patienceMs: number
    stallMs: number
    onRequest: () => void
    onWaiting: (waiting: Waiting) => void
    /** The service asked for less. */
    onBusy: () => void
  },
): Insist {
  const { signal, patienceMs, onRequest, onWaiting, onBusy } = options
  let failingSinceMs: number | null = null
  let isFirstContact = true
  let pauseUntilMs = 0
  let idleMs = options.stallMs
  let renewal: Promise<boolean> | null = null
  let isRenewed = false
  // Every request under way listens.
  setMaxListeners(0, signal)

  return async function insist(request, onResend) {
    let stalls = 0
    for (let failures = 0; ; failures++) {
      await pause(pauseUntilMs - Date.now(), signal)
      // What is sent while somebody asks for fresh access would only be refused, too.
      await renewal?.catch(() => undefined)
      if (failures > 0) onResend?.()
      const hadRenewal = renewal
      try {
        onRequest()
        const result = await request({ signal, idleMs: idleMs * 2 ** stalls })
        answered()
        isRenewed = false
        return result
      } catch (thrown) {
        if (signal.aborted) throw new AppError('cancelled', {}, {}, { cause: thrown })
        stalls = isStall(thrown) ? stalls + 1 : 0
        if (stalls > 1) idleMs = Math.min(longestStallMs, idleMs * 2)
        await overcome(judge(thrown, access), failures, hadRenewal)
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
        if (answer.error.code === 'cloud.throttled') onBusy()
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
      renewal = access.renew()
    }
    if (!(await renewal)) throw answer.error
  }

  function answered(): void {
    failingSinceMs = null
    isFirstContact = false
    onWaiting(null)
  }

  function assertPatience(answer: Answer, limitMs: number): void {
    failingSinceMs ??= Date.now()
    if (Date.now() - failingSinceMs > limitMs) throw answer.error
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

function isStall(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ETIMEDOUT'
}

/** Half a second, doubled each time, with a quarter of chance so that connections do not come back in step. */
function backoff(failures: number): number {
  return Math.min(longestPauseMs, 500 * 2 ** failures) * (0.75 + Math.random() / 2)
}
