import type { GuestFiles } from './files'
import type { FoundEntry } from './seven-zip-job'

/** Files that were taken out of a volume, as the checks see them. `foldCase`: names differ by more than their case. */
export function guestFiles(options: {
  entries: readonly FoundEntry[]
  contents: ReadonlyMap<string, Uint8Array>
  isDirty: boolean
  foldCase: boolean
}): GuestFiles {
  const fold = (path: string) => (options.foldCase ? path.toLowerCase() : path)
  const entries = new Map(options.entries.map((entry) => [fold(entry.path), entry]))
  const contents = new Map(
    [...options.contents].map(([path, bytes]) => [
      fold(path),
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    ]),
  )
  const bytes = (path: string) => contents.get(fold(path)) ?? null
  return {
    isDirty: options.isDirty,
    isThere: (path) => entries.has(fold(path)),
    list: (folder) =>
      [...entries]
        .filter(([path]) => path.startsWith(`${fold(folder)}/`) && !path.includes('/', folder.length + 1))
        .map(([, { path, isFolder, sizeBytes }]) => ({
          name: path.slice(path.lastIndexOf('/') + 1),
          isFolder,
          sizeBytes,
        })),
    bytes,
    text: (path) => textOf(bytes(path)),
  }
}

function textOf(bytes: Buffer | null): string | null {
  if (!bytes) return null
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2)
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}
