import type { Cloud } from './cloud'
import { readOne } from './requests'

/**
 * Whether a managed image was made of a VM and not of a disk file; null when it does not exist any more. Compute REST, "Images - Get":
 * `sourceVirtualMachine`. Throws AppError `cloud.*`.
 */
export async function isOfVm(cloud: Cloud, id: string, signal?: AbortSignal): Promise<boolean | null> {
  return readOne(id, signal, async (at, options) => {
    const { images } = await cloud.compute(at.subscriptionId)
    const { sourceVirtualMachine } = await images.get(at.resourceGroup, at.names[0], options)
    return Boolean(sourceVirtualMachine?.id)
  })
}
