import { bodyObject, listReply, requireGroup, requireRegion, requireSubscription, tagsOf, wireOf } from './arm-parts'
import { diskType } from './arm-disk-parts'
import { armError } from './errors'
import { acceptedAtLocation, pollLocation } from './location-polls'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const type = 'Microsoft.Resources/resourceGroups'
const path = '/subscriptions/:subscription/resourceGroups'
const deleteMs = 60_000

/** Resource groups and what is in them. */
export function addGroupRoutes(router: Router): void {
  const action = (verb: string) => ({ action: `Microsoft.Resources/subscriptions/resourcegroups/${verb}` })
  router.route('GET', path, listGroups, action('read'))
  router.route('GET', `${path}/:group`, getGroup, action('read'))
  router.route('HEAD', `${path}/:group`, groupExists, action('read'))
  router.route('PUT', `${path}/:group`, putGroup, action('write'))
  router.route('PATCH', `${path}/:group`, patchGroup, action('write'))
  router.route('DELETE', `${path}/:group`, deleteGroup, action('delete'))
  router.route('GET', `${path}/:group/resources`, listResources, {
    action: 'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
  })
  router.route('GET', '/subscriptions/:subscription/resources', listResources, {
    action: 'Microsoft.Resources/subscriptions/resources/read',
  })
  router.route('GET', '/subscriptions/:subscription/operationresults/:operation', (request) => pollLocation(request))
}

/** At the end of a deletion the group and all in it are gone, the bytes of its storage accounts and disks as well. */
export function groupEffects(
  cloud: PracticeCloud,
  remove: {
    account(name: string): void
    disk(disk: Resource): void
    snapshot(snapshot: Resource): void
    /** Before the group goes: nothing in it runs afterwards. */
    machines(group: Resource): void
  },
): void {
  cloud.operations.onEnd('group.delete', (operation, group) => {
    if (!group) return
    if (operation.error) group.wire = { ...group.wire, properties: { provisioningState: 'Succeeded' } }
    else {
      const accounts = cloud.store.list('Microsoft.Storage/storageAccounts', group.id)
      const disks = cloud.store.list(diskType, group.id)
      const snapshots = cloud.store.list('Microsoft.Compute/snapshots', group.id)
      remove.machines(group)
      cloud.store.remove(group.id)
      for (const account of accounts) remove.account(account.name)
      for (const disk of disks) remove.disk(disk)
      for (const snapshot of snapshots) remove.snapshot(snapshot)
    }
  })
}

function listGroups(request: PracticeRequest): PracticeReply {
  const { id } = requireSubscription(request)
  const filter = /^tagName eq '(.+)' and tagValue eq '(.*)'$/i.exec(request.query.get('$filter') ?? '')
  const groups = request.store
    .list(type, `/subscriptions/${id}`)
    .filter((group) => !filter || tagOf(group, filter[1] ?? '') === filter[2])
  return listReply(groups.map(wireOf))
}

function getGroup(request: PracticeRequest): PracticeReply {
  request.operations.read(requireGroup(request).operation)
  return { status: 200, body: wireOf(requireGroup(request)) }
}

function groupExists(request: PracticeRequest): PracticeReply {
  const { id } = requireSubscription(request)
  return { status: request.store.find(`/subscriptions/${id}/resourceGroups/${request.params['group']}`) ? 204 : 404 }
}

function putGroup(request: PracticeRequest): PracticeReply {
  const { id: subscription } = requireSubscription(request)
  const name = request.params['group'] ?? ''
  // Azure: 1-90 characters, letters of any script, digits, . _ - ( ), no full stop at the end.
  if (!/^[\p{L}\p{N}._()-]{0,89}[\p{L}\p{N}_()-]$/u.test(name)) {
    const text = `The provided resource group name '${name}' has these invalid characters: '${name.replace(/[\p{L}\p{N}._()-]/gu, '')}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.`
    throw armError(400, 'InvalidResourceGroup', text)
  }
  const body = bodyObject(request)
  const location = requireRegion(body, type)
  const id = `/subscriptions/${subscription}/resourceGroups/${name}`
  const existing = request.store.find(id)
  if (existing && isDeleting(existing)) {
    throw armError(
      409,
      'ResourceGroupBeingDeleted',
      `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
    )
  }
  if (existing && existing.wire['location'] !== location) {
    const text = `Invalid resource group location '${location}'. The Resource group already exists in location '${String(existing.wire['location'])}'.`
    throw armError(409, 'InvalidResourceGroupLocation', text)
  }
  const tags = tagsOf(body)
  const wire = { location, ...(tags ? { tags } : {}), properties: { provisioningState: 'Succeeded' } }
  const group = request.store.put({ id, name: existing?.name ?? name, type, wire })
  return { status: existing ? 200 : 201, body: wireOf(group) }
}

function patchGroup(request: PracticeRequest): PracticeReply {
  const group = requireGroup(request)
  const tags = tagsOf(bodyObject(request))
  if (tags) group.wire = { ...group.wire, tags }
  request.store.touch()
  return { status: 200, body: wireOf(group) }
}

function deleteGroup(request: PracticeRequest): PracticeReply {
  const group = requireGroup(request)
  const { id: subscription } = requireSubscription(request)
  if (!isDeleting(group)) {
    group.wire = { ...group.wire, properties: { provisioningState: 'Deleting' } }
    request.operations.start({
      kind: 'group.delete',
      path: `/subscriptions/${subscription}/operationresults/{id}`,
      resourceId: group.id,
      durationMs: deleteMs,
      target: `${request.method} ${request.path}`,
    })
  }
  return acceptedAtLocation(request, group)
}

function listResources(request: PracticeRequest): PracticeReply {
  const scope =
    request.params['group'] === undefined
      ? `/subscriptions/${requireSubscription(request).id}`
      : requireGroup(request).id
  const filter = request.query.get('$filter') ?? ''
  const wantedType = /resourceType eq '([^']+)'/i.exec(filter)?.[1]?.toLowerCase()
  const wantedTag = /tagName eq '([^']+)'(?: and tagValue eq '([^']*)')?/i.exec(filter)
  const found = Object.values(request.store.resources)
    .filter((one) => one.id.toLowerCase().startsWith(`${scope.toLowerCase()}/`) && isTracked(one))
    .filter((one) => wantedType === undefined || one.type.toLowerCase() === wantedType)
    .filter((one) => !wantedTag || fitsTag(one, wantedTag[1] ?? '', wantedTag[2]))
  return listReply(found.map(genericBody))
}

/** Only resources with a region of their own are listed: no containers, no pools. */
function isTracked(resource: Resource): boolean {
  return resource.type !== type && typeof resource.wire['location'] === 'string'
}

function genericBody(resource: Resource): object {
  const { location, tags, sku, kind, identity } = resource.wire
  const parts = resource.type.split('/')
  const name = parts.length > 2 ? pathNames(resource.id) : resource.name
  const optional = { tags, sku, kind, identity }
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
  return { id: resource.id, name, type: resource.type, location, ...given }
}

// A child is named by its whole path here: `gallery/definition/1.0.0`.
function pathNames(id: string): string {
  const parts = id.slice(id.toLowerCase().indexOf('/providers/') + 1).split('/')
  return parts
    .slice(2)
    .filter((_, index) => index % 2 === 1)
    .join('/')
}

function fitsTag(resource: Resource, name: string, value: string | undefined): boolean {
  const found = tagOf(resource, name)
  return found !== undefined && (value === undefined || found === value)
}

function tagOf(resource: Resource, name: string): string | undefined {
  const tags = (resource.wire['tags'] ?? {}) as Record<string, string>
  return Object.entries(tags).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

function isDeleting(group: Resource): boolean {
  return (group.wire['properties'] as { provisioningState?: string } | undefined)?.provisioningState === 'Deleting'
}
