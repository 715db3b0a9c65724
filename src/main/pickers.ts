import type { Option } from '../shared/contract'
import { AppError } from '../shared/errors'
import type { Generation, OsType } from '../shared/terms'
import { accountQuota, getAccount, listAccounts, listSizes, type Account, type VmSize } from './azure/accounts'
import type { Cloud } from './azure/cloud'
import { listGalleries } from './azure/galleries'
import { listGroups } from './azure/groups'
import { accountId, groupId, partsOf } from './azure/ids'
import { listSupportedImages } from './azure/nodes'
import { listPools } from './azure/pools'
import { listStorageAccounts } from './azure/storage'
import { listRegions, listSubscriptions } from './azure/subscriptions'
import { coresUsed, sizeOptions, type CoresLeft } from './sizes'
import { isSameRegion } from './steps/tools'

/** What the forms of a run say so far; empty where nobody has chosen yet. */
export type Scope = {
  subscriptionId?: string
  region?: string
  resourceGroup?: string
  batchAccount?: string
  accountGroup?: string
  osType?: OsType
  generation?: Generation
  architecture?: VmSize['architecture']
  /** Regions that runs used before, the last used first. */
  recentRegions?: readonly string[]
}
export type CloudList = Exclude<(typeof import('../shared/contract').lists)[number], 'clouds'>

type Listing = (cloud: Cloud, scope: Scope, signal: AbortSignal) => Promise<Option[]>

/** Asks the cloud for what a picker offers. Throws AppError `input.invalid` naming the field that must be filled first. */
export function listOptions(cloud: Cloud, what: CloudList, scope: Scope, signal: AbortSignal): Promise<Option[]> {
  return listings[what](cloud, scope, signal)
}

const listings: Record<CloudList, Listing> = {
  async subscriptions(cloud, _scope, signal) {
    const all = await listSubscriptions(cloud, signal)
    return all.map(({ id, name, state }) => ({
      value: id,
      label: name,
      detail: state === 'Enabled' ? id : `${id} (${state})`,
    }))
  },
  async regions(cloud, scope, signal) {
    const all = await listRegions(cloud, subscriptionOf(scope), signal)
    const recent = scope.recentRegions ?? []
    return all
      .map(({ name, label, geography }): Option => ({
        value: name,
        label,
        ...(geography ? { group: geography } : {}),
        ...(recent.includes(name) ? { first: 'recent' } : {}),
      }))
      .toSorted((a, b) => rank(recent, a.value) - rank(recent, b.value))
  },
  async resourceGroups(cloud, scope, signal) {
    const all = await listGroups(cloud, subscriptionOf(scope), signal)
    return all.map(({ name, region }) => ({ value: name, label: name, detail: region }))
  },
  async batchAccounts(cloud, scope, signal) {
    return named(await listAccounts(cloud, subscriptionOf(scope), signal), scope)
  },
  async storageAccounts(cloud, scope, signal) {
    const all = await listStorageAccounts(cloud, subscriptionOf(scope), signal)
    return named(
      all.filter(({ takesPageBlobs }) => takesPageBlobs),
      scope,
    )
  },
  async galleries(cloud, scope, signal) {
    return named(await listGalleries(cloud, subscriptionOf(scope), signal), {})
  },
  async vmSizes(cloud, scope, signal) {
    if (!scope.region) throw missing('connect.scope', 'region')
    const all = await listSizes(cloud, subscriptionOf(scope), scope.region, signal)
    return sizeOptions(all, scope, await coresLeft(cloud, scope, all, signal))
  },
  async nodeAgents(cloud, scope, signal) {
    const images = await listSupportedImages(cloud, await endpointOf(cloud, scope, signal), signal)
    const fitting = images.filter(({ osType }) => !scope.osType || osType === scope.osType)
    const agents = [...new Set(fitting.map(({ nodeAgentSku }) => nodeAgentSku))].sort()
    return agents.map((agent) => ({
      value: agent,
      label: agent,
      detail: detailOf(fitting.filter(({ nodeAgentSku }) => nodeAgentSku === agent)),
    }))
  },
}

function detailOf(images: { publisher: string; offer: string; sku: string; supportEndsAt: string | null }[]): string {
  const names = images.map(({ offer, sku }) => `${offer} ${sku}`)
  const ends = images.map(({ supportEndsAt }) => supportEndsAt).find((at) => at !== null)
  return [...names.slice(0, 3), ...(ends ? [`– ${ends.slice(0, 10)}`] : [])].join(', ')
}

function named(items: { id: string; name: string; region: string }[], { region: wanted }: Scope): Option[] {
  return items.map(({ id, name, region }) => ({
    // Two accounts may have one name, in different groups.
    value: id,
    label: name,
    detail: region,
    group: partsOf(id).resourceGroup,
    ...(wanted && !isSameRegion(region, wanted) ? { unfit: { why: 'region', params: { region, wanted } } } : {}),
  }))
}

/** Place in the list of recent ones; all others after them. */
function rank(recent: readonly string[], region: string): number {
  const at = recent.indexOf(region)
  return at < 0 ? recent.length : at
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
