import { findRegion, subscriptions } from './directory'
import { armError } from './errors'
import type { PracticeCloud, PracticeRequest } from './server'
import type { Resource } from './store'

/** Body of a PUT or PATCH as an object. @throws ArmError 400 */
export function bodyObject(request: PracticeRequest): Record<string, unknown> {
  if (!isObject(request.body))
    throw armError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.')
  return request.body
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Walks into nested objects; undefined when something on the way is missing. */
export function dig(value: unknown, ...path: (string | number)[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<string | number, unknown>)[name]
  }
  return at
}

export function digText(value: unknown, ...path: (string | number)[]): string | undefined {
  const found = dig(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** The subscription of the path. @throws ArmError 404 SubscriptionNotFound */
export function requireSubscription(request: PracticeRequest): (typeof subscriptions)[number] {
  const id = request.params['subscription'] ?? ''
  const found = subscriptions.find((one) => one.id === id.toLowerCase())
  if (!found) throw armError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`)
  return found
}

/** Id of the resource group of the path. @throws ArmError 404 ResourceGroupNotFound */
export function requireGroup(request: PracticeRequest): Resource {
  const { id } = requireSubscription(request)
  const name = request.params['group'] ?? ''
  const group = request.store.find(`/subscriptions/${id}/resourceGroups/${name}`)
  if (!group) throw armError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`)
  return group
}

/** A stored resource. @throws ArmError 404 ResourceNotFound in Azure's words */
export function requireResource(request: PracticeRequest, id: string, type: string): Resource {
  const found = request.store.find(id)
  if (found) return found
  const group = requireGroup(request)
  const provider = type.split('/')[0]
  const name = id.slice(id.toLowerCase().indexOf('/providers/') + '/providers/'.length).split('/')
  const shown = `${provider}/${name.slice(1).join('/')}`
  const text = `The Resource '${shown}' under resource group '${group.name}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`
  throw armError(404, 'ResourceNotFound', text)
}

/** The region in a body. @throws ArmError 400 LocationRequired or LocationNotAvailableForResourceType */
export function requireRegion(body: Record<string, unknown>, type: string): string {
  const location = body['location']
  if (typeof location !== 'string' || location === '') {
    throw armError(400, 'LocationRequired', 'The location property is required for this definition.')
  }
  const region = findRegion(location)
  if (!region) {
    const text = `The provided location '${location}' is not available for resource type '${type}'. List of available regions for the resource type is 'westeurope,northeurope,germanywestcentral'.`
    throw armError(400, 'LocationNotAvailableForResourceType', text)
  }
  return region.name
}

/** A resource keeps its region: a PUT with another one is refused. @throws ArmError 409 */
export function refuseOtherRegion(existing: Resource | null, region: string, group: string): void {
  if (!existing || existing.wire['location'] === region) return
  const text = `The resource '${existing.name}' already exists in location '${String(existing.wire['location'])}' in resource group '${group}'. A resource with the same name cannot be created in location '${region}'. Please select a new resource name.`
  throw armError(409, 'InvalidResourceLocation', text)
}

/** Tags of a body, checked as ARM does: text values, at most 50. @throws ArmError 400 InvalidTags */
export function tagsOf(body: Record<string, unknown>): Record<string, string> | undefined {
  const tags = body['tags']
  if (tags === undefined || tags === null) return undefined
  const entries = isObject(tags) ? Object.entries(tags) : null
  if (!entries || entries.length > 50 || entries.some(([, value]) => typeof value !== 'string')) {
    throw armError(400, 'InvalidTags', 'The tags of the resource are invalid: at most 50 tags with text values.')
  }
  return Object.fromEntries(entries) as Record<string, string>
}

/** 409 while the subscription is not registered for a namespace. @throws ArmError */
export function requireRegistered(cloud: PracticeCloud, subscription: string, namespace: string): void {
  if (providerState(cloud, subscription, namespace) === 'Registered') return
  const text = `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`
  throw armError(409, 'MissingSubscriptionRegistration', text)
}

export type ProviderStates = {
  [subscriptionAndNamespace: string]: 'Registered' | 'Registering' | 'NotRegistered'
}

/** Registration of a namespace in a subscription; what is not written down is registered. */
export function providerState(cloud: PracticeCloud, subscription: string, namespace: string): ProviderStates[string] {
  const states = cloud.store.part('providers', () => ({}) as ProviderStates)
  return states[`${subscription}/${namespace}`.toLowerCase()] ?? 'Registered'
}

/** Body of a resource as GET answers it: id, name, type and what is stored. */
export function wireOf(resource: Resource): Record<string, unknown> {
  return { id: resource.id, name: resource.name, type: resource.type, ...resource.wire }
}

/** Sets `properties.provisioningState`. */
export function setState(resource: Resource, state: string): void {
  const properties = isObject(resource.wire['properties']) ? resource.wire['properties'] : {}
  resource.wire = { ...resource.wire, properties: { ...properties, provisioningState: state } }
}

/** A list answer in one part. */
export function listReply(value: unknown[]): { status: number; body: { value: unknown[]; nextLink?: string } } {
  return { status: 200, body: { value } }
}

/** A list answer in parts of `size`, with absolute nextLinks as ARM gives them. */
export function pagedReply(request: PracticeRequest, value: unknown[], size: number): ReturnType<typeof listReply> {
  const from = Number(request.query.get('$skiptoken') ?? 0) || 0
  const reply = listReply(value.slice(from, from + size))
  if (from + size >= value.length) return reply
  const query = new URLSearchParams(request.query)
  query.set('$skiptoken', String(from + size))
  reply.body.nextLink = `${request.origin()}${request.path}?${query.toString()}`
  return reply
}
