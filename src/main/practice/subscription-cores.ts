import { dig, digText } from './arm-parts'
import { vmType } from './arm-network-uses'
import { accountOf, poolState, poolType } from './nodes-state'
import { subscriptions } from './directory'
import type { PracticeCloud } from './server'
import { defaultFamilyCores, familyCores, findVmSize, spotCores, totalCores, vmFamilies } from './sizes'
import type { Resource } from './store'

/** What the compute provider allows a subscription in one region. */
export type SubscriptionCores = { total: number; spot: number; families: Record<string, number> }

/** `target`: `METHOD /path`, for the incident of a quota that is gone. */
export function coreLimits(cloud: PracticeCloud, subscription: string, target: string): SubscriptionCores {
  const isZero = subscription === subscriptions[1].id || cloud.faults.look('quota-zero', target) !== null
  const limit = (cores: number) => (isZero ? 0 : cores)
  const families = vmFamilies().map((family) => [family, limit(familyCores[family] ?? defaultFamilyCores)] as const)
  return { total: limit(totalCores), spot: limit(spotCores), families: Object.fromEntries(families) }
}

/** Cores of virtual machines, and those that nodes of pools in user subscription mode hold; others run in subscriptions of the Batch service. */
export function coresInUse(
  cloud: PracticeCloud,
  subscription: string,
  region: string,
  except?: Resource,
): SubscriptionCores {
  const used: SubscriptionCores = { total: 0, spot: 0, families: {} }
  for (const vm of machinesIn(cloud, subscription, region)) {
    const size = findVmSize(String(dig(vm.wire, 'properties', 'hardwareProfile', 'vmSize')))
    if (!size) continue
    used.total += size.vCpus
    used.families[size.family] = (used.families[size.family] ?? 0) + size.vCpus
  }
  const pools = cloud.store.list(poolType, `/subscriptions/${subscription}`).filter((pool) => pool.id !== except?.id)
  for (const pool of pools) {
    const account = accountOf(cloud, pool)
    const isHere = account.wire['location'] === region
    if (!isHere || digText(account.wire, 'properties', 'poolAllocationMode') !== 'UserSubscription') continue
    const size = findVmSize(String(dig(pool.wire, 'properties', 'vmSize')))
    if (!size) continue
    const staying = poolState(pool).nodes.filter((node) => node.leavingAtMs === null)
    const dedicated = staying.filter((node) => node.isDedicated).length * size.vCpus
    used.total += dedicated
    used.families[size.family] = (used.families[size.family] ?? 0) + dedicated
    used.spot += staying.length * size.vCpus - dedicated
  }
  return used
}

/** Virtual machines of a region, deallocated ones as well. */
export function machinesIn(cloud: PracticeCloud, subscription: string, region: string): Resource[] {
  return cloud.store.list(vmType, `/subscriptions/${subscription}`).filter(({ wire }) => wire['location'] === region)
}
