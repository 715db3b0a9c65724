import { digText } from './arm-parts'
import { subscriptions } from './directory'
import type { PracticeCloud } from './server'
import { defaultFamilyCores, familyCores, spotCores, totalCores, vmFamilies } from './sizes'
import type { Resource } from './store'

export const poolsPerAccount = 20

/** Cores that an account may use: null = the subscription's own quota counts (user subscription mode). */
export function coresOf(cloud: PracticeCloud, account: Resource, target: string): Quota | null {
  if (digText(account.wire, 'properties', 'poolAllocationMode') === 'UserSubscription') return null
  const isZero =
    account.id.toLowerCase().startsWith(`/subscriptions/${subscriptions[1].id}`) ||
    cloud.faults.look('quota-zero', target) !== null
  const families = vmFamilies().map((name) => {
    const coreQuota = isZero ? 0 : (familyCores[name] ?? defaultFamilyCores)
    return { name, coreQuota }
  })
  return { dedicated: isZero ? 0 : totalCores, spot: isZero ? 0 : spotCores, pools: poolsPerAccount, families }
}

export type Quota = {
  dedicated: number
  spot: number
  pools: number
  families: { name: string; coreQuota: number }[]
}
