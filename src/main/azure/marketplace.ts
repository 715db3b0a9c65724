import type { VirtualMachineImage as ArmImage } from '@azure/arm-compute'
import type { Generation } from '../../shared/terms'
import type { Cloud } from './cloud'
import { asking, orNull } from './errors'
import { compareVersions } from './image-versions'

export type ImageName = { publisher: string; offer: string; sku: string; version: string }
export type MarketplaceImage = ImageName & {
  generation: Generation
  architecture: 'x64' | 'Arm64'
  /** As the Marketplace says it: Standard, TrustedLaunchSupported, TrustedLaunch, … */
  security: string
  /** It is bought: its terms must have been accepted, and every image made from it carries the plan. */
  hasPlan: boolean
  /** ISO 8601 date after which no VM is made from it any more; null for one that stays. */
  endsAt: string | null
}

/**
 * One image as it is offered in a region, `latest` resolved to the newest version; null where the region has no such image or version.
 */
export async function findImage(
  cloud: Cloud,
  subscriptionId: string,
  region: string,
  image: ImageName,
  signal?: AbortSignal,
): Promise<MarketplaceImage | null> {
  const { publisher, offer, sku } = image
  const isLatest = image.version.toLowerCase() === 'latest'
  const version = isLatest ? await newestVersion(cloud, subscriptionId, region, image, signal) : image.version
  if (version === null) return null
  return orNull(async () => {
    const { virtualMachineImages } = await cloud.compute(subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    const found = await virtualMachineImages.get(region, publisher, offer, sku, version, options)
    return { publisher, offer, sku, version: found.name || version, ...factsOf(found) }
  })
}

/** Highest first in Azure's own order would compare as text, in which 9 comes after 10. */
async function newestVersion(
  cloud: Cloud,
  subscriptionId: string,
  region: string,
  { publisher, offer, sku }: ImageName,
  signal?: AbortSignal,
): Promise<string | null> {
  const versions = await orNull(() =>
    asking(async () => {
      const { virtualMachineImages } = await cloud.compute(subscriptionId)
      return virtualMachineImages.list(region, publisher, offer, sku, { ...(signal && { abortSignal: signal }) })
    }),
  )
  return (
    (versions ?? [])
      .map(({ name }) => name)
      .toSorted(compareVersions)
      .at(-1) ?? null
  )
}

function factsOf(image: ArmImage): Omit<MarketplaceImage, keyof ImageName> {
  const security = image.features?.find(({ name }) => name === 'SecurityType')?.value
  const ends = image.imageDeprecationStatus?.scheduledDeprecationTime
  return {
    // Says nothing only where the image is older than the field: all of those are of the first generation.
    generation: image.hyperVGeneration === 'V2' ? 'V2' : 'V1',
    architecture: image.architecture === 'Arm64' ? 'Arm64' : 'x64',
    security: security ?? 'Standard',
    hasPlan: image.plan !== undefined,
    endsAt: ends ? new Date(ends).toISOString().slice(0, 10) : null,
  }
}
