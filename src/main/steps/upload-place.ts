import type { Inputs } from '../../shared/forms/forms'
import type { AccessSource } from '../upload/access'
import type { FixedVhdView } from '../disks/azure-vhd'
import type { TargetSpec, UploadResult } from '../upload/spec'
import type { Stamp } from '../upload/stamp'
import type { Cloud } from '../azure/cloud'
import { blobPlace } from './upload-blob'
import { diskPlace } from './upload-disk'
import type { Tools } from './tools'

/** One disk of the run. `lun`: null for the one with the system. */
export type OneDisk = { lun: number | null; file: string; sizeBytes: number; modifiedMs: number }

/** Where one disk is sent, whatever takes it. Nothing is asked or made before a verb is called. */
export type Place = {
  /** Throws AppError `upload.target-foreign` where something stands that this run did not make. */
  assertFree(): Promise<void>
  /** Removes what this run sent there of another file. `isSameFile`: the file is the one that was begun with. */
  clear(stamp: Stamp, isSameFile: boolean): Promise<void>
  /** Writes down what is about to be made, and makes what must be there before the upload. */
  make(source: FixedVhdView, stamp: Stamp): Promise<void>
  /** Where the bytes go; null when the whole disk stands there already. Whoever called it calls `leave` in any case. */
  enter(): Promise<{ target: TargetSpec; access: AccessSource } | null>
  /** What a failure of the upload means for this place. */
  explain(error: unknown): Promise<unknown>
  /** Ends what `enter` began. `isWhole`: everything was sent. */
  leave(isWhole: boolean): Promise<void>
  /** What the next steps find it by. */
  found(): { diskId: string } | { blobUrl: string; storageAccountId: string }
}

export function placeOf(tools: Tools, cloud: Cloud, input: Inputs['disk.upload'], disk: OneDisk): Place {
  return input.target === 'disk' ? diskPlace(tools, cloud, input, disk) : blobPlace(tools, cloud, input, disk)
}

/** The numbers of an upload that had come to its end before, as far as the file tells them. */
export function resultOfWhole(source: FixedVhdView): UploadResult {
  const { dataBytes, storedBytes } = source
  return {
    virtualBytes: dataBytes,
    nonZeroBytes: storedBytes,
    sentBytes: 0,
    skippedBytes: dataBytes - storedBytes,
    presentBytes: storedBytes,
    resentBytes: 0,
    requests: 0,
    seconds: 0,
    etag: '',
  }
}
