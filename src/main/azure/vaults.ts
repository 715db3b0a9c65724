import { z } from 'zod'
import { armUrl, listArm } from './arm-list'
import type { Cloud } from './cloud'
import { orNull } from './errors'
import { sendJson } from './raw'

/** A key vault as far as Batch is concerned. */
export type Vault = {
  id: string
  name: string
  region: string
  url: string
  /** true: permission model Azure RBAC, which Batch cannot use. */
  isRoleBased: boolean
  /** Who may do what with secrets; verbs in lower case. */
  policies: { objectId: string; secrets: string[] }[]
}

const apiVersion = '2023-07-01'
const vault = z
  .object({
    id: z.string(),
    name: z.string(),
    location: z.string(),
    properties: z.object({
      vaultUri: z.string().optional(),
      enableRbacAuthorization: z.boolean().nullish(),
      accessPolicies: z
        .array(
          z.object({
            objectId: z.string(),
            permissions: z.object({ secrets: z.array(z.string()).nullish() }),
          }),
        )
        .nullish(),
    }),
  })
  .transform(({ id, name, location, properties }): Vault => ({
    id,
    name,
    region: location,
    url: properties.vaultUri ?? '',
    isRoleBased: properties.enableRbacAuthorization === true,
    policies: (properties.accessPolicies ?? []).map(({ objectId, permissions }) => ({
      objectId,
      secrets: (permissions.secrets ?? []).map((verb) => verb.toLowerCase()),
    })),
  }))

/** Vaults of a subscription (Vaults - List By Subscription, Microsoft.KeyVault 2023-07-01). Throws AppError. */
export async function listVaults(cloud: Cloud, subscriptionId: string, signal?: AbortSignal): Promise<Vault[]> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/vaults`
  return listArm(cloud, path, { 'api-version': apiVersion }, vault, signal)
}

/** null when there is none. Throws AppError. */
export async function getVault(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Vault | null> {
  const url = armUrl(cloud, id, { 'api-version': apiVersion })
  return orNull(async () =>
    vault.parse(await sendJson((request) => cloud.arm(request), { method: 'GET', url, ...(signal && { signal }) })),
  )
}
