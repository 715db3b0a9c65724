import { randomUUID } from 'node:crypto'
import { isObject } from './arm-parts'
import { subscriptions, users } from './directory'
import { armError } from './errors'
import { roles, type Rights, type RoleAssignment } from './rbac'
import type { PracticeReply, PracticeRequest, Router } from './server'

/** Microsoft Learn, "Troubleshoot Azure RBAC": new assignments take up to ten minutes; mostly it is one or two. */
const actsAfterMs = 90_000

/** The admin of the practice tenant, played by a test or a trainer: POST /practice/grants {user, role, scope}. */
export function addGrantRoutes(router: Router, rights: Rights): void {
  router.route('POST', '/practice/grants', (request) => grant(request, rights), { plane: 'practice' })
}

function grant(request: PracticeRequest, rights: Rights): PracticeReply {
  const { clock } = request
  const assignment: RoleAssignment = {
    ...assignmentIn(request.body),
    id: randomUUID(),
    actsAtMs: clock.now() + actsAfterMs,
  }
  rights.assign(assignment)
  return { status: 201, body: assignment }
}

/** `user`: name or object id; `role`: name or id of a built-in role; `scope`: a subscription or anything below it. */
function assignmentIn(body: unknown): Omit<RoleAssignment, 'id' | 'actsAtMs'> {
  const given = isObject(body) ? body : {}
  const text = (name: string) => String(given[name] ?? '').toLowerCase()
  const user = users.find(({ oid, name }) => oid === text('user') || name === text('user'))
  if (!user) throw refused('user', `one of ${users.map(({ name }) => name).join(', ')}`)
  const role = Object.values(roles).find(({ id, name }) => id === text('role') || name.toLowerCase() === text('role'))
  if (!role) {
    throw refused(
      'role',
      `one of ${Object.values(roles)
        .map(({ name }) => name)
        .join(', ')}`,
    )
  }
  const scope = String(given['scope'] ?? '').replace(/\/+$/, '')
  const isKnown = subscriptions.some(({ id }) => `${scope.toLowerCase()}/`.startsWith(`/subscriptions/${id}/`))
  if (!isKnown) throw refused('scope', 'a subscription of this cloud or something below it')
  return { scope, principalId: user.oid, principalType: 'User', roleId: role.id }
}

function refused(field: string, wanted: string): Error {
  return armError(400, 'InvalidRequestContent', `${field} must be ${wanted}.`)
}
