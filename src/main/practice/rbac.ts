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
} as const

export type RoleAssignment = {
  id: string
  scope: string
  principalId: string
  principalType: 'User' | 'ServicePrincipal'
  roleId: string
}

export type Rights = {
  assignments: RoleAssignment[]
  assign(assignment: RoleAssignment): void
  /** Whether a role of the caller on the scope or above it allows the action; `kind` data = dataActions (blobs, Batch data). */
  isAllowed(caller: Caller, action: string, scope: string, kind?: 'control' | 'data'): boolean
  /** What the permissions list of a scope answers for the caller. */
  permissions(caller: Caller, scope: string): Pick<Role, 'actions' | 'notActions' | 'dataActions'>[]
}

export function createRights(store: Store): Rights {
  const kept = store.part('roleAssignments', () => ({ list: [] as RoleAssignment[] }))

  function rolesAt(caller: Caller, scope: string): Role[] {
    const ids = kept.list
      .filter((one) => one.principalId === caller.oid && covers(one.scope, scope))
      .map((one) => one.roleId)
    return Object.values(roles).filter((one) => ids.includes(one.id))
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
