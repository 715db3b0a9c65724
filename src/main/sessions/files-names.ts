import { createHash } from 'node:crypto'

/** Which names a system takes: of this computer, or of the VM. */
export type NameRules = 'windows' | 'mac' | 'posix'

export const ownRules: NameRules =
  process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'mac' : 'posix'

/** Whether a name that a server gave is one name and no path: everything else is never touched. */
export function isOneName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0')
}

/** Names that were not UTF-8: whoever would ask for them again would name another file. */
export function isReadable(name: string): boolean {
  return !name.includes('\ufffd')
}

/**
 * The name under which something is written into one folder of a system with these rules: the same where it can be, else a changed
 * one that no other of the folder has. `taken` grows by it. null: no name at all but a way out of the folder.
 */
export function fittingName(name: string, rules: NameRules, taken: Set<string>): string | null {
  if (!isOneName(name)) return null
  const fitting = shortened(rules === 'windows' ? forWindows(name) : name, rules)
  for (let count = 1; ; count++) {
    const wanted = count === 1 ? fitting : numbered(fitting, count, rules)
    const key = keyOf(wanted, rules)
    if (taken.has(key)) continue
    taken.add(key)
    return wanted
  }
}

/** What is equal to a file system of these rules. */
export function keyOf(name: string, rules: NameRules): string {
  return rules === 'posix' ? name : name.normalize('NFC').toLowerCase()
}

/** `name (2).tar.gz` */
export function numbered(name: string, count: number, rules: NameRules): string {
  const { stem, end } = split(name)
  return shortened(`${stem} (${count})${end}`, rules)
}

const reserved = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)$/i

/**
 * https://learn.microsoft.com/windows/win32/fileio/naming-a-file: nine characters and the control characters are not allowed, a dot or
 * space at the end is dropped, and the names of devices are theirs with any extension.
 */
function forWindows(name: string): string {
  const plain = [...name].map((one) => (one < ' ' || '<>:"/\\|?*'.includes(one) ? '_' : one)).join('')
  const ended = plain.replace(/[. ]+$/, (dots) => '_'.repeat(dots.length))
  return reserved.test(ended.split('.')[0]!.trimEnd()) ? `_${ended}` : ended
}

const longest = 255

/** 255 bytes of UTF-8 on Linux, 255 units of UTF-16 on Windows and macOS. Cut names stay apart by a hash of the whole. */
function shortened(name: string, rules: NameRules): string {
  const sizeOf = (text: string) => (rules === 'posix' ? Buffer.byteLength(text) : text.length)
  if (sizeOf(name) <= longest) return name
  const mark = `~${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
  const { stem, end } = split(name)
  const tail = sizeOf(end) <= 32 ? mark + end : mark
  const kept = [...stem]
  let size = sizeOf(stem) + sizeOf(tail)
  while (size > longest) size -= sizeOf(kept.pop()!)
  return kept.join('') + tail
}

/** Name and extension, of which an archive has two. */
function split(name: string): { stem: string; end: string } {
  const end = /(\.tar)?\.[^. ]+$/.exec(name.slice(1))?.[0] ?? ''
  return { stem: name.slice(0, name.length - end.length), end }
}

/** Under this name a file lies beside its place until it is whole and proved. */
export function partOf(path: string, separator = '/'): string {
  const at = path.lastIndexOf(separator) + 1
  return path.slice(0, at) + shortened(`${path.slice(at)}.batch-studio-part`, 'posix')
}
