import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import type { Identity } from '../azure/sign-in'
import { listRegions, listSubscriptions } from '../azure/subscriptions'
import { listTenants } from '../azure/tenants'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

/** For who has no earlier run: this one is there for nearly everybody, else it is the region that the account sees first. */
const usualRegion = 'westeurope'
/** With these the person is asked at once instead of being told to start the sign-in again. */
const needPerson = ['signIn.needed', 'signIn.proof']

/** One sign-in for everything after it. An account that is signed in is taken up; asking for the step again asks the person again. */
export const connectSignIn: RunStep<'connect.signIn'> = {
  id: 'connect.signIn',
  requires: ['connect.cloud'],
  // Subscription and region are proposals for the next step.
  passesOn: ({ username, tenantId, homeAccountId }) => ({ username, tenantId, homeAccountId }),
  isAfterCancel: true,
  parse: (input) => parseForm('connect.signIn', input),
  describe: () => ({ minutes: 2, cost: 'none', makes: [] }),
  check: () => Promise.resolve({ is: 'todo' }),
  async run(tools, input) {
    outputOf(tools, 'connect.cloud')
    const known = await signedInAlready(tools, input)
    if (known) return known
    tools.progress({ done: 0, total: 0, unit: 'steps', wait: { key: 'signIn', params: {} } })
    return outputFor(tools, await tools.signIn(input, tools.signal))
  },
}

/** null: the person has to be asked. Throws what keeps a known account from working, such as `offline`. */
async function signedInAlready(
  tools: Tools,
  input: Inputs['connect.signIn'],
): Promise<OutputOf<'connect.signIn'> | null> {
  const identity = await knownIdentity(tools, input)
  if (!identity) return null
  try {
    return await outputFor(tools, identity)
  } catch (error) {
    if (error instanceof AppError && needPerson.includes(error.code)) return null
    throw error
  }
}

async function knownIdentity(tools: Tools, { account, tenant }: Inputs['connect.signIn']): Promise<Identity | null> {
  if (account === 'another') return null
  const before = tools.history().steps['connect.signIn'].output as OutputOf<'connect.signIn'> | undefined
  if (account === undefined && tenant === undefined) return before ? null : tools.identity(tools.signal)
  const homeAccountId = account ?? before?.homeAccountId ?? undefined
  return tools.useAccount({ ...(homeAccountId ? { homeAccountId } : {}), ...(tenant ? { tenant } : {}) })
}

async function outputFor(tools: Tools, identity: Identity): Promise<OutputOf<'connect.signIn'>> {
  const { username, tenantId, homeAccountId } = identity
  const cloud = await tools.cloud()
  const tenant = (await listTenants(cloud, tools.signal)).find(({ id }) => id === tenantId)
  return {
    username,
    tenantId,
    ...(tenant ? { tenantName: tenant.name } : {}),
    homeAccountId,
    ...(await firstScope(tools)),
  }
}

async function firstScope(tools: Tools): Promise<{ subscriptionId?: string; region?: string }> {
  const cloud = await tools.cloud()
  const subscriptions = await listSubscriptions(cloud, tools.signal)
  const first = subscriptions.find((subscription) => subscription.state === 'Enabled') ?? subscriptions[0]
  if (!first) return {}
  const regions = await listRegions(cloud, first.id, tools.signal)
  const recent = await tools.recentRegions(outputOf(tools, 'connect.cloud').cloud)
  const region =
    [...recent, usualRegion].flatMap((name) => regions.find((one) => one.name === name) ?? [])[0] ?? regions[0]
  return { subscriptionId: first.id, ...(region ? { region: region.name } : {}) }
}
