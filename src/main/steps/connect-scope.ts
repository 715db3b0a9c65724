import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import type { Cloud } from '../azure/cloud'
import { createGroup, deleteGroup, getGroup, listGroupResources } from '../azure/groups'
import { groupId } from '../azure/ids'
import { getProvider, registerProvider } from '../azure/providers'
import { listRegions, listSubscriptions } from '../azure/subscriptions'
import { isMadeBy } from '../azure/tags'
import { waitFor } from '../azure/wait'
import { announce, assertOurs, polling, untilGone } from './making'
import { isSameRegion, parseForm, type RunStep, type Tools } from './tools'

const providers = ['Microsoft.Batch', 'Microsoft.Compute', 'Microsoft.Storage']
const registrationLimitMs = 15 * 60_000

/** Subscription, region and resource group of everything that follows; the group is made when it is missing. */
export const connectScope: RunStep<'connect.scope'> = {
  id: 'connect.scope',
  requires: ['connect.signIn'],
  parse: (input) => parseForm('connect.scope', input),
  describe: (input) => ({
    minutes: 1,
    cost: 'none',
    makes: [{ what: 'resource group', name: input.resourceGroup, keep: true }],
  }),
  check: async (tools, input) => {
    await scopeOf(tools, await tools.cloud(), input)
    return { is: 'todo' }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const output = await scopeOf(tools, cloud, input)
    await registerProviders(tools, cloud, input.subscriptionId)
    const id = groupId(input.subscriptionId, input.resourceGroup)
    const found = await getGroup(cloud, id, tools.signal)
    // Ours but not listed: the journal was damaged after it was made.
    if (!found || isMadeBy(tools.run, found.tags)) await announce(tools, id, 'resource group', true)
    if (!found) await createGroup(cloud, id, { region: output.region, run: tools.run }, tools.signal)
    return output
  },
  async undo(tools, resource) {
    const cloud = await tools.cloud()
    const group = await getGroup(cloud, resource.id, tools.signal)
    if (!group) return
    assertOurs(tools, group, 'resource group')
    // What this run made in it went before, so whatever is left is another's or was meant to stay.
    const [left] = await listGroupResources(cloud, resource.id, tools.signal)
    if (left) throw new AppError('cloud.group-not-empty', { name: group.name, left: left.name })
    await deleteGroup(cloud, resource.id, tools.signal)
    await untilGone(tools, cloud, (signal) => getGroup(cloud, resource.id, signal), {
      kind: 'resource group',
      name: group.name,
      limitMinutes: 30,
    })
  },
}

async function scopeOf(tools: Tools, cloud: Cloud, input: Inputs['connect.scope']): Promise<OutputOf<'connect.scope'>> {
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
}

/** A subscription must have asked once for each service it uses; new ones have not. */
async function registerProviders(tools: Tools, cloud: Cloud, subscriptionId: string): Promise<void> {
  for (const namespace of providers) {
    if ((await getProvider(cloud, subscriptionId, namespace, tools.signal)).isRegistered) continue
    await registerProvider(cloud, subscriptionId, namespace, tools.signal)
    await waitFor(
      (signal) => getProvider(cloud, subscriptionId, namespace, signal),
      (provider) => provider.isRegistered,
      {
        signal: tools.signal,
        limitMs: registrationLimitMs,
        seam: cloud.seam,
        onRead: polling(tools, () => ({ key: 'provider', params: { name: namespace } })),
      },
    )
  }
}
