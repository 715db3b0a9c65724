import type { Store } from './store'

/** 1 = real time, 60 = an hour takes a minute, 'jump' = long operations end after a few reads. */
export type Speed = number | 'jump'

/** The time of the practice cloud. Tokens and certificates do not use it: they live in real time. */
export type Clock = {
  /** Virtual time in ms since 1970; never goes back, also over restarts. */
  now(): number
  /** The same as ISO text, for the wire. */
  iso(atMs?: number): string
  speed(): Speed
  setSpeed(speed: Speed): void
  /** Moves virtual time forward (jump mode: the rest of an operation that is declared done). */
  skip(ms: number): void
  /** Writes the reading into the state, called before each save. */
  keep(): void
}

/** A clock that goes on where the stored one stopped; the time in which the program did not run counts as real time. */
export function createClock(store: Store, wanted: Speed | null, realNow: () => number = Date.now): Clock {
  const kept = store.part('clock', () => ({ virtualMs: realNow(), realMs: realNow(), speed: 1 as Speed }))
  let speed: Speed = wanted ?? kept.speed
  let realBase = realNow()
  let virtualBase = kept.virtualMs + Math.max(0, realBase - kept.realMs)

  function now(): number {
    const factor = speed === 'jump' ? 1 : speed
    return Math.round(virtualBase + Math.max(0, realNow() - realBase) * factor)
  }

  function rebase(virtualMs: number): void {
    virtualBase = virtualMs
    realBase = realNow()
  }

  return {
    now,
    iso: (atMs = now()) => new Date(atMs).toISOString(),
    speed: () => speed,
    setSpeed(next) {
      rebase(now())
      speed = next
      store.touch()
    },
    skip(ms) {
      rebase(now() + Math.max(0, ms))
      store.touch()
    },
    keep() {
      Object.assign(kept, { virtualMs: now(), realMs: realNow(), speed })
    },
  }
}

/** Reads `--speed`: `jump`, `60` or `x60`; null for anything that is not a speed from 1 to 1000. */
export function parseSpeed(text: string): Speed | null {
  if (text === 'jump') return 'jump'
  const factor = Number(text.replace(/^x/, ''))
  return factor >= 1 && factor <= 1000 ? factor : null
}
