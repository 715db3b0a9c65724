import type { MachineView } from '../shared/machine-calls'
import { AppError } from '../shared/errors'
import { resourceName } from '../shared/terms'
import type { Cloud } from './azure/cloud'
import { getVmWay } from './azure/vm-way'
import { getVm, getVmView, startVm } from './azure/vms'
import { waitFor } from './azure/wait'

const startLimitMs = 15 * 60_000

/** Where a machine is and what it does. Throws AppError `machine.gone` {name}, `cloud.*`. */
export async function lookAtMachine(cloud: Cloud, id: string, signal: AbortSignal): Promise<MachineView> {
  const [vm, state] = await Promise.all([getVm(cloud, id, signal), getVmView(cloud, id, signal)])
  if (!vm || !state) throw new AppError('machine.gone', { name: resourceName(id) })
  const way = await getVmWay(cloud, vm.nicIds, signal)
  return {
    ...{ id: vm.id, osType: vm.osType, power: state.power, isStarting: false, user: vm.user },
    publicAddress: way?.publicAddress ?? null,
    privateAddress: way?.privateAddress ?? '',
    why: way ? way.why : 'noCard',
  }
}

/**
 * Starts a machine and tells what is seen until it runs; an address may come with the start. Throws AppError `machine.gone`,
 * `vm.generalized` {name}, `cloud.*`.
 */
export async function startMachine(
  cloud: Cloud,
  id: string,
  signal: AbortSignal,
  tell: (seen: MachineView, isStarting: boolean) => void,
): Promise<void> {
  const name = resourceName(id)
  if ((await getVmView(cloud, id, signal))?.isGeneralized) throw new AppError('vm.generalized', { name })
  await startVm(cloud, id, signal)
  const running = await waitFor(
    (limit) => lookAtMachine(cloud, id, limit),
    (seen) => seen.power === 'running',
    {
      ...{ signal, limitMs: startLimitMs, seam: cloud.seam },
      onRead: ({ value }) => value && tell(value, value.power !== 'running'),
    },
  )
  tell(running, false)
}
