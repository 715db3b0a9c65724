import { AppError } from '../../shared/errors'
import type { OutputOf } from '../../shared/outputs'
import { resourceName } from '../../shared/terms'
import { serialLog } from '../azure/boot-diagnostics'
import type { Cloud } from '../azure/cloud'
import { waitFor } from '../azure/wait'
import { hostKeysIn } from './host-keys'
import { polling } from './making'
import type { Tools } from './tools'

/** The log that Azure shows lags one to three minutes behind the machine. */
const logLimitMs = 4 * 60_000

/**
 * Fingerprints of the host keys as the machine itself told them through the control plane, before anybody connects. None where the
 * log says nothing in time: then the first session asks.
 */
export async function firstHostKeys(tools: Tools, cloud: Cloud, id: string): Promise<string[]> {
  const name = resourceName(id)
  return waitFor(
    async (signal) => readIn(await serialLog(cloud, id, signal)),
    ({ keys, isOver }) => keys.length > 0 || isOver,
    {
      signal: tools.signal,
      limitMs: logLimitMs,
      seam: cloud.seam,
      onRead: polling(tools, () => ({ key: 'hostKeys', params: { name } })),
    },
  ).then(({ keys }) => keys, noneUnlessCancelled)
}

/** Once cloud-init has finished nothing more will come. */
function readIn(log: string): { keys: string[]; isOver: boolean } {
  return { keys: hostKeysIn(log), isOver: /Cloud-init v\. \S+ finished at/.test(log) }
}

function noneUnlessCancelled(error: unknown): string[] {
  // Whatever keeps the log from us, the VM is there.
  if (error instanceof AppError && error.code === 'cancelled') throw error
  return []
}

type Tried = Required<Pick<OutputOf<'vm.create'>, 'reach'>> & Pick<OutputOf<'vm.create'>, 'source'>

/** Lets this computer in, tries the port, and shuts again: told early, an office firewall costs nobody an afternoon. */
export async function reachOf(tools: Tools, address: string, port: number): Promise<Tried> {
  try {
    const source = await tools.access.open(tools.run, tools.signal)
    try {
      return { reach: await tools.reaches(address, port, tools.signal), source }
    } finally {
      await tools.access.close(tools.run)
    }
  } catch {
    tools.signal.throwIfAborted()
    return { reach: 'unknown' }
  }
}
