import type { Socket } from 'node:net'
import { rdpPort } from '../shared/desktop-calls'
import { AppError, type ErrorCode } from '../shared/errors'
import type { CloudProfile } from '../shared/profile'
import type { RunState } from '../shared/run'
import type { Network } from './net/network'
import { vmOf } from './session-destinations'
import { dial } from './sessions/dial'
import type { VmKeys } from './sessions/keys'
import type { Machine } from './sessions/rdp/desktop'
import type { VmAccess } from './steps/vm-access'

export type DesktopMachinesOptions = {
  stateOf(run: string): Promise<RunState>
  profileOf(state: RunState): Promise<CloudProfile>
  vmKeys: VmKeys
  access: VmAccess
  network: Network
}
/** The computers whose desktops are shown, and the way to them. */
export type DesktopMachines = {
  /** The build VM of a run. Throws AppError `session.no-vm`, `desktop.none-here`, `session.key-locked`. */
  machineOf(run: string): Promise<Machine>
  /**
   * Opens a connection; for the VM of a run this computer is let in before. Throws AppError `desktop.port-closed`,
   * `desktop.unreachable`, `desktop.unknown-host`, `session.proxy-refused`, `proxy.*`, `cancelled`, and what kept it from being let in.
   */
  dial(machine: Machine, run: string | null, signal: AbortSignal): Promise<Socket>
  /** The desktop of the run is not open any more. */
  left(run: string): void
}

/** The same failures in the words of a remote desktop: another port, another service to wait for. */
const asDesktop: Partial<Record<ErrorCode, ErrorCode>> = {
  'session.port-closed': 'desktop.port-closed',
  'session.no-answer': 'desktop.unreachable',
  'session.unknown-host': 'desktop.unknown-host',
}

export function createDesktopMachines(options: DesktopMachinesOptions): DesktopMachines {
  const { stateOf, profileOf, vmKeys, access, network } = options
  const letIn = new Set<string>()

  /** Why this computer could not be let in; null where it was. It may be able to get there all the same. */
  async function enter(run: string, signal: AbortSignal): Promise<unknown> {
    try {
      if (letIn.has(run)) await access.renew(run, signal)
      else await access.open(run, signal)
      letIn.add(run)
      return null
    } catch (error) {
      return error
    }
  }

  return {
    async machineOf(run) {
      const state = await stateOf(run)
      const { id, name, address, user } = vmOf(state)
      const { hasNoDesktops, vmProxy } = await profileOf(state)
      if (hasNoDesktops) throw new AppError('desktop.none-here')
      const password = await vmKeys.keptPassword(run)
      const isReachableDirectly = vmProxy === undefined
      return { place: id, label: name, host: address, port: rdpPort, user, password, isReachableDirectly }
    },
    async dial({ host, port }, run, signal) {
      const kept = run === null ? null : await enter(run, signal)
      const vmProxy = run === null ? undefined : (await profileOf(await stateOf(run))).vmProxy
      try {
        return (await dial(host, port, { network, vmProxy, signal })).socket
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'cancelled') throw error
        if (kept) throw kept
        const code = asDesktop[error.code]
        throw code ? new AppError(code, error.params, error.details, { cause: error }) : error
      }
    },
    left(run) {
      if (letIn.delete(run)) void access.close(run)
    },
  }
}
