import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../shared/errors'

const renameTries = 8
const firstPauseMs = 20
const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const forbidden = new Set(['EACCES', 'EPERM', 'EROFS'])
const heldByOthers = new Set(['EPERM', 'EBUSY', 'EACCES'])

/**
 * Replaces a file in one move: readers see the old text or the new one. Throws AppError `disk-full` or `state.unwritable`; the
 * old file is then still there.
 */
export async function writeAtomic(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    await writing(path.dirname(file), () => replace(file, temporary, text))
  } catch (error) {
    // Where nothing may be written, nothing can be removed either; why is what the first failure says.
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Does what changes files in `folder`. Throws AppError `disk-full` or `state.unwritable` {folder} where that is the reason. */
export async function writing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const refused = forbidden.has(codeOf(error)) ? unwritable(folder, error) : null
    throw asDiskFull(error) ?? refused ?? error
  }
}

export function unwritable(folder: string, cause: unknown): AppError {
  const message = cause instanceof Error ? cause.message : ''
  return new AppError('state.unwritable', { folder }, { message }, { cause })
}

async function replace(file: string, temporary: string, text: string): Promise<void> {
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await moveFile(temporary, file)
}

/** Renames; on Windows a virus scanner may hold a fresh file for a moment, so it is tried again. */
export async function moveFile(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to)
      break
    } catch (error) {
      if (process.platform !== 'win32' || attempt === renameTries || !heldByOthers.has(codeOf(error))) throw error
      await pause(firstPauseMs * 2 ** attempt)
    }
  }
  await syncFolder(path.dirname(to))
}

/** Makes a new name in a folder survive a power cut. Windows cannot open folders and needs no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** The AppError of a write that found no space, or null for every other failure. */
export function asDiskFull(error: unknown): AppError | null {
  if (error instanceof AppError && error.code === 'disk-full') return error
  if (!fullDisk.has(codeOf(error))) return null
  return new AppError('disk-full', {}, { message: codeOf(error) }, { cause: error })
}
