/** Bytes, end exclusive. */
export type ByteRange = { start: number; end: number }

export type RangeSet = {
  /** Adds a range; returns how many of its bytes were in the set already. */
  add(start: number, end: number): number
  remove(start: number, end: number): void
  /** In order, none touching another. */
  list(): ByteRange[]
  bytes(): number
}

/** The sink's own book of ranges: it must not share mistakes with the program that it checks. */
export function createRangeSet(): RangeSet {
  let ranges: ByteRange[] = []

  /** The first range that ends behind `start`, or touches it. */
  function firstFrom(start: number): number {
    let low = 0
    let high = ranges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (ranges[middle]!.end < start) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    add(start, end) {
      const from = firstFrom(start)
      let to = from
      let known = 0
      const whole = { start, end }
      for (; to < ranges.length && ranges[to]!.start <= end; to++) {
        const one = ranges[to]!
        known += Math.max(0, Math.min(end, one.end) - Math.max(start, one.start))
        whole.start = Math.min(whole.start, one.start)
        whole.end = Math.max(whole.end, one.end)
      }
      ranges.splice(from, to - from, whole)
      return known
    },
    remove(start, end) {
      ranges = ranges.flatMap((one) =>
        [
          { start: one.start, end: Math.min(one.end, start) },
          { start: Math.max(one.start, end), end: one.end },
        ].filter((left) => left.start < left.end),
      )
    },
    list: () => ranges.map((range) => ({ ...range })),
    bytes: () => ranges.reduce((sum, { start, end }) => sum + end - start, 0),
  }
}
