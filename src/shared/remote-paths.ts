/**
 * Paths as SFTP writes them: separated by `/` on every system. OpenSSH for Windows writes `C:\Users\me` as `/C:/Users/me` and has its
 * drives in `/`.
 */
export function inFolder(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}

/** What stands last in a path; of a root the root itself. */
export function nameOf(path: string): string {
  return trimmed(path).split('/').at(-1) || '/'
}

/** null: it is the root. */
export function parentOf(path: string): string | null {
  const own = trimmed(path)
  if (own === '') return null
  return own.slice(0, own.lastIndexOf('/')) || '/'
}

function isWindowsPath(path: string): boolean {
  return /^\/[A-Za-z]:(\/|$)/.test(path)
}

/** As people on that system write it. */
export function shownPath(path: string): string {
  if (!isWindowsPath(path)) return path
  const own = path.slice(1).replaceAll('/', '\\')
  return own.length === 2 ? `${own}\\` : own
}

/** What a person typed, in the form of SFTP. Relative paths begin at `folder`. */
export function typedPath(text: string, folder: string): string {
  const isWindows = /^[A-Za-z]:/.test(text) || isWindowsPath(folder)
  const path = isWindows ? text.replaceAll('\\', '/') : text
  if (/^[A-Za-z]:/.test(path)) return `/${path}`
  return path.startsWith('/') ? path : inFolder(folder, path)
}

/** The folders above a path and itself, from the root on. */
export function crumbsOf(path: string): { name: string; path: string }[] {
  const parent = parentOf(path)
  if (parent === null) return [{ name: '/', path: '/' }]
  const own = { name: nameOf(path), path: trimmed(path) }
  const isDrive = parent === '/' && isWindowsPath(path)
  return isDrive ? [{ ...own, name: `${own.name}\\` }] : [...crumbsOf(parent), own]
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '')
}
