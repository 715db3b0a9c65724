import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTenant, type Principal } from './directory'
import { clockLeewayMs, wallClockMs, type Faults } from './faults'
import type { Caller } from './server'
import { writeWhole, type Store } from './store'

/** Resources for which tokens are issued; a token for one is refused by the others. */
export const audiences = {
  arm: [
    'https://management.core.windows.net/',
    'https://management.core.windows.net',
    'https://management.azure.com/',
    'https://management.azure.com',
  ],
  batch: ['https://batch.core.windows.net/', 'https://batch.core.windows.net'],
  storage: ['https://storage.azure.com/', 'https://storage.azure.com'],
} as const
export type Audience = keyof typeof audiences

export type TokenFault = 'missing' | 'malformed' | 'signature' | 'audience' | 'expired' | 'early' | 'tenant'
/** `claims` (base64) is set for a token that was revoked before its end: a challenge with them makes clients fetch a new one. */
export type TokenVerdict = { caller: Caller } | { fault: TokenFault; detail: string; claims?: string }

export type Tokens = {
  /** Access token for a resource such as `https://management.azure.com`, signed RS256. */
  access(
    principal: Principal,
    resource: string,
    clientId: string,
    delegated: boolean,
  ): { token: string; expiresIn: number }
  /** OpenID Connect id token for a signed-in user. */
  identity(principal: Principal, clientId: string, issuer: string): string
  /** Checks an Authorization header against a resource of this cloud. */
  check(authorization: string | undefined, audience: Audience, target?: string): TokenVerdict
  jwks(): { keys: object[] }
  /** Secret of the owner's service principal. */
  clientSecret: string
}

/** Real time on purpose: other programs judge these tokens by their own clocks. */
const lifetimeSeconds = 4200

/** Opens the signing key of a state folder, made at first start (0600). */
export function openTokens(folder: string, store: Store, faults: Faults): Tokens {
  const { key, secret } = openKeys(join(folder, 'keys.json'))
  const publicKey = createPublicKey(key)
  const jwk = publicKey.export({ format: 'jwk' })
  const kid = Buffer.from(String(jwk.n)).toString('base64url').slice(0, 27)
  const expiry = store.part('tokens', () => ({ expiredBeforeMs: 0 }))

  function issue(claims: Record<string, unknown>, seconds: number): string {
    const now = Math.floor(Date.now() / 1000)
    const header = encode({ typ: 'JWT', alg: 'RS256', x5t: kid, kid })
    const payload = encode({
      ...claims,
      iat: now,
      nbf: now,
      exp: now + seconds,
      uti: stampNow(),
      jti: randomBytes(12).toString('base64url'),
    })
    const signature = sign('RSA-SHA256', Buffer.from(`${header}.${payload}`), key).toString('base64url')
    return `${header}.${payload}.${signature}`
  }

  return {
    clientSecret: secret,
    access(principal, resource, clientId, delegated) {
      const shortened = faults.look('expire-tokens', 'POST /token')?.retryAfter
      const expiresIn = shortened ?? lifetimeSeconds
      const who =
        principal.kind === 'user'
          ? { unique_name: principal.name, upn: principal.name, name: principal.displayName }
          : {}
      const token = issue(
        {
          aud: resource,
          iss: `https://sts.windows.net/${principal.tenantId}/`,
          appid: clientId,
          appidacr: delegated ? '0' : '1',
          idp: `https://sts.windows.net/${principal.tenantId}/`,
          idtyp: delegated ? 'user' : 'app',
          oid: principal.oid,
          sub: principal.oid,
          tid: principal.tenantId,
          ver: '1.0',
          ...(delegated ? { scp: 'user_impersonation' } : {}),
          ...who,
        },
        expiresIn,
      )
      return { token, expiresIn }
    },
    identity(principal, clientId, issuer) {
      const who = { name: principal.displayName, preferred_username: principal.name }
      return issue(
        {
          aud: clientId,
          iss: issuer,
          oid: principal.oid,
          sub: principal.oid,
          tid: principal.tenantId,
          ver: '2.0',
          ...who,
        },
        3600,
      )
    },
    check(authorization, audience, target) {
      const match = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '')
      if (!match) return { fault: authorization ? 'malformed' : 'missing', detail: '' }
      const [, header = '', payload = '', signature = ''] = match
      const signed = Buffer.from(`${header}.${payload}`)
      if (!verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url')))
        return { fault: 'signature', detail: '' }
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>
      if (!(audiences[audience] as readonly unknown[]).includes(claims['aud']))
        return { fault: 'audience', detail: String(claims['aud']) }
      const tenant = findTenant(String(claims['tid']))
      if (!tenant) return { fault: 'tenant', detail: String(claims['iss']) }
      const expiresMs = Number(claims['exp']) * 1000
      if (Number(claims['nbf']) * 1000 > wallClockMs(faults) + clockLeewayMs) return { fault: 'early', detail: '' }
      if (expiresMs <= wallClockMs(faults)) return { fault: 'expired', detail: new Date(expiresMs).toISOString() }
      if (isRevoked(claims, target)) {
        const value = String(Math.floor(Date.now() / 1000))
        const wanted = { access_token: { nbf: { essential: true, value } } }
        const detail = new Date(Date.now() - 1000).toISOString()
        return { fault: 'expired', detail, claims: Buffer.from(JSON.stringify(wanted)).toString('base64') }
      }
      const appId = String(claims['appid'])
      return { caller: { oid: String(claims['oid']), tid: tenant.id, name: String(claims['upn'] ?? appId), appId } }
    },
    jwks: () => ({ keys: [{ kty: 'RSA', use: 'sig', kid, x5t: kid, n: jwk.n, e: jwk.e }] }),
  }

  function isRevoked(claims: Record<string, unknown>, target: string | undefined): boolean {
    if (target !== undefined) {
      const fault = faults.look('expire-tokens', target)
      if (fault?.count !== undefined) return faults.take('expire-tokens', target) !== null
    }
    return stampedAtMs(String(claims['uti'])) < expiry.expiredBeforeMs
  }
}

/** Declares all access tokens issued so far expired (incident `expire-tokens` without a count). */
export function expireIssuedTokens(store: Store): void {
  store.part('tokens', () => ({ expiredBeforeMs: 0 })).expiredBeforeMs = Date.now()
  store.touch()
}

// `uti` is opaque to clients; ours starts with the time of issue in ms, which `iat` (seconds) is too coarse for.
function stampNow(): string {
  const bytes = randomBytes(18)
  bytes.writeDoubleBE(Date.now(), 0)
  return bytes.toString('base64url')
}

function stampedAtMs(uti: string): number {
  return Buffer.from(uti, 'base64url').readDoubleBE(0)
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function openKeys(file: string): { key: KeyObject; secret: string } {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { key: string; secret: string }
    return { key: createPrivateKey(kept.key), secret: kept.secret }
  } catch {
    // First start, or a torn file: new keys only end the sign-ins so far.
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const secret = randomBytes(30).toString('base64url')
    writeWhole(file, JSON.stringify({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }), secret }))
    return { key: privateKey, secret }
  }
}
