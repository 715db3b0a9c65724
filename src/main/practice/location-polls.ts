import { wireOf } from './arm-parts'
import { armError } from './errors'
import type { Operation } from './operations'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'

/**
 * The older of ARM's two ways to tell of long work (Microsoft Learn, "Track asynchronous Azure operations"): 202 without
 * a body and a Location. That itself is polled: 202 while the work goes on, then 200, with the resource if there is one.
 */
export function acceptedAtLocation(request: PracticeRequest, resource: Resource): PracticeReply {
  const operation = request.operations.find(resource.operation ?? '')
  return {
    status: 202,
    headers: operation ? request.operations.headers(operation, request.apiVersion, 'location') : {},
  }
}

/** The answer at such a Location. @throws ArmError 404 when it is too old or what was made is gone; 409 when the work failed */
export function pollLocation(
  request: PracticeRequest,
  bodyOf: (resource: Resource) => Record<string, unknown> = wireOf,
): PracticeReply {
  const operation = readOperation(request)
  if (operation.status === 'InProgress') {
    return { status: 202, headers: request.operations.headers(operation, request.apiVersion, 'location') }
  }
  if (operation.error) throw armError(409, operation.error.code, operation.error.message)
  const resource = request.store.find(operation.resourceId ?? '')
  if (resource) return { status: 200, body: bodyOf(resource) }
  if (operation.kind.endsWith('.create')) throw armError(404, 'ResourceNotFound', 'The resource was deleted meanwhile.')
  return { status: 200 }
}

/** The operation of the path, with this read counted. @throws ArmError 404 OperationNotFound */
export function readOperation(request: PracticeRequest): Operation {
  const id = request.params['operation'] ?? ''
  const operation = request.operations.isForgotten(id) ? null : request.operations.read(id)
  if (!operation) throw armError(404, 'OperationNotFound', 'The operation was not found or has expired.')
  return operation
}
