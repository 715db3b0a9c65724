import type { Cloud } from './cloud'
import { asking, collect } from './errors'

export type Subscription = { id: string; name: string; tenantId: string; state: string }
/** `name` is what requests carry (`westeurope`), `label` what people read (`West Europe`). */
export type Region = { name: string; label: string; geography: string }

/** Subscriptions the signed-in person can see. Throws AppError. */
export async function listSubscriptions(cloud: Cloud, signal?: AbortSignal): Promise<Subscription[]> {
  return asking(async () => {
    const client = await cloud.subscriptions()
    return collect(client.subscriptions.list(options(signal)), (item) => ({
      id: item.subscriptionId ?? '',
      name: item.displayName ?? item.subscriptionId ?? '',
      tenantId: item.tenantId ?? '',
      state: item.state ?? '',
    }))
  })
}

/** Physical regions of a subscription; logical ones (`global`, `europe`) hold no resources and are left out. */
export async function listRegions(cloud: Cloud, subscriptionId: string, signal?: AbortSignal): Promise<Region[]> {
  return asking(async () => {
    const client = await cloud.subscriptions()
    const regions = await collect(client.subscriptions.listLocations(subscriptionId, options(signal)), (item) => ({
      name: item.name ?? '',
      label: item.displayName ?? item.name ?? '',
      geography: item.metadata?.geography ?? '',
      isPhysical: item.metadata?.regionType !== 'Logical',
    }))
    return regions
      .filter((region) => region.isPhysical)
      .map(({ name, label, geography }) => ({ name, label, geography }))
  })
}

function options(abortSignal?: AbortSignal) {
  return abortSignal ? { abortSignal } : {}
}
