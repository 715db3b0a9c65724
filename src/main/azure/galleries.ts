import type {
  Gallery as ArmGallery,
  GalleryImage as ArmDefinition,
  GalleryImageVersion as ArmVersion,
} from '@azure/arm-compute'
import type { Generation, OsType } from '../../shared/terms'
import type { Cloud } from './cloud'
import { asking, collect, orNull } from './errors'
import { partsOf } from './ids'
import { noting, type Accepted } from './operations'
import { tagsOf, type Tags } from './tags'

/** `state` of all three: Creating, Updating, Failed, Succeeded, Deleting, Migrating. */
export type Gallery = { id: string; name: string; region: string; state: string; tags: Tags }
export type Architecture = 'x64' | 'Arm64'
export type Definition = {
  id: string
  name: string
  region: string
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
/** `state` per region: Unknown, Replicating, Completed, Failed; percent 0 to 100. */
export type Replica = { region: string; state: string; percent: number; details: string }
export type Version = {
  id: string
  name: string
  region: string
  state: string
  /** Unknown, InProgress, Completed, Failed. */
  replication: string
  replicas: Replica[]
  targets: { region: string; replicas: number }[]
  excludeFromLatest: boolean
  /** What it was made from: URL of a blob, or id of a resource. */
  source: string
  /** Of its data disks. */
  luns: number[]
  /** ISO 8601, UTC; '' while it is being made. */
  publishedAt: string
  tags: Tags
}

/** Orders the names of image versions, the lowest number first. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

export async function listGalleries(cloud: Cloud, subscriptionId: string, signal?: AbortSignal): Promise<Gallery[]> {
  return asking(async () => {
    const client = await cloud.compute(subscriptionId)
    return collect(client.galleries.list({ ...(signal && { abortSignal: signal }) }), galleryFrom)
  })
}

export async function getGallery(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Gallery | null> {
  const at = partsOf(id)
  return orNull(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    return galleryFrom(await client.galleries.get(at.resourceGroup, at.names[0], options))
  })
}

/** Sends the creation; wait by `getGallery`. */
export async function createGallery(
  cloud: Cloud,
  id: string,
  spec: { region: string; run: string },
  signal?: AbortSignal,
): Promise<Accepted> {
  const { accepted, options } = noting(signal)
  const at = partsOf(id)
  await asking(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const body = { location: spec.region, tags: tagsOf(spec.run) }
    await client.galleries.createOrUpdate(at.resourceGroup, at.names[0], body, options).submitted()
  })
  return accepted
}

/** Returns when the deletion is accepted. Refused by Azure (`cloud.conflict`) while definitions are in it. */
export async function deleteGallery(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  const at = partsOf(id)
  await orNull(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    await client.galleries.delete(at.resourceGroup, at.names[0], options).submitted()
  })
}

export async function listDefinitions(cloud: Cloud, gallery: string, signal?: AbortSignal): Promise<Definition[]> {
  const at = partsOf(gallery)
  return asking(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    return collect(client.galleryImages.listByGallery(at.resourceGroup, at.names[0], options), definitionFrom)
  })
}

export async function getDefinition(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Definition | null> {
  const at = imageParts(id)
  return orNull(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    return definitionFrom(await client.galleryImages.get(at.resourceGroup, at.gallery, at.definition, options))
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
  const { accepted, options } = noting(signal)
  const at = imageParts(id)
  await asking(async () => {
    const client = await cloud.compute(at.subscriptionId)
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
    await client.galleryImages.createOrUpdate(at.resourceGroup, at.gallery, at.definition, body, options).submitted()
  })
  return accepted
}

export async function deleteDefinition(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  const at = imageParts(id)
  await orNull(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    await client.galleryImages.delete(at.resourceGroup, at.gallery, at.definition, options).submitted()
  })
}

export async function listVersions(cloud: Cloud, definition: string, signal?: AbortSignal): Promise<Version[]> {
  const at = imageParts(definition)
  return asking(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    const items = client.galleryImageVersions.listByGalleryImage(at.resourceGroup, at.gallery, at.definition, options)
    return collect(items, versionFrom)
  })
}

/** With the state of its replication. */
export async function getVersion(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Version | null> {
  const at = imageParts(id)
  return orNull(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { expand: 'ReplicationStatus', ...(signal && { abortSignal: signal }) } as const
    const versions = client.galleryImageVersions
    return versionFrom(await versions.get(at.resourceGroup, at.gallery, at.definition, at.version, options))
  })
}

/** A managed disk, or a page blob with a fixed VHD (URL without SAS) and the account that holds it. */
export type DiskSource = { diskId: string } | { storageAccountId: string; blobUrl: string }

/** A VM that is marked as generalized, or disks; `lun`: the number under which nodes get a data disk. */
export type VersionSource = { vmId: string } | { source: DiskSource; dataDisks?: { lun: number; source: DiskSource }[] }

export type VersionSpec = {
  region: string
  from: VersionSource
  targets: { region: string; replicas: number }[]
  excludeFromLatest: boolean
  run: string
}

/** Sends the creation; wait by `getVersion` until its state and its replication are settled (5 to 60 minutes). */
export async function createVersion(
  cloud: Cloud,
  id: string,
  spec: VersionSpec,
  signal?: AbortSignal,
): Promise<Accepted> {
  const { accepted, options } = noting(signal)
  const at = imageParts(id)
  await asking(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const body: ArmVersion = {
      location: spec.region,
      tags: tagsOf(spec.run),
      storageProfile: profileOf(spec.from),
      publishingProfile: {
        targetRegions: spec.targets.map((it) => ({
          name: it.region,
          regionalReplicaCount: it.replicas,
          storageAccountType: 'Standard_LRS',
        })),
        excludeFromLatest: spec.excludeFromLatest,
        replicationMode: 'Full',
      },
    }
    await client.galleryImageVersions
      .createOrUpdate(at.resourceGroup, at.gallery, at.definition, at.version, body, options)
      .submitted()
  })
  return accepted
}

export async function deleteVersion(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  const at = imageParts(id)
  await orNull(async () => {
    const client = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    await client.galleryImageVersions
      .delete(at.resourceGroup, at.gallery, at.definition, at.version, options)
      .submitted()
  })
}

function profileOf(from: VersionSource): NonNullable<ArmVersion['storageProfile']> {
  if ('vmId' in from) return { source: { virtualMachineId: from.vmId } }
  const { source, dataDisks = [] } = from
  const data = dataDisks.map((disk) => ({
    lun: disk.lun,
    hostCaching: 'ReadOnly' as const,
    source: sourceBody(disk.source),
  }))
  return {
    osDiskImage: { hostCaching: 'ReadWrite', source: sourceBody(source) },
    ...(data.length > 0 && { dataDiskImages: data }),
  }
}

function sourceBody(source: DiskSource) {
  return 'diskId' in source ? { id: source.diskId } : { storageAccountId: source.storageAccountId, uri: source.blobUrl }
}

function imageParts(id: string) {
  const at = partsOf(id)
  const [gallery, definition = '', version = ''] = at.names
  return { ...at, gallery, definition, version }
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

function versionFrom(it: ArmVersion): Version {
  const whole = it.storageProfile?.source
  const source = it.storageProfile?.osDiskImage?.source
  return {
    id: it.id ?? '',
    name: it.name ?? '',
    region: it.location,
    state: it.provisioningState ?? '',
    replication: it.replicationStatus?.aggregatedState ?? 'Unknown',
    replicas: (it.replicationStatus?.summary ?? []).map((region) => ({
      region: region.region ?? '',
      state: region.state ?? 'Unknown',
      percent: region.progress ?? 0,
      details: region.details ?? '',
    })),
    targets: (it.publishingProfile?.targetRegions ?? []).map((target) => ({
      region: target.name,
      replicas: target.regionalReplicaCount ?? 1,
    })),
    excludeFromLatest: it.publishingProfile?.excludeFromLatest ?? false,
    // Of a version made from a VM the service also shows the disk, which is the VM's own.
    source: whole?.virtualMachineId ?? source?.uri ?? source?.id ?? whole?.id ?? '',
    luns: (it.storageProfile?.dataDiskImages ?? []).map(({ lun }) => lun),
    publishedAt: it.publishingProfile?.publishedDate?.toISOString() ?? '',
    tags: it.tags ?? {},
  }
}
