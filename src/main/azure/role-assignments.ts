import { z } from 'zod'
import { resourceName } from '../../shared/terms'
import { listArm } from './arm-list'
import type { Cloud } from './cloud'

/** A role that a service principal has on a subscription. */
export type ServiceAssignment = { principalId: string; roleId: string }

const assignment = z.object({
  properties: z.object({
    principalId: z.string(),
    principalType: z.string().optional(),
    roleDefinitionId: z.string(),
    scope: z.string().optional(),
  }),
})

/** With one of these the Batch service may make nodes in a subscription: Contributor, Owner, Azure Batch Service Orchestration Role. */
const fitting = [
  'b24988ac-6180-42a0-ab88-20f7382dd24c',
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  'a35466a1-cfd6-450a-b35e-683fcdf30363',
]

/** Service principals with a role on the whole subscription, or above it, that lets them make nodes in it. Throws AppError. */
export async function listServiceAssignments(
  cloud: Cloud,
  subscriptionId: string,
  signal?: AbortSignal,
): Promise<ServiceAssignment[]> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleAssignments`
  const query = { 'api-version': '2022-04-01', $filter: 'atScope()' }
  const found = await listArm(cloud, path, query, assignment, signal)
  return found
    .filter(({ properties }) => properties.principalType === 'ServicePrincipal')
    .map(({ properties }) => ({
      principalId: properties.principalId,
      roleId: resourceName(properties.roleDefinitionId).toLowerCase(),
    }))
    .filter(({ roleId }) => fitting.includes(roleId))
}
