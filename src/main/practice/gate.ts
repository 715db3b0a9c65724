import { findTenant, subscriptions, tenant, type Tenant } from './directory'
import { armError, type ArmError } from './errors'
import type { Rights } from './rbac'
import { authorizationFailed } from './refusals'
import type { Caller, Gate } from './server'
import { audiences, type TokenFault, type Tokens } from './tokens'

/** Token and role checks in front of ARM and Batch, with the refusals that those services give. */
export function createGate(tokens: Tokens, rights: Rights): Gate {
  return {
    authenticate(headers, plane, target) {
      const verdict = tokens.check(headers.authorization, plane === 'batch' ? 'batch' : 'arm', target)
      if ('caller' in verdict) {
        if (plane === 'arm') assertOwnTenant(verdict.caller, target)
        return verdict.caller
      }
      if (plane === 'batch' && /^SharedKey /i.test(headers.authorization ?? '')) throw sharedKeyRefusal()
      const refusal = plane === 'batch' ? batchRefusal(verdict.fault) : armRefusal(verdict.fault, verdict.detail)
      if (verdict.claims !== undefined) refusal.headers['www-authenticate'] = claimsChallenge(verdict.claims)
      throw refusal
    },
    authorize(caller, action, scope) {
      if (!rights.isAllowed(caller, action, scope)) throw authorizationFailed(caller, action, scope)
    },
  }
}

/** A subscription trusts one tenant; a token of another is refused before anything is looked up. */
function assertOwnTenant(caller: Caller, target: string): void {
  const id = /^\S+ \/subscriptions\/([^/]+)/i.exec(target)?.[1]?.toLowerCase()
  const owning = findTenant(subscriptions.find((one) => one.id === id)?.tenantId ?? caller.tid)
  if (owning && owning.id !== caller.tid) throw armRefusal('tenant', `https://sts.windows.net/${caller.tid}/`, owning)
}

function armRefusal(fault: TokenFault, detail: string, at: Tenant = tenant): ArmError {
  const allowed = audiences.arm.map((one) => `'${one}'`).join(',')
  const refusals: Record<TokenFault, [string, string]> = {
    missing: ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."],
    malformed: [
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    ],
    signature: ['InvalidAuthenticationToken', 'The access token is invalid.'],
    audience: [
      'InvalidAuthenticationTokenAudience',
      `The access token has been obtained for wrong audience or resource '${detail}'. It should exactly match with one of the allowed audiences ${allowed}.`,
    ],
    tenant: [
      'InvalidAuthenticationTokenTenant',
      `The access token is from the wrong issuer '${detail}'. It must match the tenant 'https://sts.windows.net/${at.id}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${at.id}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
    ],
    early: ['InvalidAuthenticationToken', 'The access token is not yet valid.'],
    expired: [
      'ExpiredAuthenticationToken',
      `The access token expiry UTC time '${detail}' is earlier than current UTC time '${new Date().toISOString()}'.`,
    ],
  }
  const [code, message] = refusals[fault]
  const challenge = `Bearer authorization_uri="https://login.windows.net/${at.id}", error="invalid_token", error_description="${message.replace(/"/g, "'")}"`
  return armError(401, code, message, { headers: { 'www-authenticate': challenge } })
}

/** Account keys cannot make pools from gallery images; so this cloud takes none at all. */
function sharedKeyRefusal(): ArmError {
  const detail =
    'The specified type of authentication SharedKey is not allowed when external resources of type Compute are linked.'
  const message =
    'Server failed to authorize the request. Make sure the value of Authorization header is formed correctly.'
  return armError(403, 'AuthenticationFailed', message, { values: { AuthenticationErrorDetail: detail } })
}

function batchRefusal(fault: TokenFault): ArmError {
  const message =
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.'
  const details: Record<TokenFault, string> = {
    missing: 'Authorization header is missing.',
    malformed: 'Authorization header is malformed.',
    signature: 'The token signature is invalid.',
    audience: 'The token audience is invalid.',
    tenant: 'The token issuer is invalid.',
    early: 'The token is not yet valid.',
    expired: 'The token is expired.',
  }
  const headers = { 'www-authenticate': 'Bearer realm="https://batch.core.windows.net/"' }
  return armError(401, 'AuthenticationFailed', message, {
    headers,
    values: { AuthenticationErrorDetail: details[fault] },
  })
}

/** Continuous access evaluation (Microsoft Learn, "Claims challenges"): the SDKs answer it with a new token. */
function claimsChallenge(claims: string): string {
  const place = 'https://login.microsoftonline.com/common/oauth2/authorize'
  return `Bearer realm="", authorization_uri="${place}", error="insufficient_claims", claims="${claims}"`
}
