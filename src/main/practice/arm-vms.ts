import { addLists } from './arm-lists'
import {
  bodyObject,
  dig,
  digText,
  isObject,
  listReply,
  refuseOtherRegion,
  requireGroup,
  requireRegion,
  requireRegistered,
  requireSubscription,
  setState,
  tagsOf,
} from './arm-parts'
import { invalidParameter, refuseDeleting } from './arm-gallery-parts'
import { assertCores, cardsOf, hardwareOf, originOf, traitsOf, type Origin } from './arm-vms-body'
import { updateVm } from './arm-vms-change'
import { osDiskFor, type PlannedDisk } from './arm-vms-disk'
import { meetVm } from './arm-vms-meet'
import { acceptedVm, startVm, underWay, vmPath } from './arm-vms-parts'
import { removeMachine } from './arm-vms-removal'
import { instanceView, shownVm } from './arm-vms-view'
import { switchOn } from './arm-vms-power'
import { guestMachine, isUp, setPower, vmType, type VmAbout } from './arm-vms-state'
import type { Guests } from './guests'
import { machineFailure } from './machine-failures'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import { randomUUID } from 'node:crypto'

const makeMs = 60_000
const deleteMs = 40_000

/** Virtual machines: made, shown, changed and removed. */
export function addVmRoutes(router: Router, rights: Rights, guests: Guests): void {
  const action = (verb: string) => ({ action: `${vmType}/${verb}` })
  addLists(router, vmType, (request, scope) => {
    const isStatusOnly = request.query.get('statusOnly') === 'true'
    const all = request.store.list(vmType, scope).map((vm) => {
      const view = { instanceView: instanceView(request, guests, vm) }
      if (!isStatusOnly) return shownVm(request, vm)
      const { id, name, type, wire } = vm
      return { id, name, type, location: wire['location'], properties: view }
    })
    return listReply(all)
  })
  router.route('GET', vmPath, (request) => getVm(request, guests), action('read'))
  router.route(
    'GET',
    `${vmPath}/instanceView`,
    async (request) => {
      request.operations.read((await meetVm(request, guests)).operation)
      return { status: 200, body: instanceView(request, guests, await meetVm(request, guests)) }
    },
    action('instanceView/read'),
  )
  router.route('PUT', vmPath, (request) => putVm(request, rights, guests), action('write'))
  router.route(
    'PATCH',
    vmPath,
    async (request) => updateVm(request, await meetVm(request, guests), bodyObject(request)),
    action('write'),
  )
  router.route('DELETE', vmPath, deleteVm, action('delete'))
}

export function vmEffects(cloud: PracticeCloud, guests: Guests): void {
  cloud.operations.onEnd('vm.put', (operation, vm) => {
    if (!vm) return
    setState(vm, operation.error ? 'Failed' : 'Succeeded')
    if (operation.error) setPower(cloud, vm, 'deallocated')
    else switchOn(cloud, guests, vm)
  })
  cloud.operations.onEnd('vm.update', (operation, vm) => {
    if (!vm) return
    setState(vm, operation.error ? 'Failed' : 'Succeeded')
    if (operation.data['isResized'] !== true || !isUp(vm) || operation.error) return
    guests.stop(vm.id, 'shut-down')
    guests.start(guestMachine(cloud, vm), 'boot')
  })
  cloud.operations.onEnd('vm.delete', (operation, vm) => {
    if (!vm) return
    if (operation.error) setState(vm, 'Failed')
    else removeMachine(cloud, guests, vm)
  })
}

async function getVm(request: PracticeRequest, guests: Guests): Promise<PracticeReply> {
  request.operations.read((await meetVm(request, guests)).operation)
  const vm = await meetVm(request, guests)
  const shown = shownVm(request, vm)
  if (!/(^|,)instanceview(,|$)/i.test(request.query.get('$expand') ?? '')) return { status: 200, body: shown }
  const properties = { ...(shown['properties'] as object), instanceView: instanceView(request, guests, vm) }
  return { status: 200, body: { ...shown, properties } }
}

async function putVm(request: PracticeRequest, rights: Rights, guests: Guests): Promise<PracticeReply> {
  const about = aboutOf(request)
  const body = bodyObject(request)
  const existing = request.store.find(about.id)
  refuseOtherRegion(existing, about.location, request.params['group'] ?? '')
  refuseDeleting(existing)
  if (existing && (underWay(request, existing) || dig(existing.wire, 'properties', 'provisioningState') !== 'Failed'))
    return updateVm(request, await meetVm(request, guests), body)
  const properties = body['properties']
  const origin = originOf(request, about, body)
  const size = hardwareOf(request, about, properties, origin)
  if (!existing) assertCores(request, about, size, null)
  const cards = cardsOf(request, rights, about, properties)
  const disk = osDiskFor(request, about, body, origin)
  if (origin.kind === 'image') {
    const { publisher, offer, sku, osType } = origin.image
    await guests.install(disk.id, { publisher, offer, sku, osType, version: origin.version }, origin.login.setup)
  }
  request.store.put(disk)
  const tags = tagsOf(body)
  const wire = {
    location: about.location,
    ...(tags ? { tags } : {}),
    properties: {
      hardwareProfile: { vmSize: size.name },
      vmId: dig(existing?.wire, 'properties', 'vmId') ?? randomUUID(),
      ...profilesOf(properties, origin, disk),
      networkProfile: { networkInterfaces: cards },
      timeCreated: request.clock.iso(),
      provisioningState: 'Creating',
    },
  }
  const vm = request.store.put({ id: about.id, name: existing?.name ?? about.name, type: vmType, wire, hidden: {} })
  setPower(request, vm, 'starting')
  const error = machineFailure(request, `${request.method} ${request.path}`, vm.name)
  startVm(request, vm, { kind: 'vm.put', durationMs: makeMs, error })
  const operation = underWay(request, vm)
  const headers = operation ? request.operations.headers(operation, request.apiVersion, 'async') : {}
  return { status: existing ? 200 : 201, headers, body: shownVm(request, vm) }
}

/** Who and where. @throws ArmError 400, 404, 409 */
function aboutOf(request: PracticeRequest): VmAbout {
  const { id: subscription } = requireSubscription(request)
  const group = requireGroup(request)
  requireRegistered(request, subscription, 'Microsoft.Compute')
  requireRegistered(request, subscription, 'Microsoft.Network')
  const name = request.params['vm'] ?? ''
  // Microsoft Learn, "Naming rules and restrictions for Azure resources": Microsoft.Compute.
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?$/.test(name)) {
    throw invalidParameter(
      `The value '${name}' of parameter 'vmName' is invalid: at most 64 characters, letters, digits, '-', '.' and '_'.`,
    )
  }
  const location = requireRegion(bodyObject(request), vmType)
  return { id: `${group.id}/providers/${vmType}/${name}`, name, location, subscription }
}

function profilesOf(properties: unknown, origin: Origin, disk: PlannedDisk): Record<string, unknown> {
  const given = dig(properties, 'storageProfile', 'osDisk')
  if (dig(properties, 'storageProfile', 'dataDisks', 0) !== undefined)
    throw invalidParameter('The practice cloud has machines with one disk only.')
  const osDisk = {
    osType: traitsOf(origin).osType,
    name: disk.name,
    createOption: origin.kind === 'image' ? 'FromImage' : 'Attach',
    caching: digText(given, 'caching') ?? 'ReadWrite',
    managedDisk: { storageAccountType: digText(disk.wire, 'sku', 'name') ?? 'Premium_LRS', id: disk.id },
    deleteOption: digText(given, 'deleteOption') ?? 'Detach',
    diskSizeGB: dig(disk.wire, 'properties', 'diskSizeGB'),
  }
  const imageReference = dig(properties, 'storageProfile', 'imageReference') as Record<string, unknown> | undefined
  const diagnostics = dig(properties, 'diagnosticsProfile')
  const security = dig(properties, 'securityProfile')
  return {
    storageProfile: {
      ...(origin.kind === 'image' ? { imageReference: { ...imageReference, exactVersion: origin.version } } : {}),
      osDisk,
      dataDisks: [],
      diskControllerType: 'SCSI',
    },
    ...(origin.kind === 'image' ? { osProfile: origin.login.wire } : {}),
    ...(isObject(security) ? { securityProfile: security } : {}),
    ...(isObject(diagnostics) ? { diagnosticsProfile: diagnostics } : {}),
  }
}

function deleteVm(request: PracticeRequest): PracticeReply {
  const vm = request.store.find(`${requireGroup(request).id}/providers/${vmType}/${request.params['vm']}`)
  if (!vm) return { status: 204 }
  if (dig(vm.wire, 'properties', 'provisioningState') !== 'Deleting') {
    const running = underWay(request, vm)
    if (running) request.operations.cancel(running.id)
    startVm(request, vm, { kind: 'vm.delete', durationMs: deleteMs, state: 'Deleting' })
  }
  return acceptedVm(request, vm)
}
