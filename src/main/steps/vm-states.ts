import { z } from 'zod'
import { AppError } from '../../shared/errors'
import { isSameResource, resourceName, type StepId } from '../../shared/terms'
import type { Cloud } from '../azure/cloud'
import { failureOfOperation } from '../azure/operations'
import { waitFor } from '../azure/wait'
import { deleteVm, getVm, getVmView, type Vm, type VmView } from '../azure/vms'
import { assertOurs, isListed, polling, presence, untilGone } from './making'
import type { Tools } from './tools'

const minuteMs = 60_000
/** Windows sets itself up for ten minutes and more. */
const comingUpMinutes = 30
const powerMinutes = 20
const removalMinutes = 20
const ticket = z.object({ operation: z.string().nullable() })

type Seen = { vm: Vm | null; view: VmView | null }

/**
 * Waits until a machine that was asked for runs and the Azure agent in it answers. Throws AppError `vm.failed`, `vm.stopped`,
 * `vm.agent-silent`, `cloud.gone`, or what Azure says of its failure.
 */
export async function untilRunning(tools: Tools, cloud: Cloud, id: string, step: StepId = 'vm.create'): Promise<Vm> {
  const name = resourceName(id)
  const there = presence({ kind: 'virtual machine', name })
  let isSeenUp = false
  const read = async (signal: AbortSignal): Promise<Seen> => {
    const vm = there(await getVm(cloud, id, signal))
    const view = vm && (await getVmView(cloud, id, signal))
    if (vm?.state === 'Failed') throw await failure(tools, cloud, name, step, view)
    isSeenUp ||= view?.power === 'running'
    assertNotStopped(name, view, isSeenUp)
    return { vm, view }
  }
  const seen = await waitFor(read, isUp, {
    signal: tools.signal,
    limitMs: comingUpMinutes * minuteMs,
    seam: cloud.seam,
    onRead: polling(tools, (last) => waitOf(name, last)),
  }).catch((error: unknown) => {
    const isSilent = isSeenUp && error instanceof AppError && error.code === 'cloud.timeout'
    throw isSilent ? new AppError('vm.agent-silent', { name, minutes: comingUpMinutes }) : error
  })
  if (!seen.vm) throw new AppError('vm.gone', { name })
  return seen.vm
}

/** Waits until a machine is in one of these states of power. Throws AppError `vm.gone`. */
export async function untilPower(
  tools: Tools,
  cloud: Cloud,
  id: string,
  wanted: readonly VmView['power'][],
): Promise<VmView> {
  const name = resourceName(id)
  const view = await waitFor(
    (signal) => viewOf(cloud, id, signal),
    ({ power }) => wanted.includes(power),
    {
      signal: tools.signal,
      limitMs: powerMinutes * minuteMs,
      seam: cloud.seam,
      onRead: polling(tools, () => ({ key: 'vmPower', params: { name } })),
    },
  )
  return view
}

/** What a machine that must be there is doing. Throws AppError `vm.gone` {name}. */
export async function viewOf(cloud: Cloud, id: string, signal: AbortSignal): Promise<VmView> {
  const view = await getVmView(cloud, id, signal)
  if (!view) throw new AppError('vm.gone', { name: resourceName(id) })
  return view
}

/** Why a machine does not answer, as its cloud tells: AppError `vm.gone`, `vm.stopped`, `vm.generalized`; null: it runs, or nobody can tell. */
export async function whyAway(cloud: Cloud, id: string, signal: AbortSignal): Promise<AppError | null> {
  const name = resourceName(id)
  const view = await getVmView(cloud, id, signal).catch(() => undefined)
  if (view === undefined) return null
  if (view === null) return new AppError('vm.gone', { name })
  if (view.isGeneralized) return new AppError('vm.generalized', { name })
  const isStopped = view.power === 'stopped' || view.power === 'deallocated'
  return isStopped ? new AppError('vm.stopped', { name, state: view.power }) : null
}

/** Removes a machine of this run with the disk that goes with it; one that is gone is no error. */
export async function removeVm(tools: Tools, cloud: Cloud, id: string): Promise<void> {
  const found = await getVm(cloud, id, tools.signal)
  if (!found) return
  assertOurs(tools, found, 'virtual machine')
  tools.sessions.end(tools.run)
  await deleteVm(cloud, id, tools.signal)
  const settling = { kind: 'virtual machine', name: found.name, limitMinutes: removalMinutes } as const
  await untilGone(tools, cloud, (signal) => getVm(cloud, id, signal), settling)
}

/** Writes down that a disk went with its machine. */
export async function diskGone(tools: Tools, id: string): Promise<void> {
  const listed = tools.resources().find((resource) => isSameResource(resource.id, id))
  if (listed && isListed(tools, id)) await tools.gone(listed.id)
}

function isUp({ vm, view }: Seen): boolean {
  return vm?.state === 'Succeeded' && view?.power === 'running' && view.isAgentReady
}

/** A machine that has been running and is not any more was stopped by somebody: it does not come up by waiting. */
function assertNotStopped(name: string, view: VmView | null, isSeenUp: boolean): void {
  const isStopped = view?.power === 'stopped' || view?.power === 'deallocated'
  if (isSeenUp && isStopped) throw new AppError('vm.stopped', { name, state: view.power })
}

function waitOf(name: string, last: Seen | null) {
  return last?.view?.power === 'running' ? { key: 'vmAgent', params: { name } } : { key: 'vmStart', params: { name } }
}

async function failure(tools: Tools, cloud: Cloud, name: string, step: StepId, view: VmView | null): Promise<AppError> {
  const { operation } = ticket.safeParse(tools.history().steps[step].ticket).data ?? { operation: null }
  const about = { kind: 'virtual machine', name }
  const said = await failureOfOperation(cloud, operation, 'cloud.operation-failed', about, tools.signal)
  return said ?? new AppError('vm.failed', { name, ...(view?.message ? { reason: view.message } : {}) })
}
