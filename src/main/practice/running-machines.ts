import { guestMachine, isUp, setPower, vmType } from './arm-vms-state'
import type { Guests } from './guests'
import type { PracticeCloud } from './server'

/** After a restart of the cloud: machines that ran go on running. */
export function goOn(cloud: PracticeCloud, guests: Guests): void {
  for (const vm of cloud.store.list(vmType)) if (isUp(vm)) guests.start(guestMachine(cloud, vm), 'go-on')
}

/** A system was shut down from inside: its machine is stopped, and still allocated. */
export function poweredOff(cloud: PracticeCloud, machineId: string): void {
  const vm = cloud.store.find(machineId)
  if (vm?.type !== vmType || !isUp(vm)) return
  setPower(cloud, vm, 'stopped')
  try {
    cloud.store.save()
  } catch {
    // A full disk must not end the cloud; the next answer saves again.
  }
}
