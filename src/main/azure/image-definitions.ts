import type { GalleryImage as ArmDefinition } from '@azure/arm-compute'
import type { Generation, OsType } from '../../shared/terms'
import type { Cloud } from './cloud'
import { asking, collect } from './errors'
import { partsOf, type IdParts } from './ids'
import type { Accepted } from './operations'
import { deleteOne, readOne, sendOne } from './requests'
import { tagsOf, type Tags } from './tags'

export type Architecture = 'x64' | 'Arm64'
export type Definition = {
  id: string
  name: string
  region: string
  /** Creating, Updating, Failed, Succeeded, Deleting, Migrating. */
  state: string
  osType: OsType
  /** false: made for specialized images, which Batch cannot use. */
  isGeneralized: boolean
  generation: Generation
  architecture: Architecture
  publisher: string
  offer: string
  sku: string
  /** Value of the feature SecurityType, or Standard. */
  securityType: string
  tags: Tags
}

/** Those of a gallery. Throws AppError `cloud.not-found` where it is gone. */
export async function listDefinitions(cloud: Cloud, gallery: string, signal?: AbortSignal): Promise<Definition[]> {
  const at = partsOf(gallery)
  return asking(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    return collect(client.galleryImages.listByGallery(at.resourceGroup, at.names[0], options), definitionFrom)
  })
}

/** null when there is none. */
export async function getDefinition(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Definition | null> {
  return readOne(id, signal, async (at, options) => {
    const { galleryImages } = await cloud.compute(at.subscriptionId)
    return definitionFrom(await galleryImages.get(...placeOf(at), options))
  })
}

export type DefinitionSpec = {
  region: string
  osType: OsType
  generation: Generation
  architecture: Architecture
  publisher: string
  offer: string
  sku: string
  /** Of the VM or disk that it is for; nodes must start in the same way. */
  securityType: 'Standard' | 'TrustedLaunch'
  run: string
  /** Kept on the definition so that the next pool knows its node agent. */
  tags?: Tags
}

/**
 * Sends the creation of a definition for generalized images; wait by `getDefinition`. The security type is always said:
 * newer service versions would otherwise take TrustedLaunchSupported for generation 2.
 */
export async function createDefinition(
  cloud: Cloud,
  id: string,
  spec: DefinitionSpec,
  signal?: AbortSignal,
): Promise<Accepted> {
  return sendOne(id, signal, async (at, options) => {
    const { galleryImages } = await cloud.compute(at.subscriptionId)
    const body: ArmDefinition = {
      location: spec.region,
      tags: { ...spec.tags, ...tagsOf(spec.run) },
      osType: spec.osType,
      osState: 'Generalized',
      hyperVGeneration: spec.generation,
      architecture: spec.architecture,
      identifier: { publisher: spec.publisher, offer: spec.offer, sku: spec.sku },
      features: [{ name: 'SecurityType', value: spec.securityType }],
    }
    await galleryImages.createOrUpdate(...placeOf(at), body, options).submitted()
  })
}

/** Returns when the deletion is accepted. Refused by Azure (`cloud.conflict`) while versions are in it. */
export async function deleteDefinition(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const { galleryImages } = await cloud.compute(at.subscriptionId)
    await galleryImages.delete(...placeOf(at), options).submitted()
  })
}

/** Group, gallery and definition, as the calls of the service name them. */
function placeOf({ resourceGroup, names: [gallery, definition = ''] }: IdParts): [string, string, string] {
  return [resourceGroup, gallery, definition]
}

function definitionFrom(it: ArmDefinition): Definition {
  const security = it.features?.find((feature) => feature.name === 'SecurityType')
  return {
    id: it.id ?? '',
    name: it.name ?? '',
    region: it.location,
    state: it.provisioningState ?? '',
    osType: it.osType === 'Windows' ? 'Windows' : 'Linux',
    isGeneralized: it.osState === 'Generalized',
    generation: it.hyperVGeneration === 'V2' ? 'V2' : 'V1',
    architecture: it.architecture === 'Arm64' ? 'Arm64' : 'x64',
    publisher: it.identifier?.publisher ?? '',
    offer: it.identifier?.offer ?? '',
    sku: it.identifier?.sku ?? '',
    securityType: security?.value ?? 'Standard',
    tags: it.tags ?? {},
  }
}
