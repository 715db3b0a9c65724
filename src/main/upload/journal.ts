import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { FixedVhdView } from '../disks/azure-vhd'
import { AppError } from '../../shared/errors'
import { etagIn, readLines, sealed, type Line } from './journal-lines'
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
  /** A finished upload keeps one line for all that was sent; journals that nobody wrote to for 90 days are removed. */
  close(): Promise<void>
}

/** After so long the target is asked itself, as it is from another computer. */
const keptMs = 90 * 24 * 60 * 60_000
const ownFile = /^[0-9a-f]{32}\.jsonl(?:\.new)?$/

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
  let finish: Line | null = null
  let last: Promise<void> = Promise.resolve()

  function append(line: Line): Promise<void> {
    const written = last.then(() => keeping(folder, () => writeAll(handle, Buffer.from(sealed(line)))))
    last = written.catch(() => undefined)
    return written
  }

  async function begin(): Promise<void> {
    parts = []
    etag = null
    finish = null
    await keeping(folder, () => handle.truncate(0))
    await append(begun())
  }

  function begun(): Line {
    const { file: of, modifiedMs } = source.disk
    const at = new Date().toISOString()
    return { kind: 'begun', at, file: of, size: source.size, modifiedMs, target: target.id, mark }
  }

  function acknowledged(): Range[] {
    return joined(parts.map(([start, end]) => ({ start, end })))
  }

  try {
    if (!isOurs) await begin()
    else await keeping(folder, () => handle.truncate(before.goodBytes))
  } catch (error) {
    await handle.close()
    throw error
  }
  return {
    acknowledged,
    finishedAs: () => etag,
    async sent(ranges) {
      const taken = ranges.map(({ start, end }): [number, number] => [start, end])
      await append({ kind: 'sent', parts: taken })
      parts.push(...taken)
    },
    async finished(as) {
      finish = { kind: 'finished', at: new Date().toISOString(), etag: as }
      await append(finish)
    },
    restart: begin,
    async close() {
      await last
      await handle.close()
      const sent: Line = { kind: 'sent', parts: acknowledged().map(({ start, end }) => [start, end]) }
      if (finish) await replace(file, [begun(), sent, finish])
      await removeOld(folder)
    },
  }
}

/** By a file beside it, so that either the old or the new one is whole; without it, the old one is only longer. */
async function replace(file: string, lines: Line[]): Promise<void> {
  const beside = `${file}.new`
  await writeFile(beside, lines.map(sealed).join(''), { mode: 0o600 })
    .then(() => rename(beside, file))
    .catch(() => undefined)
}

async function removeOld(folder: string): Promise<void> {
  for (const name of (await readdir(folder).catch(() => [])).filter((one) => ownFile.test(one))) {
    const file = path.join(folder, name)
    const { mtimeMs = Infinity } = await stat(file).catch(() => ({}) as { mtimeMs?: number })
    if (mtimeMs < Date.now() - keptMs) await rm(file, { force: true }).catch(() => undefined)
  }
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
