import { createHash } from 'node:crypto'
import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { FixedVhdView } from '../disks/azure-vhd'
import { createInsist, type Insist, type Waiting } from './insist'
import type { Pace } from './pace'
import { chunkBytes, joined, missing, planChunk, totalBytes, within, type Range } from './plan'
import { createMeter, type UploadProgress } from './meter'
import { assertOurs, sequenceNumberOf, type Stamp } from './stamp'
import type { TargetFacts, UploadTarget } from './target'

export type UploadOptions = {
  connections: number
  /** Holds all uploads together to a limit; none when absent. */
  pace?: Pace
  /** MD5 with every request, checked by the service and against its answer. Default true. */
  checksum?: boolean
  signal: AbortSignal
  onProgress?: (progress: UploadProgress) => void
  stamp: Stamp
  /** How long to go on without any answer, ms; a quarter of an hour by default. */
  patienceMs?: number
}

export type UploadResult = {
  /** Length of the disk without its footer. */
  virtualBytes: number
  /** Bytes in 4 KiB blocks that hold anything but zeros. */
  nonZeroBytes: number
  /** Bytes that this upload sent and the service took, footer included, each counted once. */
  sentBytes: number
  /** Bytes of zeros that did not have to travel. */
  skippedBytes: number
  /** Bytes that were in the blob already when this upload began. */
  presentBytes: number
  /** Bytes that had to be sent again. */
  resentBytes: number
  requests: number
  seconds: number
  etag: string
}

type Session = {
  source: FixedVhdView
  target: UploadTarget
  options: UploadOptions
  insist: Insist
  meter: ReturnType<typeof createMeter>
  signal: AbortSignal
}

/**
 * Sends a disk into a page blob, or the rest of it when this upload was begun before: what stands in the blob under
 * our stamp is not sent again, zeros never travel, and the footer goes last, so a half blob cannot pass for a disk.
 * Throws AppError `upload.*`, `file.changed`, `offline`, `cloud.*`, `cancelled`; the blob then stays for the next try.
 */
export async function upload(
  source: FixedVhdView,
  target: UploadTarget,
  options: UploadOptions,
): Promise<UploadResult> {
  const started = performance.now()
  // One connection that fails ends the others, so that nothing is under way any more when this function ends.
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const meter = createMeter(source, options.onProgress)
  const insist = createInsist(target, {
    signal,
    patienceMs: options.patienceMs ?? 15 * 60_000,
    onRequest: meter.requested,
    onWaiting: (waiting: Waiting) => meter.waiting(waiting),
  })
  const session: Session = { source, target, options, insist, meter, signal }
  const present = await begin(session)
  if (within(present, source.dataBytes, source.size).length > 0) {
    meter.finishedBefore(totalBytes(present))
    const facts = await factsOf(session)
    return { ...meter.result(), seconds: secondsSince(started), etag: facts.etag }
  }
  const planned = await sendData(session, present, stop)
  const etag = await finish(session, planned)
  return { ...meter.result(), seconds: secondsSince(started), etag }
}

/** Makes the blob or recognises our own; returns what stands in it. */
async function begin(session: Session): Promise<Range[]> {
  const { source, target, insist, options } = session
  await source.disk.assertUnchanged()
  const facts = await insist((signal) => target.facts(signal))
  if (!facts) {
    const about = { metadata: { ...options.stamp }, sequenceNumber: sequenceNumberOf(options.stamp) }
    try {
      await insist((signal) => target.create(source.size, about, signal))
      return []
    } catch (error) {
      // The answer to a Create of ours may have been lost: then the blob carries our stamp.
      if (!(error instanceof AppError) || error.code !== 'upload.target-foreign') throw error
    }
  }
  await factsOf(session)
  return insist((signal) => target.ranges(signal))
}

/** What stands at the target, which must be ours. */
async function factsOf({ source, target, insist, options }: Session): Promise<TargetFacts> {
  const facts = await insist((signal) => target.facts(signal))
  if (!facts) throw new AppError('upload.target-changed', { blob: target.url })
  assertOurs(facts, options.stamp, target.url, path.basename(source.disk.file))
  return facts
}

/** Each connection takes the next 4 MiB of the disk, with one buffer of its own. Returns what must stand in the blob. */
async function sendData(session: Session, present: Range[], stop: AbortController): Promise<Range[]> {
  const { source, options } = session
  const planned: Range[] = []
  const chunks = Math.ceil(source.dataBytes / chunkBytes)
  let next = 0
  const connection = async () => {
    const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, source.dataBytes))
    while (next < chunks) {
      session.signal.throwIfAborted()
      planned.push(...(await sendChunk(session, buffer, next++ * chunkBytes, present)))
    }
  }
  const connections = Math.max(1, Math.min(options.connections, chunks))
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

async function sendChunk(session: Session, buffer: Buffer, base: number, present: Range[]): Promise<Range[]> {
  const { source, target, meter } = session
  const chunk = buffer.subarray(0, Math.min(chunkBytes, source.dataBytes - base))
  const there = within(present, base, base + chunk.length)
  if (there.length === 0 && !source.mayHoldData(base, chunk.length)) {
    meter.scanned(chunk.length, 0, 0, 0)
    return []
  }
  await source.read(chunk, base)
  await source.disk.assertUnchanged()
  const { ranges, nonZeroBytes } = planChunk(chunk, base)
  // Pages where the disk has zeros are not ours.
  if (missing(there, ranges).length > 0) throw new AppError('upload.target-changed', { blob: target.url })
  const toSend = missing(ranges, there)
  meter.scanned(chunk.length, nonZeroBytes, totalBytes(ranges), totalBytes(there))
  for (const { start, end } of toSend) {
    for (let at = start; at < end;) {
      // Asked for each piece: the limit may be set, changed or taken away on the way.
      const next = Math.min(end, at + pieceBytes(session.options.pace?.limit() ?? null))
      await send(session, chunk.subarray(at - base, next - base), at)
      at = next
    }
  }
  return ranges
}

/** Sends one range and makes sure that it arrived as it was. Returns the ETag after it. */
async function send(session: Session, bytes: Buffer, offset: number, etag?: string): Promise<string> {
  const { target, insist, meter, options, signal } = session
  await options.pace?.take(bytes.length, signal)
  const md5 = options.checksum === false ? undefined : createHash('md5').update(bytes).digest()
  const sequenceNumber = sequenceNumberOf(options.stamp)
  const conditions = { sequenceNumber, ...(md5 && { md5 }), ...(etag !== undefined && { etag }) }
  let tries = 0
  const answer = await insist(
    async (trySignal) => {
      if (tries++ > 0) await options.pace?.take(bytes.length, trySignal)
      const put = await target.put(bytes, offset, conditions, trySignal)
      if (md5 && put.md5 && !put.md5.equals(md5)) throw new AppError('upload.checksum', { blob: target.url })
      return put
    },
    () => meter.resending(bytes.length),
  )
  meter.sent(bytes.length)
  return answer.etag
}

/** Compares what stands in the blob with the plan, then makes it a VHD by its footer. */
async function finish(session: Session, planned: Range[]): Promise<string> {
  const { source, target, insist } = session
  await source.disk.assertUnchanged()
  const facts = await factsOf(session)
  const stored = await insist((signal) => target.ranges(signal))
  if (missing(planned, stored).length > 0 || missing(stored, planned).length > 0) {
    throw new AppError('upload.target-changed', { blob: target.url })
  }
  return send(session, source.footer, source.dataBytes, facts.etag)
}

/** Under a limit, a request is a quarter of a second's worth: whole chunks would fill a thin line for half a minute. */
function pieceBytes(limit: number | null): number {
  if (limit === null) return chunkBytes
  return Math.min(chunkBytes, Math.max(1, Math.floor(limit / 4 / 65536)) * 65536)
}

function secondsSince(started: number): number {
  return Math.round(performance.now() - started) / 1000
}
