import type {
  AccountInfo,
  Configuration,
  ICachePlugin,
  INetworkModule,
  NetworkResponse,
  PublicClientApplication,
} from '@azure/msal-node'
import type { CloudProfile } from '../../shared/profile'
import { cloudOfAuthority, signInHosts } from '../net/profiles'
import type { Seam } from '../net/seam'
import { refusalIn, type Heard } from './sign-in-errors'

/** Where signed-in accounts are kept between starts; the text holds secrets and is for the keyring only. */
export type TokenCache = { load(): Promise<string | null>; save(text: string): Promise<void>; clear(): Promise<void> }

/** Microsoft's library on the seam, and what it keeps to itself about the network. */
export type Msal<Client> = { client: Client; heard: Heard; lastRefusal(): Error | null }
export type PublicMsal = Msal<PublicClientApplication>

/** The client that people sign in with. No request is sent here. */
export async function publicClient(profile: CloudProfile, seam: Seam, cache: TokenCache): Promise<PublicMsal> {
  const { PublicClientApplication } = await import('@azure/msal-node')
  const { network, ...remembered } = remembering(seam.network)
  const configuration = configurationOf(profile, network)
  const client = new PublicClientApplication({ ...configuration, cache: { cachePlugin: pluginOver(cache) } })
  return { ...remembered, client }
}

/**
 * Accounts in the cache, each as its home tenant knows it. Accounts of other sign-in hosts are left out: a profile file may bear
 * the name of another cloud, and MSAL would offer that cloud's refresh tokens to this profile's authority.
 */
export async function accountsIn(profile: CloudProfile, { client }: PublicMsal): Promise<AccountInfo[]> {
  const own = (await client.getAllAccounts()).filter(({ environment }) => signInHosts(profile).includes(environment))
  const ids = [...new Set(own.map(({ homeAccountId }) => homeAccountId))]
  return ids.flatMap((id) => {
    const profiles = own.filter(({ homeAccountId }) => homeAccountId === id)
    return profiles.find(({ tenantId }) => id.endsWith(`.${tenantId}`)) ?? profiles[0] ?? []
  })
}

export function configurationOf(profile: CloudProfile, networkClient: INetworkModule): Configuration {
  const { authorityMetadata, authority, clientId } = profile
  return {
    auth: {
      clientId,
      authority: authorityOf(profile),
      // Otherwise MSAL would ask Microsoft whether a private authority exists.
      knownAuthorities: cloudOfAuthority(authority) ? [] : signInHosts(profile),
      // We pass claims challenges on, so Azure may revoke a token before its time.
      clientCapabilities: ['CP1'],
      ...(authorityMetadata !== undefined && { authorityMetadata }),
    },
    system: { networkClient },
  }
}

/** Where people of a tenant sign in; of the profile's tenant when none is named. */
export function authorityOf(profile: CloudProfile, tenant = tenantOf(profile)): string {
  return `${profile.authority.replace(/\/+$/, '')}/${tenant}`
}

export function tenantOf(profile: CloudProfile): string {
  return profile.tenant ?? 'organizations'
}

/** Keeps what the network did last: MSAL turns it into a word. */
export function remembering(network: INetworkModule): Omit<Msal<never>, 'client'> & { network: INetworkModule } {
  const heard: Heard = { failure: null, date: null }
  let refusal: Error | null = null
  async function kept<T>(answer: Promise<NetworkResponse<T>>): Promise<NetworkResponse<T>> {
    try {
      const value = await answer
      heard.failure = null
      heard.date = value.headers['date'] ?? null
      refusal = value.status >= 400 ? refusalIn(value.body) : null
      return value
    } catch (error) {
      heard.failure = error
      throw error
    }
  }
  return {
    network: {
      sendGetRequestAsync: (url, options, timeout) => kept(network.sendGetRequestAsync(url, options, timeout)),
      sendPostRequestAsync: (url, options) => kept(network.sendPostRequestAsync(url, options)),
    },
    heard,
    lastRefusal: () => refusal,
  }
}

function pluginOver(cache: TokenCache): ICachePlugin {
  return {
    async beforeCacheAccess(context) {
      const text = await cache.load()
      // What was signed out elsewhere must go from this client's memory as well.
      context.tokenCache.deserialize(text && isJson(text) ? text : '{}')
    },
    async afterCacheAccess(context) {
      if (context.cacheHasChanged) await cache.save(context.tokenCache.serialize())
    },
  }
}

/** A cache that cannot be read costs a sign-in, not the app. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
