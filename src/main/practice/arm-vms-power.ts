import { assertCores, sizeOf } from './arm-vms-body'
import { meetVm } from './arm-vms-meet'
import { acceptedVm, refuseUnderWay, startVm, underWay, vmPath } from './arm-vms-parts'
import { aboutOf, guestMachine, isGeneralized, isUp, powerOf, setPower, vmType, type Power } from './arm-vms-state'
import { digText } from './arm-parts'
import { armError } from './errors'
import type { Guests } from './guests'
import { machineFailure } from './machine-failures'
import type { Operation } from './operations'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const startMs = 30_000
const restartMs = 30_000
const stopMs = 20_000
const deallocateMs = 45_000

/** Power of a machine, and the mark that says it is generalized. */
export function addPowerRoutes(router: Router, guests: Guests): void {
  const act = (verb: string, handler: (request: PracticeRequest, vm: Resource) => PracticeReply) =>
    router.route('POST', `${vmPath}/${verb}`, async (request) => handler(request, await meetVm(request, guests)), {
      action: `${vmType}/${verb}/action`,
      scope,
    })
  act('start', (request, vm) => start(request, vm))
  act('powerOff', (request, vm) => {
    const isHard = request.query.get('skipShutdown') === 'true'
    const to = { kind: 'vm.stop', during: 'stopping', ms: stopMs } as const
    return switchOff(request, vm, to, () => guests.stop(vm.id, isHard ? 'cut' : 'shut-down'))
  })
  act('deallocate', (request, vm) => {
    const to = { kind: 'vm.deallocate', during: 'deallocating', ms: deallocateMs } as const
    return switchOff(request, vm, to, () => guests.stop(vm.id, 'shut-down'))
  })
  act('restart', (request, vm) => restart(request, vm, guests))
  act('generalize', generalize)
}

export function powerEffects(cloud: PracticeCloud, guests: Guests): void {
  const isLost = (vm: Resource | null): vm is null => vm === null
  cloud.operations.onEnd('vm.start', (operation, vm) => {
    if (isLost(vm)) return
    if (operation.error) setPower(cloud, vm, operation.data['before'] as Power)
    else switchOn(cloud, guests, vm)
  })
  const ended = (power: Power) => (operation: Operation, vm: Resource | null) => {
    if (!isLost(vm)) setPower(cloud, vm, operation.error ? 'stopped' : power)
  }
  cloud.operations.onEnd('vm.stop', ended('stopped'))
  cloud.operations.onEnd('vm.deallocate', ended('deallocated'))
}

/** Power on: the system on the machine's disk boots. */
export function switchOn(cloud: PracticeCloud, guests: Guests, vm: Resource): void {
  setPower(cloud, vm, 'running')
  guests.start(guestMachine(cloud, vm), 'boot')
}

function start(request: PracticeRequest, vm: Resource): PracticeReply {
  if (underWay(request, vm)?.kind === 'vm.start') return acceptedVm(request, vm)
  refuseUnderWay(request, vm)
  if (isGeneralized(vm)) throw notAllowed('start', vm, 'since the VM is generalized')
  if (isUp(vm)) return { status: 200 }
  const before = powerOf(vm)
  const size = sizeOf(request, aboutOf(vm), digText(vm.wire, 'properties', 'hardwareProfile', 'vmSize') ?? '')
  assertCores(request, aboutOf(vm), size, size)
  setPower(request, vm, 'starting')
  const error = machineFailure(request, `${request.method} ${request.path}`, vm.name)
  startVm(request, vm, { kind: 'vm.start', durationMs: startMs, error, data: { before } })
  return acceptedVm(request, vm)
}

function switchOff(
  request: PracticeRequest,
  vm: Resource,
  to: { kind: 'vm.stop' | 'vm.deallocate'; during: Power; ms: number },
  stop: () => void,
): PracticeReply {
  if (underWay(request, vm)?.kind === to.kind) return acceptedVm(request, vm)
  refuseUnderWay(request, vm)
  const power = powerOf(vm)
  // A deallocated machine is stopped as well; stopping it again changes nothing.
  if (power === 'deallocated' || (power === 'stopped' && to.kind === 'vm.stop')) return { status: 200 }
  if (isUp(vm)) stop()
  setPower(request, vm, to.during)
  startVm(request, vm, { kind: to.kind, durationMs: to.ms })
  return acceptedVm(request, vm)
}

function restart(request: PracticeRequest, vm: Resource, guests: Guests): PracticeReply {
  if (underWay(request, vm)?.kind === 'vm.restart') return acceptedVm(request, vm)
  refuseUnderWay(request, vm)
  if (isGeneralized(vm)) throw notAllowed('restart', vm, 'since the VM is generalized')
  if (!isUp(vm)) throw notAllowed('restart', vm, 'since the VM is not running')
  guests.restart(vm.id)
  startVm(request, vm, { kind: 'vm.restart', durationMs: restartMs })
  return acceptedVm(request, vm)
}

/**
 * Microsoft Learn, "Remove machine specific information by deprovisioning or generalizing a VM before creating an
 * image": the machine is deallocated first. The mark says nothing of the system inside and cannot be taken back.
 */
function generalize(request: PracticeRequest, vm: Resource): PracticeReply {
  refuseUnderWay(request, vm)
  if (!['stopped', 'deallocated'].includes(powerOf(vm)))
    throw notAllowed('generalize', vm, 'since the VM is running. Stop or deallocate it first')
  vm.hidden['isGeneralized'] = true
  request.store.touch()
  return { status: 200 }
}

function notAllowed(what: string, vm: Resource, why: string): Error {
  return armError(409, 'OperationNotAllowed', `Operation '${what}' is not allowed on VM '${vm.name}' ${why}.`)
}

function scope({ subscription, group, vm }: Record<string, string>): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${vmType}/${vm}`
}
