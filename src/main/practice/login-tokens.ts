import { createHash } from 'node:crypto'
import { memberOf, ownerService, tenant } from './directory'
import { refusedByIncident } from './login-incidents'
import {
  clientInfo,
  fields,
  noApplication,
  notAMember,
  oauthError,
  tenantAt,
  tenantRefusal,
  type Form,
} from './login-parts'
import type { PracticeReply, PracticeRequest } from './server'
import type { SignIns } from './sign-ins'
import { audiences, type Tokens } from './tokens'

/** The token endpoint: code with PKCE, refresh token with rotation, device code, client credentials. */
export function token(request: PracticeRequest, signIns: SignIns, tokens: Tokens): PracticeReply {
  const form = fields(request.body)
  const refused = tenantRefusal(request.params['tenant'] ?? '')
  if (refused) return oauthError(400, 'invalid_request', refused.number, refused.message)
  const grant = form['grant_type'] ?? ''
  // A code that nobody has entered yet is asked for again and again; an incident meets the answer to it.
  const isWaiting = signIns.devices.get(form['device_code'])?.oid === null
  const incident = isWaiting ? null : refusedByIncident(request, form['client_id'] ?? '', grant)
  if (incident) return incident
  switch (grant) {
    case 'authorization_code':
      return redeemCode(request, form, signIns, tokens)
    case 'refresh_token':
      return redeemRefreshToken(request, form, signIns, tokens)
    case 'device_code':
    case 'urn:ietf:params:oauth:grant-type:device_code':
      return redeemDeviceCode(request, form, signIns, tokens)
    case 'client_credentials':
      return clientCredentials(request, form, tokens)
    default:
      return oauthError(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`)
  }
}

function redeemCode(request: PracticeRequest, form: Form, signIns: SignIns, tokens: Tokens): PracticeReply {
  const code = signIns.codes.take(form['code'])
  if (!code || code.clientId !== form['client_id']) {
    return oauthError(
      400,
      'invalid_grant',
      70008,
      'The provided authorization code or refresh token has expired due to inactivity.',
    )
  }
  if (code.redirectUri !== form['redirect_uri']) {
    return oauthError(
      400,
      'invalid_grant',
      50011,
      'The redirect URI in the request does not match the one of the authorization.',
    )
  }
  const proof = createHash('sha256')
    .update(form['code_verifier'] ?? '')
    .digest('base64url')
  if (code.challenge !== null && code.challenge !== proof) {
    return oauthError(
      400,
      'invalid_grant',
      50148,
      'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
    )
  }
  return userTokens(request, code.oid, code.clientId, form['scope'] ?? code.scope, signIns, tokens)
}

function redeemRefreshToken(request: PracticeRequest, form: Form, signIns: SignIns, tokens: Tokens): PracticeReply {
  // Rotation: a refresh token that was used is gone, as public clients are told to expect.
  const kept = signIns.refreshTokens.take(form['refresh_token'])
  if (!kept || kept.clientId !== form['client_id']) {
    return oauthError(400, 'invalid_grant', 70008, 'The refresh token has expired due to inactivity.')
  }
  return userTokens(request, kept.oid, kept.clientId, form['scope'] ?? '', signIns, tokens)
}

function redeemDeviceCode(request: PracticeRequest, form: Form, signIns: SignIns, tokens: Tokens): PracticeReply {
  const id = form['device_code']
  const device = signIns.devices.get(id)
  if (!device || device.clientId !== form['client_id']) {
    return oauthError(
      400,
      'expired_token',
      70020,
      'The provided value for the input parameter device_code is not valid. This device code has expired.',
    )
  }
  if (device.oid === null)
    return oauthError(
      400,
      'authorization_pending',
      70016,
      'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    )
  signIns.devices.take(id)
  if (device.oid === '')
    return oauthError(400, 'authorization_declined', 65004, 'User declined to consent to access the app.')
  return userTokens(request, device.oid, device.clientId, device.scope, signIns, tokens)
}

function clientCredentials(request: PracticeRequest, form: Form, tokens: Tokens): PracticeReply {
  const [basicId, basicSecret] = basicCredentials(request.headers.authorization)
  const clientId = form['client_id'] ?? basicId ?? ''
  if (clientId !== ownerService.clientId) return oauthError(400, 'unauthorized_client', 700016, noApplication(clientId))
  if ((form['client_secret'] ?? basicSecret) !== tokens.clientSecret) {
    const text = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, for a secret added to app '${clientId}'.`
    return oauthError(401, 'invalid_client', 7000215, text)
  }
  const resource = resourceOf(form['scope'] ?? '')
  if (typeof resource !== 'string') return resource
  const made = tokens.access(ownerService, resource, clientId, false)
  return tokenReply({
    token_type: 'Bearer',
    expires_in: made.expiresIn,
    ext_expires_in: made.expiresIn,
    access_token: made.token,
  })
}

function userTokens(
  request: PracticeRequest,
  oid: string,
  clientId: string,
  scope: string,
  signIns: SignIns,
  tokens: Tokens,
): PracticeReply {
  const at = tenantAt(request.params['tenant'] ?? '')
  const user = memberOf(at, oid)
  if (!user) return oauthError(400, 'invalid_grant', 50020, notAMember(nameOf(oid), at, clientId))
  const resource = resourceOf(scope)
  if (typeof resource !== 'string') return resource
  const made = tokens.access(user, resource, clientId, true)
  const refreshToken = signIns.refreshTokens.put({ clientId, oid, expiresMs: Date.now() + 90 * 86_400_000 })
  return tokenReply({
    token_type: 'Bearer',
    scope: `${scope.split(' ').find((one) => one.startsWith('https://')) ?? ''} openid profile offline_access`.trim(),
    expires_in: made.expiresIn,
    ext_expires_in: made.expiresIn,
    access_token: made.token,
    refresh_token: refreshToken,
    id_token: tokens.identity(user, clientId, `${request.origin()}/${at.id}/v2.0`),
    client_info: clientInfo(user),
  })
}

function nameOf(oid: string): string {
  return memberOf(tenant, oid)?.name ?? oid
}

/** The resource behind a scope such as `https://management.azure.com/.default`. */
function resourceOf(scope: string): string | PracticeReply {
  const wanted = scope.split(' ').filter((one) => one.startsWith('https://'))
  const resources = new Set(wanted.map((one) => one.slice(0, one.lastIndexOf('/'))))
  if (resources.size > 1) {
    return oauthError(
      400,
      'invalid_request',
      28000,
      `The provided value for the input parameter 'scope' is not valid because it contains more than one resource. Scope ${scope} is not valid.`,
    )
  }
  // Signing in for nothing in particular is allowed: the token then is one for ARM.
  const resource = [...resources][0] ?? 'https://management.azure.com'
  const known = Object.values(audiences).flat() as string[]
  if (!known.includes(resource)) {
    const text = `The resource principal named ${resource} was not found in the tenant named ${tenant.displayName}.`
    return oauthError(400, 'invalid_resource', 500011, text)
  }
  return resource
}

function basicCredentials(header: string | undefined): [string?, string?] {
  const match = /^Basic (.+)$/i.exec(header ?? '')
  if (!match?.[1]) return []
  const [id, secret] = Buffer.from(match[1], 'base64').toString('utf8').split(':').map(decodeURIComponent)
  return [id ?? '', secret ?? '']
}

function tokenReply(body: object): PracticeReply {
  return { status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' }, body }
}
