import type { Layout } from './layout'
import { readerOf, type Piece } from './pieces'
import type { ByteSource } from '../source'

const sectorBytes = 512
const mostMixedBytes = 1024 * 1024

/** The disk under one that only stores differences. It may be shorter: behind its end are zeros. */
export type Below = {
  layout: Layout
  piece(offset: number, length: number): Piece
  mayHoldData(offset: number, length: number): boolean
}

export function below(layout: Layout): Below {
  const { virtualSize, blockSize } = layout
  const source: ByteSource = { size: virtualSize, read: layout.read }
  return {
    layout,
    piece(offset, length) {
      if (offset >= virtualSize) return { kind: 'zeros', length }
      return { kind: 'stored', length: Math.min(length, virtualSize - offset), source, at: offset }
    },
    mayHoldData(offset, length) {
      const end = Math.min(offset + length, virtualSize)
      for (let block = Math.floor(offset / blockSize); block * blockSize < end; block++) {
        if (layout.isAllocated(block)) return true
      }
      return false
    },
  }
}

/** A stretch of which this file stores the sectors where `isOwn` is true, counted from the start of the piece. */
export function mixed(
  under: Below,
  own: { source: ByteSource; at: number },
  place: { offset: number; length: number },
  isOwn: (sector: number) => boolean,
): Piece {
  const length = Math.min(place.length, mostMixedBytes)
  // A read may begin or end within a sector; the bits count whole ones.
  const first = place.offset % sectorBytes
  const sectors = Math.ceil((first + length) / sectorBytes)
  let owned = 0
  for (let sector = 0; sector < sectors; sector++) if (isOwn(sector)) owned++
  if (owned === sectors) return { kind: 'stored', length, ...own }
  if (owned === 0) return under.piece(place.offset, length)
  const readBelow = readerOf(place.offset + length, (offset, rest) => under.piece(offset, rest))
  return {
    kind: 'made',
    length,
    async fill(buffer) {
      await own.source.read(buffer, own.at)
      const others = Buffer.alloc(length)
      await readBelow(others, place.offset)
      for (let sector = 0; sector < sectors; sector++) {
        if (isOwn(sector)) continue
        const from = Math.max(0, sector * sectorBytes - first)
        buffer.set(others.subarray(from, (sector + 1) * sectorBytes - first), from)
      }
    },
  }
}
