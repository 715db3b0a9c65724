import type { Socket } from 'node:net'
import { rdpPort, type DesktopTarget } from '../shared/desktop-calls'
import { AppError, type ErrorCode } from '../shared/errors'
import type { PoolPlace } from '../shared/pool-place'
import type { CloudProfile } from '../shared/profile'
import type { RunState } from '../shared/run'
import { resourceName } from '../shared/terms'
import type { Network } from './net/network'
import { vmOf } from './session-destinations'
import { dial } from './sessions/dial'
import type { VmKeys } from './sessions/keys'
import type { Machine } from './sessions/rdp/desktop'
import type { VmAccess } from './steps/vm-access'
import type { VmDoors } from './vm-doors'

export type DesktopMachinesOptions = {
  stateOf(run: string): Promise<RunState>
  profileOf(state: RunState): Promise<CloudProfile>
  vmKeys: VmKeys
  access: VmAccess
  doors: Pick<VmDoors, 'use'>
  profileAt(place: PoolPlace): Promise<CloudProfile>
  network: Network
}
/** The computers whose desktops are shown, and the way to them. */
export type DesktopMachines = {
  /** The build VM of a run, a machine of a list, or a host. Throws AppError `session.no-vm`, `desktop.none-here`, `session.key-locked`. */
  machineOf(target: DesktopTarget): Promise<Machine>
  /**
   * Opens a connection; for the VM of a run this computer is let in before. Throws AppError `desktop.port-closed`,
   * `desktop.unreachable`, `desktop.unknown-host`, `session.proxy-refused`, `proxy.*`, `cancelled`, and what kept it from being let in.
   */
  dial(machine: Machine, target: DesktopTarget, signal: AbortSignal): Promise<Socket>
  /** That desktop is not open any more. */
  left(target: DesktopTarget): void
}

type HostTarget = Extract<DesktopTarget, { kind: 'host' }>

/** The same failures in the words of a remote desktop: another port, another service to wait for. */
const asDesktop: Partial<Record<ErrorCode, ErrorCode>> = {
  'session.port-closed': 'desktop.port-closed',
  'session.no-answer': 'desktop.unreachable',
  'session.unknown-host': 'desktop.unknown-host',
}

export function createDesktopMachines(options: DesktopMachinesOptions): DesktopMachines {
  const { stateOf, profileOf, profileAt, vmKeys, access, network, doors } = options
  const letIn = new Set<string>()
  const used = new Map<string, () => void>()

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

  /** What a person opened there stays open as long as the desktop is. */
  function use(target: HostTarget): null {
    const key = JSON.stringify(target)
    if (target.machine && !used.has(key)) used.set(key, doors.use(target.machine))
    return null
  }

  async function ofRun(run: string): Promise<Machine> {
    const state = await stateOf(run)
    const { id, name, address, user } = vmOf(state)
    const { hasNoDesktops, vmProxy } = await profileOf(state)
    if (hasNoDesktops) throw new AppError('desktop.none-here')
    const password = await vmKeys.keptPassword(run)
    const isReachableDirectly = vmProxy === undefined
    return { place: id, label: name, host: address, port: rdpPort, user, password, isReachableDirectly }
  }

  async function ofHost({ host, port, user = '', machine }: HostTarget): Promise<Machine> {
    const to = { host, port, user, password: null }
    if (!machine) return { ...to, place: `${host}:${port}`, label: host, isReachableDirectly: true }
    const { hasNoDesktops, vmProxy } = await profileAt(machine.place)
    if (hasNoDesktops) throw new AppError('desktop.none-here')
    const label = resourceName(machine.id)
    return { ...to, place: machine.id, label, isReachableDirectly: vmProxy === undefined }
  }

  async function proxyTo(target: DesktopTarget): Promise<string | undefined> {
    if (target.kind === 'run') return (await profileOf(await stateOf(target.run))).vmProxy
    return target.machine && (await profileAt(target.machine.place)).vmProxy
  }

  return {
    machineOf: (target) => (target.kind === 'run' ? ofRun(target.run) : ofHost(target)),
    async dial({ host, port }, target, signal) {
      const kept = target.kind === 'run' ? await enter(target.run, signal) : use(target)
      const vmProxy = await proxyTo(target)
      try {
        return (await dial(host, port, { network, vmProxy, signal })).socket
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'cancelled') throw error
        if (kept) throw kept
        const code = asDesktop[error.code]
        throw code ? new AppError(code, error.params, error.details, { cause: error }) : error
      }
    },
    left(target) {
      if (target.kind === 'run' && letIn.delete(target.run)) void access.close(target.run)
      const key = JSON.stringify(target)
      used.get(key)?.()
      used.delete(key)
    },
  }
}
