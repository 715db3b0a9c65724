import { armError } from './errors'
import type { Rights } from './rbac'
import type { PracticeRequest } from './server'

/**
 * Whoever makes one resource out of another must be allowed to use that other, too: `doing` is what he may do, `action` what he
 * needs on `id`. @throws ArmError 403 LinkedAuthorizationFailed
 */
export function assertLinked(
  request: PracticeRequest,
  rights: Rights,
  { doing, action, id }: { doing: string; action: string; id: string },
): void {
  const target = `${request.method} ${request.path}`
  const isTaken = request.faults.look('forbid', target)?.action?.toLowerCase() === action.toLowerCase()
  if (!request.caller || (!isTaken && rights.isAllowed(request.caller, action, id))) return
  if (isTaken) request.faults.take('forbid', target)
  const { name, oid } = request.caller
  const text = `The client '${name}' with object id '${oid}' has permission to perform action '${doing}' on scope '${request.path}'; however, it does not have permission to perform action '${action}' on the linked scope(s) '${id}' or the linked scope(s) are invalid.`
  throw armError(403, 'LinkedAuthorizationFailed', text)
}
