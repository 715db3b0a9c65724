import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json. */
export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)))

/** Where this user's downloads survive a deleted node_modules and are shared by several checkouts. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'batch-image-studio')

/** The folder of an installed package. */
export function packageFolder(name) {
  return join(root, 'node_modules', name)
}
