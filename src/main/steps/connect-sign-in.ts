import type { Identity } from '../azure/sign-in'
import { listRegions, listSubscriptions } from '../azure/subscriptions'
import type { Inputs } from '../../shared/forms/forms'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

/** Most people mean the region their account sees first; this one is there for nearly everybody. */
const usualRegion = 'westeurope'

/** One sign-in for everything after it. A sign-in still valid is taken up; asking for the step again asks the person again. */
export const connectSignIn: RunStep<'connect.signIn'> = {
  id: 'connect.signIn',
  requires: ['connect.cloud'],
  isAfterCancel: true,
  parse: (input) => parseForm('connect.signIn', input),
  describe: () => ({ minutes: 2, cost: 'none', makes: [] }),
  check: () => Promise.resolve({ is: 'todo' }),
  async run(tools, input) {
    outputOf(tools, 'connect.cloud')
    const identity = await whoSignsIn(tools, input)
    return {
      username: identity.username,
      tenantId: identity.tenantId,
      homeAccountId: identity.homeAccountId,
      ...(await firstScope(tools)),
    }
  },
}

async function whoSignsIn(tools: Tools, input: Inputs['connect.signIn']): Promise<Identity> {
  const isRepeated = tools.history().steps['connect.signIn'].attempts > 1
  const known = isRepeated ? null : await tools.identity(tools.signal)
  if (known) return known
  tools.progress({ done: 0, total: 0, unit: 'steps', wait: { key: 'signIn', params: {} } })
  return tools.signIn(input.method, tools.signal)
}

async function firstScope(tools: Tools): Promise<{ subscriptionId?: string; region?: string }> {
  const cloud = await tools.cloud()
  const subscriptions = await listSubscriptions(cloud, tools.signal)
  const first = subscriptions.find((subscription) => subscription.state === 'Enabled') ?? subscriptions[0]
  if (!first) return {}
  const regions = await listRegions(cloud, first.id, tools.signal)
  const region = regions.find(({ name }) => name === usualRegion) ?? regions[0]
  return { subscriptionId: first.id, ...(region ? { region: region.name } : {}) }
}
