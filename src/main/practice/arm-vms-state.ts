import type { OsType } from '../../shared/terms'
import { dig, digText, requireSubscription } from './arm-parts'
import { diskType } from './arm-disk-parts'
import { cardIds, ipConfigurations, vmType } from './arm-network-uses'
import { isSameResource } from '../../shared/terms'
import type { GuestMachine } from './guests'
import type { PracticeCloud, PracticeRequest } from './server'
import { findVmSize } from './sizes'
import type { Resource } from './store'

export { vmType }

/** As `PowerState/…` names it. */
export type Power = 'starting' | 'running' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated'

export function powerOf(vm: Resource): Power {
  return (vm.hidden['power'] as Power | undefined) ?? 'starting'
}

export function setPower(cloud: PracticeCloud, vm: Resource, power: Power): void {
  vm.hidden['power'] = power
  vm.hidden['powerAtMs'] = cloud.clock.now()
  const disk = osDiskOf(cloud, vm)
  const diskState = power === 'deallocated' ? 'Reserved' : 'Attached'
  if (disk) disk.wire = { ...disk.wire, properties: { ...(disk.wire['properties'] as object), diskState } }
  cloud.store.touch()
}

/** Marked by ARM as generalized: it never starts again. Says nothing of the system inside. */
export function isGeneralized(vm: Resource): boolean {
  return vm.hidden['isGeneralized'] === true
}

/** Whether the system runs: also while a shutdown is under way. */
export function isUp(vm: Resource): boolean {
  return powerOf(vm) === 'running'
}

/** The managed disk that a machine boots from. */
export function osDiskOf(cloud: PracticeCloud, vm: Resource): Resource | null {
  const disk = cloud.store.find(osDiskId(vm))
  return disk?.type === diskType ? disk : null
}

export function osDiskId(vm: Resource): string {
  return digText(vm.wire, 'properties', 'storageProfile', 'osDisk', 'managedDisk', 'id') ?? ''
}

export function osTypeOf(vm: Resource): OsType {
  return digText(vm.wire, 'properties', 'storageProfile', 'osDisk', 'osType') === 'Windows' ? 'Windows' : 'Linux'
}

/** Which machine, or which one is to be. */
export type VmAbout = { id: string; name: string; location: string; subscription: string }

export function aboutOf({ id, name, wire }: Resource): VmAbout {
  return { id, name, location: String(wire['location']), subscription: id.split('/')[2] ?? '' }
}

/** The machine as its guest sees it. */
export function guestMachine(cloud: PracticeCloud, vm: Resource): GuestMachine {
  const size = findVmSize(digText(vm.wire, 'properties', 'hardwareProfile', 'vmSize') ?? '')
  const [card = ''] = cardIds(vm)
  const connection = ipConfigurations(cloud).find((one) => isSameResource(one.card.id, card))
  return {
    id: vm.id,
    name: vm.name,
    disk: osDiskId(vm),
    region: String(vm.wire['location']),
    vCpus: size?.vCpus ?? 1,
    memoryGib: size?.memoryGib ?? 1,
    temporaryMib: size?.temporaryMib ?? 0,
    osDiskGib: Number(dig(osDiskOf(cloud, vm)?.wire, 'properties', 'diskSizeGB') ?? 30),
    gpu: size?.gpu ?? null,
    privateIp: connection?.privateIp ?? '10.0.0.4',
  }
}

export function vmOperationPath(request: PracticeRequest, location: string): string {
  return `/subscriptions/${requireSubscription(request).id}/providers/Microsoft.Compute/locations/${location}/operations/{id}`
}
