import type { Cloud } from './cloud'
import { asking } from './errors'

/** `state` as Azure spells it: NotRegistered, Registering, Registered, Unregistering. */
export type Provider = { namespace: string; state: string; isRegistered: boolean }

/** `namespace`: Microsoft.Batch, Microsoft.Compute, Microsoft.Storage, … */
export async function getProvider(
  cloud: Cloud,
  subscriptionId: string,
  namespace: string,
  signal?: AbortSignal,
): Promise<Provider> {
  return asking(async () => {
    const client = await cloud.resources(subscriptionId)
    const provider = await client.providers.get(namespace, { ...(signal && { abortSignal: signal }) })
    const state = provider.registrationState ?? ''
    return { namespace, state, isRegistered: state === 'Registered' }
  })
}

/** Asks for the registration; it takes minutes, so wait by `getProvider`. Needs the register action on the subscription. */
export async function registerProvider(
  cloud: Cloud,
  subscriptionId: string,
  namespace: string,
  signal?: AbortSignal,
): Promise<void> {
  await asking(async () => {
    const client = await cloud.resources(subscriptionId)
    await client.providers.register(namespace, { ...(signal && { abortSignal: signal }) })
  })
}
