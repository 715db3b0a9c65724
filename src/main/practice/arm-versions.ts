import {
  changeNotAllowed,
  definitionType,
  deleteReply,
  galleryType,
  invalidParameter,
  operationPath,
  parentNotFound,
  putReply,
  readReply,
  refuseDeleting,
  requireDefinition,
  versionType,
} from './arm-galleries'
import {
  bodyObject,
  dig,
  digText,
  isObject,
  listReply,
  requireGroup,
  requireRegion,
  requireResource,
  setState,
  tagsOf,
  wireOf,
} from './arm-parts'
import { storageType } from './arm-storage'
import type { Blobs } from './blobs'
import { findRegion } from './directory'
import { armError } from './errors'
import { judgeVhd, type Verdict } from './judge'
import type { Operation } from './operations'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const versions = `/subscriptions/:subscription/resourceGroups/:group/providers/${galleryType}/:gallery/images/:definition/versions`
const version = `${versions}/:version`
const firstRegionMs = 240_000
const nextRegionMs = 90_000
const slowFactor = 5
const maximum = 2_147_483_647

/** Image versions: made from a page blob whose bytes decide what becomes of them, then copied to their regions. */
export function addVersionRoutes(router: Router, rights: Rights, blobs: () => Blobs): void {
  const action = (verb: string) => ({ action: `${versionType}/${verb}` })
  router.route(
    'GET',
    versions,
    (request) => listReply(request.store.list(versionType, requireDefinition(request).id).map(wireOf)),
    action('read'),
  )
  router.route('GET', version, getVersion, action('read'))
  router.route('PUT', version, (request) => putVersion(request, rights, blobs()), action('write'))
  router.route('PATCH', version, patchVersion, action('write'))
  router.route('DELETE', version, deleteVersion, action('delete'))
}

export function versionEffects(cloud: PracticeCloud): void {
  cloud.operations.onEnd('version.put', (operation, made) => {
    if (!made) return
    setState(made, operation.error ? 'Failed' : 'Succeeded')
  })
  cloud.operations.onEnd('version.delete', (operation, gone) => {
    if (!gone) return
    if (operation.error) setState(gone, 'Failed')
    else cloud.store.remove(gone.id)
  })
}

function getVersion(request: PracticeRequest): PracticeReply {
  const found = requireVersion(request)
  const reply = readReply(request, found)
  // With `=` and in any case, as clients send it: $expand=ReplicationStatus.
  if (reply.status !== 200 || request.query.get('$expand')?.toLowerCase() !== 'replicationstatus') return reply
  const body = reply.body as Record<string, unknown>
  const properties = isObject(body['properties']) ? body['properties'] : {}
  return {
    status: 200,
    body: { ...body, properties: { ...properties, replicationStatus: replicationStatus(request, found) } },
  }
}

/** Per-region progress: the regions are filled one after the other, the version's own region first. */
function replicationStatus(cloud: PracticeCloud, made: Resource): object {
  const regions = targetRegions(made)
  const operation = cloud.operations.find(made.operation ?? '')
  const share = operation?.kind === 'version.put' ? cloud.operations.progress(operation) : 1
  const isFailed = dig(made.wire, 'properties', 'provisioningState') === 'Failed'
  const earlier = Array.isArray(made.hidden['replicated']) ? (made.hidden['replicated'] as string[]) : []
  const summary = regions.map((region, index) => {
    const name = findRegion(region)?.displayName ?? region
    if (isFailed) return { region: name, state: 'Failed', details: operation?.error?.message ?? '', progress: 0 }
    const part = earlier.includes(region) ? 1 : Math.min(1, Math.max(0, share * regions.length - index * 0.75))
    const isDone = share === 1 || part === 1
    return {
      region: name,
      state: isDone ? 'Completed' : 'Replicating',
      details: '',
      progress: isDone ? 100 : Math.floor(part * 100),
    }
  })
  const states = new Set(summary.map((one) => one.state))
  const aggregatedState = states.has('Failed') ? 'Failed' : states.has('Replicating') ? 'InProgress' : 'Completed'
  return { aggregatedState, summary }
}

async function putVersion(request: PracticeRequest, rights: Rights, blobs: Blobs): Promise<PracticeReply> {
  const definition = request.store.find(
    `${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}/images/${request.params['definition']}`,
  )
  if (definition?.type !== definitionType)
    throw parentNotFound(`${request.params['gallery']}/${request.params['definition']}`)
  const name = versionName(request)
  const body = bodyObject(request)
  const location = requireRegion(body, versionType)
  if (location !== definition.wire['location']) {
    throw invalidParameter(
      `The location '${location}' of gallery image version '${name}' must be the same as the location '${String(definition.wire['location'])}' of its gallery image.`,
    )
  }
  const existing = request.store.find(`${definition.id}/versions/${name}`)
  refuseDeleting(existing)
  const publishing = publishingProfile(request, body, location, name)
  if (existing && dig(existing.wire, 'properties', 'provisioningState') !== 'Failed') {
    return updateVersion(request, existing, body, publishing)
  }
  const uri = requireSource(request, rights, body, location)
  const verdict = await judgeSource(blobs, uri)
  // The same PUT may have come twice while the bytes were read.
  const meanwhile = request.store.find(`${definition.id}/versions/${name}`)
  if (meanwhile && !existing) return updateVersion(request, meanwhile, body, publishing)
  const tags = tagsOf(body)
  const osDiskImage = { ...osDiskOf(body), sizeInGB: Math.max(1, Math.ceil(verdict.virtualSizeBytes / 1024 ** 3)) }
  const properties = {
    publishingProfile: { ...publishing, publishedDate: request.clock.iso() },
    storageProfile: { osDiskImage },
    safetyProfile: { reportedForPolicyViolation: false, allowDeletionOfReplicatedLocations: true },
    provisioningState: 'Creating',
  }
  const wire = { location, ...(tags ? { tags } : {}), properties }
  const id = `${definition.id}/versions/${name}`
  const made = request.store.put({
    id,
    name,
    type: versionType,
    wire,
    hidden: { verdict, sourceUri: uri, replicated: [] },
  })
  start(request, made, publishing.targetRegions.length, firstRegionMs, verdict.refusal)
  return putReply(request, made, !existing)
}

/** Only regions, replicas and dates of an existing version can change; the same PUT again changes nothing. */
function updateVersion(
  request: PracticeRequest,
  existing: Resource,
  body: Record<string, unknown>,
  publishing: Publishing,
): PracticeReply {
  const source = (value: unknown) => {
    const from = dig(value, 'properties', 'storageProfile', 'osDiskImage', 'source')
    return `${digText(from, 'storageAccountId') ?? ''} ${digText(from, 'uri') ?? ''}`.toLowerCase()
  }
  if (source(body) !== source(existing.wire))
    throw changeNotAllowed('galleryImageVersion.properties.storageProfile.osDiskImage.source')
  const running = request.operations.find(existing.operation ?? '')
  const before = JSON.stringify(dig(existing.wire, 'properties', 'publishingProfile', 'targetRegions'))
  const tags = tagsOf(body)
  if (tags) existing.wire = { ...existing.wire, tags }
  request.store.touch()
  if (JSON.stringify(publishing.targetRegions) === before) return putReply(request, existing, false)
  if (running?.status === 'InProgress') {
    throw armError(
      409,
      'Conflict',
      `The gallery image version '${existing.name}' is being changed by another operation. Retry when it has finished.`,
    )
  }
  const properties = existing.wire['properties'] as Record<string, unknown>
  const date = dig(properties, 'publishingProfile', 'publishedDate')
  existing.hidden['replicated'] = targetRegions(existing)
  existing.wire = {
    ...existing.wire,
    properties: { ...properties, publishingProfile: { ...publishing, publishedDate: date } },
  }
  setState(existing, 'Updating')
  start(request, existing, publishing.targetRegions.length, 0, null)
  return putReply(request, existing, false)
}

function start(
  request: PracticeRequest,
  made: Resource,
  regions: number,
  firstMs: number,
  refusal: Verdict['refusal'],
): void {
  const target = `${request.method} ${request.path}`
  const slow = request.faults.take('slow-replication', target) ? slowFactor : 1
  const durationMs = (firstMs + nextRegionMs * (regions - (firstMs > 0 ? 1 : 0))) * slow
  const operation: Operation = request.operations.start({
    kind: 'version.put',
    path: operationPath(request, String(made.wire['location'])),
    resourceId: made.id,
    // A blob that cannot become an image is refused long before the copying would be over.
    durationMs: refusal ? 20_000 : durationMs,
    error: refusal,
    target,
  })
  operation.readsNeeded *= slow
}

interface Publishing extends Record<string, unknown> {
  targetRegions: { name: string; regionalReplicaCount: number; storageAccountType: string }[]
}

function publishingProfile(
  request: PracticeRequest,
  body: Record<string, unknown>,
  location: string,
  version: string,
): Publishing {
  const given = dig(body, 'properties', 'publishingProfile')
  const replicaCount = wholeNumber(dig(given, 'replicaCount') ?? 1, 'replicaCount')
  const storageAccountType = digText(given, 'storageAccountType') ?? 'Standard_LRS'
  const listed = dig(given, 'targetRegions')
  const wanted: unknown[] = Array.isArray(listed) && listed.length > 0 ? (listed as unknown[]) : [{ name: location }]
  const targetRegions = wanted.map((one) => {
    const name = digText(one, 'name') ?? ''
    const region = findRegion(name)
    if (!region)
      throw invalidParameter(
        `The target region '${name}' of gallery image version '${version}' is invalid or not available for the subscription.`,
      )
    return {
      name: region.displayName,
      regionalReplicaCount: wholeNumber(dig(one, 'regionalReplicaCount') ?? replicaCount, 'regionalReplicaCount'),
      storageAccountType: digText(one, 'storageAccountType') ?? storageAccountType,
    }
  })
  const names = targetRegions.map((region) => findRegion(region.name)?.name)
  if (new Set(names).size !== names.length)
    throw invalidParameter('The target regions of a gallery image version must be different from each other.')
  if (!names.includes(location as (typeof names)[number])) {
    const shown = targetRegions.map((region) => region.name).join(', ')
    throw invalidParameter(
      `Gallery image version publishing profile regions '${shown}' must contain the location of image version '${location}'.`,
    )
  }
  const excludeFromLatest = dig(given, 'excludeFromLatest') === true
  const replicationMode = digText(given, 'replicationMode') ?? 'Full'
  return { targetRegions, replicaCount, excludeFromLatest, storageAccountType, replicationMode }
}

function wholeNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100) return value
  throw invalidParameter(
    `The value '${String(value)}' of parameter galleryImageVersion.properties.publishingProfile.${name} is invalid. It must be between 1 and 100.`,
  )
}

/** The blob that the version is made from, and whether the caller may read it. @throws ArmError 400, 403, 404 */
function requireSource(
  request: PracticeRequest,
  rights: Rights,
  body: Record<string, unknown>,
  location: string,
): string {
  const source = dig(body, 'properties', 'storageProfile', 'osDiskImage', 'source')
  const uri = digText(source, 'uri')
  const accountId = digText(source, 'storageAccountId')
  const other = dig(body, 'properties', 'storageProfile', 'source') ?? digText(source, 'id')
  if (other !== undefined)
    throw invalidParameter(
      'The practice cloud makes image versions from VHD blobs only: osDiskImage.source.uri and storageAccountId.',
    )
  if (uri === undefined || accountId === undefined) {
    throw invalidParameter(
      "Required parameter 'galleryImageVersion.properties.storageProfile.osDiskImage.source' needs 'uri' and 'storageAccountId'.",
    )
  }
  const account = request.store.find(accountId)
  if (account?.type !== storageType)
    throw armError(404, 'NotFound', `The storage account '${accountId}' was not found.`)
  const endpoint = digText(account.wire, 'properties', 'primaryEndpoints', 'blob') ?? ''
  if (!uri.startsWith(endpoint)) {
    throw invalidParameter(
      `The source blob uri '${withoutQuery(uri)}' does not belong to the storage account '${account.name}'.`,
    )
  }
  if (account.wire['location'] !== location) {
    throw invalidParameter(
      `The source blob's storage account '${account.name}' is in location '${String(account.wire['location'])}'. It must be in the location '${location}' of the gallery image version.`,
    )
  }
  const action = 'Microsoft.Storage/storageAccounts/listKeys/action'
  if (request.caller && !rights.isAllowed(request.caller, action, account.id)) {
    const text = `The client '${request.caller.name}' with object id '${request.caller.oid}' has permission to perform action '${versionType}/write' on scope '${request.path}'; however, it does not have permission to perform action '${action}' on the linked scope(s) '${account.id}' or the linked scope(s) are invalid.`
    throw armError(403, 'LinkedAuthorizationFailed', text)
  }
  return withoutQuery(uri)
}

async function judgeSource(blobs: Blobs, uri: string): Promise<Verdict> {
  const blob = await blobs.open(uri)
  if (!blob) throw armError(404, 'NotFound', `The source blob '${uri}' was not found.`)
  const { sizeBytes, type } = blob
  return judgeVhd({ url: uri, name: blob.blob, sizeBytes, type, read: (offset, length) => blob.read(offset, length) })
}

function osDiskOf(body: Record<string, unknown>): Record<string, unknown> {
  const given = dig(body, 'properties', 'storageProfile', 'osDiskImage')
  const source = dig(given, 'source')
  return {
    hostCaching: digText(given, 'hostCaching') ?? 'None',
    source: { storageAccountId: digText(source, 'storageAccountId'), uri: withoutQuery(digText(source, 'uri') ?? '') },
  }
}

function versionName(request: PracticeRequest): string {
  const name = request.params['version'] ?? ''
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(name)
  if (parts?.slice(1).every((part) => Number(part) <= maximum)) return name
  throw invalidParameter(
    `The gallery image version name '${name}' is invalid. It must be of the form Major(int32).Minor(int32).Patch(int32), for example 1.0.0.`,
  )
}

function patchVersion(request: PracticeRequest): PracticeReply {
  const found = requireVersion(request)
  const tags = tagsOf(bodyObject(request))
  if (tags) found.wire = { ...found.wire, tags }
  request.store.touch()
  return { status: 200, body: wireOf(found) }
}

function deleteVersion(request: PracticeRequest): PracticeReply {
  const found = request.store.find(versionId(request))
  if (!found) return { status: 204 }
  const running = request.operations.find(found.operation ?? '')
  if (running?.status === 'InProgress' && running.kind === 'version.put') request.operations.cancel(running.id)
  return deleteReply(request, found, 'version.delete')
}

function requireVersion(request: PracticeRequest): Resource {
  return requireResource(request, versionId(request), versionType)
}

function versionId(request: PracticeRequest): string {
  const { gallery, definition, version } = request.params
  return `${requireGroup(request).id}/providers/${galleryType}/${gallery}/images/${definition}/versions/${version}`
}

/** Names of the regions that a version is published to. */
export function targetRegions(made: Resource): string[] {
  const listed = dig(made.wire, 'properties', 'publishingProfile', 'targetRegions')
  if (!Array.isArray(listed)) return []
  return listed.map((one) => findRegion(digText(one, 'name') ?? '')?.name ?? '')
}

function withoutQuery(uri: string): string {
  return uri.split('?')[0] ?? uri
}
