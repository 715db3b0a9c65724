import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'
import { isLoopback } from './network-faults'
import { cloudOfAuthority, signInHosts } from './profiles'

/**
 * Throws `token.refused-host` {host} unless a bearer token of this cloud may go to the URL: https, no user name in it, and a host
 * of the cloud's own. Names are compared whole or after a dot, so that `batch.azure.com.example.org` is nobody's host.
 * `extraHosts`: further hosts (`host` or `host:port`) which the cloud itself named.
 */
export function assertTokenMayGo(profile: CloudProfile, url: string, extraHosts: readonly string[] = []): void {
  const to = plainHttps(url)
  if (!to || !mayGo(profile, to, extraHosts)) throw refused(url)
}

/** The same for codes, secrets and refresh tokens: they go to the sign-in hosts of the cloud only. */
export function assertSignInMayGo(profile: CloudProfile, url: string): void {
  const to = plainHttps(url)
  const isOwn = to !== null && signInHosts(profile).includes(to.host)
  if (!isOwn || (profile.loopbackOnly === true && !isLoopback(to.hostname))) throw refused(url)
}

/**
 * An application's secret lies in the environment of every program, whatever cloud it was meant for. Throws `token.unconfirmed-host`
 * {host} unless the cloud is Azure's own or on this computer, or AZURE_AUTHORITY_HOST, the variable that Microsoft's own libraries
 * read, names the profile's authority.
 */
export function assertSecretMayGo(profile: CloudProfile, authorityHost: string | undefined): void {
  if (profile.loopbackOnly === true || cloudOfAuthority(profile.authority)) return
  const { origin, host } = new URL(profile.authority)
  const named = authorityHost && URL.canParse(authorityHost) ? new URL(authorityHost).origin : null
  if (named !== origin) throw new AppError('token.unconfirmed-host', { host })
}

/** Throws unless this profile may connect to the URL at all: one that is bound to loopback stays there. */
export function assertMayConnect(profile: CloudProfile, url: string): void {
  const to = URL.canParse(url) ? new URL(url) : null
  const isLocal = to !== null && isLoopback(to.hostname)
  const isEncrypted = to?.protocol === 'https:' || (to?.protocol === 'http:' && isLocal)
  if (!isEncrypted || (profile.loopbackOnly === true && !isLocal)) throw refused(url)
}

function mayGo(profile: CloudProfile, to: URL, extraHosts: readonly string[]): boolean {
  if (profile.loopbackOnly === true) return isLoopback(to.hostname)
  if (isLoopback(to.hostname)) return false
  const exact = [profile.armEndpoint, profile.graphEndpoint].flatMap((it) => (it ? [new URL(it).host] : []))
  if (exact.includes(to.host) || extraHosts.some((it) => it.toLowerCase() === to.host)) return true
  // Suffixes stand for Azure's own port only.
  return to.port === '' && suffixes(profile).some((suffix) => to.hostname.endsWith(`.${suffix}`))
}

function suffixes(profile: CloudProfile): string[] {
  const known = [profile.batchSuffix, `blob.${profile.storageSuffix}`]
  // Accounts with "Azure DNS zone" endpoints live in a second domain of the public cloud.
  return cloudOfAuthority(profile.authority) === 'public' ? [...known, 'blob.storage.azure.net'] : known
}

function plainHttps(url: string): URL | null {
  if (!URL.canParse(url)) return null
  const parsed = new URL(url)
  return parsed.protocol === 'https:' && !parsed.username && !parsed.password ? parsed : null
}

function refused(url: string): AppError {
  const host = URL.canParse(url) ? new URL(url).host : ''
  return new AppError('token.refused-host', { host })
}
