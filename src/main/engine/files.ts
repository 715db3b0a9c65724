import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../shared/errors'

const renameTries = 8
const firstPauseMs = 20
const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const heldByOthers = new Set(['EPERM', 'EBUSY', 'EACCES'])

/**
 * Replaces a file in one move: readers see the old text or the new one. Throws AppError `disk-full`; the old file is then still
 * there.
 */
export async function writeAtomic(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await moveFile(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw asDiskFull(error) ?? error
  }
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
