import type { Finding } from '../../../shared/outputs'
import type { Detected } from '../detect'
import type { Disk, DiskSource } from '../disk'

/** What a reader makes of the file of its format: the disk, less what all formats have in common. */
export type Layout = Pick<
  Disk,
  'virtualSize' | 'blockSize' | 'storedBytes' | 'uniqueId' | 'footer' | 'isAllocated' | 'read'
> & {
  /** What was met and read all the same. */
  findings: Finding[]
}

/** A file that a disk is read from, and the way to the other files that the same disk may need. */
export type Image = {
  readonly source: DiskSource
  readonly detected: Detected
  /**
   * Opens another file by the plain name that stands in this one. Null when the folder of the image holds no such file or the
   * name is not plain: a disk image may have been made to point at anything on this computer. It is read only, watched
   * and closed together with the image. Throws Refusal `disk.differencing:depth` when files lead on without end.
   */
  beside(name: string): Promise<Image | null>
  /** Reads this file too: by its content, or as nothing but bytes when it is said to have no format. */
  open(as?: 'raw'): Promise<Layout>
  /** Gives up a file that turned out not to be needed. */
  drop(): Promise<void>
}
