import { AppError } from '../../../shared/errors'
import type { ByteSource } from '../source'

/** A stretch of a disk and where its bytes come from. */
export type Piece =
  | { kind: 'zeros'; length: number }
  | { kind: 'stored'; length: number; source: ByteSource; at: number }
  /** Made from other bytes, such as packed ones; the buffer is `length` bytes long. */
  | { kind: 'made'; length: number; fill(buffer: Uint8Array): Promise<void> }

/** The piece that begins at `offset`; it may be shorter than `length`, never longer, never empty. */
export type PieceAt = (offset: number, length: number) => Piece | Promise<Piece>

const inFlight = 4

/** Reads a disk of `size` bytes piece by piece: what lies together in the file is read at once, several pieces at the same time. */
export function readerOf(size: number, pieceAt: PieceAt): ByteSource['read'] {
  return async (buffer, offset) => {
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + buffer.length > size) {
      throw new AppError(
        'disk.truncated',
        {},
        { message: `read of ${buffer.length} bytes at ${offset}, size is ${size}` },
      )
    }
    const jobs: (() => Promise<void>)[] = []
    let at = 0
    for await (const piece of merged(pieceAt, offset, buffer.length)) {
      const part = buffer.subarray(at, at + piece.length)
      at += piece.length
      if (piece.kind === 'zeros') part.fill(0)
      else if (piece.kind === 'made') jobs.push(() => piece.fill(part))
      else jobs.push(() => piece.source.read(part, piece.at))
    }
    await allOf(jobs)
  }
}

async function* merged(pieceAt: PieceAt, offset: number, length: number): AsyncGenerator<Piece> {
  let last: Piece | null = null
  for (let done = 0; done < length;) {
    const piece: Piece = await pieceAt(offset + done, length - done)
    done += piece.length
    const joined: Piece | null = last && join(last, piece)
    if (last && !joined) yield last
    last = joined ?? piece
  }
  if (last) yield last
}

function join(first: Piece, second: Piece): Piece | null {
  const length = first.length + second.length
  if (first.kind === 'zeros' && second.kind === 'zeros') return { kind: 'zeros', length }
  if (first.kind !== 'stored' || second.kind !== 'stored' || first.source !== second.source) return null
  return first.at + first.length === second.at ? { ...first, length } : null
}

/** Ends only when nothing writes to the buffer any more, even when a piece cannot be read. */
async function allOf(jobs: (() => Promise<void>)[]): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let job = jobs[next++]; job; job = jobs[next++]) await job()
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(inFlight, jobs.length) }, worker))
  const failed = ended.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}
