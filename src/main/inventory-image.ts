import type { ImageKind, ImageState, InventoryImage, InventoryPool } from '../shared/inventory'
import { isRetired } from '../shared/inventory'
import { isSameRegion, parseResourceId, resourceName } from '../shared/terms'
import { compareVersions } from './azure/image-versions'
import type { PoolImage } from './azure/pools'

/** The image versions that could be read. */
export type Shelf = {
  versions: ReadonlyMap<string, InventoryImage>
  /** Keys of the galleries that were read whole: what is not in there does not exist. */
  readable: ReadonlySet<string>
}

/** What a pool's image reference stands for: its kind, its name, and whether new nodes can still be made from it in a region. */
export function imageOf(image: PoolImage, region: string, shelf: Shelf): InventoryPool['image'] & { kind: ImageKind } {
  const kind = kindOf(image)
  const none = { kind, version: null, gallery: null, definition: null }
  if (isRetired(kind)) return { ...none, label: 'id' in image ? resourceName(image.id) : '', state: 'retired' }
  if (image.kind === 'marketplace') {
    return { ...none, label: `${image.offer} ${image.sku} / ${image.version}`, state: 'there' }
  }
  const at = galleryParts('id' in image ? image.id : '')
  const label = [at.definition, at.version ?? 'latest'].join(' / ')
  const named = { ...none, label, gallery: at.gallery, definition: at.definition }
  // Galleries of others are not among the resources that an account can list.
  if (kind === 'sharedGallery' || kind === 'communityGallery') return { ...named, state: 'unknown' }
  const version = at.version
    ? shelf.versions.get(`${at.key}/versions/${at.version}`.toLowerCase())
    : latest(shelf, at.key, region)
  return { ...named, version: version?.key ?? null, state: stateOf(version, at, region, shelf) }
}

/**
 * The kind of image behind a reference. `/sharedGalleries/…` and `/communityGalleries/…` are the ids of galleries that others share
 * (azure-compute-docs, share-gallery-direct.md and share-gallery-community.md); an id that ends at the definition, or at
 * `versions/latest`, means the newest version at each start of a node.
 */
export function kindOf(image: PoolImage): ImageKind {
  switch (image.kind) {
    case 'marketplace':
    case 'managed':
      return image.kind
    case 'retired':
      return image.was
    case 'gallery': {
      if (/^\/*sharedGalleries\//i.test(image.id)) return 'sharedGallery'
      if (/^\/*communityGalleries\//i.test(image.id)) return 'communityGallery'
      return galleryParts(image.id).version ? 'galleryVersion' : 'galleryLatest'
    }
  }
}

type GalleryParts = {
  gallery: string
  definition: string
  /** null: the newest. */
  version: string | null
  /** Key of the definition. */
  key: string
  galleryKey: string
}

function galleryParts(id: string): GalleryParts {
  const text = `/${id.replace(/^\/+|\/+$/g, '')}`
  const names = parseResourceId(text)?.path ?? pairs(text)
  const [gallery = '', definition = '', version = ''] = names.map(({ name }) => name)
  const definitionId = text.replace(/\/versions\/[^/]*$/i, '')
  return {
    gallery,
    definition,
    version: version === '' || version.toLowerCase() === 'latest' ? null : version,
    key: definitionId.toLowerCase(),
    galleryKey: definitionId.replace(/\/images\/[^/]*$/i, '').toLowerCase(),
  }
}

/** Ids of shared galleries begin at the gallery itself. */
function pairs(id: string): { type: string; name: string }[] {
  const parts = id.split('/').filter(Boolean)
  return parts.flatMap((type, at) => (at % 2 === 0 ? [{ type, name: parts[at + 1] ?? '' }] : []))
}

function stateOf(version: InventoryImage | undefined, at: GalleryParts, region: string, shelf: Shelf): ImageState {
  if (version) return isIn(version, region) ? 'there' : 'noReplica'
  if (!shelf.readable.has(at.galleryKey)) return 'unknown'
  const others = versionsOf(shelf, at.key)
  return at.version === null && others.length > 0 ? 'noReplica' : 'gone'
}

/** The version that "latest" means in a region: the highest number that is not kept out of it. */
function latest(shelf: Shelf, definition: string, region: string): InventoryImage | undefined {
  const usable = versionsOf(shelf, definition).filter((it) => !it.excludeFromLatest && isIn(it, region))
  return usable.sort((a, b) => compareVersions(b.version ?? '', a.version ?? ''))[0]
}

function versionsOf(shelf: Shelf, definition: string): InventoryImage[] {
  return [...shelf.versions.values()].filter(({ key }) => key.startsWith(`${definition}/versions/`))
}

function isIn(version: InventoryImage, region: string): boolean {
  return version.regions.some((it) => isSameRegion(it.region, region))
}
