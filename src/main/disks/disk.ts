import type { DiskFormat } from '../../shared/outputs'
import type { ByteSource } from './source'
import type { VhdFooter } from './formats/vhd'

/** A disk as the machine in it would see it, whatever the file around it looks like. */
export type Disk = {
  readonly format: DiskFormat
  /** Path of the file; empty when it is read from elsewhere. */
  readonly file: string
  /** All files that it is read from, as they were when it was opened: the image, then its parents or parts. Empty when it is read from elsewhere. */
  readonly files: readonly ReadFile[]
  /** Bytes, as the format states them. */
  readonly virtualSize: number
  readonly blockSize: number
  /** Bytes that may be something else than zero: an upper bound, for estimates. */
  readonly storedBytes: number
  /** Time of the last change of any of its files in ms since 1970; 0 when unknown. */
  readonly modifiedMs: number
  /** What the format itself calls this disk, 32 hexadecimal digits; null when it has no name for it. */
  readonly uniqueId: string | null
  /** The footer the file carries, when it is a VHD with an intact one. */
  readonly footer: VhdFooter | null
  /** False when the whole block reads as zeros without looking at it. */
  isAllocated(block: number): boolean
  /** Fills the buffer from `offset`, which with the buffer's length must lie inside the disk. */
  read(buffer: Uint8Array, offset: number): Promise<void>
  /** Throws AppError `file.changed` when one of the files is not the one that was opened. */
  assertUnchanged(): Promise<void>
  close(): Promise<void>
}

/** `modifiedMs` since 1970, `size` in bytes. */
export type ReadFile = { readonly file: string; readonly size: number; readonly modifiedMs: number }

/** What a disk is read from: a file, or bytes elsewhere that have no time and nothing to close. */
export type DiskSource = ByteSource & {
  readonly file?: string
  readonly modifiedMs?: number
  readonly storedBytes?: number
  assertUnchanged?(): Promise<void>
  close?(): Promise<void>
}
