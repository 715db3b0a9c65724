import { AppError } from '../shared/errors'
import type { MachineRef } from '../shared/machine-calls'
import type { PoolPlace } from '../shared/pool-place'
import type { SessionTarget } from '../shared/session-calls'
import type { RunState } from '../shared/run'
import { resourceName } from '../shared/terms'
import type { Cloud } from './azure/cloud'
import { getVmView } from './azure/vms'
import { vmOf } from './session-destinations'
import type { Door } from './sessions/session'
import type { VmAccess } from './steps/vm-access'
import { whyAway } from './steps/vm-states'
import type { VmDoors } from './vm-doors'

/** The way in to a machine as long as there is a session; null where nobody knows of one. */
export function doorTo(access: VmAccess, doors: VmDoors): (target: SessionTarget) => Door | null {
  return (target) => {
    if (target.kind === 'run') return doorToRun(access, target.run)
    return target.machine ? doorToMachine(doors, target.machine) : null
  }
}

/** The network of a build VM is the app's own: it opens for this computer by itself. */
function doorToRun(access: VmAccess, run: string): Door {
  let isOpen = false
  return {
    async open(signal) {
      if (isOpen) return
      isOpen = true
      await access.open(run, signal).catch((error: unknown) => {
        isOpen = false
        throw error
      })
    },
    renew: (signal) => access.renew(run, signal),
    close() {
      if (isOpen) void access.close(run)
      isOpen = false
    },
  }
}

/** In other people's networks only a person opens something; it stays until the session is closed, so that it can be tried again. */
function doorToMachine(doors: VmDoors, machine: MachineRef): Door {
  let end: (() => void) | null = null
  return {
    open() {
      end ??= doors.use(machine)
      return Promise.resolve()
    },
    renew: () => Promise.resolve(false),
    close(isDone) {
      if (!isDone) return
      end?.()
      end = null
    },
  }
}

export type WhyGoneParts = {
  stateOf(run: string): Promise<RunState>
  cloudOf(run: string): Promise<Cloud>
  cloudAt(place: PoolPlace, signal: AbortSignal): Promise<Cloud>
}

/**
 * Why a VM does not answer, as its cloud tells: AppError `vm.gone`, `vm.stopped`, `vm.generalized` of a run's build VM, `machine.gone`,
 * `machine.stopped` of another one; null: it runs, or nobody can tell.
 */
export function createWhyGone({ stateOf, cloudOf, cloudAt }: WhyGoneParts) {
  return async (target: SessionTarget, signal: AbortSignal): Promise<AppError | null> => {
    if (target.kind === 'host') return target.machine ? whyMachine(cloudAt, target.machine, signal) : null
    const { id } = vmOf(await stateOf(target.run))
    return whyAway(await cloudOf(target.run), id, signal)
  }
}

async function whyMachine(
  cloudAt: WhyGoneParts['cloudAt'],
  { place, id }: MachineRef,
  signal: AbortSignal,
): Promise<AppError | null> {
  const name = resourceName(id)
  const view = await getVmView(await cloudAt(place, signal), id, signal)
  if (view === null) return new AppError('machine.gone', { name })
  const isStopped = view.power === 'stopped' || view.power === 'deallocated'
  return isStopped ? new AppError('machine.stopped', { name, state: view.power }) : null
}
