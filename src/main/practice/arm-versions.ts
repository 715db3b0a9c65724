import { endsDeleting, endsMaking } from './arm-ends'
import {
  patchTags,
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
} from './arm-gallery-parts'
import {
  bodyObject,
  dig,
  isObject,
  listReply,
  requireGroup,
  requireRegion,
  requireResource,
  setState,
  tagsOf,
  wireOf,
} from './arm-parts'
import type { Blobs } from './blobs'
import { findRegion } from './directory'
import { armError } from './errors'
import type { Guests } from './guests'
import type { Verdict } from './judge'
import type { Operation } from './operations'
import type { Rights } from './rbac'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'
import { type Publishing, publishingProfile, targetRegions, versionName } from './version-body'
import { judgeSource, requireDisks, sourcesOf, storageProfileOf } from './version-sources'

const versions = `/subscriptions/:subscription/resourceGroups/:group/providers/${galleryType}/:gallery/images/:definition/versions`
const version = `${versions}/:version`
const firstRegionMs = 240_000
const nextRegionMs = 90_000
const slowFactor = 5

/** Image versions: made from page blobs, disks or machines; what is on them decides what becomes of them. Then they are copied to their regions. */
export function addVersionRoutes(router: Router, rights: Rights, guests: Guests, blobs: () => Blobs): void {
  const action = (verb: string) => ({ action: `${versionType}/${verb}` })
  router.route(
    'GET',
    versions,
    (request) => listReply(request.store.list(versionType, requireDefinition(request).id).map(wireOf)),
    action('read'),
  )
  router.route('GET', version, getVersion, action('read'))
  router.route('PUT', version, (request) => putVersion(request, rights, guests, blobs()), action('write'))
  router.route('PATCH', version, (request) => patchTags(request, requireVersion(request)), action('write'))
  router.route('DELETE', version, deleteVersion, action('delete'))
}

export function versionEffects(cloud: PracticeCloud): void {
  endsMaking(cloud, 'version.put', (made, { data }) => (made.hidden['failedRegion'] = data['failedRegion'] ?? null))
  endsDeleting(cloud, 'version.delete')
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
    const failedRegion = made.hidden['failedRegion'] ?? null
    if (isFailed && (failedRegion === null || failedRegion === region)) {
      const details = failedRegion === null ? (operation?.error?.message ?? '') : 'Failed with internal server error.'
      return { region: name, state: 'Failed', details, progress: 0 }
    }
    const part = earlier.includes(region) ? 1 : Math.min(1, Math.max(0, share * regions.length - index * 0.75))
    const isDone = share === 1 || part === 1 || isFailed
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

async function putVersion(
  request: PracticeRequest,
  rights: Rights,
  guests: Guests,
  blobs: Blobs,
): Promise<PracticeReply> {
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
  const disks = requireDisks({ request, rights, location, definition }, body)
  const verdicts = await Promise.all(disks.map(({ source }) => judgeSource(blobs, guests, source)))
  // The same PUT may have come twice while the bytes were read.
  const meanwhile = request.store.find(`${definition.id}/versions/${name}`)
  if (meanwhile && !existing) return updateVersion(request, meanwhile, body, publishing)
  const tags = tagsOf(body)
  const properties = {
    publishingProfile: { ...publishing, publishedDate: request.clock.iso() },
    storageProfile: storageProfileOf(
      disks,
      verdicts.map(({ virtualSizeBytes }) => virtualSizeBytes),
    ),
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
    // What nodes do depends on the disk with the system.
    hidden: { verdict: verdicts[0], replicated: [] },
  })
  start(
    request,
    made,
    publishing.targetRegions.length,
    firstRegionMs,
    verdicts.find(({ refusal }) => refusal)?.refusal ?? null,
  )
  return putReply(request, made, !existing)
}

/** Only regions, replicas and dates of an existing version can change; the same PUT again changes nothing. */
function updateVersion(
  request: PracticeRequest,
  existing: Resource,
  body: Record<string, unknown>,
  publishing: Publishing,
): PracticeReply {
  if (sourcesOf(body) !== sourcesOf(existing.wire))
    throw changeNotAllowed('galleryImageVersion.properties.storageProfile.source')
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
  const unlucky = request.faults.look('fail-replication', target)?.action ?? null
  const failing = unlucky !== null && targetRegions(made).includes(unlucky) ? unlucky : null
  if (failing !== null) request.faults.take('fail-replication', target)
  const durationMs = (firstMs + nextRegionMs * (regions - (firstMs > 0 ? 1 : 0))) * slow
  const operation: Operation = request.operations.start({
    kind: 'version.put',
    path: operationPath(request, String(made.wire['location'])),
    resourceId: made.id,
    // A blob that cannot become an image is refused long before the copying would be over.
    durationMs: refusal ? 20_000 : durationMs,
    error: refusal ?? (failing ? replicationFailed(failing) : null),
    data: { failedRegion: refusal ? null : failing },
    target,
  })
  operation.readsNeeded *= slow
}

/** Azure/azure-cli issue 15539. */
function replicationFailed(region: string): { code: string; message: string } {
  const message = `Gallery replication jobs failed in one or more regions. The failing regions' details are as follows: '{region:${region}, detail:Failed with internal server error.}'. If retry does not work, then please do an update by removing the failed regions and update again by adding them back.`
  return { code: 'ValidationError', message }
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
