import type {
  AccountInfo,
  AuthenticationResult,
  Configuration,
  ConfidentialClientApplication,
  ICachePlugin,
  INetworkModule,
  NetworkResponse,
  PublicClientApplication,
} from '@azure/msal-node'
import type { AccessToken, GetTokenOptions } from '@azure/core-auth'
import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'
import { cloudOfAuthority, signInHosts } from '../net/profiles'
import type { Seam } from '../net/seam'
import { assertSecretMayGo, assertSignInMayGo } from '../net/token-policy'
import { environmentIdentity, type Environment, type EnvironmentIdentity } from './environment-identity'
import { refusalIn, signInError } from './sign-in-errors'

/** Where signed-in accounts are kept between starts; the text holds secrets and is for the keyring only. */
export type TokenCache = { load(): Promise<string | null>; save(text: string): Promise<void>; clear(): Promise<void> }
export type SignInUi = {
  /** `signal`: nobody waits for this sign-in any more, so what was opened closes and the promise ends. */
  openBrowser(url: string, profile: CloudProfile, signal: AbortSignal): Promise<void>
  /** null: the code is used up, take it off the screen. */
  showDeviceCode(code: { url: string; code: string } | null): void
}
/** `forceRefresh`: the service refused the token in the cache. */
export type TokenOptions = GetTokenOptions & { forceRefresh?: boolean }
export type Identity = {
  /** A TokenCredential. Refreshes silently and never opens a browser; throws AppError `signIn.needed` {cloud}, `offline` {host}. */
  credential: { getToken(scopes: string | string[], options?: TokenOptions): Promise<AccessToken> }
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
  environment?: Environment
}
export type RestoreOptions = { cache: TokenCache; username?: string; homeAccountId?: string }

/**
 * Signs a person or an application in. Throws AppError `signIn.failed` {reason}, `signIn.consent` {clientId},
 * `signIn.client-missing` {cloud}, `token.unconfirmed-host` {host}, `offline` {host}, `tls.untrusted` {host}, `cancelled`.
 */
export async function signIn(profile: CloudProfile, seam: Seam, options: SignInOptions): Promise<Identity> {
  options.signal.throwIfAborted()
  if (options.method !== 'environment') return signInPerson(profile, seam, options)
  const environment = options.environment ?? {}
  const application = await environmentIdentity(environment, tenantOf(profile))
  if (application?.secrets) {
    assertSecretMayGo(profile, environment['AZURE_AUTHORITY_HOST'])
    return signInApplication(profile, seam, application)
  }
  const named = application ? { ...profile, clientId: application.clientId, tenant: application.tenantId } : profile
  return signInPerson(named, seam, { ...options, method: 'deviceCode' })
}

/** The identity of an earlier sign-in, without a request; null when the cache knows none that fits. */
export async function restore(profile: CloudProfile, seam: Seam, options: RestoreOptions): Promise<Identity | null> {
  if (!profile.clientId) return null
  const msal = await publicClient(profile, seam, options.cache)
  const accounts = await msal.client.getAllAccounts()
  const account = accounts.find(
    (it) =>
      (options.homeAccountId === undefined || it.homeAccountId === options.homeAccountId) &&
      (options.username === undefined || it.username.toLowerCase() === options.username.toLowerCase()),
  )
  return account ? identityOf(profile, msal, account) : null
}

type Msal<Client> = Remembered & { client: Client }

async function signInPerson(profile: CloudProfile, seam: Seam, options: SignInOptions): Promise<Identity> {
  if (!profile.clientId) throw new AppError('signIn.client-missing', { cloud: profile.name })
  const msal = await publicClient(profile, seam, options.cache)
  const ask = options.method === 'browser' ? askInBrowser : askByDeviceCode
  try {
    const result = await ask(profile, msal, options)
    if (!result?.account) throw new AppError('signIn.failed', { reason: 'no account' })
    return identityOf(profile, msal, result.account)
  } catch (error) {
    if (options.signal.aborted) throw new AppError('cancelled')
    throw signInError(error, profile, profile.clientId, msal.lastFailure())
  }
}

async function askInBrowser(
  profile: CloudProfile,
  { client }: Msal<PublicClientApplication>,
  { ui, signal }: SignInOptions,
): Promise<AuthenticationResult> {
  let giveUp = () => {}
  try {
    return await client.acquireTokenInteractive({
      scopes: [profile.armScope],
      prompt: 'select_account',
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
  { client, lastRefusal }: Msal<PublicClientApplication>,
  { ui, signal }: SignInOptions,
): Promise<AuthenticationResult | null> {
  const request = {
    scopes: [profile.armScope],
    cancel: false,
    deviceCodeCallback(answer: { verificationUri: string; userCode?: string }) {
      // MSAL takes a refusal for a code without digits and would ask for it until its time is up.
      if (!answer.userCode) throw lastRefusal() ?? new AppError('signIn.failed', { reason: 'no code' })
      ui.showDeviceCode({ url: answer.verificationUri, code: answer.userCode })
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

function identityOf(profile: CloudProfile, msal: Msal<PublicClientApplication>, account: AccountInfo): Identity {
  const { homeAccountId, username, tenantId } = account
  async function getToken(scopes: string | string[], options: TokenOptions = {}): Promise<AccessToken> {
    try {
      const known = (await msal.client.getAllAccounts()).find((it) => it.homeAccountId === homeAccountId)
      if (!known) throw new AppError('signIn.needed', { cloud: profile.name })
      const result = await msal.client.acquireTokenSilent({
        account: known,
        scopes: [scopes].flat(),
        forceRefresh: options.forceRefresh ?? false,
        ...(options.claims && { claims: options.claims }),
      })
      return tokenOf(result, profile)
    } catch (error) {
      throw signInError(error, profile, profile.clientId, msal.lastFailure())
    }
  }
  return { credential: { getToken }, username, tenantId, homeAccountId }
}

async function signInApplication(
  profile: CloudProfile,
  seam: Seam,
  application: EnvironmentIdentity,
): Promise<Identity> {
  const { ConfidentialClientApplication } = await import('@azure/msal-node')
  const named = { ...profile, clientId: application.clientId, tenant: application.tenantId }
  const { network, lastFailure } = remembering(seam.network)
  const configuration = configurationOf(named, network)
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
      throw signInError(error, profile, application.clientId, lastFailure())
    }
  }
  await getToken(profile.armScope)
  return {
    credential: { getToken },
    username: application.clientId,
    tenantId: application.tenantId,
    homeAccountId: null,
  }
}

async function publicClient(
  profile: CloudProfile,
  seam: Seam,
  cache: TokenCache,
): Promise<Msal<PublicClientApplication>> {
  const { PublicClientApplication } = await import('@azure/msal-node')
  const { network, ...remembered } = remembering(seam.network)
  const configuration = configurationOf(profile, network)
  const client = new PublicClientApplication({ ...configuration, cache: { cachePlugin: pluginOver(cache) } })
  return { ...remembered, client }
}

function configurationOf(profile: CloudProfile, networkClient: INetworkModule): Configuration {
  const { authorityMetadata, authority, clientId } = profile
  return {
    auth: {
      clientId,
      authority: `${authority.replace(/\/+$/, '')}/${tenantOf(profile)}`,
      // Otherwise MSAL would ask Microsoft whether a private authority exists.
      knownAuthorities: cloudOfAuthority(authority) ? [] : signInHosts(profile),
      // We pass claims challenges on, so Azure may revoke a token before its time.
      clientCapabilities: ['CP1'],
      ...(authorityMetadata !== undefined && { authorityMetadata }),
    },
    system: { networkClient },
  }
}

type Remembered = {
  /** What the network threw last, null after an answer: MSAL turns it into a word. */
  lastFailure(): unknown
  /** What the service refused last, in the shape of MSAL's own errors. */
  lastRefusal(): Error | null
}

function remembering(network: INetworkModule): Remembered & { network: INetworkModule } {
  let failure: unknown = null
  let refusal: Error | null = null
  async function kept<T>(answer: Promise<NetworkResponse<T>>): Promise<NetworkResponse<T>> {
    try {
      const value = await answer
      failure = null
      refusal = value.status >= 400 ? refusalIn(value.body) : null
      return value
    } catch (error) {
      failure = error
      throw error
    }
  }
  return {
    network: {
      sendGetRequestAsync: (url, options, timeout) => kept(network.sendGetRequestAsync(url, options, timeout)),
      sendPostRequestAsync: (url, options) => kept(network.sendPostRequestAsync(url, options)),
    },
    lastFailure: () => failure,
    lastRefusal: () => refusal,
  }
}

function pluginOver(cache: TokenCache): ICachePlugin {
  return {
    async beforeCacheAccess(context) {
      const text = await cache.load()
      if (text && isJson(text)) context.tokenCache.deserialize(text)
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

function tokenOf(result: AuthenticationResult | null, profile: CloudProfile): AccessToken {
  if (!result?.accessToken) throw new AppError('signIn.needed', { cloud: profile.name })
  return { token: result.accessToken, expiresOnTimestamp: result.expiresOn?.getTime() ?? Date.now() }
}

function tenantOf(profile: CloudProfile): string {
  return profile.tenant ?? 'organizations'
}
