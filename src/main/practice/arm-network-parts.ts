import { randomUUID } from 'node:crypto'
import { endsDeleting, endsMaking } from './arm-ends'
import { refuseDeleting } from './arm-gallery-parts'
import {
  bodyObject,
  dig,
  isObject,
  refuseOtherRegion,
  requireGroup,
  requireRegion,
  requireRegistered,
  requireResource,
  requireSubscription,
  setState,
  tagsOf,
} from './arm-parts'
import { armError } from './errors'
import { assertLinked } from './linked-rights'
import { shownNetwork } from './arm-network-uses'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'

const putMs = 4_000
const deleteMs = 8_000

/** What a PUT is about, once names, region, version and state are in order. */
export type Wanted = {
  id: string
  name: string
  location: string
  existing: Resource | null
  body: Record<string, unknown>
  /** Of the body; empty where there is none. */
  properties: Record<string, unknown>
}

/** What the resource becomes: its properties, and what stands beside them (`sku`, `zones`). */
export type Made = { properties: Record<string, unknown>; beside?: Record<string, unknown> }

/** PUT of a network resource as a whole. @throws ArmError 400, 404, 409, 412 */
export function putNetwork(request: PracticeRequest, type: string, make: (wanted: Wanted) => Made): PracticeReply {
  const { id: subscription } = requireSubscription(request)
  const group = requireGroup(request)
  requireRegistered(request, subscription, 'Microsoft.Network')
  const name = networkName(request.params['name'] ?? '', type)
  const body = bodyObject(request)
  const location = requireRegion(body, type)
  const id = `${group.id}/providers/${type}/${name}`
  const existing = request.store.find(id)
  refuseOtherRegion(existing, location, group.name)
  refuseDeleting(existing)
  assertVersion(request, existing)
  const tags = tagsOf(body)
  const properties = isObject(body['properties']) ? body['properties'] : {}
  const made = make({ id, name, location, existing, body, properties })
  const wire = {
    location,
    ...(tags ? { tags } : {}),
    ...made.beside,
    properties: {
      ...made.properties,
      resourceGuid: dig(existing?.wire, 'properties', 'resourceGuid') ?? randomUUID(),
      provisioningState: 'Updating',
    },
  }
  const stored = request.store.put({ id, name: existing?.name ?? name, type, wire })
  startNetwork(request, stored, 'network.put', putMs)
  return putNetworkReply(request, stored, !existing)
}

/** Answer to a write of the resource, or of one of its parts when `part` is given. */
export function putNetworkReply(
  request: PracticeRequest,
  stored: Resource,
  isNew: boolean,
  part?: Record<string, unknown>,
): PracticeReply {
  const operation = request.operations.find(stored.operation ?? '')
  const headers =
    operation?.status === 'InProgress' ? request.operations.headers(operation, request.apiVersion, 'async') : {}
  return { status: isNew ? 201 : 200, headers, body: part ?? shownNetwork(request, stored) }
}

/** Changes a part of a resource (a rule, a subnet) with an operation of its own. */
export function changeNetwork(request: PracticeRequest, stored: Resource, properties: Record<string, unknown>): void {
  stored.wire = { ...stored.wire, properties: { ...(stored.wire['properties'] as object), ...properties } }
  setState(stored, 'Updating')
  startNetwork(request, stored, 'network.put', putMs)
}

/** The answer to a change that leaves nothing to show, as DELETE of a part. */
export function acceptedNetwork(request: PracticeRequest, stored: Resource): PracticeReply {
  const operation = request.operations.find(stored.operation ?? '')
  return { status: 202, headers: operation ? request.operations.headers(operation, request.apiVersion) : {} }
}

export function getNetwork(request: PracticeRequest, type: string): PracticeReply {
  request.operations.read(requireNetwork(request, type).operation)
  return { status: 200, body: shownNetwork(request, requireNetwork(request, type)) }
}

/** PATCH changes tags only. */
export function patchNetwork(request: PracticeRequest, type: string): PracticeReply {
  const found = requireNetwork(request, type)
  const tags = tagsOf(bodyObject(request))
  if (tags) found.wire = { ...found.wire, tags }
  found.hidden['etag'] = randomUUID()
  request.store.touch()
  return { status: 200, body: shownNetwork(request, found) }
}

/** `refuse` throws while others need the resource. */
export function deleteNetwork(
  request: PracticeRequest,
  type: string,
  refuse: (found: Resource) => void,
): PracticeReply {
  const found = request.store.find(`${requireGroup(request).id}/providers/${type}/${request.params['name']}`)
  if (!found) return { status: 204 }
  assertVersion(request, found)
  refuse(found)
  if (dig(found.wire, 'properties', 'provisioningState') !== 'Deleting') {
    setState(found, 'Deleting')
    startNetwork(request, found, 'network.delete', deleteMs)
  }
  return acceptedNetwork(request, found)
}

/** A resource of the path. @throws ArmError 404 ResourceNotFound */
export function requireNetwork(request: PracticeRequest, type: string): Resource {
  return requireResource(request, `${requireGroup(request).id}/providers/${type}/${request.params['name']}`, type)
}

/** What another resource names by id, in the same region. @throws ArmError 400 InvalidResourceReference */
export function requireReferenced(
  cloud: PracticeCloud,
  { id, location }: { id: string; location: string },
  referenced: unknown,
  type: string,
): Resource {
  const wanted = typeof referenced === 'string' ? referenced : ''
  const found = cloud.store.find(wanted)
  if (found?.type === type && found.wire['location'] === location) return found
  const text = `Resource ${wanted} referenced by resource ${id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`
  throw armError(400, 'InvalidResourceReference', text)
}

/** Using another resource takes the right to join it. @throws ArmError 403 LinkedAuthorizationFailed */
export function joined(
  request: PracticeRequest,
  rights: Rights,
  type: string,
  used: Resource,
  part?: string,
): Resource {
  const action = `${used.type}${part === undefined ? '' : `/${part.split('/')[0]}`}/join/action`
  const id = part === undefined ? used.id : `${used.id}/${part}`
  assertLinked(request, rights, { doing: `${type}/write`, action, id })
  return used
}

export function networkEffects(cloud: PracticeCloud): void {
  endsMaking(cloud, 'network.put', (made) => (made.hidden['etag'] = randomUUID()))
  endsDeleting(cloud, 'network.delete')
}

/** Microsoft Learn, "Naming rules and restrictions for Azure resources": Microsoft.Network. */
export function networkName(name: string, type: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?$/.test(name)) return name
  const text = `Resource name ${name} is invalid. The name of a resource of type ${type} can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`
  throw armError(400, 'InvalidResourceName', text)
}

function startNetwork(request: PracticeRequest, stored: Resource, kind: string, durationMs: number): void {
  stored.hidden['etag'] = randomUUID()
  const location = String(stored.wire['location'])
  request.operations.start({
    kind,
    path: `/subscriptions/${requireSubscription(request).id}/providers/Microsoft.Network/locations/${location}/operations/{id}`,
    resourceId: stored.id,
    durationMs,
    target: `${request.method} ${request.path}`,
  })
}

/** RFC 9110, If-Match and If-None-Match. @throws ArmError 412 PreconditionFailed */
function assertVersion(request: PracticeRequest, existing: Resource | null): void {
  const wanted = request.headers['if-match']
  const isOther = wanted !== undefined && wanted !== '*' && wanted !== `W/"${String(existing?.hidden['etag'])}"`
  const isThere = request.headers['if-none-match'] === '*' && existing !== null
  if (!isOther && !isThere && !(wanted !== undefined && existing === null)) return
  const text = `Precondition failed. The etag '${String(wanted ?? '*')}' does not match the resource's.`
  throw armError(412, 'PreconditionFailed', text)
}
