import type { PowerState } from '../shared/machine-calls'
import { bootPicture } from './azure/boot-diagnostics'
import type { Cloud } from './azure/cloud'
import { getVmView } from './azure/vms'

export type Screen = { picture: Uint8Array | null; power: PowerState }

/** A screen of 3840 x 2160 in true colour is no larger. */
const largestPicture = 34 * 1024 * 1024
/** How files begin that a window can draw: Windows bitmap, PNG (ISO/IEC 15948), JPEG (ISO/IEC 10918-1). */
const beginnings = ['424d', '89504e470d0a1a0a', 'ffd8ff']

/** What is to be seen of a machine from outside: its last picture, and whether it runs. Throws AppError `cloud.*`. */
export async function screenOf(cloud: Cloud, id: string, signal: AbortSignal): Promise<Screen> {
  const [picture, view] = await Promise.all([bootPicture(cloud, id, signal), getVmView(cloud, id, signal)])
  return { picture: picture && isPicture(picture) ? picture : null, power: view?.power ?? 'unknown' }
}

function isPicture(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  return bytes.length <= largestPicture && beginnings.some((beginning) => head.startsWith(beginning))
}
