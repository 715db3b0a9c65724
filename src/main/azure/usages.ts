import type { Cloud } from './cloud'
import { asking, collect } from './errors'

/** Cores and counts of a subscription in one region. `name`: `cores`, `lowPriorityCores`, or a VM family. */
export type Usage = { name: string; limit: number; used: number }

/** What the compute provider counts in a region (Usage - List). Throws AppError. */
export async function listUsages(
  cloud: Cloud,
  subscriptionId: string,
  region: string,
  signal?: AbortSignal,
): Promise<Usage[]> {
  return asking(async () => {
    const client = await cloud.compute(subscriptionId)
    return collect(client.usage.list(region, { ...(signal && { abortSignal: signal }) }), (item) => ({
      name: item.name.value ?? '',
      limit: item.limit,
      used: item.currentValue,
    }))
  })
}
