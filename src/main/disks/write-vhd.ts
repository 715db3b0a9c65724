import { createHash, randomBytes } from 'node:crypto'
import { link, open, realpath, rename, stat, unlink, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { FixedVhdView } from './azure-vhd'

const chunkBytes = 4 * 1024 * 1024
/** What is read, hashed and written at the same time. */
const buffers = 3
/** Smaller runs of zeros are written: most file systems could not leave them out anyway. */
const holeBytes = 64 * 1024
const zeros = Buffer.alloc(holeBytes)
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

export type WrittenVhd = { bytes: number; sha256OfData: string }

export type WriteOptions = {
  /** Replaces a file that is there. */
  force: boolean
  signal: AbortSignal
  /** Bytes of the disk that are done. */
  onProgress?(done: number, total: number): void
}

/**
 * Writes the fixed VHD that an upload would send into a file, zeros left out where the file system can. `bytes`: length of the
 * file; `sha256OfData`: over the padded disk, without the footer. The file is there when it is whole, or not at all. Throws
 * AppError `file.exists`, `file.own-source`, `file.unwritable`, `file.changed`, `no-space` or `disk.*`, and what the signal was aborted with.
 */
export async function writeVhd(view: FixedVhdView, file: string, options: WriteOptions): Promise<WrittenVhd> {
  await refuseOwn(view, file)
  if (!options.force && (await isThere(file))) throw new AppError('file.exists', { file })
  const partial = `${file}.${randomBytes(4).toString('hex')}.part`
  const target = await open(partial, 'wx').catch((error: unknown) => failed(file, error))
  try {
    const sha256OfData = await copy(view, target, options).finally(() => target.close())
    await view.disk.assertUnchanged()
    options.signal.throwIfAborted()
    await put(partial, file, options.force)
    return { bytes: view.size, sha256OfData }
  } catch (error) {
    await unlink(partial).catch(() => undefined)
    return failed(file, error)
  }
}

/** The way to the file may lead over links: what counts is which file it is. */
async function refuseOwn({ disk }: FixedVhdView, file: string): Promise<void> {
  const target = await stat(file).catch(() => null)
  const real = path.join(await realpath(path.dirname(file)).catch(() => path.dirname(file)), path.basename(file))
  for (const own of disk.files) {
    const found = await stat(own.file).catch(() => null)
    const isSame = target !== null && found?.ino === target.ino && found.dev === target.dev
    if (isSame || (await realpath(own.file).catch(() => own.file)) === real) {
      throw new AppError('file.own-source', { file })
    }
  }
}

async function copy(view: FixedVhdView, target: FileHandle, { signal, onProgress }: WriteOptions): Promise<string> {
  await target.truncate(view.size)
  const hash = createHash('sha256')
  const free = Array.from({ length: buffers }, () => Buffer.alloc(chunkBytes))
  const pending: Promise<void>[] = []
  const readAt = (at: number) => {
    const chunk = free.pop()!.subarray(0, Math.min(chunkBytes, view.dataBytes - at))
    const isData = view.mayHoldData(at, chunk.length)
    const filled = isData ? view.read(chunk, at) : Promise.resolve(void chunk.fill(0))
    // It is awaited later; until then a failure must not count as one that nobody looks after.
    filled.catch(() => undefined)
    return { at, chunk, isData, filled }
  }
  let next = readAt(0)
  try {
    for (let at = 0; at < view.dataBytes; at += chunkBytes) {
      signal.throwIfAborted()
      const { chunk, isData, filled } = next
      await filled
      while (free.length === 0) await pending.shift()
      if (at + chunkBytes < view.dataBytes) next = readAt(at + chunkBytes)
      const written = (isData ? writeRuns(target, chunk, at) : Promise.resolve()).then(() => {
        free.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunkBytes))
      })
      written.catch(() => undefined)
      pending.push(written)
      hash.update(chunk)
      onProgress?.(Math.min(at + chunkBytes, view.dataBytes), view.dataBytes)
    }
  } finally {
    await Promise.allSettled([next.filled, ...pending])
  }
  await Promise.all(pending)
  await writeAll(target, view.footer, view.dataBytes)
  await target.sync()
  return hash.digest('hex')
}

async function writeRuns(target: FileHandle, chunk: Buffer, offset: number): Promise<void> {
  for (let at = 0; at < chunk.length;) {
    let end = at
    while (end < chunk.length && !isZero(chunk, end)) end += holeBytes
    if (end > at) await writeAll(target, chunk.subarray(at, Math.min(end, chunk.length)), offset + at)
    at = end > at ? end : at + holeBytes
  }
}

function isZero(chunk: Buffer, at: number): boolean {
  const part = chunk.subarray(at, at + holeBytes)
  return part.equals(zeros.subarray(0, part.length))
}

/** A write may be cut short, as on a disk that is nearly full: what is left is tried again and then fails. */
async function writeAll(target: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await target.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}

async function put(partial: string, file: string, force: boolean): Promise<void> {
  if (force) return rename(partial, file)
  try {
    // A link is made only where nothing is: also when another program was faster.
    await link(partial, file)
    await unlink(partial)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new AppError('file.exists', { file })
    if (await isThere(file)) throw new AppError('file.exists', { file })
    // Some file systems know no links.
    await rename(partial, file)
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}

function failed(file: string, error: unknown): never {
  const isSystem = error instanceof Error && 'syscall' in error
  if (!isSystem) throw error
  const code = full.has(codeOf(error)) ? 'no-space' : 'file.unwritable'
  throw new AppError(code, { file }, { message: codeOf(error) }, { cause: error })
}
