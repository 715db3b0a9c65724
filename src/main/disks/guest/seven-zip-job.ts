import type { Wanted } from './files'

/** The kinds of volumes and packed files that 7-Zip reads for us, by the names of its option `-t`. */
export type ArchiveType = 'NTFS' | 'xz' | 'lzma' | 'bzip2'

/** What a thread with 7-Zip gets as its `workerData`. */
export type SevenZipJob = {
  type: ArchiveType
  sizeBytes: number
  wanted: Wanted
  /** `[state]`: 0 while the thread waits for bytes, then `bytesCame` or `bytesFailed`. */
  state: SharedArrayBuffer
  bytes: SharedArrayBuffer
}

export const bytesCame = 1
export const bytesFailed = 2

export type SevenZipMessage =
  | { kind: 'read'; offset: number; length: number }
  /** `entries` is null when 7-Zip does not take the volume for what it should be. */
  | { kind: 'done'; entries: FoundEntry[] | null; contents: { path: string; bytes: Uint8Array }[] }

export type FoundEntry = { path: string; isFolder: boolean; sizeBytes: number }
