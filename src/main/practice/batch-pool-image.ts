import { parseResourceId } from '../../shared/terms'
import { dig, isObject } from './arm-parts'
import { armError } from './errors'
import { imageNotFound, referenceOf, resolveImage } from './nodes-image'
import { poolType } from './nodes-state'
import type { Rights } from './rbac'
import type { Caller, PracticeRequest } from './server'
import type { Resource } from './store'

const linkedActions = [
  'Microsoft.Compute/galleries/images/versions/read',
  'Microsoft.Compute/disks/beginGetAccess/action',
]

/**
 * Custom images: only gallery versions that the caller may use and that have a replica in the region of the account.
 * @throws ArmError 400, 403 LinkedAuthorizationFailed, 404 GalleryImageNotFound
 */
export function assertPoolImage(
  request: PracticeRequest,
  rights: Rights,
  account: Resource,
  poolId: string,
  given: Record<string, unknown>,
): void {
  const machine = dig(given, 'deploymentConfiguration', 'virtualMachineConfiguration')
  const reference = referenceOf(isObject(machine) ? machine : {})
  if (reference.id === undefined) return
  const parts = parseResourceId(reference.id)
  const isGallery =
    parts?.provider?.toLowerCase() === 'microsoft.compute' && parts.path[0]?.type.toLowerCase() === 'galleries'
  if (!isGallery || !parts.path[1]) throw notAGallery(reference.id)
  const scope = reference.id.replace(/\/+$/, '')
  for (const action of linkedActions) assertLinked(request, rights, action, scope, poolId)
  const region = String(account.wire['location'])
  if (resolveImage(request, reference, region).kind === 'missing') {
    const { code, message } = imageNotFound(reference.id, region)
    throw armError(404, code, message)
  }
}

function assertLinked(request: PracticeRequest, rights: Rights, action: string, scope: string, poolId: string): void {
  const caller = request.caller as Caller
  const fault = request.faults.look('forbid', `${request.method} ${request.path}`)
  const isTaken = fault?.action?.toLowerCase() === action.toLowerCase()
  if (!isTaken && rights.isAllowed(caller, action, scope)) return
  if (isTaken) request.faults.take('forbid', `${request.method} ${request.path}`)
  const text =
    `The client '${caller.name}' with object id '${caller.oid}' has permission to perform action '${poolType}/write' on scope '${poolId}'; ` +
    `however, it does not have permission to perform action(s) '${action}' on the linked scope(s) '${scope}' (respectively) or the linked scope(s) are invalid.`
  throw armError(403, 'LinkedAuthorizationFailed', text)
}

function notAGallery(id: string): Error {
  const isManaged = /\/providers\/Microsoft\.Compute\/images\//i.test(id)
  const why = isManaged
    ? 'Managed images (Microsoft.Compute/images) were retired as source of Batch pools on 31 March 2026.'
    : 'It is no Azure Compute Gallery image.'
  const text = `The value '${id}' provided for the property imageReference.id in the request body is invalid. ${why} Use the id of an Azure Compute Gallery image version.`
  return armError(400, 'InvalidPropertyValue', text)
}
