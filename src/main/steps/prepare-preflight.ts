import { AppError } from '../../shared/errors'
import type { Cloud } from '../azure/cloud'
import { getProvider, registerProvider } from '../azure/providers'
import { waitFor } from '../azure/wait'
import { polling } from './making'
import { ensureGroup, removeGroup } from './resource-group'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

const namespaces = ['Microsoft.Batch', 'Microsoft.Compute', 'Microsoft.Storage']
const registrationLimitMs = 15 * 60_000

/** Checks whether the run can work before anything of it exists; then switches services on and makes the resource group. */
export const preparePreflight: RunStep<'prepare.preflight'> = {
  id: 'prepare.preflight',
  requires: ['connect.scope'],
  parse: (input) => parseForm('prepare.preflight', input),
  describe: () => ({ minutes: 2, cost: 'none', makes: [] }),
  async check(tools, input) {
    const [missing] = input.register ? [] : await unregistered(tools, await tools.cloud())
    if (!missing) return { is: 'todo' }
    return { is: 'blocked', error: new AppError('cloud.provider-unregistered', { name: missing }).toData() }
  },
  async run(tools) {
    const cloud = await tools.cloud()
    const registered = await unregistered(tools, cloud)
    for (const namespace of registered) await register(tools, cloud, namespace)
    return { groupId: await ensureGroup(tools), registered }
  },
  undo: removeGroup,
}

/** A subscription must have asked once for each service it uses; new ones have not. */
async function unregistered(tools: Tools, cloud: Cloud): Promise<string[]> {
  const { subscriptionId } = outputOf(tools, 'connect.scope')
  const providers = await Promise.all(
    namespaces.map((namespace) => getProvider(cloud, subscriptionId, namespace, tools.signal)),
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
