import type { AccountInfo, AuthenticationResult, ConfidentialClientApplication } from '@azure/msal-node'
import type { AccessToken, GetTokenOptions } from '@azure/core-auth'
import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'
import { signInLimitMs } from '../../shared/sign-in'
import type { Seam } from '../net/seam'
import { assertSecretMayGo, assertSignInMayGo } from '../net/token-policy'
import { environmentIdentity, type Environment, type EnvironmentIdentity } from './environment-identity'
import {
  accountsIn,
  authorityOf,
  configurationOf,
  publicClient,
  remembering,
  tenantOf,
  type PublicMsal,
  type TokenCache,
} from './msal-client'
import { claimsIn, signInError } from './sign-in-errors'

export type { TokenCache } from './msal-client'
export type DeviceCode = {
  url: string
  code: string
  /** ISO 8601, UTC: afterwards the code is worth nothing. */
  until: string
}
export type SignInUi = {
  /** `signal`: nobody waits for this sign-in any more, so what was opened closes and the promise ends. */
  openBrowser(url: string, profile: CloudProfile, signal: AbortSignal): Promise<void>
  /** null: the code is used up, take it off the screen. */
  showDeviceCode(code: DeviceCode | null): void
}
/** `forceRefresh`: the service refused the token in the cache. */
export type TokenOptions = GetTokenOptions & { forceRefresh?: boolean }
export type Identity = {
  /**
   * A TokenCredential. Refreshes silently and never opens a browser; throws AppError `signIn.needed` {cloud}, `offline` {host}
   * and what `signInError` knows.
   */
  credential: { getToken(scopes: string | string[], options?: TokenOptions): Promise<AccessToken> }
  username: string
  /** The tenant that tokens come for. */
  tenantId: string
  /** null: an application, which has no account in the cache. */
  homeAccountId: string | null
  /** What a service demanded and only the person can give; the next sign-in asks for it. */
  demanded(): string | null
}
export type SignInMethod = 'browser' | 'deviceCode' | 'environment'
export type SignInOptions = {
  method: SignInMethod
  ui: SignInUi
  cache: TokenCache
  signal: AbortSignal
  /** Where the headless identity is read from; `process.env` in production. */
  environment?: Environment
  /** Tenant to sign in to instead of the profile's. */
  tenant?: string
  /** Who is expected: the page offers this user name first. */
  username?: string
  /** Claims that a service demanded. */
  claims?: string
  /** After this long without an answer the sign-in ends; in ms. */
  limitMs?: number
}

/**
 * Signs a person or an application in. Throws AppError `signIn.failed` {reason}, `signIn.timeout` {minutes}, `token.unconfirmed-host`
 * {host}, `offline` {host}, `tls.untrusted` {host}, `cancelled`, and what `signInError` knows.
 */
export async function signIn(profile: CloudProfile, seam: Seam, options: SignInOptions): Promise<Identity> {
  options.signal.throwIfAborted()
  if (options.method !== 'environment') return signInPerson(profile, seam, options)
  const environment = options.environment ?? {}
  const application = await environmentIdentity(environment, options.tenant ?? tenantOf(profile))
  if (application?.secrets) {
    assertSecretMayGo(profile, environment['AZURE_AUTHORITY_HOST'])
    return signInApplication(profile, seam, application)
  }
  const named = application ? { ...profile, clientId: application.clientId, tenant: application.tenantId } : profile
  return signInPerson(named, seam, { ...options, method: 'deviceCode' })
}

async function signInPerson(profile: CloudProfile, seam: Seam, options: SignInOptions): Promise<Identity> {
  if (!profile.clientId) throw new AppError('signIn.client-missing', { cloud: profile.name })
  const msal = await publicClient(profile, seam, options.cache)
  const ask = options.method === 'browser' ? askInBrowser : askByDeviceCode
  const limitMs = options.limitMs ?? signInLimitMs
  const limit = AbortSignal.timeout(limitMs)
  try {
    const result = await ask(profile, msal, { ...options, signal: AbortSignal.any([options.signal, limit]) })
    if (!result?.account) throw new AppError('signIn.failed', { reason: 'no account' })
    return identityOf(profile, msal, result.account, options.tenant)
  } catch (error) {
    if (options.signal.aborted) throw new AppError('cancelled')
    if (limit.aborted) throw new AppError('signIn.timeout', { minutes: Math.ceil(limitMs / 60_000) })
    throw signInError(error, named(profile, options.tenant), msal.heard)
  }
}

async function askInBrowser(
  profile: CloudProfile,
  { client }: PublicMsal,
  { ui, signal, tenant, username, claims }: SignInOptions,
): Promise<AuthenticationResult> {
  let giveUp = () => {}
  try {
    return await client.acquireTokenInteractive({
      scopes: [profile.armScope],
      authority: authorityOf(profile, tenant),
      ...(username ? { loginHint: username } : { prompt: 'select_account' }),
      ...(claims && { claims }),
      successTemplate: page('✓'),
      errorTemplate: page('✗'),
      openBrowser: async (url) => {
        // What discovery named is not trusted: a person must not sign in at one host for the benefit of another.
        assertSignInMayGo(profile, url)
        giveUp = () => void refuse(url)
        signal.addEventListener('abort', giveUp, { once: true })
        if (signal.aborted) giveUp()
        await ui.openBrowser(url, profile, signal)
      },
    })
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** MSAL waits for the browser without end and cannot be stopped; the answer that ends it is "refused", sent by ourselves. */
async function refuse(authorizeUrl: string): Promise<void> {
  const asked = new URL(authorizeUrl).searchParams
  const body = new URLSearchParams({ error: 'access_denied', state: asked.get('state') ?? '' })
  // The server listens on the loopback interface of this very process; when it is gone already, there is nothing to stop.
  await fetch(asked.get('redirect_uri') ?? '', { method: 'POST', body }).catch(() => undefined)
}

/** No words: it is shown before anybody knows the reader's language. */
function page(sign: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Batch Image Studio</title><body style="font:64px system-ui;text-align:center;padding:20vh 0">${sign}<p style="font-size:20px">Batch Image Studio`
}

async function askByDeviceCode(
  profile: CloudProfile,
  { client, lastRefusal }: PublicMsal,
  { ui, signal, tenant, claims }: SignInOptions,
): Promise<AuthenticationResult | null> {
  const request = {
    scopes: [profile.armScope],
    authority: authorityOf(profile, tenant),
    ...(claims && { claims }),
    cancel: false,
    deviceCodeCallback(answer: { verificationUri: string; userCode?: string; expiresIn: number }) {
      // MSAL takes a refusal for a code without digits and would ask for it until its time is up.
      if (!answer.userCode) throw lastRefusal() ?? new AppError('signIn.failed', { reason: 'no code' })
      const lastsMs = Math.min(answer.expiresIn * 1000, signInLimitMs)
      const until = new Date(Date.now() + lastsMs).toISOString()
      ui.showDeviceCode({ url: answer.verificationUri, code: answer.userCode, until })
    },
  }
  // MSAL looks at `cancel` only between two questions; nobody should wait for that.
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      request.cancel = true
      reject(new AppError('cancelled'))
    })
  })
  try {
    return await Promise.race([client.acquireTokenByDeviceCode(request), stopped])
  } finally {
    ui.showDeviceCode(null)
  }
}

/** An account of the cache as somebody who gets tokens, for the account's own tenant or another one. */
export function identityOf(
  profile: CloudProfile,
  msal: PublicMsal,
  { homeAccountId, username, tenantId }: AccountInfo,
  tenant?: string,
): Identity {
  let demanded: string | null = null
  async function getToken(scopes: string | string[], options: TokenOptions = {}): Promise<AccessToken> {
    try {
      const known = (await accountsIn(profile, msal)).find((it) => it.homeAccountId === homeAccountId)
      if (!known) throw new AppError('signIn.needed', { cloud: profile.name })
      const result = await msal.client.acquireTokenSilent({
        // MSAL looks for cached tokens in the tenant of the account, and asks in that of the authority.
        account: tenant ? { ...known, tenantId: tenant } : known,
        scopes: [scopes].flat(),
        forceRefresh: options.forceRefresh ?? false,
        ...(tenant && { authority: authorityOf(profile, tenant) }),
        ...(options.claims && { claims: options.claims }),
      })
      if (options.claims) demanded = null
      return tokenOf(result, profile)
    } catch (error) {
      demanded = claimsIn(error) ?? options.claims ?? demanded
      throw signInError(error, named(profile, tenant), msal.heard)
    }
  }
  return { credential: { getToken }, username, tenantId: tenant ?? tenantId, homeAccountId, demanded: () => demanded }
}

async function signInApplication(
  profile: CloudProfile,
  seam: Seam,
  application: EnvironmentIdentity,
): Promise<Identity> {
  const { ConfidentialClientApplication } = await import('@azure/msal-node')
  const own = { ...profile, clientId: application.clientId, tenant: application.tenantId }
  const { network, heard } = remembering(seam.network)
  const configuration = configurationOf(own, network)
  const client: ConfidentialClientApplication = new ConfidentialClientApplication({
    ...configuration,
    auth: { ...configuration.auth, ...application.secrets },
  })
  async function getToken(scopes: string | string[], options: TokenOptions = {}): Promise<AccessToken> {
    try {
      const result = await client.acquireTokenByClientCredential({
        scopes: [scopes].flat(),
        skipCache: options.forceRefresh ?? false,
        ...(options.claims && { claims: options.claims }),
      })
      return tokenOf(result, profile)
    } catch (error) {
      throw signInError(error, own, heard)
    }
  }
  await getToken(profile.armScope)
  return {
    credential: { getToken },
    username: application.clientId,
    tenantId: application.tenantId,
    homeAccountId: null,
    demanded: () => null,
  }
}

function tokenOf(result: AuthenticationResult | null, profile: CloudProfile): AccessToken {
  if (!result?.accessToken) throw new AppError('signIn.needed', { cloud: profile.name })
  return { token: result.accessToken, expiresOnTimestamp: result.expiresOn?.getTime() ?? Date.now() }
}

function named(profile: CloudProfile, tenant: string | undefined): CloudProfile {
  return tenant ? { ...profile, tenant } : profile
}
