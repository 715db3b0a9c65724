import type { ListSource, lists, Option } from '../shared/contract'
import { AppError } from '../shared/errors'
import { accountQuota, getAccount, listAccounts, listSizes, type Account, type VmSize } from './azure/accounts'
import type { Cloud } from './azure/cloud'
import { listBuildSizes } from './azure/compute-sizes'
import { listGalleries } from './azure/galleries'
import { listGroups } from './azure/groups'
import { accountId, groupId, partsOf } from './azure/ids'
import { listSupportedImages, supportEnd, type SupportedImage } from './azure/nodes'
import { listPools } from './azure/pools'
import { listStorageAccounts } from './azure/storage'
import { listRegions, listSubscriptions } from './azure/subscriptions'
import { listTenants } from './azure/tenants'
import type { Catalogs } from './catalogs'
import { fromCatalog } from './catalog-lists'
import type { KeptLists, ListPlace } from './kept-lists'
import { optionsOf, type Entry, type Needs } from './list-entry'
import { coresUsed, type CoresLeft } from './azure/sizes'
import { listUsages, type Usage } from './azure/usages'
import { listVaults } from './azure/vaults'
import { listVms } from './azure/vms'

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

/** What a cloud answers; `left`: what quotas still allow, where it was asked for that too. */
type Answer = { entries: Entry[]; left?: CoresLeft | null }
type Listing = (cloud: Cloud, scope: Scope, signal: AbortSignal) => Promise<Answer>

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

const listings: Record<CloudList, Listing> = {
  async tenants(cloud, _scope, signal) {
    const all = await listTenants(cloud, signal)
    return { entries: all.map(({ id, name, domain }) => ({ value: id, label: name, detail: domain || id })) }
  },
  async subscriptions(cloud, _scope, signal) {
    const [all, tenants] = await Promise.all([listSubscriptions(cloud, signal), listTenants(cloud, signal)])
    const nameOf = (tenantId: string) => tenants.find(({ id }) => id === tenantId)?.name ?? tenantId
    const entries = all.map(({ id, name, state, tenantId }) => ({
      value: id,
      label: name,
      detail: `${state === 'Enabled' ? id : `${id} (${state})`} · ${nameOf(tenantId)}`,
    }))
    return { entries }
  },
  async regions(cloud, scope, signal) {
    const all = await listRegions(cloud, subscriptionOf(scope), signal)
    const entries = all.map(({ name, label, geography }) => ({
      value: name,
      label,
      ...(geography ? { group: geography } : {}),
    }))
    return { entries }
  },
  async resourceGroups(cloud, scope, signal) {
    const all = await listGroups(cloud, subscriptionOf(scope), signal)
    return { entries: all.map(({ name, region }) => ({ value: name, label: name, detail: region })) }
  },
  async batchAccounts(cloud, scope, signal) {
    return { entries: (await listAccounts(cloud, subscriptionOf(scope), signal)).map(bound) }
  },
  async storageAccounts(cloud, scope, signal) {
    const all = await listStorageAccounts(cloud, subscriptionOf(scope), signal)
    return { entries: all.filter(({ takesPageBlobs }) => takesPageBlobs).map(bound) }
  },
  async galleries(cloud, scope, signal) {
    return { entries: (await listGalleries(cloud, subscriptionOf(scope), signal)).map(bound) }
  },
  async vmSizes(cloud, scope, signal) {
    if (!scope.region) throw missing('connect.scope', 'region')
    const all = await listSizes(cloud, subscriptionOf(scope), scope.region, signal)
    const entries = all.map(({ name, family, architecture, ...size }) => ({
      value: name,
      label: name,
      group: family,
      architecture,
      size,
    }))
    return { entries, left: await coresLeft(cloud, scope, all, signal) }
  },
  async nodeAgents(cloud, scope, signal) {
    const images = await listSupportedImages(cloud, await endpointOf(cloud, scope, signal), signal)
    const agents = [...new Set(images.map(({ nodeAgentSku }) => nodeAgentSku))].sort()
    return { entries: agents.map((agent) => agentOf(images.filter(({ nodeAgentSku }) => nodeAgentSku === agent))) }
  },
  async keyVaults(cloud, scope, signal) {
    const all = await listVaults(cloud, subscriptionOf(scope), signal)
    return { entries: all.map((vault) => ({ ...bound(vault), ...(vault.isRoleBased ? { roleBased: true } : {}) })) }
  },
  async marketplaceImages(cloud, scope, signal) {
    const images = await listSupportedImages(cloud, await endpointOf(cloud, scope, signal), signal)
    return { entries: images.filter(({ isVerified }) => isVerified).map(imageOf) }
  },
  async buildSizes(cloud, scope, signal) {
    if (!scope.region) throw missing('connect.scope', 'region')
    const subscription = subscriptionOf(scope)
    const [all, usages] = await Promise.all([
      listBuildSizes(cloud, subscription, scope.region, signal),
      listUsages(cloud, subscription, scope.region, signal),
    ])
    const entries = all.map(({ name, family, architecture, isRestricted, hasTrustedLaunch: _t, ...size }) => ({
      value: name,
      label: name,
      group: family,
      architecture,
      size,
      ...(isRestricted ? { restricted: true } : {}),
    }))
    return { entries, left: subscriptionCores(usages) }
  },
  async virtualMachines(cloud, scope, signal) {
    const all = await listVms(cloud, subscriptionOf(scope), signal)
    const entries = all.map((vm) => ({ ...named(vm), detail: [vm.osType, vm.vmSize, vm.region].join(' · ') }))
    return { entries }
  },
}

/** Azure's way to write an image: `publisher:offer:sku`. */
function imageOf({ publisher, offer, sku, nodeAgentSku, supportEndsAt, capabilities }: SupportedImage): Entry {
  const generation = capabilities.includes('Generation2VMImage') ? 'V2' : ''
  return {
    value: [publisher, offer, sku].join(':'),
    label: `${offer} ${sku}`,
    group: publisher,
    detail: [nodeAgentSku, generation].filter(Boolean).join(' · '),
    ...(supportEndsAt ? { endsOn: supportEndsAt.slice(0, 10) } : {}),
  }
}

/** As the compute provider counts: by family, whatever an account for Batch may have. */
function subscriptionCores(usages: readonly Usage[]): CoresLeft {
  const by = (field: 'limit' | 'used') =>
    Object.fromEntries(usages.map((usage) => [usage.name.toLowerCase(), usage[field]]))
  const families = by('limit')
  const quota = { dedicatedCores: families['cores'] ?? null, spotCores: null, pools: null, families, isPerFamily: true }
  return { quota, used: by('used') }
}

/** An agent ends when the last of its images does. */
function agentOf(images: SupportedImage[]): Entry {
  const { nodeAgentSku, osType } = images[0]!
  const last = supportEnd(images)
  return {
    value: nodeAgentSku,
    label: nodeAgentSku,
    detail: images
      .slice(0, 3)
      .map(({ offer, sku }) => `${offer} ${sku}`)
      .join(', '),
    osType,
    ...(last ? { endsOn: last } : {}),
  }
}

type Named = { id: string; name: string; region: string }

function named({ id, name, region }: Named): Entry {
  // Two accounts may have one name, in different groups.
  return { value: id, label: name, detail: region, group: partsOf(id).resourceGroup }
}

/** What must be in the run's own region. */
function bound(item: Named): Entry {
  return { ...named(item), region: item.region }
}

/** null before there is an account whose quota could be asked. */
async function coresLeft(
  cloud: Cloud,
  scope: Scope,
  sizes: readonly VmSize[],
  signal: AbortSignal,
): Promise<CoresLeft | null> {
  const account = await ownAccount(cloud, scope, signal)
  if (!account) return null
  const quota = await accountQuota(cloud, account.id, signal)
  return { quota, used: coresUsed(await listPools(cloud, account.id, signal), sizes) }
}

async function ownAccount(cloud: Cloud, scope: Scope, signal: AbortSignal): Promise<Account | null> {
  const group = scope.accountGroup ?? scope.resourceGroup
  if (!scope.batchAccount || !group) return null
  return getAccount(cloud, accountId(groupId(subscriptionOf(scope), group), scope.batchAccount), signal)
}

async function endpointOf(cloud: Cloud, scope: Scope, signal: AbortSignal): Promise<string> {
  const accounts = await listAccounts(cloud, subscriptionOf(scope), signal)
  const account = (await ownAccount(cloud, scope, signal)) ?? accounts.find(({ endpoint }) => endpoint)
  // Every account of a region offers the same agents, so before the run's own exists any other can be asked.
  if (!account) throw missing('prepare.account', 'name')
  return account.endpoint
}

function subscriptionOf(scope: Scope): string {
  if (!scope.subscriptionId) throw missing('connect.scope', 'subscriptionId')
  return scope.subscriptionId
}

function missing(step: string, field: string): AppError {
  return new AppError('input.invalid', { step, fields: field })
}
