/** Bytes, end exclusive, both multiples of 512. Lists of ranges are in order and do not touch. */
export type Range = { start: number; end: number }

/** Put Page takes at most this much. */
export const chunkBytes = 4 * 1024 * 1024
const coarseBytes = 64 * 1024
const fineBytes = 4 * 1024
/** At 60 MiB/s and 500 requests/s, Azure's targets for one blob, a request costs as much as 123 KiB. */
const gapBytes = 128 * 1024
const zeros = Buffer.alloc(chunkBytes)

export type ChunkPlan = {
  /** What has to stand in the blob: all data, with short gaps of zeros between. */
  ranges: Range[]
  /** Bytes in 4 KiB blocks that hold anything else than zeros. */
  nonZeroBytes: number
}

/** Finds the data in a piece of the disk that starts at `base`; the length is a multiple of 4 KiB. */
export function planChunk(chunk: Buffer, base: number): ChunkPlan {
  const plan: ChunkPlan = { ranges: [], nonZeroBytes: 0 }
  if (chunk.length <= zeros.length && isZero(chunk, 0, chunk.length)) return plan
  for (let coarse = 0; coarse < chunk.length; coarse += coarseBytes) {
    const coarseEnd = Math.min(chunk.length, coarse + coarseBytes)
    if (isZero(chunk, coarse, coarseEnd)) continue
    for (let fine = coarse; fine < coarseEnd; fine += fineBytes) {
      const fineEnd = Math.min(chunk.length, fine + fineBytes)
      if (isZero(chunk, fine, fineEnd)) continue
      plan.nonZeroBytes += fineEnd - fine
      const last = plan.ranges.at(-1)
      if (last && base + fine - last.end <= gapBytes) last.end = base + fineEnd
      else plan.ranges.push({ start: base + fine, end: base + fineEnd })
    }
  }
  return plan
}

/** Joins ranges that overlap or touch; they may come in any order. */
export function joined(ranges: Range[]): Range[] {
  const result: Range[] = []
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1)
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end)
    else result.push({ ...range })
  }
  return result
}

/** The parts of `ranges` that `present` does not cover. */
export function missing(ranges: Range[], present: readonly Range[]): Range[] {
  return ranges.flatMap((range) => {
    const left: Range[] = []
    let at = range.start
    for (const there of overlapping(present, range.start, range.end)) {
      if (there.start > at) left.push({ start: at, end: there.start })
      at = Math.max(at, there.end)
    }
    if (at < range.end) left.push({ start: at, end: range.end })
    return left
  })
}

/** The parts of `present` between `start` and `end`, cut to them. */
export function within(present: readonly Range[], start: number, end: number): Range[] {
  return overlapping(present, start, end).map((range) => ({
    start: Math.max(start, range.start),
    end: Math.min(end, range.end),
  }))
}

export function totalBytes(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** Those of `present` that reach into the part between `start` and `end`, whole. */
export function overlapping<One extends Range>(present: readonly One[], start: number, end: number): One[] {
  let low = 0
  let high = present.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (present[middle]!.end <= start) low = middle + 1
    else high = middle
  }
  const found: One[] = []
  for (let at = low; at < present.length && present[at]!.start < end; at++) found.push(present[at]!)
  return found
}

/** The part of a chunk that goes to a target of the given granule, from the plan of its data. */
export function partsFor(granule: 'data' | 'span' | 'whole', ranges: Range[], base: number, length: number): Range[] {
  if (granule === 'whole') return [{ start: base, end: base + length }]
  const [first] = ranges
  if (granule === 'data' || !first) return ranges
  return [{ start: first.start, end: ranges.at(-1)!.end }]
}

/** The parts of each of two lists that the other covers. */
export function both(ranges: readonly Range[], others: readonly Range[]): Range[] {
  return ranges.flatMap(({ start, end }) => within(others, start, end))
}

function isZero(chunk: Buffer, start: number, end: number): boolean {
  return chunk.compare(zeros, 0, end - start, start, end) === 0
}
