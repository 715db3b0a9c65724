/** Places in a file that belong to something: `at` and `length` in any unit, as long as it is the same for all. */
export type Taken = { at: number; length: number }

/**
 * Whether all places are apart from each other; `each` blocks of the same length stand in `blocks`, which is sorted by
 * this. `gaps`: how much up to `total` belongs to nothing.
 */
export function areApart(
  taken: Taken[],
  blocks: Float64Array | Uint32Array,
  each: number,
  total: number,
): { isApart: boolean; gaps: number } {
  // What a program wrote in one go is in order already.
  if (!isSorted(blocks)) blocks.sort()
  const others = [...taken].filter(({ length }) => length > 0).sort((left, right) => left.at - right.at)
  let isApart = true
  let gaps = 0
  let end = 0
  let other = 0
  let block = 0
  while (other < others.length || block < blocks.length) {
    const isBlock = other >= others.length || (block < blocks.length && blocks[block]! < others[other]!.at)
    const next = isBlock ? { at: blocks[block++]!, length: each } : others[other++]!
    if (next.at < end) isApart = false
    else gaps += next.at - end
    end = Math.max(end, next.at + next.length)
  }
  return { isApart, gaps: gaps + Math.max(0, total - end) }
}

function isSorted(values: Float64Array | Uint32Array): boolean {
  for (let index = 1; index < values.length; index++) if (values[index]! < values[index - 1]!) return false
  return true
}
