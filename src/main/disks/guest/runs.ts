import type { ByteSource } from '../source'

/** Clusters that follow each other in a file and in its volume; `from` is null where nothing was ever written. */
export type Run = { at: number; from: number | null; count: number }

const maxRuns = 65_536

/** The runs of an NTFS attribute, up to the zero that ends them; null when they are damaged. */
export function runsIn(bytes: Buffer): Run[] | null {
  const runs: Run[] = []
  let at = 0
  let cluster = 0
  for (let next = 0; next < bytes.length && bytes[next] !== 0;) {
    const [countWidth, placeWidth] = [bytes[next]! & 15, bytes[next]! >> 4]
    const end = next + 1 + countWidth + placeWidth
    if (countWidth < 1 || countWidth > 6 || placeWidth > 6 || end > bytes.length || runs.length >= maxRuns) return null
    const count = bytes.readUIntLE(next + 1, countWidth)
    if (placeWidth > 0) cluster += bytes.readIntLE(next + 1 + countWidth, placeWidth)
    if (cluster < 0) return null
    runs.push({ at, from: placeWidth > 0 ? cluster : null, count })
    at += count
    next = end
  }
  return runs
}

/** A part of a file: from its own bytes, or from `from` on in the volume. */
type Piece = { at: number; length: number } & ({ from: number } | { bytes: Buffer })

/** A file put together from pieces of a volume. What no piece has reads as zeros. */
export function sourceOfRuns(sizeBytes: number, pieces: readonly Piece[], volume?: ByteSource): ByteSource {
  return {
    size: sizeBytes,
    async read(buffer, offset) {
      buffer.fill(0)
      for (const piece of pieces) {
        const start = Math.max(offset, piece.at)
        const end = Math.min(offset + buffer.length, piece.at + piece.length, sizeBytes)
        if (start >= end) continue
        const part = buffer.subarray(start - offset, end - offset)
        if ('bytes' in piece) part.set(piece.bytes.subarray(start - piece.at, end - piece.at))
        else await volume!.read(part, piece.from + start - piece.at)
      }
    },
  }
}
