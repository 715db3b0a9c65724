import type { Disk as ArmDisk, Snapshot as ArmSnapshot } from '@azure/arm-compute'
import type { Generation, OsType } from '../../shared/terms'
import type { Cloud } from './cloud'
import { asking, orNull } from './errors'
import { partsOf } from './ids'
import { noting, type Accepted } from './operations'
import { tagsOf, type Tags } from './tags'

export type Snapshot = {
  id: string
  name: string
  region: string
  /** Provisioning state: Updating, Succeeded, Failed, Deleting. */
  state: string
  /** Id of the disk that it is a copy of. */
  source: string
  /** ISO 8601, UTC; '' where the service does not say. */
  at: string
  tags: Tags
}

export async function getSnapshot(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Snapshot | null> {
  const at = partsOf(id)
  return orNull(async () => {
    const { snapshots } = await cloud.compute(at.subscriptionId)
    return snapshotFrom(await snapshots.get(at.resourceGroup, at.names[0], { ...(signal && { abortSignal: signal }) }))
  })
}

/** Sends the copy of a disk as it is at this moment; wait by `getSnapshot`. */
export async function createSnapshot(
  cloud: Cloud,
  id: string,
  spec: { region: string; run: string; disk: string; tags?: Tags },
  signal?: AbortSignal,
): Promise<Accepted> {
  const { accepted, options } = noting(signal)
  const at = partsOf(id)
  await asking(async () => {
    const { snapshots } = await cloud.compute(at.subscriptionId)
    const body: ArmSnapshot = {
      location: spec.region,
      tags: { ...spec.tags, ...tagsOf(spec.run) },
      sku: { name: 'Standard_LRS' },
      creationData: { createOption: 'Copy', sourceResourceId: spec.disk },
    }
    await snapshots.createOrUpdate(at.resourceGroup, at.names[0], body, options).submitted()
  })
  return accepted
}

/** Returns when the deletion is accepted. A snapshot that is gone is no error. */
export async function deleteSnapshot(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  const at = partsOf(id)
  await orNull(async () => {
    const { snapshots } = await cloud.compute(at.subscriptionId)
    const options = { ...(signal && { abortSignal: signal }) }
    await snapshots.delete(at.resourceGroup, at.names[0], options).submitted()
  })
}

/** Sends the creation of a disk from a snapshot; wait by `getDisk`. */
export async function createDiskFromSnapshot(
  cloud: Cloud,
  id: string,
  spec: {
    region: string
    run: string
    snapshot: string
    osType: OsType
    generation: Generation
    securityType: 'Standard' | 'TrustedLaunch'
  },
  signal?: AbortSignal,
): Promise<Accepted> {
  const { accepted, options } = noting(signal)
  const at = partsOf(id)
  await asking(async () => {
    const { disks } = await cloud.compute(at.subscriptionId)
    const body: ArmDisk = {
      location: spec.region,
      tags: tagsOf(spec.run),
      sku: { name: 'StandardSSD_LRS' },
      osType: spec.osType,
      hyperVGeneration: spec.generation,
      creationData: { createOption: 'Copy', sourceResourceId: spec.snapshot },
      ...(spec.securityType === 'TrustedLaunch' ? { securityProfile: { securityType: 'TrustedLaunch' } } : {}),
    }
    await disks.createOrUpdate(at.resourceGroup, at.names[0], body, options).submitted()
  })
  return accepted
}

function snapshotFrom(it: ArmSnapshot): Snapshot {
  return {
    id: it.id ?? '',
    name: it.name ?? '',
    region: it.location,
    state: it.provisioningState ?? '',
    source: it.creationData?.sourceResourceId ?? '',
    at: it.timeCreated?.toISOString() ?? '',
    tags: it.tags ?? {},
  }
}
