import type { GuestFiles } from './files'
import { matches } from './pattern'

export type FoundEntry = { path: string; isFolder: boolean; sizeBytes: number; linkTo?: string }

/** Files that were taken out of a volume, as the checks see them. `foldCase`: the case of names does not matter. */
export function guestFiles(options: {
  entries: readonly FoundEntry[]
  contents: ReadonlyMap<string, Uint8Array>
  isDirty: boolean
  isDamaged: boolean
  foldCase: boolean
}): GuestFiles {
  const fold = (path: string) => (options.foldCase ? path.toLowerCase() : path)
  const entries = new Map(options.entries.map((entry) => [fold(entry.path), entry]))
  const contents = new Map([...options.contents].map(([path, bytes]) => [fold(path), bufferOf(bytes)]))
  const bytes = (path: string) => contents.get(fold(path)) ?? null
  return {
    isDirty: options.isDirty,
    isDamaged: options.isDamaged,
    isThere: (path) => entries.has(fold(path)),
    list(folder) {
      const inside = [...entries].filter(([path]) => isDirectlyIn(path, fold(folder)))
      return inside.map(([, { path, isFolder, sizeBytes }]) => ({ name: nameOf(path), isFolder, sizeBytes }))
    },
    paths(pattern) {
      const isNamed = matches([pattern])
      return [...entries.values()].map(({ path }) => path).filter(isNamed)
    },
    linkTo: (path) => entries.get(fold(path))?.linkTo ?? null,
    bytes,
    text: (path) => textOf(bytes(path)),
  }
}

/** The folder '' is the top of the volume. */
function isDirectlyIn(path: string, folder: string): boolean {
  const start = folder === '' ? '' : `${folder}/`
  return path.startsWith(start) && !path.includes('/', start.length)
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function textOf(bytes: Buffer | null): string | null {
  if (!bytes) return null
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2))
    return Buffer.from(even).swap16().toString('utf16le')
  }
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}
