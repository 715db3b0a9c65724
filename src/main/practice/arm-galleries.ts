import {
  bodyObject,
  dig,
  digText,
  isObject,
  listReply,
  refuseOtherRegion,
  requireGroup,
  requireRegion,
  requireRegistered,
  requireResource,
  requireSubscription,
  setState,
  tagsOf,
  wireOf,
} from './arm-parts'
import { armError } from './errors'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

export const galleryType = 'Microsoft.Compute/galleries'
export const definitionType = 'Microsoft.Compute/galleries/images'
export const versionType = 'Microsoft.Compute/galleries/images/versions'
const galleries = `/subscriptions/:subscription/resourceGroups/:group/providers/${galleryType}`
const gallery = `${galleries}/:gallery`
const definition = `${gallery}/images/:definition`
const galleryMs = 20_000
const definitionMs = 12_000
const deleteMs = 15_000

/** Compute galleries and image definitions. */
export function addGalleryRoutes(router: Router): void {
  const action = (verb: string) => ({ action: `${galleryType}/${verb}` })
  router.route(
    'GET',
    `/subscriptions/:subscription/providers/${galleryType}`,
    (request) =>
      listReply(request.store.list(galleryType, `/subscriptions/${requireSubscription(request).id}`).map(wireOf)),
    action('read'),
  )
  router.route(
    'GET',
    galleries,
    (request) => listReply(request.store.list(galleryType, requireGroup(request).id).map(wireOf)),
    action('read'),
  )
  router.route('GET', gallery, (request) => readReply(request, requireGallery(request)), action('read'))
  router.route('PUT', gallery, putGallery, action('write'))
  router.route('PATCH', gallery, (request) => patchTags(request, requireGallery(request)), action('write'))
  router.route('DELETE', gallery, deleteGallery, action('delete'))
  const image = (verb: string) => ({ action: `${definitionType}/${verb}` })
  router.route(
    'GET',
    `${gallery}/images`,
    (request) => listReply(request.store.list(definitionType, requireGallery(request).id).map(wireOf)),
    image('read'),
  )
  router.route('GET', definition, (request) => readReply(request, requireDefinition(request)), image('read'))
  router.route('PUT', definition, putDefinition, image('write'))
  router.route('PATCH', definition, (request) => patchTags(request, requireDefinition(request)), image('write'))
  router.route('DELETE', definition, deleteDefinition, image('delete'))
}

export function galleryEffects(cloud: PracticeCloud): void {
  const made = (operation: { error: unknown }, resource: Resource | null) => {
    if (resource) setState(resource, operation.error ? 'Failed' : 'Succeeded')
  }
  const gone = (operation: { error: unknown }, resource: Resource | null) => {
    if (!resource) return
    if (operation.error) setState(resource, 'Failed')
    else cloud.store.remove(resource.id)
  }
  for (const noun of ['gallery', 'definition']) {
    cloud.operations.onEnd(`${noun}.put`, made)
    cloud.operations.onEnd(`${noun}.delete`, gone)
  }
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

function putGallery(request: PracticeRequest): PracticeReply {
  const { id: subscription } = requireSubscription(request)
  const group = requireGroup(request)
  requireRegistered(request, subscription, 'Microsoft.Compute')
  const name = request.params['gallery'] ?? ''
  // The published pattern of 2025-12-03 (also allows a dash inside).
  if (!/^[^_\W][\w\-._]{0,79}$/.test(name) || /[-.]$/.test(name)) {
    throw invalidParameter(
      `The gallery name '${name}' is invalid. It must be 1-80 characters of letters, digits, '.', '_' or '-', start with a letter or digit and not end with '.' or '-'.`,
    )
  }
  const body = bodyObject(request)
  const location = requireRegion(body, galleryType)
  const id = `${group.id}/providers/${galleryType}/${name}`
  const existing = request.store.find(id)
  refuseOtherRegion(existing, location, group.name)
  refuseDeleting(existing)
  const tags = tagsOf(body)
  const description = digText(body, 'properties', 'description')
  const properties = {
    ...(description === undefined ? {} : { description }),
    identifier: { uniqueName: `${subscription}-${name.toUpperCase()}` },
    provisioningState: 'Succeeded',
  }
  const made = request.store.put({
    id,
    name: existing?.name ?? name,
    type: galleryType,
    wire: { location, ...(tags ? { tags } : {}), properties },
  })
  startPut(request, made, existing, 'gallery.put', galleryMs)
  return putReply(request, made, !existing)
}

function putDefinition(request: PracticeRequest): PracticeReply {
  const parent = request.store.find(`${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}`)
  if (!parent) throw parentNotFound(request.params['gallery'] ?? '')
  const name = request.params['definition'] ?? ''
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9])?$/.test(name)) {
    throw invalidParameter(
      `The gallery image definition name '${name}' is invalid. It must be 1-80 characters of letters, digits, '.', '_' or '-', and start and end with a letter or digit.`,
    )
  }
  const body = bodyObject(request)
  const location = requireRegion(body, definitionType)
  const id = `${parent.id}/images/${name}`
  const existing = request.store.find(id)
  refuseOtherRegion(existing, location, parent.id.split('/')[4] ?? '')
  refuseDeleting(existing)
  const properties = definitionProperties(body)
  if (existing) refuseImmutable(existing, properties)
  else refuseSameIdentifier(request, parent, properties)
  const tags = tagsOf(body)
  const wire = { location, ...(tags ? { tags } : {}), properties: { ...properties, provisioningState: 'Succeeded' } }
  const made = request.store.put({ id, name: existing?.name ?? name, type: definitionType, wire })
  startPut(request, made, existing, 'definition.put', definitionMs)
  return putReply(request, made, !existing)
}

const writable = [
  'description',
  'eula',
  'privacyStatementUri',
  'releaseNoteUri',
  'osType',
  'osState',
  'hyperVGeneration',
  'endOfLifeDate',
  'identifier',
  'recommended',
  'disallowed',
  'purchasePlan',
  'features',
  'architecture',
]

function definitionProperties(body: Record<string, unknown>): Record<string, unknown> {
  const given = isObject(body['properties']) ? body['properties'] : {}
  const properties = Object.fromEntries(Object.entries(given).filter(([key]) => writable.includes(key)))
  oneOf(properties['osType'], ['Windows', 'Linux'], 'galleryImage.properties.osType')
  oneOf(properties['osState'], ['Generalized', 'Specialized'], 'galleryImage.properties.osState')
  properties['hyperVGeneration'] ??= 'V2'
  oneOf(properties['hyperVGeneration'], ['V1', 'V2'], 'galleryImage.properties.hyperVGeneration')
  properties['architecture'] ??= 'x64'
  oneOf(properties['architecture'], ['x64', 'Arm64'], 'galleryImage.properties.architecture')
  for (const part of ['publisher', 'offer', 'sku']) {
    const value = digText(properties, 'identifier', part) ?? ''
    if (value === '') throw required(`galleryImage.properties.identifier.${part}`)
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value) || value.endsWith('.')) {
      throw invalidParameter(`The value '${value}' of parameter galleryImage.properties.identifier.${part} is invalid.`)
    }
  }
  // Since API 2025-03-03 a Gen2 definition without features is one for trusted launch.
  if (properties['features'] === undefined && properties['hyperVGeneration'] === 'V2') {
    properties['features'] = [{ name: 'SecurityType', value: 'TrustedLaunchSupported' }]
  }
  return properties
}

function refuseImmutable(existing: Resource, properties: Record<string, unknown>): void {
  const before = isObject(existing.wire['properties']) ? existing.wire['properties'] : {}
  for (const name of [
    'osType',
    'osState',
    'hyperVGeneration',
    'architecture',
    'identifier',
    'features',
    'purchasePlan',
  ]) {
    if (JSON.stringify(before[name]) !== JSON.stringify(properties[name]))
      throw changeNotAllowed(`galleryImage.properties.${name}`)
  }
}

function refuseSameIdentifier(request: PracticeRequest, parent: Resource, properties: Record<string, unknown>): void {
  const identity = (value: unknown) =>
    ['publisher', 'offer', 'sku'].map((part) => digText(value, 'identifier', part)?.toLowerCase()).join('/')
  const other = request.store
    .list(definitionType, parent.id)
    .find((one) => identity(one.wire['properties']) === identity(properties))
  if (!other) return
  const text = `The gallery image identifier (publisher, offer, sku) '${identity(properties)}' is already used by gallery image '${other.name}' in gallery '${parent.name}'. The identifier must be unique within a gallery.`
  throw armError(409, 'Conflict', text)
}

function startPut(
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

function patchTags(request: PracticeRequest, resource: Resource): PracticeReply {
  const tags = tagsOf(bodyObject(request))
  if (tags) resource.wire = { ...resource.wire, tags }
  request.store.touch()
  return { status: 200, body: wireOf(resource) }
}

function deleteGallery(request: PracticeRequest): PracticeReply {
  const found = request.store.find(`${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}`)
  if (!found) return { status: 204 }
  refuseNested(request, found, definitionType)
  return deleteReply(request, found, 'gallery.delete')
}

function deleteDefinition(request: PracticeRequest): PracticeReply {
  const id = `${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}/images/${request.params['definition']}`
  const found = request.store.find(id)
  if (!found) return { status: 204 }
  refuseNested(request, found, versionType)
  return deleteReply(request, found, 'definition.delete')
}

export function parentNotFound(name: string): Error {
  const text = `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`
  return armError(404, 'ParentResourceNotFound', text)
}

function oneOf(value: unknown, allowed: string[], name: string): void {
  if (value === undefined || value === null) throw required(name)
  if (!allowed.includes(String(value)))
    throw invalidParameter(
      `The value '${String(value)}' of parameter ${name} is invalid. Allowed values are: ${allowed.join(', ')}.`,
    )
}

function required(name: string): Error {
  return invalidParameter(`Required parameter '${name}' is missing (null).`)
}
