import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../shared/errors'

/** Random access to bytes: a file, a blob, a partition inside a disk. */
export type ByteSource = {
  readonly size: number
  /** Fills the whole buffer from `offset`; a read past the end throws AppError `disk.truncated`. */
  read(buffer: Uint8Array, offset: number): Promise<void>
}

export type FileSource = ByteSource & {
  readonly file: string
  readonly modifiedMs: number
  /** Bytes the file occupies on its own disk: less than `size` when it is sparse. */
  readonly storedBytes: number
  /**
   * Throws AppError `file.changed` when size or modification time differ from those at opening, or when the name stands for another
   * file by now; `file.not-found` when it stands for none.
   */
  assertUnchanged(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a file for reading only and notes its size and modification time.
 * Throws AppError `file.not-found`, `file.unreadable` (also folders, pipes and devices) or `file.empty`.
 */
export async function openFile(file: string): Promise<FileSource> {
  // Before open(): opening a pipe would wait for its writer.
  const before = await stat(file).catch((error: unknown) => fail(file, error))
  if (!before.isFile()) throw new AppError('file.unreadable', { file }, { message: 'not a regular file' })
  const handle = await open(file, 'r').catch((error: unknown) => fail(file, error))
  const { size, mtimeMs, blocks } = await handle.stat()
  if (size === 0) {
    await handle.close()
    throw new AppError('file.empty', { file })
  }
  const changed = () => new AppError('file.changed', { file: path.basename(file) })
  return {
    file,
    size,
    modifiedMs: Math.floor(mtimeMs),
    storedBytes: blocks * 512,
    async read(buffer, offset) {
      assertInside(size, buffer, offset)
      for (let done = 0; done < buffer.length;) {
        const { bytesRead } = await handle
          .read(buffer, done, buffer.length - done, offset + done)
          .catch((error: unknown) => fail(file, error))
        if (bytesRead === 0) throw changed()
        done += bytesRead
      }
    },
    async assertUnchanged() {
      const now = await handle.stat().catch((error: unknown) => fail(file, error))
      const named = await stat(file).catch((error: unknown) => fail(file, error))
      if (now.size !== size || now.mtimeMs !== mtimeMs || named.ino !== now.ino) throw changed()
    },
    close: () => handle.close(),
  }
}

/** Bytes in memory as a source. */
export function sourceOfBytes(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(buffer, offset) {
      assertInside(bytes.length, buffer, offset)
      buffer.set(bytes.subarray(offset, offset + buffer.length))
      return Promise.resolve()
    },
  }
}

/** The part of a source from `start` on; `size` is cut to what is there. */
export function partOf(source: ByteSource, start: number, size: number): ByteSource {
  const cut = Math.max(0, Math.min(size, source.size - start))
  return {
    size: cut,
    async read(buffer, offset) {
      assertInside(cut, buffer, offset)
      await source.read(buffer, start + offset)
    },
  }
}

/** Up to `length` bytes from `offset`: fewer at the end of the source, none behind it. The caller bounds `length`. */
export async function bytesAt(source: ByteSource, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(0, Math.min(length, source.size - offset)))
  if (buffer.length > 0) await source.read(buffer, offset)
  return buffer
}

function assertInside(size: number, buffer: Uint8Array, offset: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && offset + buffer.length <= size) return
  throw new AppError('disk.truncated', {}, { message: `read of ${buffer.length} bytes at ${offset}, size is ${size}` })
}

function fail(file: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
  const isAbsent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code)
  const known = isAbsent ? 'file.not-found' : code === 'ESTALE' ? 'file.changed' : 'file.unreadable'
  throw new AppError(known, { file }, { message: code }, { cause: error })
}
