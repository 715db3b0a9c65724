/**
 * The files of a system as its checks see them: what was asked for was taken out of the volume in one go. Paths are
 * as on the volume, with `/` and without one at the start; on NTFS their case does not matter. Links are followed
 * inside the volume.
 */
export type GuestFiles = {
  /** Whether the volume was not unmounted: what is read may be a little old. */
  readonly isDirty: boolean
  isThere(path: string): boolean
  /** What is in a folder; empty when there is no such folder. */
  list(folder: string): GuestEntry[]
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
