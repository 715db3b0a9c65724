import { AppError, type ErrorData } from '../../shared/errors'
import type { Cloud } from '../azure/cloud'
import { waitFor } from '../azure/wait'
import { getExtension, listExtensions, removeExtension } from '../azure/vms'
import { polling } from './making'
import type { Tools } from './tools'

const limitMs = 15 * 60_000

/**
 * Why an image for Batch cannot be made of a machine that has extensions (Batch guide, "Prepare a custom image"); null where it has
 * none. Asked again right before each step that cannot be undone: policies install them at any moment.
 */
export async function extensionsFound(tools: Tools, cloud: Cloud, vm: string): Promise<ErrorData | null> {
  const found = await listExtensions(cloud, vm, tools.signal)
  if (found.length === 0) return null
  return new AppError('vm.extension-present', { names: found.map(({ name }) => name).join(', ') }).toData()
}

/** Takes extensions away, all or those of some types, one after the other. Throws AppError `vm.extension-stuck` {names} where the machine does not run. */
export async function removeExtensions(
  tools: Tools,
  cloud: Cloud,
  vm: string,
  isWanted: (type: string) => boolean = () => true,
): Promise<void> {
  for (const { name, type } of await listExtensions(cloud, vm, tools.signal)) {
    if (!isWanted(type)) continue
    await removeExtension(cloud, vm, name, tools.signal)
    await waitFor(
      (signal) => getExtension(cloud, vm, name, signal),
      (extension) => extension === null,
      {
        signal: tools.signal,
        limitMs,
        seam: cloud.seam,
        onRead: polling(tools, () => ({ key: 'extension', params: { name } })),
      },
    )
  }
}
