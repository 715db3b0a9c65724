import type { Generation, OsType } from '../../shared/terms'
import { isSameResource, parseResourceId } from '../../shared/terms'
import { dig, digText, isObject } from './arm-parts'
import { agentFits, findAgent, findSupported, generationOf } from './batch-images'
import type { Verdict } from './judge'
import type { PracticeCloud } from './server'
import type { Resource } from './store'

/** What a pool's image reference stands for right now, in one region. */
export type PoolImage =
  | { kind: 'marketplace'; generation: Generation; architecture: string; agentId: string }
  | { kind: 'gallery'; version: Resource; definition: Resource; verdict: Verdict | null }
  | { kind: 'missing'; id: string }
  /** Managed images and VHD blobs: pools on them live on, but get no new nodes since 2026-03-31. */
  | { kind: 'retired'; id: string }

export type ImageReference = { id?: string; publisher?: string; offer?: string; sku?: string; version?: string }

const definitionDepth = 2
const versionDepth = 3

/** Follows an image reference; an id that ends at the definition means its latest version. */
export function resolveImage(cloud: PracticeCloud, reference: ImageReference, region: string): PoolImage {
  const { id, publisher = '', offer = '', sku = '' } = reference
  if (id === undefined) {
    const supported = findSupported({ publisher, offer, sku })
    if (!supported) return { kind: publisher === '' ? 'retired' : 'missing', id: `${publisher}:${offer}:${sku}` }
    return {
      kind: 'marketplace',
      generation: generationOf(supported),
      architecture: 'x64',
      agentId: supported.nodeAgentSKUId,
    }
  }
  const parts = parseResourceId(id)
  if (parts?.path[0]?.type.toLowerCase() !== 'galleries') return { kind: 'retired', id }
  const version = parts.path.length === versionDepth ? cloud.store.find(id) : null
  const found = version ?? (parts.path.length === definitionDepth ? latestVersion(cloud, id, region) : null)
  if (!found || !isInRegion(found, region)) return { kind: 'missing', id }
  const definition = cloud.store.find(found.id.replace(/\/versions\/[^/]+$/i, ''))
  if (!definition) return { kind: 'missing', id }
  return {
    kind: 'gallery',
    version: found,
    definition,
    verdict: (found.hidden['verdict'] as Verdict | undefined) ?? null,
  }
}

/** Why no machine of this size can be made from the image: the compute provider's error, or null. */
export function allocationRefusal(
  image: PoolImage,
  size: { name: string; generations: string; architecture: string; trustedLaunch: boolean },
  machine: Record<string, unknown>,
  region: string,
): { code: string; message: string } | null {
  if (image.kind === 'missing') return imageNotFound(image.id, region)
  if (image.kind === 'retired') {
    const message = `The image '${image.id}' can no longer be used for Batch pools. Managed images and VHD blobs were retired as image sources of Batch pools on 31 March 2026. Create the pool from an Azure Compute Gallery image version.`
    return { code: 'ImageSourceRetired', message }
  }
  const refused = hardwareRefusal(size, traitsOf(image))
  if (refused) return refused
  return image.kind === 'gallery' ? securityRefusal(image.definition, size, machine) : null
}

/** Why a machine of this size does not boot from a disk of this kind. */
export function hardwareRefusal(
  size: { name: string; generations: string; architecture: string },
  { generation, architecture }: { generation: Generation; architecture: string },
): { code: string; message: string } | null {
  if (!size.generations.split(',').includes(generation)) {
    const number = generation.slice(1)
    const message = `The selected VM size '${size.name}' cannot boot Hypervisor Generation '${number}'. If this was a Create operation please check that the Hypervisor Generation of the Image matches the Hypervisor Generation of the selected VM Size. If this was an Update operation please select a Hypervisor Generation '${number}' VM Size. For more information, see https://aka.ms/azuregen2vm`
    return { code: 'BadRequest', message }
  }
  if (architecture !== size.architecture) {
    const message = `The VM size '${size.name}' with CPU architecture '${size.architecture}' is not supported with the image of CPU architecture '${architecture}'. Please select another image or VM size.`
    return { code: 'BadRequest', message }
  }
  return null
}

/** The compute provider's words for an image without a replica in a region. */
export function imageNotFound(id: string, region: string): { code: string; message: string } {
  const message = `The gallery image ${id} is not available in ${region} region. Please contact image owner to replicate to this region, or change your requested region.`
  return { code: 'GalleryImageNotFound', message }
}

/**
 * Whether a machine made of the image would start and its node agent report: decided by the stored bytes. Batch only sees
 * that the node stays silent.
 */
export function startsUp(image: PoolImage, nodeAgentSku: string): boolean {
  const agent = findAgent(nodeAgentSku)
  if (!agent) return false
  if (image.kind === 'marketplace') return image.agentId.toLowerCase() === agent.id.toLowerCase()
  if (image.kind !== 'gallery' || !image.verdict) return false
  const { generation, os, generalized, encrypted, obstacles } = image.verdict
  const { generation: declared, osType } = traitsOf(image)
  if (generation !== declared || encrypted || generalized === false || obstacles.length > 0 || !os) return false
  return os.type === osType && agentFits(agent, os)
}

/** The operating system that a node of the image runs; null while unknown. */
export function osTypeOf(image: PoolImage): OsType | null {
  if (image.kind === 'marketplace') return findAgent(image.agentId)?.osType ?? null
  return image.kind === 'gallery' ? traitsOf(image).osType : null
}

function traitsOf(image: Extract<PoolImage, { kind: 'marketplace' | 'gallery' }>): {
  generation: Generation
  architecture: string
  osType: OsType | null
} {
  if (image.kind === 'marketplace')
    return { generation: image.generation, architecture: image.architecture, osType: null }
  const read = (name: string) => digText(image.definition.wire, 'properties', name)
  return {
    generation: read('hyperVGeneration') === 'V1' ? 'V1' : 'V2',
    architecture: read('architecture') ?? 'x64',
    osType: read('osType') === 'Windows' ? 'Windows' : 'Linux',
  }
}

function securityRefusal(
  definition: Resource,
  size: { name: string; trustedLaunch: boolean },
  machine: Record<string, unknown>,
): { code: string; message: string } | null {
  const features = dig(definition.wire, 'properties', 'features')
  const security = Array.isArray(features)
    ? (features as unknown[]).find((one) => digText(one, 'name') === 'SecurityType')
    : undefined
  const offered = digText(security, 'value') ?? 'Standard'
  const isWanted = digText(machine, 'securityProfile', 'securityType')?.toLowerCase() === 'trustedlaunch'
  if (offered === 'TrustedLaunch' && !isWanted) {
    const message =
      "The provided gallery image only supports creation of VMs and VM Scale Sets with 'TrustedLaunch' security type."
    return { code: 'BadRequest', message }
  }
  if (isWanted && (!offered.startsWith('TrustedLaunch') || !size.trustedLaunch)) {
    const message = `The security type 'TrustedLaunch' is not supported by the image or by the VM size '${size.name}'.`
    return { code: 'BadRequest', message }
  }
  return null
}

function isInRegion(version: Resource, region: string): boolean {
  const state = digText(version.wire, 'properties', 'provisioningState')
  if (state === 'Creating' || state === 'Failed' || state === 'Deleting') return false
  if (state === 'Updating') {
    const replicated = version.hidden['replicated']
    return Array.isArray(replicated) && (replicated as unknown[]).some((one) => isRegion(String(one), region))
  }
  const targets = dig(version.wire, 'properties', 'publishingProfile', 'targetRegions')
  return Array.isArray(targets) && (targets as unknown[]).some((one) => isRegion(digText(one, 'name'), region))
}

function latestVersion(cloud: PracticeCloud, definitionId: string, region: string): Resource | null {
  const usable = cloud.store
    .list('Microsoft.Compute/galleries/images/versions', definitionId)
    .filter((version) => isSameResource(version.id.replace(/\/versions\/[^/]+$/i, ''), definitionId))
    .filter((version) => dig(version.wire, 'properties', 'publishingProfile', 'excludeFromLatest') !== true)
    .filter((version) => isInRegion(version, region))
  return usable.sort((a, b) => compareVersions(b.name, a.name))[0] ?? null
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  return left.map((number, index) => number - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0
}

function isRegion(text: string | undefined, region: string): boolean {
  return text?.replace(/\s/g, '').toLowerCase() === region
}

/** The image reference of a pool as stored; empty for a pool whose image was a VHD blob. */
export function referenceOf(machine: Record<string, unknown>): ImageReference {
  return isObject(machine['imageReference']) ? (machine['imageReference'] as ImageReference) : {}
}
