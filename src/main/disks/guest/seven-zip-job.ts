import type { Wanted } from './files'
import type { FoundEntry } from './snapshot'

/** Packed files that hold one other file, by the names of 7-Zip's option `-t`. */
export type PackedType = 'gzip' | 'zstd' | 'xz' | 'lzma' | 'bzip2'

export type SevenZipTask =
  /** Takes files out of a volume. */
  | { kind: 'files'; type: 'NTFS'; wanted: Wanted }
  /** Looks which of some drivers are in a packed cpio archive; nothing of it is kept. */
  | { kind: 'drivers'; type: PackedType; names: readonly string[] }

/** What a thread with 7-Zip gets as its `workerData`. */
export type SevenZipJob = {
  task: SevenZipTask
  sizeBytes: number
  /** One number: 0 while the thread waits for bytes, then `bytesCame` or `bytesFailed`. */
  state: SharedArrayBuffer
  bytes: SharedArrayBuffer
}

export const bytesCame = 1
export const bytesFailed = 2

export type SevenZipAnswer =
  | { kind: 'files'; entries: FoundEntry[]; contents: { path: string; bytes: Uint8Array }[] }
  | { kind: 'drivers'; names: string[] }
  /** It is not what it should be, or damaged before its end. */
  | { kind: 'unreadable' }

export type SevenZipMessage = { kind: 'read'; offset: number; length: number } | SevenZipAnswer
