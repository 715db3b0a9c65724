import { dig, digText } from './arm-parts'
import { cardIds, ipConfigurations, vmType } from './arm-network-uses'
import { osDiskOf, setPower } from './arm-vms-state'
import type { Guests } from './guests'
import type { PracticeCloud } from './server'
import type { Resource } from './store'
import { isSameResource } from '../../shared/terms'

/** The machine is gone; what it was made with goes where `deleteOption` says so, and is free otherwise. */
export function removeMachine(cloud: PracticeCloud, guests: Guests, vm: Resource): void {
  guests.stop(vm.id, 'cut')
  guests.forget(vm.id)
  const disk = osDiskOf(cloud, vm)
  const removed = cardsToRemove(cloud, vm)
  const addresses = ipConfigurations(cloud)
    .filter(({ card }) => removed.some((id) => isSameResource(id, card.id)))
    .map(({ address }) => address)
    .filter((id) => isRemovedWithCard(cloud, id))
  setPower(cloud, vm, 'stopped')
  cloud.store.remove(vm.id)
  for (const id of [...removed, ...addresses]) cloud.store.remove(id)
  if (!disk) return
  if (isDelete(digText(vm.wire, 'properties', 'storageProfile', 'osDisk', 'deleteOption'))) {
    cloud.store.remove(disk.id)
    void guests.remove(disk.id)
    return
  }
  release(cloud, disk)
}

/** A disk without its machine. */
export function release(cloud: PracticeCloud, disk: Resource): void {
  const { managedBy: _owner, ...wire } = disk.wire
  disk.wire = { ...wire, properties: { ...(wire['properties'] as object), diskState: 'Unattached' } }
  cloud.store.touch()
}

/** Machines of a group that goes: their guests end with it. */
export function stopMachinesBelow(cloud: PracticeCloud, guests: Guests, scope: string): void {
  for (const vm of cloud.store.list(vmType, scope)) {
    guests.stop(vm.id, 'cut')
    guests.forget(vm.id)
  }
}

function cardsToRemove(cloud: PracticeCloud, vm: Resource): string[] {
  const listed = dig(vm.wire, 'properties', 'networkProfile', 'networkInterfaces')
  const cards = Array.isArray(listed) ? (listed as unknown[]) : []
  const going = cards.filter((card) => isDelete(digText(card, 'properties', 'deleteOption')))
  return cardIds(vm).filter((id) => going.some((card) => digText(card, 'id') === id) && cloud.store.find(id) !== null)
}

/** The interface says so at its reference to the address, or the address itself. */
function isRemovedWithCard(cloud: PracticeCloud, id: string): boolean {
  const address = cloud.store.find(id)
  if (!address) return false
  const reference = ipConfigurations(cloud).find((one) => isSameResource(one.address, id))
  const listed = dig(reference?.card.wire, 'properties', 'ipConfigurations', 0, 'properties', 'publicIPAddress')
  return (
    isDelete(digText(listed, 'properties', 'deleteOption')) ||
    isDelete(digText(address.wire, 'properties', 'deleteOption'))
  )
}

function isDelete(option: string | undefined): boolean {
  return option?.toLowerCase() === 'delete'
}
