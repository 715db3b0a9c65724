import { changeNotAllowed } from './arm-gallery-parts'
import { dig, digText, isObject, tagsOf } from './arm-parts'
import { assertCores, requireFreeDisk, sizeOf, traitsOf } from './arm-vms-body'
import { refuseUnderWay, startVm, underWay } from './arm-vms-parts'
import { release } from './arm-vms-removal'
import { aboutOf, osDiskId, osDiskOf, powerOf, setPower } from './arm-vms-state'
import { shownVm } from './arm-vms-view'
import { armError } from './errors'
import { hardwareRefusal } from './nodes-image'
import type { PracticeReply, PracticeRequest } from './server'
import { findVmSize } from './sizes'
import type { Resource } from './store'
import { isSameResource } from '../../shared/terms'

const updateMs = 15_000

/** What stays as it was when the machine was made. */
const fixed = [
  ['osProfile', 'adminUsername'],
  ['osProfile', 'computerName'],
  ['storageProfile', 'imageReference', 'publisher'],
  ['storageProfile', 'imageReference', 'offer'],
  ['storageProfile', 'imageReference', 'sku'],
] as const

/** A PATCH, or a PUT of a machine that exists: tags, size, boot diagnostics and the disk with the system can change. */
export function updateVm(request: PracticeRequest, vm: Resource, body: Record<string, unknown>): PracticeReply {
  const properties = isObject(body['properties']) ? body['properties'] : {}
  for (const path of fixed) {
    const given = digText(properties, ...path)
    if (given !== undefined && given !== digText(vm.wire, 'properties', ...path)) throw changeNotAllowed(path.join('.'))
  }
  // The same request again, while the first is still at work.
  if (underWay(request, vm)?.kind === 'vm.put') return changedReply(request, vm)
  refuseUnderWay(request, vm)
  const isResized = resize(request, vm, digText(properties, 'hardwareProfile', 'vmSize'))
  swapDisk(request, vm, digText(properties, 'storageProfile', 'osDisk', 'managedDisk', 'id'))
  const tags = tagsOf(body)
  if (tags) vm.wire = { ...vm.wire, tags }
  const diagnosticsProfile = dig(properties, 'diagnosticsProfile')
  if (isObject(diagnosticsProfile)) change(vm, { diagnosticsProfile })
  startVm(request, vm, { kind: 'vm.update', durationMs: updateMs, state: 'Updating', data: { isResized } })
  return changedReply(request, vm)
}

function resize(request: PracticeRequest, vm: Resource, wanted: string | undefined): boolean {
  const before = findVmSize(digText(vm.wire, 'properties', 'hardwareProfile', 'vmSize') ?? '')
  if (wanted === undefined || wanted.toLowerCase() === before?.name.toLowerCase()) return false
  const about = aboutOf(vm)
  const size = sizeOf(request, about, wanted)
  const disk = osDiskOf(request, vm)
  const refused = disk ? hardwareRefusal(size, traitsOf({ kind: 'disk', disk })) : null
  if (refused) throw armError(400, refused.code, refused.message)
  assertCores(request, about, size, before)
  change(vm, { hardwareProfile: { vmSize: size.name } })
  return true
}

/** Microsoft Learn, "Change the OS disk used by an Azure VM": only while the machine is deallocated. */
function swapDisk(request: PracticeRequest, vm: Resource, wanted: string | undefined): void {
  if (wanted === undefined || isSameResource(wanted, osDiskId(vm))) return
  if (powerOf(vm) !== 'deallocated') {
    const text = `Operation 'Update OS disk' is not allowed on VM '${vm.name}' since the VM is not deallocated.`
    throw armError(409, 'OperationNotAllowed', text)
  }
  const disk = requireFreeDisk(request, aboutOf(vm), wanted)
  const before = osDiskOf(request, vm)
  const storage = dig(vm.wire, 'properties', 'storageProfile') as Record<string, unknown>
  const osDisk = {
    ...(storage['osDisk'] as object),
    name: disk.name,
    managedDisk: { storageAccountType: digText(disk.wire, 'sku', 'name'), id: disk.id },
    diskSizeGB: dig(disk.wire, 'properties', 'diskSizeGB'),
  }
  change(vm, { storageProfile: { ...storage, osDisk } })
  disk.wire = { ...disk.wire, managedBy: vm.id }
  setPower(request, vm, 'deallocated')
  if (before) release(request, before)
}

function change(vm: Resource, properties: Record<string, unknown>): void {
  vm.wire = { ...vm.wire, properties: { ...(vm.wire['properties'] as object), ...properties } }
}

function changedReply(request: PracticeRequest, vm: Resource): PracticeReply {
  const operation = underWay(request, vm)
  const headers = operation ? request.operations.headers(operation, request.apiVersion, 'async') : {}
  return { status: 200, headers, body: shownVm(request, vm) }
}
