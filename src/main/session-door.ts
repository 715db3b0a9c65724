import { AppError } from '../shared/errors'
import type { SessionTarget } from '../shared/session-calls'
import type { RunState } from '../shared/run'
import type { Cloud } from './azure/cloud'
import { getVmView } from './azure/vms'
import { vmOf } from './session-destinations'
import type { Door } from './sessions/session'
import type { VmAccess } from './steps/vm-access'

/** The way in to a run's build VM, which its network opens for this computer as long as there is a session. */
export function doorTo(access: VmAccess): (target: SessionTarget) => Door | null {
  return (target) => {
    if (target.kind !== 'run') return null
    const { run } = target
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
}

export type WhyGoneParts = { stateOf(run: string): Promise<RunState>; cloudOf(run: string): Promise<Cloud> }

/** Why a run's build VM does not answer, as its cloud tells: AppError `vm.gone`, `vm.stopped`, `vm.generalized`; null: it runs. */
export function createWhyGone({ stateOf, cloudOf }: WhyGoneParts) {
  return async (target: SessionTarget, signal: AbortSignal): Promise<AppError | null> => {
    if (target.kind !== 'run') return null
    const { id, name } = vmOf(await stateOf(target.run))
    const view = await getVmView(await cloudOf(target.run), id, signal).catch(() => undefined)
    if (view === undefined) return null
    if (view === null) return new AppError('vm.gone', { name })
    if (view.isGeneralized) return new AppError('vm.generalized', { name })
    const isStopped = view.power === 'stopped' || view.power === 'deallocated'
    return isStopped ? new AppError('vm.stopped', { name, state: view.power }) : null
  }
}
