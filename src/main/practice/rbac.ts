import type { Caller } from './server'
import type { Store } from './store'

/** A built-in role with the id it has in every tenant. */
export type Role = {
  id: string
  name: string
  actions: string[]
  notActions: string[]
  dataActions: string[]
}

const common = [
  'Microsoft.Authorization/*/read',
  'Microsoft.Insights/alertRules/*',
  'Microsoft.Resources/deployments/*',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
]
const blobs = 'Microsoft.Storage/storageAccounts/blobServices'
const authorizationWrites = [
  'Microsoft.Authorization/*/Delete',
  'Microsoft.Authorization/*/Write',
  'Microsoft.Authorization/elevateAccess/Action',
]

/** The built-in roles that matter here, from Azure's published role list. */
export const roles = {
  owner: role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', ['*']),
  contributor: role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', ['*'], authorizationWrites),
  reader: role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', ['*/read']),
  blobDataContributor: role(
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    'Storage Blob Data Contributor',
    [
      `${blobs}/containers/delete`,
      `${blobs}/containers/read`,
      `${blobs}/containers/write`,
      `${blobs}/generateUserDelegationKey/action`,
    ],
    [],
    ['delete', 'read', 'write', 'move/action', 'add/action'].map((verb) => `${blobs}/containers/blobs/${verb}`),
  ),
  batchAccountContributor: role(
    '29fe4964-1e60-436b-bd3a-77fd4c178b3c',
    'Azure Batch Account Contributor',
    [...common, 'Microsoft.Batch/batchAccounts/*'],
    [],
    ['Microsoft.Batch/batchAccounts/*'],
  ),
  batchDataContributor: role(
    '6aaa78f1-f7de-44ca-8722-c64a23943cae',
    'Azure Batch Data Contributor',
    [
      ...common,
      'Microsoft.Batch/batchAccounts/read',
      'Microsoft.Batch/batchAccounts/applications/*',
      'Microsoft.Batch/batchAccounts/certificates/*',
      'Microsoft.Batch/batchAccounts/certificateOperationResults/*',
      'Microsoft.Batch/batchAccounts/pools/*',
      'Microsoft.Batch/batchAccounts/poolOperationResults/*',
      'Microsoft.Batch/locations/*/read',
    ],
    [],
    ['Microsoft.Batch/batchAccounts/jobSchedules/*', 'Microsoft.Batch/batchAccounts/jobs/*'],
  ),
  galleryPublisher: role(
    '85a2d0d9-2eba-4c9c-b355-11c2cc0788ab',
    'Compute Gallery Artifacts Publisher',
    [
      ...common,
      'Microsoft.Compute/galleries/*',
      'Microsoft.Compute/locations/capsOperations/read',
      'Microsoft.Compute/locations/communityGalleries/*',
      'Microsoft.Compute/locations/sharedGalleries/*',
      'Microsoft.Compute/images/*',
      'Microsoft.Compute/virtualMachines/write',
      'Microsoft.Compute/disks/write',
    ],
    ['Microsoft.Compute/galleries/share/action'],
  ),
  storageAccountContributor: role('17d1049b-9a84-46fb-8f53-869881c3d3ab', 'Storage Account Contributor', [
    ...common,
    'Microsoft.Storage/storageAccounts/*',
    'Microsoft.Support/*',
  ]),
} as const

export type RoleAssignment = {
  id: string
  scope: string
  principalId: string
  principalType: 'User' | 'ServicePrincipal'
  roleId: string
  /** Virtual time from which it acts; absent: at once. New assignments need a while to reach every region. */
  actsAtMs?: number
}

export type Rights = {
  assignments: RoleAssignment[]
  assign(assignment: RoleAssignment): void
  /** Whether a role of the caller on the scope or above it allows the action; `kind` data = dataActions (blobs, Batch data). */
  isAllowed(caller: Caller, action: string, scope: string, kind?: 'control' | 'data'): boolean
  /** What the permissions list of a scope answers for the caller. */
  permissions(caller: Caller, scope: string): Pick<Role, 'actions' | 'notActions' | 'dataActions'>[]
  /** When the next assignment that does not act yet will; null when all do. */
  nextActsAtMs(): number | null
}

export function createRights(store: Store, now: () => number = Date.now): Rights {
  const kept = store.part('roleAssignments', () => ({ list: [] as RoleAssignment[] }))

  function rolesAt(caller: Caller, scope: string): Role[] {
    const ids = kept.list
      .filter((one) => one.principalId === caller.oid && covers(one.scope, scope) && acts(one))
      .map((one) => one.roleId)
    return Object.values(roles).filter((one) => ids.includes(one.id))
  }

  function acts({ actsAtMs }: RoleAssignment): boolean {
    return actsAtMs === undefined || actsAtMs <= now()
  }

  return {
    assignments: kept.list,
    assign(assignment) {
      kept.list.push(assignment)
      store.touch()
    },
    isAllowed: (caller, action, scope, kind = 'control') =>
      rolesAt(caller, scope).some((one) => {
        if (kind === 'data') return one.dataActions.some((pattern) => matchesAction(pattern, action))
        const isGranted = one.actions.some((pattern) => matchesAction(pattern, action))
        return isGranted && !one.notActions.some((pattern) => matchesAction(pattern, action))
      }),
    permissions: (caller, scope) =>
      rolesAt(caller, scope).map(({ actions, notActions, dataActions }) => ({ actions, notActions, dataActions })),
    nextActsAtMs() {
      const waiting = kept.list.filter((one) => !acts(one)).map((one) => one.actsAtMs!)
      return waiting.length === 0 ? null : Math.min(...waiting)
    },
  }
}

/** Azure's wildcards: `*` stands for any text, slashes included; case does not matter. */
export function matchesAction(pattern: string, action: string): boolean {
  const text = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')
  return new RegExp(`^${text}$`, 'i').test(action)
}

function covers(outer: string, inner: string): boolean {
  const prefix = outer.toLowerCase().replace(/\/+$/, '')
  const text = inner.toLowerCase()
  return text === prefix || text.startsWith(`${prefix}/`)
}

function role(
  id: string,
  name: string,
  actions: string[],
  notActions: string[] = [],
  dataActions: string[] = [],
): Role {
  return { id, name, actions, notActions, dataActions }
}
