import { createHash, randomInt, randomUUID } from 'node:crypto'
import { ownerService, publicClientId, principals, tenant, users, type Principal } from './directory'
import { choosePage, devicePage, errorPage, formPostPage, messagePage, pageLanguage } from './login-pages'
import type { PracticeReply, PracticeRequest, Router } from './server'
import { createSignIns, type DeviceCode, type SignIns } from './sign-ins'
import type { Store } from './store'
import { audiences, type Tokens } from './tokens'

/**
 * Sign-in in the shape of Microsoft Entra (v2 endpoints): discovery, authorize with form_post, token, device code.
 * What msal-node asks for and refuses was measured; it wants https, a posted form, no nonce, and `client_info`.
 */
export function addLoginRoutes(router: Router, store: Store, tokens: Tokens): SignIns {
  const signIns = createSignIns(store)
  const login = { plane: 'login' } as const
  const at = (method: string, path: string, handler: (request: PracticeRequest) => PracticeReply) =>
    router.route(method, path, handler, login)

  at('GET', '/:tenant/v2.0/.well-known/openid-configuration', (request) => ({
    status: 200,
    body: openIdConfiguration(request.origin(), request.params['tenant'] ?? tenant.id),
  }))
  at('GET', '/common/discovery/instance', (request) => ({ status: 200, body: instanceDiscovery(request.origin()) }))
  at('GET', '/:tenant/discovery/v2.0/keys', () => ({ status: 200, body: tokens.jwks() }))
  at('GET', '/:tenant/oauth2/v2.0/authorize', (request) => authorize(request, signIns))
  at('POST', '/:tenant/oauth2/v2.0/authorize', (request) => authorize(request, signIns))
  at('POST', '/practice/choose', (request) => chosen(request, signIns))
  at('POST', '/:tenant/oauth2/v2.0/token', (request) => token(request, signIns, tokens))
  at('POST', '/:tenant/oauth2/v2.0/devicecode', (request) => deviceCode(request, signIns))
  at('GET', '/devicelogin', (request) => deviceLogin(request, signIns))
  at('POST', '/devicelogin', (request) => deviceChosen(request, signIns))
  at('GET', '/:tenant/oauth2/v2.0/logout', logout)
  return signIns
}

/** The document that MSAL calls authorityMetadata; `tenantPath` is a tenant id, `organizations` or `common`. */
export function openIdConfiguration(origin: string, tenantPath: string): Record<string, unknown> {
  const path = encodeURIComponent(tenantPath)
  const issuerTenant = isTenant(tenantPath) ? tenant.id : '{tenantid}'
  return {
    token_endpoint: `${origin}/${path}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    jwks_uri: `${origin}/${path}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${origin}/${issuerTenant}/v2.0`,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${origin}/${path}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${origin}/${path}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    end_session_endpoint: `${origin}/${path}/oauth2/v2.0/logout`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'name', 'preferred_username', 'oid', 'tid', 'ver'],
    tenant_region_scope: 'EU',
  }
}

function instanceDiscovery(origin: string): object {
  const host = new URL(origin).host
  return {
    tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  }
}

function isTenant(text: string): boolean {
  return text.toLowerCase() === tenant.id || text.toLowerCase() === tenant.defaultDomain
}

function authorize(request: PracticeRequest, signIns: SignIns): PracticeReply {
  const language = pageLanguage(request.headers['accept-language'])
  const form = fields(request.body)
  const given = (name: string) => form[name] ?? request.query.get(name)
  const clientId = given('client_id') ?? ''
  const redirectUri = given('redirect_uri') ?? ''
  const unknownTenant = tenantRefusal(request.params['tenant'] ?? '')
  if (unknownTenant) return errorPage(language, unknownTenant.code, unknownTenant.message)
  if (clientId !== publicClientId) return errorPage(language, 'AADSTS700016', noApplication(clientId))
  if (!isLoopbackRedirect(redirectUri)) {
    const text = `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`
    return errorPage(language, 'AADSTS50011', text)
  }
  const responseMode = given('response_mode') ?? 'query'
  const state = given('state')
  if (given('response_type') !== 'code') {
    const text = "AADSTS70007: only the value 'code' is supported for the input parameter 'response_type'."
    return handOver(language, redirectUri, responseMode, state, {
      error: 'unsupported_response_type',
      error_description: text,
    })
  }
  if (given('prompt') === 'none') {
    const text = 'AADSTS50058: A silent sign-in request was sent but no user is signed in.'
    return handOver(language, redirectUri, responseMode, state, { error: 'login_required', error_description: text })
  }
  const id = signIns.requests.put({
    clientId,
    redirectUri,
    responseMode,
    scope: given('scope') ?? '',
    state,
    challenge: given('code_challenge'),
    tenantPath: request.params['tenant'] ?? '',
    expiresMs: Date.now() + 15 * 60_000,
  })
  return choosePage(language, '/practice/choose', id)
}

function chosen(request: PracticeRequest, signIns: SignIns): PracticeReply {
  const language = pageLanguage(request.headers['accept-language'])
  const form = fields(request.body)
  const pending = signIns.requests.take(form['request'])
  if (!pending)
    return errorPage(language, 'AADSTS90014', 'This sign-in is no longer waiting. Start it again in the program.')
  const { redirectUri, responseMode, state } = pending
  const user = users.find((one) => one.oid === form['user'])
  if (!user) {
    const text = 'AADSTS65004: User declined to consent to access the app.'
    return handOver(language, redirectUri, responseMode, state, { error: 'access_denied', error_description: text })
  }
  const { clientId, scope, challenge } = pending
  const code = signIns.codes.put({
    clientId,
    redirectUri,
    scope,
    challenge,
    oid: user.oid,
    expiresMs: Date.now() + 10 * 60_000,
  })
  return handOver(language, redirectUri, responseMode, state, {
    code,
    client_info: clientInfo(user),
    session_state: randomUUID(),
  })
}

function handOver(
  language: 'en' | 'de',
  redirectUri: string,
  responseMode: string,
  state: string | null,
  result: Record<string, string>,
): PracticeReply {
  const values = { ...result, ...(state === null ? {} : { state }) }
  if (responseMode === 'form_post') return formPostPage(language, redirectUri, values)
  const sign = responseMode === 'fragment' ? '#' : '?'
  return { status: 302, headers: { location: `${redirectUri}${sign}${new URLSearchParams(values).toString()}` } }
}

function token(request: PracticeRequest, signIns: SignIns, tokens: Tokens): PracticeReply {
  const form = fields(request.body)
  const refused = tenantRefusal(request.params['tenant'] ?? '')
  if (refused) return oauthError(400, 'invalid_request', refused.number, refused.message)
  switch (form['grant_type']) {
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
      return oauthError(
        400,
        'unsupported_grant_type',
        70003,
        `The app requested an unsupported grant type '${form['grant_type'] ?? ''}'.`,
      )
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
  const user = principals.find((one) => one.oid === oid)
  if (!user) return oauthError(400, 'invalid_grant', 50034, 'The user account does not exist in the directory.')
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
    id_token: tokens.identity(user, clientId, `${request.origin()}/${tenant.id}/v2.0`),
    client_info: clientInfo(user),
  })
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

const userCodeLetters = 'BCDFGHJKLMNPQRSTVWXZ23456789'

function deviceCode(request: PracticeRequest, signIns: SignIns): PracticeReply {
  const form = fields(request.body)
  if (form['client_id'] !== publicClientId)
    return oauthError(400, 'unauthorized_client', 700016, noApplication(form['client_id'] ?? ''))
  const userCode = Array.from({ length: 9 }, () => userCodeLetters[randomInt(userCodeLetters.length)]).join('')
  const expiresSeconds = 900
  const made: DeviceCode = {
    userCode,
    clientId: publicClientId,
    scope: form['scope'] ?? '',
    oid: null,
    expiresMs: Date.now() + expiresSeconds * 1000,
  }
  const verificationUri = `${request.origin()}/devicelogin`
  const message = `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`
  const body = {
    user_code: userCode,
    device_code: signIns.devices.put(made),
    verification_uri: verificationUri,
    expires_in: expiresSeconds,
    interval: 1,
    message,
  }
  return { status: 200, body }
}

function deviceLogin(request: PracticeRequest, signIns: SignIns): PracticeReply {
  const language = pageLanguage(request.headers['accept-language'])
  const code = request.query.get('code')
  if (code === null) return devicePage(language, '/devicelogin', '', false)
  const device = findDevice(signIns, code)
  if (!device) return devicePage(language, '/devicelogin', code, true)
  return choosePage(language, '/devicelogin', device.userCode)
}

function deviceChosen(request: PracticeRequest, signIns: SignIns): PracticeReply {
  const language = pageLanguage(request.headers['accept-language'])
  const form = fields(request.body)
  const device = findDevice(signIns, form['request'] ?? '')
  if (!device) return messagePage(language, 'deviceWrong', 400)
  device.oid = users.find((one) => one.oid === form['user'])?.oid ?? ''
  request.store.touch()
  return messagePage(language, 'deviceDone')
}

function findDevice(signIns: SignIns, code: string): DeviceCode | null {
  const wanted = code.replace(/[\s-]/g, '').toUpperCase()
  return signIns.devices.all().find(([, one]) => one.userCode === wanted && one.oid === null)?.[1] ?? null
}

function logout(request: PracticeRequest): PracticeReply {
  const target = request.query.get('post_logout_redirect_uri')
  if (target !== null && isLoopbackRedirect(target)) return { status: 302, headers: { location: target } }
  return messagePage(pageLanguage(request.headers['accept-language']), 'signedOut')
}

type Form = Record<string, string>

function fields(body: unknown): Form {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

// A public client registered with http://localhost may use any port and path there, and nothing else.
function isLoopbackRedirect(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return url.protocol === 'http:' && url.hostname === 'localhost'
}

function clientInfo(user: Principal): string {
  return Buffer.from(JSON.stringify({ uid: user.oid, utid: tenant.id })).toString('base64url')
}

function basicCredentials(header: string | undefined): [string?, string?] {
  const match = /^Basic (.+)$/i.exec(header ?? '')
  if (!match?.[1]) return []
  const [id, secret] = Buffer.from(match[1], 'base64').toString('utf8').split(':').map(decodeURIComponent)
  return [id ?? '', secret ?? '']
}

function tenantRefusal(text: string): { code: string; number: number; message: string } | null {
  if (isTenant(text) || text === 'organizations' || text === 'common') return null
  const message = `Tenant '${text}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`
  return { code: 'AADSTS90002', number: 90002, message }
}

function noApplication(clientId: string): string {
  return `Application with identifier '${clientId}' was not found in the directory '${tenant.displayName}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`
}

function tokenReply(body: object): PracticeReply {
  return { status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' }, body }
}

function oauthError(status: number, error: string, number: number, message: string): PracticeReply {
  const ids = { trace_id: randomUUID(), correlation_id: randomUUID() }
  const timestamp = new Date().toISOString().replace('T', ' ').replace(/\.\d+/, '')
  const description = `AADSTS${number}: ${message} Trace ID: ${ids.trace_id} Correlation ID: ${ids.correlation_id} Timestamp: ${timestamp}`
  return { status, body: { error, error_description: description, error_codes: [number], timestamp, ...ids } }
}
