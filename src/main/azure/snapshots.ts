import type { Disk as ArmDisk, Snapshot as ArmSnapshot } from '@azure/arm-compute'
import type { Generation, OsType } from '../../shared/terms'
import type { Cloud } from './cloud'
import type { Accepted } from './operations'
import { deleteOne, readOne, sendOne } from './requests'
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

/** null when there is none. */
export async function getSnapshot(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Snapshot | null> {
  return readOne(id, signal, async (at, options) => {
    const { snapshots } = await cloud.compute(at.subscriptionId)
    return snapshotFrom(await snapshots.get(at.resourceGroup, at.names[0], options))
  })
}

/** Sends the copy of a disk as it is at this moment; wait by `getSnapshot`. */
export async function createSnapshot(
  cloud: Cloud,
  id: string,
  spec: { region: string; run: string; disk: string; tags?: Tags },
  signal?: AbortSignal,
): Promise<Accepted> {
  return sendOne(id, signal, async (at, options) => {
    const { snapshots } = await cloud.compute(at.subscriptionId)
    const body: ArmSnapshot = {
      location: spec.region,
      tags: { ...spec.tags, ...tagsOf(spec.run) },
      sku: { name: 'Standard_LRS' },
      creationData: { createOption: 'Copy', sourceResourceId: spec.disk },
    }
    await snapshots.createOrUpdate(at.resourceGroup, at.names[0], body, options).submitted()
  })
}

/** Returns when the deletion is accepted. A snapshot that is gone is no error. */
export async function deleteSnapshot(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const { snapshots } = await cloud.compute(at.subscriptionId)
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
  return sendOne(id, signal, async (at, options) => {
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
