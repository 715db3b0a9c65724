import type { CloudProfile } from '../../shared/profile'
import type { ChecksumKind } from './checksum'
import type { Stamp } from './stamp'

/**
 * Where an upload goes. Every `url` may carry a SAS in its query; without one, tokens of whoever signed in are asked for. The blobs
 * of `staged` lie in one storage account.
 */
export type TargetSpec =
  /** A page blob, which becomes a VHD that images and disks can be made of. Made when it is not there. */
  | { kind: 'page'; url: string }
  /** A block blob with every byte of the VHD, zeros too: an archive. Made when it is not there. */
  | { kind: 'block'; url: string }
  /** Into a block blob at `staging` first, data only, then by the service itself from there into a page blob at `url`. */
  | { kind: 'staged'; url: string; staging: string }
  /**
   * A managed disk of `createOption: Upload` whose upload size is that of the VHD with its footer; `url` is what beginGetAccess
   * answered, and is another one each time. `id`: what stays the same, such as the ARM id with the disk's unique id. `mark`: the
   * `markOf(stamp)` that the caller wrote to the disk's tags before anything was sent; null where there is none.
   */
  | { kind: 'disk'; url: string; id: string; mark: string | null }

/** All that an upload needs to know, as plain data: it goes to another process. */
export type UploadSpec = {
  /** Path of a disk image in any format that `openDisk` reads. */
  file: string
  target: TargetSpec
  /** `stampOf` the file and its run, by whoever starts the upload. A file that has become another one since is refused. */
  stamp: Stamp
  /** Requests under way at the same time; one buffer of 4 MiB each. */
  connections: number
  /** Sent with every page or block, checked by the service, and compared with its answer. */
  checksum: ChecksumKind
  /** Folder of the uploads' own journals; made when it is not there. */
  journalFolder: string
  /** The cloud of the target: its authority is believed, its tokens go nowhere else. null: a SAS that belongs to no cloud of ours. */
  profile: CloudProfile | null
  /** How long to go on without any answer, ms; a quarter of an hour by default. */
  patienceMs?: number
  /** A request on which nothing moves for this long is given up and sent again, ms; a minute by default. */
  stallMs?: number
}

export type UploadResult = {
  /** Length of the disk without its footer. */
  virtualBytes: number
  /** Bytes in 4 KiB blocks that hold anything but zeros. */
  nonZeroBytes: number
  /** Bytes that this upload sent and the service took, footer included, each counted once. */
  sentBytes: number
  /** Bytes of zeros that did not have to travel. */
  skippedBytes: number
  /** Bytes that were at the target already when this upload began. */
  presentBytes: number
  /** Bytes that had to be sent again. */
  resentBytes: number
  requests: number
  seconds: number
  /** Of what stands at the target in the end; empty where the service tells none. */
  etag: string
}
