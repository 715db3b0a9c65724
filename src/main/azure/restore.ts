import type { AccountInfo } from '@azure/msal-node'
import type { CloudProfile } from '../../shared/profile'
import type { Seam } from '../net/seam'
import { accountsIn, publicClient, type TokenCache } from './msal-client'
import { identityOf, type Identity } from './sign-in'

export type RestoreOptions = {
  cache: TokenCache
  username?: string
  homeAccountId?: string
  /** Tokens come for this tenant instead of the account's own. */
  tenant?: string
}

/** The identity of an earlier sign-in, without a request; null when the cache knows none that fits. */
export async function restore(profile: CloudProfile, seam: Seam, options: RestoreOptions): Promise<Identity | null> {
  if (!profile.clientId) return null
  const msal = await publicClient(profile, seam, options.cache)
  const account = (await accountsIn(profile, msal)).find((it) => isWanted(it, options))
  return account ? identityOf(profile, msal, account, options.tenant) : null
}

function isWanted(account: AccountInfo, { homeAccountId, username }: RestoreOptions): boolean {
  const isNamed = username === undefined || account.username.toLowerCase() === username.toLowerCase()
  return isNamed && (homeAccountId === undefined || account.homeAccountId === homeAccountId)
}
