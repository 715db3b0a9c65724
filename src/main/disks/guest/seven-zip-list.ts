import type { FoundEntry } from './snapshot'
import { matches } from './pattern'

/**
 * Understands what `7zz l -slt` prints, line by line: only the entries that a pattern names are kept, for a folder's
 * name brings all that is in it. `found` is null when no archive was opened.
 */
export function listedEntries(patterns: readonly string[], maxEntries: number) {
  const isWanted = matches(patterns)
  const entries: FoundEntry[] = []
  let isOpened = false
  let isListing = false
  let current: FoundEntry | null = null

  function finish(): void {
    if (current && entries.length < maxEntries && isWanted(current.path)) entries.push(current)
    current = null
  }

  return {
    add(line: string): void {
      if (line.startsWith('Type = ')) isOpened = true
      if (line.startsWith('----------')) isListing = true
      const [, key, value = ''] = /^([A-Z][A-Za-z ]*) = ?(.*)$/.exec(line) ?? []
      if (!isListing || !key) return
      if (key === 'Path') {
        finish()
        current = { path: value.replaceAll('\\', '/'), isFolder: false, sizeBytes: 0 }
      } else if (current && key === 'Size') current.sizeBytes = Number(value) || 0
      else if (current && key === 'Folder') current.isFolder = value === '+'
    },
    found(): FoundEntry[] | null {
      finish()
      return isOpened ? entries : null
    },
  }
}
