import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, moveFile, unwritable } from './engine/files'

/** What a folder takes on its disk, bytes; null where it does not exist. Links are counted, not followed. */
export async function folderSize(folder: string): Promise<number | null> {
  const names = await readdir(folder, { withFileTypes: true }).catch(() => null)
  if (names === null) return null
  let sum = 0
  for (const entry of names) {
    const path = join(folder, entry.name)
    // What goes away while it is counted takes no room.
    if (entry.isDirectory()) sum += (await folderSize(path)) ?? 0
    else sum += await fileSize(path)
  }
  return sum
}

/** Renames a folder so that nobody finds it under its old name; answers the new one, null where there was none. */
export async function moveAside(folder: string, now: Date): Promise<string | null> {
  const aside = `${folder}.kept-${now.toISOString().replaceAll(/[:.]/g, '-')}`
  try {
    await moveFile(folder, aside)
    return aside
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw unwritable(folder, error)
  }
}

/** Disk images are sparse: their length says little about the room they take. */
async function fileSize(path: string): Promise<number> {
  const facts = await lstat(path).catch(() => null)
  if (!facts) return 0
  return process.platform === 'win32' ? facts.size : facts.blocks * 512
}
