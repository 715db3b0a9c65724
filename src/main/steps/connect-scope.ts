import { AppError } from '../../shared/errors'
import { listRegions, listSubscriptions } from '../azure/subscriptions'
import { removeGroup } from './resource-group'
import { isSameRegion, parseForm, type RunStep } from './tools'

/** Subscription, region and resource group of everything that follows. Only looks: the group is made after the preflight. */
export const connectScope: RunStep<'connect.scope'> = {
  id: 'connect.scope',
  requires: ['connect.signIn'],
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
    return {
      subscriptionId: subscription.id,
      subscriptionName: subscription.name,
      region: region.name,
      resourceGroup: input.resourceGroup,
    }
  },
  // Journals of earlier versions say that the group was made here.
  undo: removeGroup,
}
