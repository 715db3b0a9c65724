import { isSameRegion } from '../../shared/terms'
import { AppError } from '../../shared/errors'
import { listAccounts } from '../azure/accounts'
import type { Cloud } from '../azure/cloud'
import { listRegions, listSubscriptions } from '../azure/subscriptions'
import { isMadeBy } from '../azure/tags'
import { removeGroup } from './resource-group'
import { parseForm, type RunStep, type Tools } from './tools'

/** Subscription, region and resource group of everything that follows. Only looks: the group is made after the preflight. */
export const connectScope: RunStep<'connect.scope'> = {
  id: 'connect.scope',
  requires: ['connect.signIn'],
  passesOn: ({ onlyAccount: _proposal, ...rest }) => rest,
  parse: (input) => parseForm('connect.scope', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  check: () => Promise.resolve({ is: 'todo' }),
  async run(tools, input) {
    const cloud = await tools.cloud()
    const subscriptions = await listSubscriptions(cloud, tools.signal)
    const subscription = subscriptions.find(({ id }) => id.toLowerCase() === input.subscriptionId.toLowerCase())
    if (!subscription) throw new AppError('cloud.not-found', { kind: 'subscription', name: input.subscriptionId })
    const regions = await listRegions(cloud, subscription.id, tools.signal)
    const region = regions.find(
      ({ name, label }) => isSameRegion(name, input.region) || isSameRegion(label, input.region),
    )
    if (!region) throw new AppError('cloud.not-found', { kind: 'region', name: input.region })
    const only = await onlyAccount(tools, cloud, subscription.id, region.name)
    return {
      subscriptionId: subscription.id,
      subscriptionName: subscription.name,
      region: region.name,
      resourceGroup: input.resourceGroup,
      ...(only ? { onlyAccount: only } : {}),
    }
  },
  // Journals of earlier versions say that the group was made here.
  undo: removeGroup,
}

/** Id of the one Batch account in a region, this run's own left out; null where there are none or more. */
async function onlyAccount(tools: Tools, cloud: Cloud, subscriptionId: string, region: string): Promise<string | null> {
  try {
    const accounts = await listAccounts(cloud, subscriptionId, tools.signal)
    const fitting = accounts.filter(
      (account) =>
        isSameRegion(account.region, region) && account.state === 'Succeeded' && !isMadeBy(tools.run, account.tags),
    )
    return fitting.length === 1 ? fitting[0]!.id : null
  } catch (error) {
    // A proposal only: who may not list accounts, or has Batch not switched on yet, can still make one.
    tools.signal.throwIfAborted()
    if (error instanceof AppError && error.code.startsWith('cloud.')) return null
    throw error
  }
}
