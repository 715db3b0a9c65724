import { createHash } from 'node:crypto'
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import type { FixedVhdView } from '../disks/azure-vhd'
import { AppError } from '../../shared/errors'
import { joined, type Range } from './plan'
import { markOf } from './stamp'
import type { UploadTarget } from './target'

/** What this computer remembers of one upload beside what the target tells. It is never needed, but trusted where it fits. */
export type UploadJournal = {
  /** Parts of the disk that the service has taken. */
  acknowledged(): Range[]
  /** ETag of the target when it was finished; null while it is not. */
  finishedAs(): string | null
  /** Writes down that the service took some parts. Throws AppError `disk-full`, `state.unwritable` {folder}. */
  sent(ranges: readonly Range[]): Promise<void>
  finished(etag: string): Promise<void>
  /** Forgets everything: the target was made anew. */
  restart(): Promise<void>
  close(): Promise<void>
}

const part = z.tuple([z.number().int().nonnegative(), z.number().int().positive()])
const line = z.union([
  z.object({
    kind: z.literal('begun'),
    at: z.string(),
    file: z.string(),
    size: z.number(),
    modifiedMs: z.number(),
    target: z.string(),
    mark: z.string(),
  }),
  z.object({ kind: z.literal('sent'), parts: z.array(part) }),
  z.object({ kind: z.literal('finished'), at: z.string(), etag: z.string() }),
])
type Line = z.infer<typeof line>

/**
 * The journal of what goes from this source to this target: one line for each request that was acknowledged, each with its own
 * checksum, appended and never changed. Lines behind the first that is not whole are cut off, a journal of another
 * source is begun anew. No address in it carries a SAS.
 */
export async function openUploadJournal(
  folder: string,
  source: FixedVhdView,
  target: UploadTarget,
): Promise<UploadJournal> {
  const name = createHash('sha256').update(`${target.kind} ${target.id}`).digest('hex').slice(0, 32)
  const file = path.join(folder, `${name}.jsonl`)
  const mark = markOf(target.stamp)
  await keeping(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
  const before = readLines(await readFile(file).catch(() => Buffer.alloc(0)))
  const [first] = before.lines
  const isOurs = first?.kind === 'begun' && first.mark === mark && first.target === target.id
  const handle = await keeping(folder, () => open(file, 'a', 0o600))
  let parts = isOurs ? before.lines.flatMap((one) => (one.kind === 'sent' ? one.parts : [])) : []
  let etag = isOurs ? etagIn(before.lines) : null
  let last: Promise<void> = Promise.resolve()

  function append(...lines: Line[]): Promise<void> {
    const text = lines.map(sealed).join('')
    const written = last.then(() => keeping(folder, () => writeAll(handle, Buffer.from(text))))
    last = written.catch(() => undefined)
    return written
  }

  async function begin(): Promise<void> {
    parts = []
    etag = null
    await keeping(folder, () => handle.truncate(0))
    const { file: of, modifiedMs } = source.disk
    const at = new Date().toISOString()
    await append({ kind: 'begun', at, file: of, size: source.size, modifiedMs, target: target.id, mark })
  }

  try {
    if (!isOurs) await begin()
    else await keeping(folder, () => handle.truncate(before.goodBytes))
  } catch (error) {
    await handle.close()
    throw error
  }
  return {
    acknowledged: () => joined(parts.map(([start, end]) => ({ start, end }))),
    finishedAs: () => etag,
    async sent(ranges) {
      const taken = ranges.map(({ start, end }): [number, number] => [start, end])
      await append({ kind: 'sent', parts: taken })
      parts.push(...taken)
    },
    finished: (as) => append({ kind: 'finished', at: new Date().toISOString(), etag: as }),
    restart: begin,
    async close() {
      await last
      await handle.close()
    },
  }
}

/** The lines up to the first that is not whole, and how long they are. */
export function readLines(bytes: Buffer): { lines: Line[]; goodBytes: number } {
  const lines: Line[] = []
  let goodBytes = 0
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', goodBytes)) {
    const found = unsealed(bytes.toString('utf8', goodBytes, end))
    if (!found) break
    lines.push(found)
    goodBytes = end + 1
  }
  return { lines, goodBytes }
}

/** CRC-32 in eight hexadecimal digits, a space, JSON. */
function sealed(of: Line): string {
  const body = JSON.stringify(of)
  return `${crc32(body).toString(16).padStart(8, '0')} ${body}\n`
}

function unsealed(text: string): Line | null {
  const [, crc, body] = /^([0-9a-f]{8}) (.+)$/.exec(text) ?? []
  if (body === undefined || crc32(body) !== parseInt(crc!, 16)) return null
  const parsed = line.safeParse(JSON.parse(body))
  return parsed.success ? parsed.data : null
}

function etagIn(lines: readonly Line[]): string | null {
  const last = lines.findLast((one) => one.kind === 'finished')
  return last?.kind === 'finished' ? last.etag : null
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten
}

async function keeping<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const about = [{ message: code }, { cause: error }] as const
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) throw new AppError('disk-full', {}, ...about)
    throw new AppError('state.unwritable', { folder }, ...about)
  }
}
