import type { Gallery as ArmGallery } from '@azure/arm-compute'
import type { Cloud } from './cloud'
import { asking, collect } from './errors'
import type { Accepted } from './operations'
import { deleteOne, readOne, sendOne } from './requests'
import { tagsOf, type Tags } from './tags'

/** `state`: Creating, Updating, Failed, Succeeded, Deleting, Migrating. */
export type Gallery = { id: string; name: string; region: string; state: string; tags: Tags }

/** All that the account may see in a subscription. */
export async function listGalleries(cloud: Cloud, subscriptionId: string, signal?: AbortSignal): Promise<Gallery[]> {
  return asking(async () => {
    const client = await cloud.compute(subscriptionId)
    return collect(client.galleries.list({ ...(signal && { abortSignal: signal }) }), galleryFrom)
  })
}

/** null when there is none. */
export async function getGallery(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Gallery | null> {
  return readOne(id, signal, async (at, options) => {
    const { galleries } = await cloud.compute(at.subscriptionId)
    return galleryFrom(await galleries.get(at.resourceGroup, at.names[0], options))
  })
}

/** Sends the creation; wait by `getGallery`. */
export async function createGallery(
  cloud: Cloud,
  id: string,
  spec: { region: string; run: string },
  signal?: AbortSignal,
): Promise<Accepted> {
  return sendOne(id, signal, async (at, options) => {
    const { galleries } = await cloud.compute(at.subscriptionId)
    const body = { location: spec.region, tags: tagsOf(spec.run) }
    await galleries.createOrUpdate(at.resourceGroup, at.names[0], body, options).submitted()
  })
}

/** Returns when the deletion is accepted. Refused by Azure (`cloud.conflict`) while definitions are in it. */
export async function deleteGallery(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const { galleries } = await cloud.compute(at.subscriptionId)
    await galleries.delete(at.resourceGroup, at.names[0], options).submitted()
  })
}

function galleryFrom(gallery: ArmGallery): Gallery {
  return {
    id: gallery.id ?? '',
    name: gallery.name ?? '',
    region: gallery.location,
    state: gallery.provisioningState ?? '',
    tags: gallery.tags ?? {},
  }
}
