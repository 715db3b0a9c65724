import { isSameRegion } from '../../../shared/terms'
import { setMaxListeners } from 'node:events'
import { outages, toErrorData, type ErrorCode } from '../../../shared/errors'
import type { PreflightLook, PreflightPlan } from '../../../shared/preflight'
import {
  accountQuota,
  checkAccountName,
  getAccount,
  listAccounts,
  listSizes,
  locationQuota,
  type Account,
} from '../../azure/accounts'
import type { Cloud } from '../../azure/cloud'
import { listBuildSizes } from '../../azure/compute-sizes'
import { getGallery } from '../../azure/galleries'
import { getGroup, listGroupResources } from '../../azure/groups'
import { accountId, galleryId, groupId, storageAccountId } from '../../azure/ids'
import { listSupportedImages } from '../../azure/nodes'
import { listPermissions } from '../../azure/permissions'
import { isPoolMadeBy, listPools } from '../../azure/pools'
import { getProvider } from '../../azure/providers'
import { listServiceAssignments } from '../../azure/role-assignments'
import { checkStorageName, containerExists, getStorageAccount } from '../../azure/storage'
import { isMadeBy } from '../../azure/tags'
import { listUsages } from '../../azure/usages'
import { getVault } from '../../azure/vaults'
import { valueOr, type Answer, type Answers } from './answers'
import { judge, needsFor, type Judging } from './judge'
import { namespacesOf } from './providers'

export type Looking = Judging & Pick<PreflightLook, 'who'> & { signal: AbortSignal }

/**
 * Asks the cloud everything that the plan depends on, and judges it; changes nothing. A question that is refused makes its row
 * unknown. Throws AppError where nothing can be asked at all: no connection, no sign-in.
 */
export async function look(cloud: Cloud, looking: Looking): Promise<PreflightLook> {
  // Many questions at once listen to one signal, which Node would take for a leak.
  setMaxListeners(100, looking.signal)
  const answers = await ask(cloud, looking)
  const { plan, who, subscriptionName, at } = looking
  return { at: at.toISOString(), plan, who, subscriptionName, rows: judge(looking, answers) }
}

/** Whoever cannot ask one question can ask none: told as such instead of a page of unknowns. */
function isFatal(code: ErrorCode): boolean {
  return code === 'cancelled' || code === 'tls.untrusted' || outages.has(code) || /^(signIn|proxy|clock)\./.test(code)
}

async function answerOf<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await question }
  } catch (error) {
    const data = toErrorData(error)
    if (isFatal(data.code)) throw error
    return { error: data }
  }
}

async function ask(cloud: Cloud, looking: Looking): Promise<Answers> {
  const { plan, signal } = looking
  const { subscriptionId } = plan
  const group = groupId(subscriptionId, plan.resourceGroup)
  const [providers, hasGroup, sizes, things] = await Promise.all([
    askProviders(cloud, plan, signal),
    answerOf(getGroup(cloud, group, signal).then((found) => found !== null)),
    answerOf(listSizes(cloud, subscriptionId, plan.region, signal)),
    askThings(cloud, looking),
  ])
  const known = { providers, hasGroup, hasContainer: things.hasContainer }
  const scopes = [...new Set(needsFor(plan, known).map(({ scope }) => scope))]
  const permissions = await Promise.all(
    scopes.map(async (scope) => [scope, await answerOf(listPermissions(cloud, scope, signal))] as const),
  )
  return { ...known, ...things, sizes, permissions: Object.fromEntries(permissions) }
}

async function askProviders(
  cloud: Cloud,
  plan: PreflightPlan,
  signal: AbortSignal,
): Promise<Record<string, Answer<string>>> {
  const asked = namespacesOf(plan).map(async (name) => {
    const state = getProvider(cloud, plan.subscriptionId, name, signal).then((provider) => provider.state)
    return [name, await answerOf(state)] as const
  })
  return Object.fromEntries(await Promise.all(asked))
}

type Things = Omit<Answers, 'providers' | 'hasGroup' | 'sizes' | 'permissions'>

async function askThings(cloud: Cloud, { run, plan, signal }: Looking): Promise<Things> {
  const [batch, storage, gallery, mode, build] = await Promise.all([
    askAccount(cloud, run, plan, signal),
    askStorage(cloud, plan, signal),
    answerOf(getGallery(cloud, idOf(plan, plan.gallery, galleryId), signal)),
    askSubscriptionMode(cloud, plan, signal),
    askBuild(cloud, run, plan, signal),
  ])
  const isInSubscription = valueOr(batch.account, null)?.allocationMode === 'UserSubscription'
  const usages =
    (isInSubscription || plan.build) && !mode.usages
      ? await answerOf(listUsages(cloud, plan.subscriptionId, plan.region, signal))
      : mode.usages
  return { ...batch, ...storage, gallery, ...mode, ...build, usages }
}

async function askAccount(cloud: Cloud, run: string, plan: PreflightPlan, signal: AbortSignal) {
  const id = idOf(plan, plan.account, accountId)
  const [account, accounts] = await Promise.all([
    answerOf(getAccount(cloud, id, signal)),
    answerOf(listAccounts(cloud, plan.subscriptionId, signal)),
  ])
  const found = valueOr(account, null)
  const isNew = plan.account.mode === 'create' && !found
  const [quota, poolsInUse, supportedImages, accountsInRegion, accountName] = await Promise.all([
    found ? answerOf(accountQuota(cloud, found.id, signal)) : null,
    found ? answerOf(poolsOf(cloud, run, found.id, signal)) : null,
    askImages(cloud, plan, [...(found ? [found] : []), ...valueOr(accounts, [])], signal),
    isNew ? roomIn(cloud, plan, accounts, signal) : null,
    isNew ? answerOf(checkAccountName(cloud, plan.subscriptionId, plan.region, plan.account.name, signal)) : null,
  ])
  return { account, accountQuota: quota, poolsInUse, supportedImages, accountsInRegion, accountName }
}

/** Of others: once this run has its pool, what that holds is what the plan needs. */
async function poolsOf(cloud: Cloud, run: string, account: string, signal: AbortSignal) {
  const pools = (await listPools(cloud, account, signal)).filter((pool) => !isPoolMadeBy(run, pool))
  const wanted = pools.map(({ vmSize, dedicated, spot, targetDedicated, targetSpot }) => ({
    vmSize,
    dedicated: Math.max(dedicated, targetDedicated),
    spot: Math.max(spot, targetSpot),
  }))
  return { count: pools.length, pools: wanted }
}

/** What a VM of the subscription's own can be; the name of its group tells whether this run has made it. */
async function askBuild(
  cloud: Cloud,
  run: string,
  { build, subscriptionId, region }: PreflightPlan,
  signal: AbortSignal,
) {
  if (!build) return { buildSizes: null, hasBuildVm: null }
  const group = groupId(subscriptionId, build.resourceGroup || '-')
  const [buildSizes, hasBuildVm] = await Promise.all([
    answerOf(listBuildSizes(cloud, subscriptionId, region, signal)),
    answerOf(
      listGroupResources(cloud, group, signal).then((all) =>
        all.some(({ type, tags }) => /virtualMachines$/i.test(type) && isMadeBy(run, tags)),
      ),
    ),
  ])
  return { buildSizes, hasBuildVm }
}

async function roomIn(
  cloud: Cloud,
  plan: PreflightPlan,
  accounts: Answer<Account[]>,
  signal: AbortSignal,
): Promise<Answers['accountsInRegion']> {
  const quota = await answerOf(locationQuota(cloud, plan.subscriptionId, plan.region, signal))
  if ('error' in quota) return quota
  if ('error' in accounts) return accounts
  return { value: { limit: quota.value.accounts, used: inRegion(accounts.value, plan).length } }
}

/** Every account of a region offers the same, so before the run's own is there any other can be asked. */
async function askImages(cloud: Cloud, plan: PreflightPlan, accounts: readonly Account[], signal: AbortSignal) {
  const account = inRegion(accounts, plan).find(({ endpoint }) => endpoint)
  return account ? answerOf(listSupportedImages(cloud, account.endpoint, signal)) : null
}

function inRegion(accounts: readonly Account[], plan: PreflightPlan): Account[] {
  return accounts.filter(({ region }) => isSameRegion(region, plan.region))
}

async function askStorage(cloud: Cloud, plan: PreflightPlan, signal: AbortSignal) {
  if (!plan.storage) return { storage: { value: null }, hasContainer: { value: false }, storageName: null }
  const { container, mode, name } = plan.storage
  const storage = await answerOf(getStorageAccount(cloud, idOf(plan, plan.storage, storageAccountId), signal))
  const found = valueOr(storage, null)
  const [hasContainer, storageName] = await Promise.all([
    found ? answerOf(containerExists(cloud, found.id, container, signal)) : null,
    mode === 'create' && !found ? answerOf(checkStorageName(cloud, plan.subscriptionId, name, signal)) : null,
  ])
  return { storage, hasContainer: hasContainer ?? { value: false }, storageName }
}

/** Only where nodes are to be made in the subscription itself. */
async function askSubscriptionMode(cloud: Cloud, plan: PreflightPlan, signal: AbortSignal) {
  if (plan.account.allocationMode !== 'UserSubscription') {
    return { usages: null, vault: null, serviceAssignments: null }
  }
  const [usages, vault, serviceAssignments] = await Promise.all([
    answerOf(listUsages(cloud, plan.subscriptionId, plan.region, signal)),
    plan.account.vaultId ? answerOf(getVault(cloud, plan.account.vaultId, signal)) : null,
    answerOf(listServiceAssignments(cloud, plan.subscriptionId, signal)),
  ])
  return { usages, vault, serviceAssignments }
}

/** Id of a thing that the plan names; without a group of its own it is looked for in the group of the run. */
function idOf(
  plan: PreflightPlan,
  { name, resourceGroup }: { name: string; resourceGroup: string },
  make: (group: string, name: string) => string,
): string {
  return make(groupId(plan.subscriptionId, resourceGroup || plan.resourceGroup), name || '-')
}
