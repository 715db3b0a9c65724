import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../shared/errors'
import type { WaitForHost } from './engine/work'

export type QueueOptions = {
  /** Asks a host for a sign of life on behalf of one run. */
  probe(run: string, host: string, signal: AbortSignal): Promise<boolean>
  /** Nobody waits longer than this; absent: for ever. */
  limitMs?: number
  /** Real time unless a test brings its own. */
  sleep?(ms: number, signal: AbortSignal): Promise<void>
}

/** The runs that wait for a cloud to answer. */
export type Queue = {
  waitForHost: WaitForHost
  /** The network may be back: every host is asked at once. */
  wake(): void
}

type Waiter = { run: string; resolve(): void }
/** One host that does not answer: everybody who waits for it shares one probe. */
type Outage = { waiters: Set<Waiter>; wake: AbortController; stop: AbortController }

const firstPauseMs = 5_000
const longestPauseMs = 60_000

/** Looks for hosts that did not answer: after 5 s, then ever more rarely up to once a minute, and at once when woken. */
export function createQueue({ probe, limitMs, sleep = realSleep }: QueueOptions): Queue {
  const outages = new Map<string, Outage>()

  function join(host: string, waiter: Waiter, failures: number): Outage {
    const known = outages.get(host)
    const outage = known ?? { waiters: new Set(), wake: new AbortController(), stop: new AbortController() }
    outage.waiters.add(waiter)
    if (known) return known
    outages.set(host, outage)
    void watch(host, outage, failures)
    return outage
  }

  function leave(host: string, outage: Outage, waiter: Waiter) {
    outage.waiters.delete(waiter)
    if (outage.waiters.size > 0) return
    outage.stop.abort()
    if (outages.get(host) === outage) outages.delete(host)
  }

  async function watch(host: string, outage: Outage, failures: number): Promise<void> {
    for (let tries = failures; !outage.stop.signal.aborted;) {
      tries = (await rested(outage, pauseAfter(tries))) ? tries + 1 : 1
      const [first] = outage.waiters
      if (!first || !(await probe(first.run, host, outage.stop.signal).catch(() => false))) continue
      outages.delete(host)
      for (const waiter of outage.waiters) waiter.resolve()
      return
    }
  }

  /** False when it was woken before the time was over. */
  async function rested(outage: Outage, ms: number): Promise<boolean> {
    try {
      await sleep(ms, AbortSignal.any([outage.wake.signal, outage.stop.signal]))
      return true
    } catch {
      // Whoever wakes it while it asks is heard before the next rest.
      outage.wake = new AbortController()
      return false
    }
  }

  return {
    async waitForHost({ run, host, failures, signal }) {
      const limit = limitMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
      let resolve: () => void = () => undefined
      const answered = new Promise<void>((done, refused) => {
        resolve = done
        limit.addEventListener('abort', () => refused(new AppError('offline', { host })), { once: true })
      })
      const waiter = { run, resolve }
      const outage = join(host, waiter, failures)
      try {
        limit.throwIfAborted()
        await answered
      } finally {
        leave(host, outage, waiter)
      }
    },
    wake() {
      for (const { wake } of outages.values()) wake.abort()
    },
  }
}

function pauseAfter(failures: number): number {
  return failures === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
}

async function realSleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal })
}
