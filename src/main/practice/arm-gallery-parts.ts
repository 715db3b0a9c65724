import {
  bodyObject,
  dig,
  requireGroup,
  requireResource,
  requireSubscription,
  setState,
  tagsOf,
  wireOf,
} from './arm-parts'
import { armError } from './errors'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'

export const galleryType = 'Microsoft.Compute/galleries'
export const definitionType = 'Microsoft.Compute/galleries/images'
export const versionType = 'Microsoft.Compute/galleries/images/versions'
const deleteMs = 15_000

/** GET of a resource: counts as a poll of the operation that makes it. */
export function readReply(request: PracticeRequest, resource: Resource): PracticeReply {
  request.operations.read(resource.operation)
  const still = request.store.find(resource.id)
  if (!still)
    return {
      status: 404,
      body: { error: { code: 'ResourceNotFound', message: `The Resource '${resource.name}' was not found.` } },
    }
  return { status: 200, body: wireOf(still) }
}

/** The first answer of a PUT: 201 for a new resource, 200 otherwise, with the operation while it runs. */
export function putReply(request: PracticeRequest, resource: Resource, isNew: boolean): PracticeReply {
  const operation = request.operations.find(resource.operation ?? '')
  const headers =
    operation?.status === 'InProgress' ? request.operations.headers(operation, request.apiVersion, 'async') : {}
  return { status: isNew ? 201 : 200, headers, body: wireOf(resource) }
}

/** Starts the deletion of a gallery resource, or answers again for one that is already being deleted. */
export function deleteReply(request: PracticeRequest, resource: Resource, kind: string): PracticeReply {
  if (dig(resource.wire, 'properties', 'provisioningState') !== 'Deleting') {
    setState(resource, 'Deleting')
    request.operations.start({
      kind,
      path: operationPath(request, String(resource.wire['location'])),
      resourceId: resource.id,
      durationMs: deleteMs,
      target: `${request.method} ${request.path}`,
    })
  }
  const operation = request.operations.find(resource.operation ?? '')
  return { status: 202, headers: operation ? request.operations.headers(operation, request.apiVersion) : {} }
}

export function operationPath(request: PracticeRequest, location: string): string {
  return `/subscriptions/${requireSubscription(request).id}/providers/Microsoft.Compute/locations/${location}/capsOperations/{id}`
}

/** A resource under deletion takes no writes. @throws ArmError 409 */
export function refuseDeleting(resource: Resource | null): void {
  if (!resource || dig(resource.wire, 'properties', 'provisioningState') !== 'Deleting') return
  throw armError(
    409,
    'Conflict',
    `The resource '${resource.name}' is being deleted. Retry after the deletion has finished.`,
  )
}

/** Nested resources must go first. @throws ArmError 409 CannotDeleteResource */
export function refuseNested(request: PracticeRequest, resource: Resource, type: string): void {
  if (request.store.list(type, resource.id).length === 0) return
  const text = 'Can not delete resource before nested resources are deleted.'
  throw armError(409, 'CannotDeleteResource', text)
}

export function changeNotAllowed(property: string): Error {
  return armError(409, 'PropertyChangeNotAllowed', `Changing property '${property}' is not allowed.`)
}

export function invalidParameter(message: string): Error {
  return armError(400, 'InvalidParameter', message)
}

export function parentNotFound(name: string): Error {
  const text = `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`
  return armError(404, 'ParentResourceNotFound', text)
}

export function startPut(
  request: PracticeRequest,
  resource: Resource,
  existing: Resource | null,
  kind: string,
  durationMs: number,
): void {
  setState(resource, existing ? 'Updating' : 'Creating')
  const running = request.operations.find(resource.operation ?? '')
  if (running?.status === 'InProgress') {
    setState(resource, 'Creating')
    return
  }
  request.operations.start({
    kind,
    path: operationPath(request, String(resource.wire['location'])),
    resourceId: resource.id,
    durationMs,
    target: `${request.method} ${request.path}`,
  })
}

export function patchTags(request: PracticeRequest, resource: Resource): PracticeReply {
  const tags = tagsOf(bodyObject(request))
  if (tags) resource.wire = { ...resource.wire, tags }
  request.store.touch()
  return { status: 200, body: wireOf(resource) }
}

export function requireGallery(request: PracticeRequest): Resource {
  return requireResource(
    request,
    `${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}`,
    galleryType,
  )
}

export function requireDefinition(request: PracticeRequest): Resource {
  const id = `${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}/images/${request.params['definition']}`
  return requireResource(request, id, galleryType)
}

export function required(name: string): Error {
  return invalidParameter(`Required parameter '${name}' is missing (null).`)
}
