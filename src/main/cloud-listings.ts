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
import { coresUsed, type CoresLeft } from './azure/sizes'
import { listUsages, type Usage } from './azure/usages'
import { listVaults } from './azure/vaults'
import { listVms } from './azure/vms'
import type { Entry } from './list-entry'
import type { CloudList, Scope } from './pickers'

/** What a cloud answers; `left`: what quotas still allow, where it was asked for that too. */
export type Answer = { entries: Entry[]; left?: CoresLeft | null }
type Listing = (cloud: Cloud, scope: Scope, signal: AbortSignal) => Promise<Answer>

/**
 * How each list is read, and what of an answer becomes an option. Throws AppError `input.invalid` {step, fields} where the forms say
 * too little yet.
 */
export const listings: Record<CloudList, Listing> = {
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
