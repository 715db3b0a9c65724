import { addManagedImageRoutes } from './arm-managed-images'
import { addMarketplaceRoutes } from './arm-marketplace'
import { addNetworkRoutes } from './arm-network'
import { networkEffects } from './arm-network-parts'
import { addSnapshotRoutes, snapshotEffects } from './arm-snapshots'
import { addVmRoutes, vmEffects } from './arm-vms'
import { addConsoleRoutes } from './arm-vms-console'
import { addExtensionRoutes, extensionEffects } from './arm-vms-extensions'
import { addPowerRoutes, powerEffects } from './arm-vms-power'
import { addRunRoutes } from './arm-vms-run'
import type { Blobs } from './blobs'
import type { Guests } from './guests'
import type { Rights } from './rbac'
import type { PracticeCloud, Router } from './server'
import type { Resource } from './store'

/** Everything around virtual machines: network, Marketplace, machines themselves, snapshots. */
export function addMachineRoutes(router: Router, rights: Rights, guests: Guests, blobs: () => Blobs): void {
  addNetworkRoutes(router, rights)
  addMarketplaceRoutes(router)
  addManagedImageRoutes(router)
  addVmRoutes(router, rights, guests)
  addPowerRoutes(router, guests)
  addExtensionRoutes(router, guests)
  addRunRoutes(router, guests)
  addConsoleRoutes(router, guests, blobs)
  addSnapshotRoutes(router, rights, guests)
}

/** `removeSystem` gets a disk or snapshot that is gone. */
export function machineEffects(cloud: PracticeCloud, guests: Guests, removeSystem: (place: Resource) => void): void {
  networkEffects(cloud)
  vmEffects(cloud, guests)
  powerEffects(cloud, guests)
  extensionEffects(cloud)
  snapshotEffects(cloud, removeSystem)
}
