import { AppError } from '../../shared/errors'
import type { FixedVhdView } from '../disks/azure-vhd'
import { checksumOf, type ChecksumKind } from './checksum'
import { createInsist, pause, type Insist } from './insist'
import { openUploadJournal, type UploadJournal } from './journal'
import { createMeter, type UploadProgress } from './meter'
import { createEasing, createPace, type Pace } from './pace'
import { joined, missing, partsFor, planChunk, totalBytes, within, type Range } from './plan'
import type { UploadResult } from './spec'
import { ownFacts, standing, type Standing } from './standing'
import type { UploadTarget } from './target'

export type UploadOptions = {
  connections: number
  checksum: ChecksumKind
  journalFolder: string
  /** Holds all uploads together to a limit; none when absent. */
  pace?: Pace
  signal: AbortSignal
  onProgress?: (progress: UploadProgress) => void
  /** How long to go on without any answer, ms; a quarter of an hour by default. */
  patienceMs?: number
  /** How long nothing may move on a request, ms; a minute by default. */
  stallMs?: number
}

export type Session = {
  source: FixedVhdView
  target: UploadTarget
  options: UploadOptions
  insist: Insist
  meter: ReturnType<typeof createMeter>
  journal: UploadJournal
  /** Limits of all uploads and of a busy service together. */
  paces: Pace[]
  signal: AbortSignal
}

/** What all connections together may hold in memory: the blocks of a huge block blob are larger than pages. */
const buffersBytes = 64 * 1024 * 1024
const looksAtMost = 8

/**
 * Sends a disk to a target, or the rest of it when this upload was begun before: what stands there and is proved to be ours is not
 * sent again, zeros travel only where they must, and the footer goes last, so half a disk cannot pass for a whole one.
 * Throws AppError `upload.*`, `file.changed`, `offline`, `cloud.*`, `disk-full`, `state.unwritable`, `cancelled`; what was sent
 * stays for the next try.
 */
export async function upload(
  source: FixedVhdView,
  target: UploadTarget,
  options: UploadOptions,
): Promise<UploadResult> {
  const started = performance.now()
  return withSession(source, target, options, async (session, stop) => {
    const before = await standing(session)
    if (isFinished(before)) return finishedBefore(session, before)
    const planned = await sendData(session, before, stop)
    const etag = before.isWhole ? before.etag : await finish(session, planned)
    await session.journal.finished(etag)
    return { ...session.meter.result(), seconds: secondsSince(started), etag }
  })
}

/** Makes the target where it is not there, and nothing more; null as long as it is no whole disk. Throws what `upload` throws. */
export function claim(
  source: FixedVhdView,
  target: UploadTarget,
  options: UploadOptions,
): Promise<UploadResult | null> {
  return withSession(source, target, options, async (session) => {
    const before = await standing(session)
    return isFinished(before) ? finishedBefore(session, before) : null
  })
}

function isFinished({ isWhole, mustCompare }: Standing): boolean {
  return isWhole && !mustCompare
}

function finishedBefore({ meter }: Session, { present, etag }: Standing): UploadResult {
  meter.finishedBefore(totalBytes(present))
  return { ...meter.result(), seconds: 0, etag }
}

async function withSession<T>(
  source: FixedVhdView,
  target: UploadTarget,
  options: UploadOptions,
  work: (session: Session, stop: AbortController) => Promise<T>,
): Promise<T> {
  const journal = await openUploadJournal(options.journalFolder, source, target)
  // One connection that fails ends the others, so that nothing is under way any more when this function ends.
  const stop = new AbortController()
  try {
    return await work(sessionOf(source, target, options, journal, stop.signal), stop)
  } finally {
    await journal.close()
  }
}

function sessionOf(
  source: FixedVhdView,
  target: UploadTarget,
  options: UploadOptions,
  journal: UploadJournal,
  stop: AbortSignal,
): Session {
  const signal = AbortSignal.any([options.signal, stop])
  const meter = createMeter(source, options.onProgress)
  const easing = createEasing(() => meter.bytesPerSecond())
  const insist = createInsist(target.access, {
    signal,
    patienceMs: options.patienceMs ?? 15 * 60_000,
    stallMs: options.stallMs ?? 60_000,
    onRequest: () => meter.requested(),
    onWaiting: (waiting) => meter.waiting(waiting),
    onBusy: () => easing.busy(),
  })
  const paces = [createPace(() => easing.limit()), ...(options.pace ? [options.pace] : [])]
  return { source, target, options, insist, meter, journal, paces, signal }
}

/** Each connection takes the next piece of the disk, with one buffer of its own. Returns what must stand at the target. */
async function sendData(session: Session, before: Standing, stop: AbortController): Promise<Range[]> {
  const { source, options, target } = session
  const planned: Range[] = []
  const { chunkBytes } = target
  const chunks = Math.ceil(source.dataBytes / chunkBytes)
  let next = 0
  const connection = async () => {
    const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, source.dataBytes))
    while (next < chunks) {
      session.signal.throwIfAborted()
      planned.push(...(await sendChunk(session, buffer, next++ * chunkBytes, before)))
    }
  }
  const most = Math.max(1, Math.floor(buffersBytes / chunkBytes))
  const connections = Math.max(1, Math.min(options.connections, chunks, most))
  const failures: unknown[] = []
  await Promise.all(
    Array.from({ length: connections }, () =>
      connection().catch((error: unknown) => {
        failures.push(error)
        stop.abort()
      }),
    ),
  )
  if (options.signal.aborted) throw new AppError('cancelled')
  if (failures.length > 0) throw failures[0]
  return joined(planned)
}

async function sendChunk(session: Session, buffer: Buffer, base: number, before: Standing): Promise<Range[]> {
  const { source, target, meter } = session
  const chunk = buffer.subarray(0, Math.min(target.chunkBytes, source.dataBytes - base))
  const present = within(before.present, base, base + chunk.length)
  const stale = within(before.stale, base, base + chunk.length)
  const isEmpty = present.length === 0 && stale.length === 0 && target.granule !== 'whole'
  if (isEmpty && !source.mayHoldData(base, chunk.length)) {
    meter.scanned(chunk.length, 0, 0, 0)
    return []
  }
  await source.read(chunk, base)
  const { ranges: data, nonZeroBytes } = planChunk(chunk, base)
  // Zeros are most of a sparse disk, and what was written to them meanwhile is seen before the footer.
  if (data.length > 0 || !isEmpty) await source.disk.assertUnchanged()
  const ranges = partsFor(target.granule, data, base, chunk.length)
  const there = before.mustCompare ? await equalParts(session, chunk, base, present) : present
  const toSend = missing(ranges, there)
  const toClear = missing(joined([...stale, ...present]), ranges)
  assertMayWrite(session, before, toSend, toClear)
  meter.scanned(chunk.length, nonZeroBytes, totalBytes(ranges), totalBytes(there))
  for (const range of toClear) await session.insist((attempt) => target.clear!(range, attempt))
  for (const range of toSend) await sendPieces(session, chunk, base, range)
  return ranges
}

/** A finished disk of a file that was written to since is not mended, and pages of somebody else are not wiped away in silence. */
function assertMayWrite({ target, source }: Session, before: Standing, toSend: Range[], toClear: Range[]): void {
  if (before.isWhole && toSend.length + toClear.length > 0) {
    throw new AppError('file.changed', { file: source.disk.file }, { message: 'another disk was uploaded there' })
  }
  if (toClear.length > 0 && target.kind === 'page' && !before.mustCompare) {
    throw new AppError(
      'upload.target-changed',
      { blob: target.access.url },
      { message: 'pages where the disk has zeros' },
    )
  }
}

/** The present parts of a chunk that hold what the disk holds now. */
async function equalParts(
  { target, insist }: Session,
  chunk: Buffer,
  base: number,
  present: Range[],
): Promise<Range[]> {
  const equal: Range[] = []
  for (const range of present) {
    const stored = await insist((attempt) => target.read!(range, attempt))
    if (stored.equals(chunk.subarray(range.start - base, range.end - base))) equal.push(range)
  }
  return equal
}

async function sendPieces(session: Session, chunk: Buffer, base: number, { start, end }: Range): Promise<void> {
  for (let at = start; at < end;) {
    // Asked for each piece: the limit may be set, changed or taken away on the way. Blocks are counted, so they stay whole.
    const next = session.target.kind === 'block' ? end : Math.min(end, at + pieceBytes(session))
    await send(session, chunk.subarray(at - base, next - base), at)
    at = next
  }
}

/** Sends one range and makes sure that it arrived as it was. Returns the ETag after it. */
async function send(session: Session, bytes: Buffer, offset: number, onlyOnto?: string): Promise<string> {
  const { target, insist, meter, options, journal, paces, signal } = session
  for (const pace of paces) await pace.take(bytes.length, signal)
  const checksum = checksumOf(options.checksum, bytes)
  let tries = 0
  const etag = await insist(
    async (attempt) => {
      if (tries++ > 0) for (const pace of paces) await pace.take(bytes.length, attempt.signal)
      return target.put(bytes, offset, { checksum, ...(onlyOnto !== undefined && { etag: onlyOnto }) }, attempt)
    },
    () => meter.resending(bytes.length),
  )
  meter.sent(bytes.length)
  await journal.sent([{ start: offset, end: offset + bytes.length }])
  return etag
}

/**
 * Compares what stands at the target with the plan, then makes it a VHD by its footer. The last request is refused when anything
 * was written since that look. A second uploader of the same disk may have done that, so it is looked at again a few times.
 */
async function finish(session: Session, planned: Range[]): Promise<string> {
  const { source, target, signal } = session
  const footer = { start: source.dataBytes, end: source.size }
  await source.disk.assertUnchanged()
  for (let looks = 1; ; looks++) {
    const etag = target.kind === 'page' ? (await ownFacts(session)).etag : ''
    const isFooterThere = await comparePlanned(session, planned, footer)
    if (target.kind === 'disk') return send(session, source.footer, footer.start)
    try {
      if (!target.commit) return await send(session, source.footer, footer.start, etag)
      return await commit(session, planned, footer, isFooterThere)
    } catch (error) {
      // The answer to the last request may also have been lost, and its repetition refused: whoever looks sees our own.
      const now = isRefused(error) ? await standing(session).catch(() => null) : null
      if (now && isFinished(now)) {
        if (!target.commit) session.meter.sent(source.footer.length)
        return now.etag
      }
      if (!now || looks === looksAtMost) throw error
      await pause(100 * 2 ** looks, signal)
    }
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof AppError && ['upload.target-changed', 'upload.target-foreign'].includes(error.code)
}

/** Throws AppError `upload.target-changed` where anything but the plan stands; tells whether the footer does already. */
async function comparePlanned({ target, insist }: Session, planned: Range[], footer: Range): Promise<boolean> {
  const stored = await insist((attempt) => target.ranges(attempt))
  const data = stored.flatMap((range) => missing([range], [footer]))
  if (missing(planned, data).length > 0 || missing(data, planned).length > 0) {
    throw new AppError('upload.target-changed', { blob: target.access.url }, { message: 'other pages than were sent' })
  }
  return within(stored, footer.start, footer.end).length > 0
}

async function commit(session: Session, planned: Range[], footer: Range, isFooterThere: boolean): Promise<string> {
  const { source, target, insist } = session
  if (!isFooterThere) await send(session, source.footer, footer.start)
  return insist((attempt) => target.commit!(joined([...planned, footer]), attempt))
}

/** Under a limit, a request is a quarter of a second's worth: whole chunks would fill a thin line for half a minute. */
function pieceBytes({ paces, target }: Session): number {
  const limits = paces.map((pace) => pace.limit()).filter((limit) => limit !== null)
  if (limits.length === 0) return target.chunkBytes
  return Math.min(target.chunkBytes, Math.max(1, Math.floor(Math.min(...limits) / 4 / 65536)) * 65536)
}

function secondsSince(started: number): number {
  return Math.round(performance.now() - started) / 1000
}
