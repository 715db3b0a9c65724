import type { TokenCredential } from '@azure/core-auth'
import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'
import type { Seam } from '../net/seam'

/** Where signed-in accounts are kept between starts; the text holds secrets and is for the keyring only. */
export type TokenCache = { load(): Promise<string | null>; save(text: string): Promise<void>; clear(): Promise<void> }
export type SignInUi = {
  openBrowser(url: string, profile: CloudProfile): Promise<void>
  /** null: the code is used up, take it off the screen. */
  showDeviceCode(code: { url: string; code: string } | null): void
}
export type Identity = {
  /** Refreshes silently and never opens a browser; throws AppError `signIn.needed` or `offline`. */
  credential: TokenCredential
  username: string
  tenantId: string
  /** null: an application, which has no account in the cache. */
  homeAccountId: string | null
}
export type SignInMethod = 'browser' | 'deviceCode' | 'environment'
export type SignInOptions = {
  method: SignInMethod
  ui: SignInUi
  cache: TokenCache
  signal: AbortSignal
  /** Where the headless identity is read from; `process.env` in production. */
  environment?: Record<string, string | undefined>
}
export type RestoreOptions = { cache: TokenCache; username?: string; homeAccountId?: string }

/** Signs a person or an application in. Throws AppError `signIn.*`, `offline`, `tls.untrusted`, `cancelled`. */
export async function signIn(profile: CloudProfile, seam: Seam, options: SignInOptions): Promise<Identity> {
  ;(void profile, seam, options)
  throw new AppError('signIn.needed')
}

/** The identity of an earlier sign-in, without a request; null when the cache knows none that fits. */
export async function restore(profile: CloudProfile, seam: Seam, options: RestoreOptions): Promise<Identity | null> {
  ;(void profile, seam, options)
  return null
}
