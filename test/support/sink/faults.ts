import type { Kind } from './kinds'

/** What goes wrong, all at once if so wished. Times in ms, shares from 0 to 1; what is absent is well. */
export type Faults = {
  /** Every answer comes this much later. */
  latencyMs?: number
  /** All bodies together are taken at this many Mbit/s. */
  mbits?: number
  /** Share of requests whose connection is cut: in turn before the body, amid it, and when all is done but the answer. */
  resetShare?: number
  /** Share of requests that are answered this much later only. */
  stallShare?: number
  stallMs?: number
  /** Share of Put Page and Put Block whose answer carries another checksum than that of the bytes. */
  wrongChecksumShare?: number
  /** Answers of the service instead of the work; the first that fits counts. */
  refusals?: Refusal[]
  /** When so many bytes are acknowledged, further ones are taken but neither stored nor answered until this changes. */
  holdAfterBytes?: number
  /** Nothing listens any more; what was stored is kept for when it does again. */
  gone?: boolean
  /** The same from when so many bytes have been received. */
  goneAfterBytes?: number
  /** The `Date` of the answers, against this computer's clock. */
  clockAheadMs?: number
}

export type Refusal = {
  status: number
  /** `x-ms-error-code`, such as `ServerBusy`. */
  code: string
  retryAfterSeconds?: number
  /** Only requests of this kind. */
  kind?: Kind
  /** Only the nth of the fitting requests, from 1; with `share` that share of them; without both all of them. */
  nth?: number
  share?: number
  /** At most so many times. */
  times?: number
}

export type Fate = {
  cut: 'before' | 'amid' | 'after' | null
  stallMs: number
  refusal: Refusal | null
  hasWrongChecksum: boolean
}

/** Decides for each request what happens to it; the same seed and order of requests give the same fates. */
export function createFates(seed: number) {
  let faults: Faults = {}
  let seen: number[] = []
  let done: number[] = []
  let cuts = 0
  const random = mulberry32(seed)
  const isHit = (share = 0) => share > 0 && random() < share

  function refusalFor(kind: Kind): Refusal | null {
    for (const [at, refusal] of (faults.refusals ?? []).entries()) {
      if (refusal.kind && refusal.kind !== kind) continue
      seen[at] = (seen[at] ?? 0) + 1
      if (refusal.nth !== undefined && refusal.nth !== seen[at]) continue
      if (refusal.share !== undefined && !isHit(refusal.share)) continue
      if ((done[at] ?? 0) >= (refusal.times ?? Infinity)) continue
      done[at] = (done[at] ?? 0) + 1
      return refusal
    }
    return null
  }

  return {
    faults: () => faults,
    /** From now on exactly these; the counting of `nth` and `times` begins anew. */
    set(next: Faults) {
      faults = next
      seen = []
      done = []
    },
    next(kind: Kind): Fate {
      const isCut = isHit(faults.resetShare)
      return {
        cut: isCut ? (['amid', 'after', 'before'] as const)[cuts++ % 3]! : null,
        stallMs: isHit(faults.stallShare) ? (faults.stallMs ?? 0) : 0,
        refusal: refusalFor(kind),
        hasWrongChecksum: isHit(faults.wrongChecksumShare),
      }
    },
  }
}

/** How long a body that just brought `bytes` has to wait, so that all together keep to the rate; ms. */
export function createThrottle(mbits: () => number | undefined, nowMs: () => number = () => performance.now()) {
  let freeAtMs = 0
  return (bytes: number): number => {
    const rate = mbits()
    if (rate === undefined) return 0
    const now = nowMs()
    freeAtMs = Math.max(now, freeAtMs) + (bytes * 8) / (rate * 1000)
    return freeAtMs - now
  }
}

/** A small repeatable source of chance; Math.random cannot be given a seed. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
