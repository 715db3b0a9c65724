import { deleteDefinition, putDefinition } from './arm-definitions'
import { endsDeleting, endsMaking } from './arm-ends'
import {
  definitionType,
  deleteReply,
  galleryType,
  invalidParameter,
  patchTags,
  putReply,
  readReply,
  refuseDeleting,
  refuseNested,
  requireDefinition,
  requireGallery,
  startPut,
} from './arm-gallery-parts'
import { addLists } from './arm-lists'
import {
  bodyObject,
  digText,
  listReply,
  refuseOtherRegion,
  requireGroup,
  requireRegion,
  requireRegistered,
  requireSubscription,
  tagsOf,
  wireOf,
} from './arm-parts'
import type { PracticeCloud, PracticeReply, PracticeRequest, Router } from './server'

const galleries = `/subscriptions/:subscription/resourceGroups/:group/providers/${galleryType}`
const gallery = `${galleries}/:gallery`
const definition = `${gallery}/images/:definition`
const galleryMs = 20_000

/** Compute galleries and image definitions. */
export function addGalleryRoutes(router: Router): void {
  const action = (verb: string) => ({ action: `${galleryType}/${verb}` })
  addLists(router, galleryType)
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
  for (const noun of ['gallery', 'definition']) {
    endsMaking(cloud, `${noun}.put`)
    endsDeleting(cloud, `${noun}.delete`)
  }
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

function deleteGallery(request: PracticeRequest): PracticeReply {
  const found = request.store.find(`${requireGroup(request).id}/providers/${galleryType}/${request.params['gallery']}`)
  if (!found) return { status: 204 }
  refuseNested(request, found, definitionType)
  return deleteReply(request, found, 'gallery.delete')
}
