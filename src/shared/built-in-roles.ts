import type { MissingRights } from './preflight'
import { isGranted, type Permission } from './rights'

/** `weight`: how much a role gives; the smaller one is asked for. */
export type BuiltInRole = { id: string; name: string; weight: number; permission: Permission }

const common = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Insights/alertRules/*',
  'Microsoft.Resources/deployments/*',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
]
const blobs = 'Microsoft.Storage/storageAccounts/blobServices'

/**
 * Built-in roles with the ids that they have in every tenant (Microsoft Learn, "Azure built-in roles" and "Role-based access
 * control for Azure Batch service").
 */
const builtInRoles: readonly BuiltInRole[] = [
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', 2, { actions: ['*/read'] }),
  role('11076f67-66f6-4be0-8f6b-f0609fd05cc9', 'Azure Batch Account Reader', 1, {
    actions: [
      'Microsoft.Batch/batchAccounts/read',
      'Microsoft.Batch/batchAccounts/*/read',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
    ],
    dataActions: ['Microsoft.Batch/batchAccounts/*/read'],
  }),
  role('ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'Storage Blob Data Contributor', 3, {
    actions: [
      `${blobs}/containers/delete`,
      `${blobs}/containers/read`,
      `${blobs}/containers/write`,
      `${blobs}/generateUserDelegationKey/action`,
    ],
    dataActions: ['delete', 'read', 'write', 'move/action', 'add/action'].map(
      (verb) => `${blobs}/containers/blobs/${verb}`,
    ),
  }),
  role('6aaa78f1-f7de-44ca-8722-c64a23943cae', 'Azure Batch Data Contributor', 4, {
    actions: [
      ...common,
      'Microsoft.Batch/batchAccounts/read',
      'Microsoft.Batch/batchAccounts/applications/*',
      'Microsoft.Batch/batchAccounts/certificates/*',
      'Microsoft.Batch/batchAccounts/certificateOperationResults/*',
      'Microsoft.Batch/batchAccounts/pools/*',
      'Microsoft.Batch/batchAccounts/poolOperationResults/*',
      'Microsoft.Batch/locations/*/read',
    ],
    dataActions: ['Microsoft.Batch/batchAccounts/jobSchedules/*', 'Microsoft.Batch/batchAccounts/jobs/*'],
  }),
  role('29fe4964-1e60-436b-bd3a-77fd4c178b3c', 'Azure Batch Account Contributor', 5, {
    actions: [...common, 'Microsoft.Batch/batchAccounts/*'],
    dataActions: ['Microsoft.Batch/batchAccounts/*'],
  }),
  role('85a2d0d9-2eba-4c9c-b355-11c2cc0788ab', 'Compute Gallery Artifacts Publisher', 6, {
    actions: [
      ...common,
      'Microsoft.Compute/galleries/*',
      'Microsoft.Compute/locations/capsOperations/read',
      'Microsoft.Compute/locations/communityGalleries/*',
      'Microsoft.Compute/locations/sharedGalleries/*',
      'Microsoft.Compute/images/*',
      'Microsoft.Compute/virtualMachines/write',
      'Microsoft.Compute/disks/write',
    ],
    notActions: ['Microsoft.Compute/galleries/share/action'],
  }),
  role('17d1049b-9a84-46fb-8f53-869881c3d3ab', 'Storage Account Contributor', 7, {
    actions: [...common, 'Microsoft.Storage/storageAccounts/*', 'Microsoft.Support/*'],
  }),
  role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', 60, {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ],
  }),
  role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', 500, { actions: ['*'] }),
]

/** The built-in roles that together give everything missing at a scope, as little besides as possible. Empty: there are none. */
export function smallestRoles({ actions, dataActions }: Omit<MissingRights, 'scope'>): BuiltInRole[] {
  let best: BuiltInRole[] = []
  let least = Infinity
  for (let subset = 1; subset < 2 ** builtInRoles.length; subset++) {
    const chosen = builtInRoles.filter((_role, at) => subset & (1 << at))
    const weight = chosen.reduce((sum, one) => sum + one.weight, 0)
    if (weight >= least) continue
    const given = chosen.map(({ permission }) => permission)
    const isEnough =
      actions.every((action) => isGranted(given, action, 'action')) &&
      dataActions.every((action) => isGranted(given, action, 'data action'))
    if (isEnough) [best, least] = [chosen, weight]
  }
  return best
}

function role(id: string, name: string, weight: number, given: Partial<Permission>): BuiltInRole {
  const nothing = { actions: [], notActions: [], dataActions: [], notDataActions: [] }
  return { id, name, weight, permission: { ...nothing, ...given } }
}
