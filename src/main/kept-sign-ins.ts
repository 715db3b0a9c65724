import type { Account, CloudSettings } from '../shared/contract'
import type { CloudProfile } from '../shared/profile'
import { keptAccounts, withoutAccount } from './azure/kept-accounts'
import type { TokenCache } from './azure/sign-in'
import { builtInProfiles, signInHosts } from './net/profiles'
import type { CloudEntry } from './settings'

/** Client id and tenant per cloud, kept between runs. */
export type KeptClouds = { all(): Record<string, CloudEntry>; set(cloud: string, entry: CloudEntry): void }

/** What outlives a run: who is signed in to which cloud, and with which app registration. Sends nothing. */
export type KeptSignIns = {
  entry(cloud: string): CloudEntry | undefined
  /** Only accounts of the profile's own sign-in hosts: names of clouds are given by files. */
  accountsOf(profile: Pick<CloudProfile, 'name' | 'authority'>): Promise<Account[]>
  /** Every cloud that is built in or was used, with what is kept for it. */
  all(): Promise<CloudSettings[]>
  /** What let somebody sign in once is what later runs begin with. */
  remember(profile: CloudProfile): void
  /** Takes an account with its tokens out of the cache of a cloud. Other accounts stay. */
  forget(cloud: string, homeAccountId: string): Promise<void>
}

export function createKeptSignIns(
  practiceName: string,
  tokenCache: (cloud: string) => TokenCache,
  clouds: KeptClouds | undefined,
): KeptSignIns {
  const accountsIn = async (cloud: string) => keptAccounts(await tokenCache(cloud).load())

  async function settingsOf(cloud: string): Promise<CloudSettings> {
    const builtIn = Object.values(builtInProfiles).find(({ name }) => name === cloud)
    const kept = clouds?.all()[cloud]
    return {
      cloud,
      host: builtIn ? new URL(builtIn.authority).host : null,
      needsClientId: cloud !== practiceName,
      clientId: kept?.clientId ?? null,
      tenant: kept?.tenant ?? null,
      accounts: await accountsIn(cloud),
    }
  }

  return {
    entry: (cloud) => clouds?.all()[cloud],
    async accountsOf(profile) {
      const hosts = signInHosts(profile)
      return (await accountsIn(profile.name)).filter(({ host }) => hosts.includes(host))
    },
    all() {
      const names = [practiceName, ...Object.keys(builtInProfiles), ...Object.keys(clouds?.all() ?? {})]
      return Promise.all([...new Set(names)].map((cloud) => settingsOf(cloud)))
    },
    remember({ name, clientId, tenant }) {
      if (!clouds || name === practiceName || clouds.all()[name]?.clientId) return
      clouds.set(name, { clientId, ...(tenant && tenant !== 'organizations' ? { tenant } : {}) })
    },
    async forget(cloud, homeAccountId) {
      const cache = tokenCache(cloud)
      const left = withoutAccount(await cache.load(), homeAccountId)
      await (left === null ? cache.clear() : cache.save(left))
    },
  }
}
