import { isSameRegion } from '../../shared/terms'
import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import type { Cloud } from '../azure/cloud'
import { createGallery, deleteGallery, getGallery, listGalleries, type Gallery } from '../azure/galleries'
import { listDefinitions } from '../azure/image-definitions'
import { galleryId, groupId, partsOf } from '../azure/ids'
import { announce, assertOurs, foreign, isListed, untilGone, untilReady } from './making'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

type Form = Inputs['image.gallery']

/** The gallery that holds the image: Batch takes its custom images from nowhere else. */
export const imageGallery: RunStep<'image.gallery'> = {
  id: 'image.gallery',
  requires: ['connect.scope'],
  closing: 'goesOn',
  parse: (input) => parseForm('image.gallery', input),
  describe: (input) => ({
    minutes: 1,
    cost: 'none',
    makes: input.mode === 'create' ? [{ what: 'gallery', name: input.name, keep: true }] : [],
  }),
  async check(tools, input) {
    const found = await find(tools, await tools.cloud(), input)
    if (!found) {
      if (input.mode === 'choose') throw notFound(input)
      return { is: 'todo' }
    }
    assertHere(tools, found)
    if (input.mode === 'choose') return { is: 'done', output: outputFrom(found) }
    assertOurs(tools, found, 'gallery')
    const isReady = found.state === 'Succeeded' && isListed(tools, found.id)
    return isReady ? { is: 'done', output: outputFrom(found) } : { is: 'todo' }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const found = await find(tools, cloud, input)
    if (input.mode === 'choose') {
      if (!found) throw notFound(input)
      assertHere(tools, found)
      return outputFrom(found)
    }
    const id = ownId(tools, input)
    if (found) {
      assertOurs(tools, found, 'gallery')
      assertHere(tools, found)
    }
    await announce(tools, id, 'gallery', true)
    let operation: string | null = null
    if (!found || found.state === 'Failed') {
      const { region } = outputOf(tools, 'connect.scope')
      operation = (await createGallery(cloud, id, { region, run: tools.run }, tools.signal)).operation
    }
    const gallery = await untilReady(tools, cloud, (signal) => getGallery(cloud, id, signal), {
      kind: 'gallery',
      name: input.name,
      limitMinutes: 10,
      operation,
      stateOf: ({ state }) => state,
    })
    return outputFrom(gallery)
  },
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const gallery = await getGallery(cloud, resource.id, tools.signal)
    if (!gallery) return
    assertOurs(tools, gallery, 'gallery')
    const [definition] = await listDefinitions(cloud, resource.id, tools.signal)
    if (definition) throw foreign('image definition', definition.name)
    await deleteGallery(cloud, resource.id, tools.signal)
    await untilGone(tools, cloud, (signal) => getGallery(cloud, resource.id, signal), {
      kind: 'gallery',
      name: gallery.name,
      limitMinutes: 15,
    })
  },
}

function ownId(tools: Tools, input: Form): string {
  const scope = outputOf(tools, 'connect.scope')
  return galleryId(groupId(scope.subscriptionId, scope.resourceGroup), input.name)
}

async function find(tools: Tools, cloud: Cloud, input: Form): Promise<Gallery | null> {
  const { subscriptionId } = outputOf(tools, 'connect.scope')
  if (input.mode === 'create') return getGallery(cloud, ownId(tools, input), tools.signal)
  if (input.resourceGroup) {
    return getGallery(cloud, galleryId(groupId(subscriptionId, input.resourceGroup), input.name), tools.signal)
  }
  const galleries = await listGalleries(cloud, subscriptionId, tools.signal)
  return galleries.find(({ name }) => name.toLowerCase() === input.name.toLowerCase()) ?? null
}

/** A version lies in the region of its gallery and of the blob it is made from (items S10 and S18 of the article). */
function assertHere(tools: Tools, { name, region }: Gallery): void {
  const { region: wanted } = outputOf(tools, 'connect.scope')
  if (!isSameRegion(region, wanted))
    throw new AppError('cloud.region-mismatch', { kind: 'gallery', name, region, wanted })
}

function notFound(input: Form): AppError {
  return new AppError('cloud.not-found', { kind: 'gallery', name: input.name })
}

function outputFrom(gallery: Gallery): OutputOf<'image.gallery'> {
  return {
    id: gallery.id,
    name: gallery.name,
    resourceGroup: partsOf(gallery.id).resourceGroup,
    region: gallery.region,
  }
}
