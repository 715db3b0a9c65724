import { AppError, outages, toErrorData } from '../shared/errors'
import type { InventoryRefusal } from '../shared/inventory'
import { listAccounts, type Account } from './azure/accounts'
import type { Cloud } from './azure/cloud'
import { listGalleries, type Gallery } from './azure/galleries'
import { listDefinitions } from './azure/image-definitions'
import { listVersions } from './azure/image-versions'
import { nodeCounts, type NodeCounts } from './azure/nodes'
import { listPools, type Pool } from './azure/pools'
import { listSubscriptions, type Subscription } from './azure/subscriptions'
import { keyOf, type ImageFacts, type PoolFacts, type Read } from './inventory'

/** Whoever does not answer within this time must not hold up the rest. */
const partLimitMs = 25_000
const atOnce = 6

/**
 * Reads all pools of all accounts of all subscriptions; what refuses or does not answer is told in its place and the rest is read.
 * `images` of an earlier reading are used again. Throws AppError where nothing can be read at all: `offline`, `signIn.needed`, ….
 */
export async function readPools(cloud: Cloud, images: ImageFacts | null, signal: AbortSignal): Promise<PoolFacts> {
  const subscriptions = await listSubscriptions(cloud, signal)
  const lists = await inTurns(subscriptions, (it) => reading(signal, (limit) => listAccounts(cloud, it.id, limit)))
  const found = subscriptions.flatMap(({ name }, at) =>
    (lists[at]?.value ?? []).map((account) => ({ account, subscription: name })),
  )
  const [accounts, imageFacts] = await Promise.all([
    inTurns(found, (it) => readAccount(cloud, it, signal)),
    images ?? readImages(cloud, subscriptions, signal),
  ])
  const facts = { accounts, images: imageFacts, refusals: refusalsOf(subscriptions, lists) }
  assertSomething(facts)
  return facts
}

async function readAccount(
  cloud: Cloud,
  { account, subscription }: { account: Account; subscription: string },
  signal: AbortSignal,
): Promise<PoolFacts['accounts'][number]> {
  const [pools, counts] = await Promise.all([
    reading<Pool[]>(signal, (limit) => listPools(cloud, account.id, limit)),
    // An account that is being made has no endpoint yet, and no nodes.
    account.endpoint
      ? reading<NodeCounts[]>(signal, (limit) => nodeCounts(cloud, account.endpoint, limit))
      : { value: [], error: null },
  ])
  return { account, subscription, pools, counts }
}

async function readImages(cloud: Cloud, subscriptions: Subscription[], signal: AbortSignal): Promise<ImageFacts> {
  const lists = await inTurns(subscriptions, (it) => reading(signal, (limit) => listGalleries(cloud, it.id, limit)))
  const found = subscriptions.flatMap(({ name }, at) =>
    (lists[at]?.value ?? []).map((gallery) => ({ gallery, subscription: name })),
  )
  const read = await inTurns(found, (it) => reading(signal, (limit) => definitionsOf(cloud, it.gallery, limit)))
  const refused = found.flatMap(({ gallery }, at): InventoryRefusal[] => {
    const error = read[at]?.error
    return error ? [{ key: keyOf(gallery.id), kind: 'gallery', name: gallery.name, error }] : []
  })
  return {
    galleries: found.map((it, at) => ({ ...it, definitions: read[at]?.value ?? [] })),
    refusals: [...refusalsOf(subscriptions, lists), ...refused],
  }
}

async function definitionsOf(cloud: Cloud, gallery: Gallery, signal: AbortSignal) {
  const definitions = await listDefinitions(cloud, gallery.id, signal)
  return inTurns(definitions, async (definition) => ({
    definition,
    versions: await listVersions(cloud, definition.id, signal),
  }))
}

function refusalsOf(subscriptions: Subscription[], lists: Read<unknown>[]): InventoryRefusal[] {
  return subscriptions.flatMap(({ id, name }, at): InventoryRefusal[] => {
    const error = lists[at]?.error
    return error ? [{ key: keyOf(`/subscriptions/${id}`), kind: 'subscription', name, error }] : []
  })
}

/** Where every single part failed for want of a network, there is no reading to show. */
function assertSomething({ accounts, refusals }: PoolFacts): void {
  const errors = [...accounts.map(({ pools }) => pools.error), ...refusals.map(({ error }) => error)]
  const first = errors[0]
  if (first && errors.every((error) => error && outages.has(error.code)))
    throw new AppError(first.code, first.params, first.details)
}

/** One part of a reading: its answer or its failure. Only the end of the whole reading is passed on. */
async function reading<T>(signal: AbortSignal, read: (limit: AbortSignal) => Promise<T>): Promise<Read<T>> {
  const limit = AbortSignal.timeout(partLimitMs)
  try {
    return { value: await read(AbortSignal.any([signal, limit])), error: null }
  } catch (error) {
    signal.throwIfAborted()
    const late = limit.aborted ? new AppError('cloud.timeout', { minutes: 1 }) : error
    return { value: null, error: toErrorData(late) }
  }
}

/** Works on all items, a few at a time; results in the order of the items. */
async function inTurns<From, To>(items: readonly From[], work: (item: From) => Promise<To>): Promise<To[]> {
  const results: To[] = []
  let next = 0
  async function worker() {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
