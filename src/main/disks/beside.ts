import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { openFile, type FileSource } from './source'

/**
 * Opens a file of a folder for reading; null when there is none of that name. The name comes out of a disk image, which may
 * have been made to point at anything on this computer: only a plain name counts, and only a real file, no link that
 * leads elsewhere. Throws AppError `file.unreadable`.
 */
export async function openBeside(folder: string, name: string): Promise<FileSource | null> {
  if (!isPlainName(name)) return null
  const file = path.join(folder, name)
  const found = await lstat(file).catch(() => null)
  return found?.isFile() && found.size > 0 ? openFile(file) : null
}

/** The last part of a path of any system: chains that were copied into one folder are read there. */
export function nameIn(text: string): string {
  return text.split(/[\\/]/).at(-1) ?? ''
}

/** A name that stays in its folder on every system: no separator, no drive, no stream, no device of old. */
function isPlainName(name: string): boolean {
  const isPlain = name.length > 0 && name.length <= 255 && !/[\\/:*?"<>|]|\p{Cc}/u.test(name)
  return isPlain && !/^\.{1,2}$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)
}
