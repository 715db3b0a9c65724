import type { Inputs } from './forms/forms'
import { isIpv4Range } from './ipv4'
import type { OsType } from './terms'

type Form = Partial<Inputs['vm.create']>

/** Full resource ids of a build VM and of everything made for it: named once, by the form. */
export type VmThings = {
  group: string
  network: string
  securityGroup: string
  publicIp: string
  nic: string
  vm: string
}

export function vmThings(subscriptionId: string, { resourceGroup = '', name = '' }: Form): VmThings {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
  const network = (type: string, end: string) => `${group}/providers/Microsoft.Network/${type}/${name}-${end}`
  return {
    group,
    network: network('virtualNetworks', 'vnet'),
    securityGroup: network('networkSecurityGroups', 'nsg'),
    publicIp: network('publicIPAddresses', 'ip'),
    nic: network('networkInterfaces', 'nic'),
    vm: `${group}/providers/Microsoft.Compute/virtualMachines/${name}`,
  }
}

/** The disk with the system: that of the image, or the one of the n-th way back. */
export function systemDisk({ group, vm }: VmThings, times: number): string {
  const name = vm.slice(vm.lastIndexOf('/') + 1)
  return `${group}/providers/Microsoft.Compute/disks/${name}-os${times > 0 ? `-${times}` : ''}`
}

export function snapshotOf({ group }: VmThings, name: string): string {
  return `${group}/providers/Microsoft.Compute/snapshots/${name}`
}

/** Ports that a person needs: the SSH server, and on Windows the remote desktop. */
export function portsOf(osType: OsType, { port = 22 }: Form): number[] {
  return osType === 'Windows' ? [3389, port] : [port]
}

/** Shorter ones let in a whole network provider or more. */
const shortestPrefix = 8

/** true: this range lets in people whom nobody knows. */
export function isWide(range: string): boolean {
  return isIpv4Range(range) && Number(range.slice(range.indexOf('/') + 1)) < shortestPrefix
}
