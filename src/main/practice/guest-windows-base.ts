import type { BaseFile } from './guest-disk'
import type { GuestImage } from './guests'

/** The files of a fresh Windows image; `/C:` is the drive, as OpenSSH for Windows names it. */
export function windowsBase(image: GuestImage): BaseFile[] {
  return [{ path: '/C:' }, { path: '/C:/Windows', text: image.sku }]
}
