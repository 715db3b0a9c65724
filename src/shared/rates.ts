/** One measure of an upload under way: seconds since 1970, bytes per second; `limit` null: as fast as it goes. */
export type RatePoint = { at: number; rate: number; limit: number | null; isAway: boolean }

/** A shorter one is not worth a word. */
const leastGapSeconds = 5
/** Between two points on the plot. */
const apartSeconds = 0.5
const windowSeconds = 600

/** Adds a measure; while the network is away nothing is sent, whatever the average of the last seconds says. */
export function withRate(points: readonly RatePoint[], next: RatePoint): readonly RatePoint[] {
  const last = points.at(-1)
  const isTurn = last?.isAway !== next.isAway
  if (last && !isTurn && next.at - last.at < apartSeconds) return points
  const kept = withoutBlink(points, next).filter(({ at }) => next.at - at < windowSeconds)
  const point = next.isAway ? { ...next, rate: 0 } : next
  // Nobody measures while nothing moves: the line stays down until the network is back.
  const away = kept.at(-1)
  const until = away?.isAway && !next.isAway ? [{ ...away, at: next.at }] : []
  return [...kept, ...until, point]
}

/** A connection that is made anew at once, such as one that was idle for too long, is no gap. */
function withoutBlink(points: readonly RatePoint[], next: RatePoint): readonly RatePoint[] {
  const last = points.at(-1)
  if (!last?.isAway || next.isAway) return points
  const before = points.findLastIndex(({ isAway }) => !isAway)
  const from = points[before + 1]!.at
  return next.at - from < leastGapSeconds ? points.slice(0, before + 1) : points
}

/** When the network was away, in seconds since 1970. */
export function gapsIn(points: readonly RatePoint[]): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = []
  let from: number | null = null
  for (const { at, isAway } of points) {
    if (isAway) from ??= at
    else if (from !== null) {
      gaps.push({ from, to: at })
      from = null
    }
  }
  const last = points.at(-1)
  if (from !== null && last) gaps.push({ from, to: last.at })
  return gaps.filter((gap) => gap.to - gap.from >= leastGapSeconds)
}
