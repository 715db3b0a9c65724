import { z } from 'zod'
import type { Permission } from '../../shared/rights'
import { listArm } from './arm-list'
import type { Cloud } from './cloud'

const patterns = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])
const permission = z.object({
  actions: patterns,
  notActions: patterns,
  dataActions: patterns,
  notDataActions: patterns,
})

/**
 * What the signed-in person may do at a scope (a resource id, or `/subscriptions/ID`), assignments above it and of groups
 * included; asking needs no right of its own (Permissions - List For Resource Group, api-version 2022-04-01).
 */
export async function listPermissions(cloud: Cloud, scope: string, signal?: AbortSignal): Promise<Permission[]> {
  const path = `${scope}/providers/Microsoft.Authorization/permissions`
  return listArm(cloud, path, { 'api-version': '2022-04-01' }, permission, signal)
}
