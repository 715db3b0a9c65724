import type { lists, ListSource, Option } from '../shared/contract'
import type { Cloud } from './azure/cloud'
import type { Catalogs } from './catalogs'
import { fromCatalog } from './catalog-lists'
import { listings, type Answer } from './cloud-listings'
import type { KeptLists, ListPlace } from './kept-lists'
import { optionsOf, type Needs } from './list-entry'

/** What the forms of a run say so far; empty where nobody has chosen yet. */
export type Scope = Needs & {
  /** Name of the cloud, or path of its profile. */
  cloud: string
  subscriptionId?: string
  resourceGroup?: string
  /** Who is signed in, and for which tenant: what one sees is not what the other sees. */
  account?: string
  batchAccount?: string
  accountGroup?: string
}
export type CloudList = Exclude<(typeof lists)[number], 'clouds'>
export type Offer = { options: Option[]; source: ListSource }

export type OfferParts = {
  /** The run's cloud, or null while it is not to be asked. */
  cloud: (() => Promise<Cloud>) | null
  catalogs: Catalogs
  kept: KeptLists
  signal: AbortSignal
  now(): Date
}

/** Who opens a form does not wait longer than this for the cloud. */
const answerLimitMs = 10_000

/**
 * What a picker offers: the cloud's own list, else its last answer, else the app's catalog, else nothing, and which of these it
 * is. Never throws for a cloud that does not answer.
 */
export async function offer(what: CloudList, scope: Scope, parts: OfferParts): Promise<Offer> {
  const { catalogs } = parts
  const { entries, source, left } =
    (parts.cloud && (await asked(parts.cloud, what, scope, parts))) ??
    (await keptAnswer(parts.kept, placeOf(what, scope))) ??
    (await fromCatalog(what, scope.cloud, catalogs))
  const [retirements, agents] = await Promise.all([catalogs.read('retirements'), catalogs.read('node-agents')])
  return { options: optionsOf(entries, scope, { retirements, agents, left: left ?? null }), source }
}

async function asked(
  cloud: () => Promise<Cloud>,
  what: CloudList,
  scope: Scope,
  { kept, signal, now }: OfferParts,
): Promise<(Answer & { source: ListSource }) | null> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])
    const answer = await listings[what](await cloud(), scope, limit)
    await kept.keep(placeOf(what, scope), answer.entries)
    return { ...answer, source: { from: 'cloud', at: now().toISOString() } }
  } catch {
    // Not signed in, no network, no right: whatever it is, the step that needs the cloud will say it.
    return null
  }
}

async function keptAnswer(kept: KeptLists, place: ListPlace): Promise<(Answer & { source: ListSource }) | null> {
  const last = await kept.read(place)
  return last && { entries: last.entries, source: { from: 'kept', at: last.at } }
}

function placeOf(list: CloudList, { cloud, account, subscriptionId, region }: Scope): ListPlace {
  const isOfAccount = list === 'subscriptions' || list === 'tenants'
  const isOfRegion =
    list === 'vmSizes' || list === 'nodeAgents' || list === 'buildSizes' || list === 'marketplaceImages'
  return {
    cloud,
    list,
    ...(isOfAccount ? { subscription: account } : { subscription: subscriptionId }),
    ...(isOfRegion ? { region } : {}),
  }
}
