import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of blobs, and Azurite's own files about them. */
const blobsFolder = 'blobs'
const azuriteFiles = ['__azurite_db_blob__.json', '__azurite_db_blob_extent__.json'].map((name) =>
  join(blobsFolder, name),
)
const stateFile = 'state.json'

/**
 * Looks whether what an earlier practice cloud left in its folder can be read, before anything opens it. What cannot (a
 * disk error, an edit by hand) is moved to a folder of its own beside it, so that the cloud starts again without it: all
 * of it when the state is damaged, the bytes of blobs when only they are. Returns that folder, or null.
 */
export function setAsideDamage(folder: string, now: Date = new Date()): string | null {
  const isStateDamaged = isDamaged(join(folder, stateFile), ['schema', 'parts', 'resources'])
  const damaged = isStateDamaged || azuriteFiles.some((file) => isDamaged(join(folder, file), ['collections']))
  if (!damaged) return null
  const aside = join(folder, `damaged-${now.toISOString().replace(/[:.]/g, '-')}`)
  mkdirSync(aside, { mode: 0o700 })
  for (const name of isStateDamaged ? [stateFile, blobsFolder] : [blobsFolder])
    move(join(folder, name), join(aside, name))
  return aside
}

/** True for a file that is there but is no JSON object with these members. A file that may not be read is not damaged. */
function isDamaged(file: string, members: string[]): boolean {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  try {
    const value: unknown = JSON.parse(text)
    return typeof value !== 'object' || value === null || members.some((name) => !(name in value))
  } catch {
    return true
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
