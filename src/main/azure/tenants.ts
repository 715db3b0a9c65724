import type { Cloud } from './cloud'
import { asking, collect } from './errors'

export type Tenant = { id: string; name: string; domain: string }

/** Tenants in which the signed-in person is a member or a guest, whichever of them the token is for. Throws AppError. */
export async function listTenants(cloud: Cloud, signal?: AbortSignal): Promise<Tenant[]> {
  return asking(async () => {
    const client = await cloud.subscriptions()
    return collect(client.tenants.list(signal ? { abortSignal: signal } : {}), (item) => ({
      id: item.tenantId ?? '',
      name: item.displayName ?? item.tenantId ?? '',
      domain: item.defaultDomain ?? '',
    }))
  })
}
