const spanMs = 4_000

/** Bytes per second of the last seconds. */
export function createRate(now: () => number) {
  const begun = now()
  let samples: { at: number; bytes: number }[] = []
  let sum = 0
  return {
    /** Answers the rate with these bytes counted. */
    add(bytes: number): number {
      const at = now()
      const last = samples.at(-1)
      // A tenth of a second is as fine as it needs to be.
      if (last && at - last.at < 100) last.bytes += bytes
      else samples.push({ at, bytes })
      sum += bytes
      const old = samples.filter((sample) => sample.at < at - spanMs)
      if (old.length > 0) {
        samples = samples.slice(old.length)
        sum -= old.reduce((total, sample) => total + sample.bytes, 0)
      }
      return (sum / Math.max(500, Math.min(spanMs, at - begun))) * 1000
    },
  }
}
