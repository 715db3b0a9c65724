import { AppError, type ErrorCode } from '../../shared/errors'
import { both, missing, totalBytes, within, type Range } from './plan'
import { assertOurs, markOf } from './stamp'
import type { Session } from './upload'

/** What stands at the target when an upload begins, or begins again. */
export type Standing = {
  /** Parts that hold what the disk holds there. */
  present: Range[]
  /** Parts that hold whatever: written over, and cleared where the disk has zeros. */
  stale: Range[]
  /** The file's time is another one than when it began: what is present is read back and compared. */
  mustCompare: boolean
  /** It is a finished disk already. */
  isWhole: boolean
  etag: string
}

const nothing: Standing = { present: [], stale: [], mustCompare: false, isWhole: false, etag: '' }
const sampleBytes = 64 * 1024
const samples = 8
const unreadable: ReadonlySet<ErrorCode> = new Set(['cloud.forbidden', 'cloud.bad-request'])

/**
 * Makes the target or recognises our own. Throws AppError `upload.target-foreign`, `upload.target-changed`, `upload.target-size`
 * {expected, found}, `file.changed`.
 */
export async function standing(session: Session): Promise<Standing> {
  const { target, insist, source } = session
  await source.disk.assertUnchanged()
  if (target.kind === 'disk') return diskStanding(session)
  if (await insist((attempt) => target.facts(attempt))) return blobStanding(session)
  if (target.create) return created(session)
  return { ...nothing, present: await insist((attempt) => target.ranges(attempt)) }
}

async function created(session: Session): Promise<Standing> {
  const { target, insist, journal } = session
  try {
    await insist((attempt) => target.create!(attempt))
    await journal.restart()
    return nothing
  } catch (error) {
    // The answer to a Create of ours may have been lost: then the blob carries our stamp.
    if (!(error instanceof AppError) || error.code !== 'upload.target-foreign') throw error
    return blobStanding(session)
  }
}

/** A blob carries the stamp of whoever began it. */
async function blobStanding(session: Session): Promise<Standing> {
  const { target, insist, source, journal } = session
  const { etag, isSameTime } = await ownFacts(session)
  const mustCompare = !isSameTime
  // A block blob is there from its commit on; before that it has blocks only.
  if (target.kind === 'block') return { ...nothing, present: [{ start: 0, end: source.size }], isWhole: true, etag }
  const there = await insist((attempt) => target.ranges(attempt))
  const isWhole = within(there, source.dataBytes, source.size).length > 0
  if (mustCompare || (isWhole && journal.finishedAs() === etag)) {
    return { ...nothing, present: there, mustCompare, isWhole, etag }
  }
  const looked = await sample(session, missing(there, journal.acknowledged()))
  if (looked === 'different') {
    throw new AppError('upload.target-changed', { blob: target.access.url }, { message: 'a sample differs' })
  }
  const present = looked === 'equal' ? there : both(there, journal.acknowledged())
  return { ...nothing, present, stale: missing(there, present), isWhole, etag }
}

/** A disk carries no stamp: what stands there counts by its tags, which the caller knows, or by the journal. */
async function diskStanding(session: Session): Promise<Standing> {
  const { target, insist, source, journal } = session
  const facts = await insist((attempt) => target.facts(attempt))
  if (facts?.lengthBytes !== source.size) {
    throw new AppError('upload.target-size', { expected: source.size, found: facts?.lengthBytes ?? 0 })
  }
  const there = await insist((attempt) => target.ranges(attempt))
  const isMarked = target.mark === markOf(target.stamp)
  const isProved = isMarked && (await sample(session, missing(there, journal.acknowledged()))) === 'equal'
  const present = isProved ? there : both(there, journal.acknowledged())
  const isWhole = within(present, source.dataBytes, source.size).length > 0
  return { ...nothing, present, stale: missing(there, present), isWhole, etag: facts.etag }
}

/** What stands at the target, which must be ours. */
export async function ownFacts(session: Session): Promise<{ etag: string; isSameTime: boolean }> {
  const { target, insist, source } = session
  const facts = await insist((attempt) => target.facts(attempt))
  if (!facts) throw new AppError('upload.target-changed', { blob: target.access.url })
  const isSameTime = assertOurs(facts, target.stamp, target.access.url, source.disk.file)
  if (target.granule !== 'span' && facts.lengthBytes !== source.size) {
    throw new AppError('upload.target-changed', { blob: target.access.url })
  }
  return { etag: facts.etag, isSameTime }
}

/** Reads a few places back, spread over all of the parts. `unknown` where that is not allowed. */
async function sample(session: Session, parts: Range[]): Promise<'equal' | 'different' | 'unknown'> {
  const { target, insist, source } = session
  for (const range of placesIn(parts)) {
    const own = Buffer.alloc(totalBytes([range]))
    await source.read(own, range.start)
    const stored = await insist((attempt) => target.read!(range, attempt)).catch((error: unknown) => {
      if (error instanceof AppError && unreadable.has(error.code)) return null
      throw error
    })
    if (!stored) return 'unknown'
    if (!own.equals(stored)) return 'different'
  }
  return 'equal'
}

function placesIn(parts: Range[]): Range[] {
  const total = totalBytes(parts)
  const stride = Math.max(sampleBytes, Math.ceil(total / samples))
  const places: Range[] = []
  let before = 0
  for (const { start, end } of parts) {
    for (; places.length * stride < before + end - start;) {
      const at = start + Math.floor((places.length * stride - before) / 512) * 512
      places.push({ start: Math.max(start, at), end: Math.min(end, Math.max(start, at) + sampleBytes) })
    }
    before += end - start
  }
  return places
}
