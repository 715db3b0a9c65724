import type { ComputeManagementClient, Disk as ArmDisk } from '@azure/arm-compute'
import { AppError } from '../../shared/errors'
import type { Generation, OsType } from '../../shared/terms'
import type { Cloud } from './cloud'
import { asking, orNull } from './errors'
import { partsOf } from './ids'
import { failureOfOperation, noting, type Accepted } from './operations'
import { deleteOne, readOne, sendOne } from './requests'
import { tagsOf, type Tags } from './tags'

const accessLimitMs = 10 * 60_000

export type ManagedDisk = {
  id: string
  name: string
  region: string
  /** Provisioning state: Updating, Succeeded, Failed, Deleting. */
  state: string
  /** ReadyToUpload, ActiveUpload, Unattached, ActiveSAS, Attached, Reserved, … */
  diskState: string
  /** What an upload must send, footer included; 0 for a disk that is not made by upload. */
  uploadBytes: number
  tags: Tags
}

export type UploadDiskSpec = {
  region: string
  /** Length of the fixed VHD with its footer, bytes. */
  uploadBytes: number
  /** Absent for a disk without a system. */
  system?: { osType: OsType; generation: Generation }
  run: string
  /** Which content the upload is of; see `upload/stamp.ts`. */
  stamp: Tags
}

/** null when there is none. */
export async function getDisk(cloud: Cloud, id: string, signal?: AbortSignal): Promise<ManagedDisk | null> {
  return readOne(id, signal, async (at, options) => {
    const client = await cloud.compute(at.subscriptionId)
    return diskFrom(await client.disks.get(at.resourceGroup, at.names[0], options))
  })
}

/**
 * Sends the creation of an empty disk that an upload fills; wait by `getDisk`. The security profile is left out: the image's
 * definition decides about it. Azure: "Upload a VHD to Azure or copy a managed disk to another region".
 */
export async function createDiskForUpload(
  cloud: Cloud,
  id: string,
  spec: UploadDiskSpec,
  signal?: AbortSignal,
): Promise<Accepted> {
  return sendOne(id, signal, async (at, options) => {
    const client = await cloud.compute(at.subscriptionId)
    const { system } = spec
    const body: ArmDisk = {
      location: spec.region,
      tags: { ...spec.stamp, ...tagsOf(spec.run) },
      sku: { name: 'Standard_LRS' },
      creationData: { createOption: 'Upload', uploadSizeBytes: spec.uploadBytes },
      ...(system && { osType: system.osType, hyperVGeneration: system.generation }),
    }
    await client.disks.createOrUpdate(at.resourceGroup, at.names[0], body, options).submitted()
  })
}

/**
 * Lets whoever has the returned address write the bytes of a disk for so long. Its answer exists only in the result of the
 * operation, so the call lasts until that is there; called again it gives a fresh address. The address is a secret.
 */
export async function beginWriting(cloud: Cloud, id: string, seconds: number, signal?: AbortSignal): Promise<string> {
  return ofAccess(cloud, id, signal, async (disks, [group, name], options) => {
    const { accessSAS } = await disks.grantAccess(group, name, { access: 'Write', durationInSeconds: seconds }, options)
    return accessSAS ?? ''
  })
}

/**
 * Ends every access to a disk's bytes, which makes an uploaded disk ready for use. Throws AppError `image.not-vhd` where no whole
 * VHD stands in it. A disk that is gone is no error.
 */
export async function endWriting(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await orNull(() =>
    ofAccess(cloud, id, signal, (disks, [group, name], options) => disks.revokeAccess(group, name, options)),
  )
}

/** Returns when the deletion is accepted. Refused by Azure (`disk.in-use`) while somebody may reach its bytes. */
export async function deleteDisk(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const client = await cloud.compute(at.subscriptionId)
    await client.disks.delete(at.resourceGroup, at.names[0], options).submitted()
  })
}

type Disks = ComputeManagementClient['disks']
type AccessOptions = ReturnType<typeof noting>['options'] & { updateIntervalInMs: number }

/**
 * Waits for an operation on the access to a disk, which is a matter of seconds. Throws what Azure says of one that failed, or
 * AppError `cloud.timeout` {minutes} for one that does not end.
 */
async function ofAccess<T>(
  cloud: Cloud,
  id: string,
  signal: AbortSignal | undefined,
  work: (disks: Disks, at: [group: string, name: string], options: AccessOptions) => Promise<T>,
): Promise<T> {
  const { subscriptionId, resourceGroup, names } = partsOf(id)
  const limit = AbortSignal.timeout(accessLimitMs)
  const { accepted, options } = noting(signal ? AbortSignal.any([signal, limit]) : limit)
  try {
    const { disks } = await cloud.compute(subscriptionId)
    // Azure says by itself how long to wait between two looks; this is for where it does not.
    return await asking(() => work(disks, [resourceGroup, names[0]], { ...options, updateIntervalInMs: 1_000 }))
  } catch (error) {
    signal?.throwIfAborted()
    if (limit.aborted) throw new AppError('cloud.timeout', { minutes: accessLimitMs / 60_000 })
    const about = { kind: 'managed disk', name: names[0] }
    throw (await failureOfOperation(cloud, accepted.operation, 'cloud.operation-failed', about, signal)) ?? error
  }
}

function diskFrom(disk: ArmDisk): ManagedDisk {
  return {
    id: disk.id ?? '',
    name: disk.name ?? '',
    region: disk.location,
    state: disk.provisioningState ?? '',
    diskState: disk.diskState ?? '',
    uploadBytes: disk.creationData?.uploadSizeBytes ?? 0,
    tags: disk.tags ?? {},
  }
}
