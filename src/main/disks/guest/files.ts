import type { ByteSource } from '../source'

/**
 * The files of a system as its checks see them: what was asked for was taken out of the volume in one go. Paths are
 * as on the volume, with `/` and without one at the start; on NTFS and FAT their case does not matter. Links are
 * followed inside the volume.
 */
export type GuestFiles = {
  /** Whether the volume was not unmounted: what is read may be a little old. */
  readonly isDirty: boolean
  /** Whether something on the way to what was asked for could not be read: what is missing may be there. */
  readonly isDamaged: boolean
  isThere(path: string): boolean
  /** What is in a folder, of what was asked for; empty when there is no such folder. */
  list(folder: string): GuestEntry[]
  /** All paths that were found for one that was asked for with `*`. */
  paths(pattern: string): string[]
  /** Where a link leads to, as it is written there; null when the path is none. */
  linkTo(path: string): string | null
  /** Whole content of a file that was asked for; null when there is none, or it is too long. */
  bytes(path: string): Buffer | null
  /** The same as text: UTF-8, or UTF-16 where a mark at the start says so. */
  text(path: string): string | null
}

export type GuestEntry = { name: string; isFolder: boolean; sizeBytes: number }

/** What the checks of a system will ask for; `*` stands for any part of one name. */
export type Wanted = {
  /** Files whose content is needed, and how much of each at most, bytes. */
  read: readonly { path: string; limitBytes: number }[]
  /** Files and folders whose being there, name or size is all that counts. */
  list: readonly string[]
}

/** A volume whose file system can be read. */
export type GuestVolume = {
  /** Null when it turns out that it cannot be read after all. */
  files(wanted: Wanted): Promise<GuestFiles | null>
  /** One file, read as needed; null where there is none, or its bytes are packed. */
  content(path: string): Promise<ByteSource | null>
}
