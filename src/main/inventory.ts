import type { ErrorData } from '../shared/errors'
import type { Inventory, InventoryAccount, InventoryImage, InventoryPool, InventoryRefusal } from '../shared/inventory'
import type { Account } from './azure/accounts'
import type { Gallery } from './azure/galleries'
import type { Definition } from './azure/image-definitions'
import type { Version } from './azure/image-versions'
import type { NodeCounts } from './azure/nodes'
import type { Pool } from './azure/pools'
import { makerOf } from './azure/tags'
import { imageOf, type Shelf } from './inventory-image'
import { rowOf } from './inventory-pool'

/** An answer, or why there is none. */
export type Read<T> = { value: T; error: null } | { value: null; error: ErrorData }

/** What was read of the cloud, before anything is brought together. */
export type PoolFacts = {
  accounts: { account: Account; subscription: string; pools: Read<Pool[]>; counts: Read<NodeCounts[]> }[]
  images: ImageFacts
  refusals: InventoryRefusal[]
}
export type ImageFacts = {
  galleries: {
    gallery: Gallery
    subscription: string
    definitions: { definition: Definition; versions: Version[] }[]
  }[]
  /** Galleries and subscriptions whose images could not be read. */
  refusals: InventoryRefusal[]
}
/** What this computer knows of a run: its name and the file name of its disk. */
export type KnownRun = { name: string; file: string | null }

/**
 * Which pool uses which image, and which image is used by which pools: a pure join of accounts, pools, node counts, galleries and
 * versions. Ids are compared as Azure does, without regard to case.
 */
export function joinInventory(
  facts: PoolFacts,
  about: { at: string; username: string; runs: ReadonlyMap<string, KnownRun> },
): Inventory {
  const shelf = shelfOf(facts.images)
  const pools = facts.accounts.flatMap((one) => poolsOf(one, shelf))
  const images = [...shelf.versions.values(), ...emptyDefinitions(facts.images)].map((it) => ({
    ...it,
    madeBy: it.madeBy && { ...it.madeBy, ...knownRun(about.runs, it.madeBy.run) },
    pools: pools.filter((pool) => pool.image.version === it.key).map(({ key }) => key),
  }))
  return {
    at: about.at,
    username: about.username,
    accounts: facts.accounts.map(accountOf),
    pools,
    images,
    refusals: [...facts.refusals, ...facts.images.refusals],
  }
}

/** Azure's own comparison of ids, as a key. */
export function keyOf(id: string): string {
  return `/${id.replace(/^\/+|\/+$/g, '')}`.toLowerCase()
}

type AccountFacts = PoolFacts['accounts'][number]

function poolsOf({ account, subscription, pools, counts }: AccountFacts, shelf: Shelf): InventoryPool[] {
  const counted = new Map((counts.value ?? []).map((it) => [it.pool.toLowerCase(), it]))
  return (pools.value ?? []).map((pool) => {
    const image = imageOf(pool.image, account.region, shelf)
    return rowOf(pool, { account, subscription, image, counts: counted.get(pool.name.toLowerCase()) ?? null })
  })
}

function accountOf({ account, subscription, pools, counts }: AccountFacts): InventoryAccount {
  const { id, name, region, allocationMode, quota } = account
  const { dedicatedCores, spotCores, pools: poolCount } = quota
  return {
    key: keyOf(id),
    id,
    name,
    region,
    subscription,
    allocationMode,
    quota: { dedicatedCores, spotCores, pools: poolCount },
    error: pools.error,
    countsError: pools.error ? null : counts.error,
  }
}

function shelfOf({ galleries, refusals }: ImageFacts): Shelf {
  const versions = new Map<string, InventoryImage>()
  for (const { gallery, subscription, definitions } of galleries) {
    for (const { definition, versions: made } of definitions) {
      for (const version of made)
        versions.set(keyOf(version.id), rowOfVersion(gallery, definition, version, subscription))
    }
  }
  const unread = new Set(refusals.map(({ key }) => key))
  const read = galleries.map(({ gallery }) => keyOf(gallery.id)).filter((key) => !unread.has(key))
  return { versions, readable: new Set(read) }
}

function rowOfVersion(
  gallery: Gallery,
  definition: Definition,
  version: Version,
  subscription: string,
): InventoryImage {
  const run = makerOf(version.tags)
  return {
    ...rowOfDefinition(gallery, definition, subscription),
    key: keyOf(version.id),
    id: version.id,
    version: version.name,
    state: version.state,
    regions: version.targets,
    publishedAt: version.publishedAt,
    excludeFromLatest: version.excludeFromLatest,
    madeBy: run ? { run, name: null, file: null } : null,
  }
}

function rowOfDefinition(gallery: Gallery, definition: Definition, subscription: string): InventoryImage {
  const { id, osType, generation, state } = definition
  return {
    ...{ key: keyOf(id), id, gallery: gallery.name, definition: definition.name, version: null, subscription },
    ...{ osType, generation, state, regions: [], publishedAt: '', excludeFromLatest: false, madeBy: null, pools: [] },
  }
}

function emptyDefinitions({ galleries }: ImageFacts): InventoryImage[] {
  return galleries.flatMap(({ gallery, subscription, definitions }) =>
    definitions
      .filter(({ versions }) => versions.length === 0)
      .map(({ definition }) => rowOfDefinition(gallery, definition, subscription)),
  )
}

function knownRun(runs: ReadonlyMap<string, KnownRun>, run: string): { name: string | null; file: string | null } {
  return runs.get(run) ?? { name: null, file: null }
}
