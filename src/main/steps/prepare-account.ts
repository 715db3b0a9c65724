import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import type { Generation } from '../../shared/terms'
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
import { announce, assertOurs, isListed, untilGone, untilReady } from './making'
import { isSameRegion, outputOf, parseForm, type RunStep, type Tools } from './tools'

type Form = Inputs['prepare.account']

/** The Batch account: one that exists, or a new one in BatchService mode that takes Entra tokens only. */
export const prepareAccount: RunStep<'prepare.account'> = {
  id: 'prepare.account',
  requires: ['connect.scope', 'prepare.preflight'],
  closing: 'goesOn',
  parse: (input) => parseForm('prepare.account', input),
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
      const spec = { region, allocationMode: 'BatchService', run: tools.run } as const
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
  const name = await checkAccountName(cloud, subscriptionId, region, input.name, tools.signal)
  if (name.reason === 'taken') throw new AppError('cloud.name-taken', { kind: 'Batch account', name: input.name })
  if (name.reason === 'invalid') {
    throw new AppError('input.invalid', { step: 'prepare.account', fields: 'name' }, { message: name.message })
  }
  const { accounts: limit } = await locationQuota(cloud, subscriptionId, region, tools.signal)
  if (limit === null) return
  const accounts = await listAccounts(cloud, subscriptionId, tools.signal)
  const used = accounts.filter((account) => isSameRegion(account.region, region)).length
  if (used >= limit) throw new AppError('quota.accounts', { region, limit, used })
}

async function outputFrom(cloud: Cloud, account: Account, tools: Tools): Promise<OutputOf<'prepare.account'>> {
  const quota = await accountQuota(cloud, account.id, tools.signal)
  const sizes = await listSizes(cloud, partsOf(account.id).subscriptionId, account.region, tools.signal)
  const smallest = (generation: Generation) => smallestSize(sizes, { generation }, { quota, used: {} })
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
