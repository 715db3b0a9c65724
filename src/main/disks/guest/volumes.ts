import type { Volume } from '../signatures'
import type { ByteSource } from '../source'
import { openExt } from './ext'
import { openFat } from './fat'
import type { GuestVolume } from './files'
import { ntfsVolume } from './ntfs'
import { walked } from './walk'
import { openXfs } from './xfs'

/** A volume whose files can be looked at; null when its file system cannot be read. */
export async function openVolume(bytes: ByteSource, volume: Volume): Promise<GuestVolume | null> {
  if (volume === 'ntfs') return ntfsVolume(bytes)
  const open = walkers[volume]
  const tree = await open?.(bytes)
  return tree ? walked(tree) : null
}

const walkers: Partial<Record<Volume, typeof openExt>> = { ext: openExt, fat: openFat, xfs: openXfs }
