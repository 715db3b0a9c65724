import { requireVm } from './arm-vms-parts'
import { isUp, osDiskId, setPower, vmType } from './arm-vms-state'
import type { GuestExtension, Guests } from './guests'
import type { PracticeCloud, PracticeRequest } from './server'
import type { Resource } from './store'

export const extensionType = `${vmType}/extensions`

/**
 * The machine of the path, after what others did to it: the incidents `policy-extension` and `stop-machine` strike at
 * whatever request they match. @throws ArmError 404 ResourceNotFound
 */
export async function meetVm(request: PracticeRequest, guests: Guests): Promise<Resource> {
  const vm = requireVm(request)
  const target = `${request.method} ${request.path}`
  if (!isUp(vm)) return vm
  const policy = request.faults.take('policy-extension', target)
  if (policy) {
    const [publisher = '', type = ''] = (policy.action ?? 'Microsoft.Azure.Monitor/AzureMonitorLinuxAgent').split('/')
    await installExtension(request, guests, vm, { name: type, publisher, type, version: '1.35' })
  }
  if (request.faults.take('stop-machine', target)) {
    guests.stop(vm.id, 'shut-down')
    setPower(request, vm, 'stopped')
  }
  return vm
}

/** Puts an extension onto a machine that runs, at once. */
export async function installExtension(
  cloud: PracticeCloud,
  guests: Guests,
  vm: Resource,
  extension: GuestExtension & { name: string },
): Promise<Resource> {
  const { name, publisher, type, version } = extension
  await guests.addExtension(osDiskId(vm), { publisher, type, version })
  const location = vm.wire['location']
  const properties = {
    publisher,
    type,
    typeHandlerVersion: version,
    autoUpgradeMinorVersion: true,
    provisioningState: 'Succeeded',
  }
  return cloud.store.put({
    id: `${vm.id}/extensions/${name}`,
    name,
    type: extensionType,
    wire: { location, properties },
  })
}
