import { AppError } from '../../shared/errors'
import { openBlocks, type PreflightLook } from '../../shared/preflight'
import { planOf } from '../../shared/preflight-plan'
import type { RunState } from '../../shared/run'
import type { OutputOf } from '../../shared/outputs'
import type { Cloud } from '../azure/cloud'
import { getProvider, registerProvider } from '../azure/providers'
import { waitFor } from '../azure/wait'
import { polling } from './making'
import { look } from './preflight/look'
import { namespacesOf } from './preflight/providers'
import { ensureGroup, removeGroup } from './resource-group'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

const registrationLimitMs = 15 * 60_000

/** Checks whether the run can work before anything of it exists; then switches services on and makes the resource group. */
export const preparePreflight: RunStep<'prepare.preflight'> = {
  id: 'prepare.preflight',
  requires: ['connect.scope'],
  parse: (input) => parseForm('prepare.preflight', input),
  describe: () => ({ minutes: 2, cost: 'none', makes: [] }),
  async check(tools, input) {
    tools.progress({ done: 0, total: 0, unit: 'steps', wait: { key: 'preflight', params: {} } })
    const { rows } = await lookAt(await tools.cloud(), tools.history(), input.register, tools)
    const blocks = openBlocks(rows, input.acceptedRisks)
    if (blocks.length === 0) return { is: 'todo' }
    const checks = blocks.map(({ id }) => id).join(', ')
    return { is: 'blocked', error: new AppError('preflight.blocked', { n: blocks.length, checks }).toData() }
  },
  async run(tools, input) {
    const cloud = await tools.cloud()
    const registered = input.register ? await unregistered(tools, cloud) : []
    for (const namespace of registered) await register(tools, cloud, namespace)
    const groupId = await ensureGroup(tools)
    const seen = await lookAt(cloud, tools.history(), input.register, tools)
    const blocks = seen.rows.filter(({ severity }) => severity === 'block')
    return { groupId, registered, look: seen, acceptedRisks: blocks.map(({ id }) => id) }
  },
  passesOn: ({ groupId }) => groupId,
  undo: removeGroup,
}

/** One look at the cloud for a run whose scope is chosen; changes nothing and writes nothing down. Throws AppError. */
export async function lookAt(
  cloud: Cloud,
  state: RunState,
  mayRegister: boolean,
  { signal, now, catalog }: Pick<Tools, 'signal' | 'now' | 'catalog'>,
): Promise<PreflightLook> {
  const { subscriptionName } = state.steps['connect.scope'].output as OutputOf<'connect.scope'>
  const who = whoOf(state.steps['connect.signIn'].output as OutputOf<'connect.signIn'>)
  const [{ retirements }, { agents }, { sizes }] = await Promise.all([
    catalog('retirements'),
    catalog('node-agents'),
    catalog('vm-sizes'),
  ])
  const known = { retirements, agents, sizes }
  const judging = { run: state.id, plan: planOf(state), subscriptionName, mayRegister, known, at: now() }
  return look(cloud, { ...judging, who, signal })
}

/** MSAL's account id is `object id.tenant id` of the home tenant; a guest has another object id where he is one. */
function whoOf({ username, tenantId, homeAccountId }: OutputOf<'connect.signIn'>): PreflightLook['who'] {
  const [objectId = '', home] = (homeAccountId ?? '').split('.')
  return { name: username, objectId: home === tenantId ? objectId : null }
}

/** A subscription must have asked once for each service it uses; new ones have not. */
async function unregistered(tools: Tools, cloud: Cloud): Promise<string[]> {
  const { subscriptionId } = outputOf(tools, 'connect.scope')
  const providers = await Promise.all(
    namespacesOf(planOf(tools.history())).map((name) => getProvider(cloud, subscriptionId, name, tools.signal)),
  )
  return providers.filter(({ isRegistered }) => !isRegistered).map(({ namespace }) => namespace)
}

async function register(tools: Tools, cloud: Cloud, namespace: string): Promise<void> {
  const { subscriptionId } = outputOf(tools, 'connect.scope')
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
