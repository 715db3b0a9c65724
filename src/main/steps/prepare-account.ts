import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import { type Generation, isSameRegion, resourceName } from '../../shared/terms'
import {
  accountQuota,
  checkAccountName,
  createAccount,
  deleteAccount,
  getAccount,
  listAccounts,
  listSizes,
  locationQuota,
  type Account,
} from '../azure/accounts'
import type { Cloud } from '../azure/cloud'
import { accountId, groupId, partsOf } from '../azure/ids'
import { smallestSize } from '../azure/sizes'
import { getVault } from '../azure/vaults'
import { announce, assertOurs, isListed, untilGone, untilReady } from './making'
import { outputOf, parseForm, unlessForbidden, type RunStep, type Tools } from './tools'

type Form = Inputs['prepare.account']

/** The Batch account: one that exists, or a new one, in either allocation mode, that takes Entra tokens only. */
export const prepareAccount: RunStep<'prepare.account'> = {
  id: 'prepare.account',
  requires: ['connect.scope', 'prepare.preflight'],
  passesOn: ({ dedicatedCoreQuota: _quota, sizeV1: _sizeV1, sizeV2: _sizeV2, ...rest }) => rest,
  closing: 'goesOn',
  parse(input) {
    const form = parseForm('prepare.account', input)
    const needsVault = form.mode === 'create' && form.allocationMode === 'UserSubscription'
    if (needsVault && !form.vault) throw new AppError('input.invalid', { step: 'prepare.account', fields: 'vault' })
    return form
  },
  describe: (input) => ({
    minutes: 2,
    cost: 'none',
    makes: input.mode === 'create' ? [{ what: 'Batch account', name: input.name, keep: true }] : [],
  }),
  async check(tools, input) {
    const cloud = await tools.cloud()
    const found = await find(tools, cloud, input)
    if (input.mode === 'choose') return { is: 'done', output: await chosen(tools, cloud, input, found) }
    if (!found) {
      await assertCreatable(tools, cloud, input)
      return { is: 'todo' }
    }
    assertOurs(tools, found, 'Batch account')
    assertHere(tools, found)
    const isReady = found.state === 'Succeeded' && isListed(tools, found.id)
    return isReady ? { is: 'done', output: await outputFrom(cloud, found, tools) } : { is: 'todo' }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const found = await find(tools, cloud, input)
    if (input.mode === 'choose') return chosen(tools, cloud, input, found)
    const id = ownId(tools, input)
    const { region } = outputOf(tools, 'connect.scope')
    if (found) {
      assertOurs(tools, found, 'Batch account')
      assertHere(tools, found)
    }
    await announce(tools, id, 'Batch account', true)
    let operation: string | null = null
    if (!found) {
      const spec = { region, run: tools.run, ...(await modeOf(tools, cloud, input)) }
      operation = (await createAccount(cloud, id, spec, tools.signal)).operation
    }
    const account = await untilReady(tools, cloud, (signal) => getAccount(cloud, id, signal), {
      kind: 'Batch account',
      name: input.name,
      limitMinutes: 15,
      operation,
      stateOf: ({ state }) => state,
    })
    return outputFrom(cloud, account, tools)
  },
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const account = await getAccount(cloud, resource.id, tools.signal)
    if (!account) return
    assertOurs(tools, account, 'Batch account')
    await deleteAccount(cloud, resource.id, tools.signal)
    await untilGone(tools, cloud, (signal) => getAccount(cloud, resource.id, signal), {
      kind: 'Batch account',
      name: account.name,
      limitMinutes: 15,
    })
  },
}

/** In user subscription mode Batch keeps its secrets in a vault that the user names. */
async function modeOf(tools: Tools, cloud: Cloud, { allocationMode, vault }: Form) {
  if (allocationMode === 'BatchService') return { allocationMode }
  const found = vault ? await getVault(cloud, vault, tools.signal) : null
  if (!found) throw new AppError('cloud.not-found', { kind: 'key vault', name: resourceName(vault ?? '') })
  return { allocationMode, vault: { id: found.id, url: found.url } }
}

function ownId(tools: Tools, input: Form): string {
  const scope = outputOf(tools, 'connect.scope')
  return accountId(groupId(scope.subscriptionId, scope.resourceGroup), input.name)
}

async function find(tools: Tools, cloud: Cloud, input: Form): Promise<Account | null> {
  const { subscriptionId } = outputOf(tools, 'connect.scope')
  if (input.mode === 'create') return getAccount(cloud, ownId(tools, input), tools.signal)
  if (input.resourceGroup) {
    return getAccount(cloud, accountId(groupId(subscriptionId, input.resourceGroup), input.name), tools.signal)
  }
  const accounts = await listAccounts(cloud, subscriptionId, tools.signal)
  return accounts.find(({ name }) => name === input.name) ?? null
}

async function chosen(tools: Tools, cloud: Cloud, input: Form, found: Account | null) {
  if (!found) throw new AppError('cloud.not-found', { kind: 'Batch account', name: input.name })
  assertHere(tools, found)
  return outputFrom(cloud, found, tools)
}

/** Items S10 and S45 of the article: everything of a run lies in one region. */
function assertHere(tools: Tools, found: Account): void {
  const { region } = outputOf(tools, 'connect.scope')
  if (!isSameRegion(found.region, region)) {
    throw new AppError('cloud.region-mismatch', {
      kind: 'Batch account',
      name: found.name,
      region: found.region,
      wanted: region,
    })
  }
}

async function assertCreatable(tools: Tools, cloud: Cloud, input: Form): Promise<void> {
  const { subscriptionId, region } = outputOf(tools, 'connect.scope')
  const name = await unlessForbidden(checkAccountName(cloud, subscriptionId, region, input.name, tools.signal))
  if (name?.reason === 'taken') throw new AppError('cloud.name-taken', { kind: 'Batch account', name: input.name })
  if (name?.reason === 'invalid') {
    throw new AppError('input.invalid', { step: 'prepare.account', fields: 'name' }, { message: name.message })
  }
  const quota = await unlessForbidden(locationQuota(cloud, subscriptionId, region, tools.signal))
  const limit = quota?.accounts ?? null
  const accounts = limit === null ? null : await unlessForbidden(listAccounts(cloud, subscriptionId, tools.signal))
  if (limit === null || accounts === null) return
  const used = accounts.filter((account) => isSameRegion(account.region, region)).length
  if (used >= limit) throw new AppError('quota.accounts', { region, limit, used })
}

async function outputFrom(cloud: Cloud, account: Account, tools: Tools): Promise<OutputOf<'prepare.account'>> {
  const quota = await accountQuota(cloud, account.id, tools.signal)
  const { subscriptionId } = partsOf(account.id)
  const sizes = await unlessForbidden(listSizes(cloud, subscriptionId, account.region, tools.signal))
  const wanted = { endingFamilies: await tools.endingFamilies() }
  const smallest = (generation: Generation) => smallestSize(sizes ?? [], { ...wanted, generation }, { quota, used: {} })
  const [sizeV1, sizeV2] = [smallest('V1'), smallest('V2')]
  return {
    id: account.id,
    name: account.name,
    resourceGroup: partsOf(account.id).resourceGroup,
    region: account.region,
    endpoint: account.endpoint,
    allocationMode: account.allocationMode,
    dedicatedCoreQuota: quota.dedicatedCores,
    ...(sizeV1 ? { sizeV1 } : {}),
    ...(sizeV2 ? { sizeV2 } : {}),
  }
}
