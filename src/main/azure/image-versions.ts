import type { GalleryImageVersion as ArmVersion } from '@azure/arm-compute'
import type { Cloud } from './cloud'
import { asking, collect } from './errors'
import { partsOf, type IdParts } from './ids'
import type { Accepted } from './operations'
import { deleteOne, readOne, sendOne } from './requests'
import { tagsOf, type Tags } from './tags'

/** `state` per region: Unknown, Replicating, Completed, Failed; percent 0 to 100. */
export type Replica = { region: string; state: string; percent: number; details: string }
export type Version = {
  id: string
  name: string
  region: string
  /** Creating, Updating, Failed, Succeeded, Deleting, Migrating. */
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

/** Those of a definition, without the state of their replication. Throws AppError `cloud.not-found` where it is gone. */
export async function listVersions(cloud: Cloud, definition: string, signal?: AbortSignal): Promise<Version[]> {
  const { subscriptionId, resourceGroup, names } = partsOf(definition)
  return asking(async () => {
    const { galleryImageVersions } = await cloud.compute(subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    const [gallery, name = ''] = names
    return collect(galleryImageVersions.listByGalleryImage(resourceGroup, gallery, name, options), versionFrom)
  })
}

/** With the state of its replication. */
export async function getVersion(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Version | null> {
  return readOne(id, signal, async (at, options) => {
    const { galleryImageVersions } = await cloud.compute(at.subscriptionId)
    return versionFrom(await galleryImageVersions.get(...placeOf(at), { expand: 'ReplicationStatus', ...options }))
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
  return sendOne(id, signal, async (at, options) => {
    const { galleryImageVersions } = await cloud.compute(at.subscriptionId)
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
    await galleryImageVersions.createOrUpdate(...placeOf(at), body, options).submitted()
  })
}

/** Returns when the deletion is accepted. */
export async function deleteVersion(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const { galleryImageVersions } = await cloud.compute(at.subscriptionId)
    await galleryImageVersions.delete(...placeOf(at), options).submitted()
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

/** Group, gallery, definition and version, as the calls of the service name them. */
function placeOf({ resourceGroup, names }: IdParts): [string, string, string, string] {
  const [gallery, definition = '', version = ''] = names
  return [resourceGroup, gallery, definition, version]
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
