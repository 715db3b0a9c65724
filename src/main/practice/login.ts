import { randomUUID } from 'node:crypto'
import { memberOf, publicClientId, tenant, users } from './directory'
import { deviceChosen, deviceCode, deviceLogin } from './login-device'
import { choosePage, errorPage, formPostPage, messagePage, pageLanguage } from './login-pages'
import {
  clientInfo,
  fields,
  isLoopbackRedirect,
  isTenant,
  noApplication,
  notAMember,
  tenantAt,
  tenantRefusal,
} from './login-parts'
import { refusedByIncident } from './login-incidents'
import { token } from './login-tokens'
import type { PracticeReply, PracticeRequest, Router } from './server'
import { createSignIns, type SignIns } from './sign-ins'
import type { Store } from './store'
import type { Tokens } from './tokens'

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
  const issuerTenant = isTenant(tenantPath) ? tenantAt(tenantPath).id : '{tenantid}'
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
  if (!pending) return messagePage(language, 'stale', 400)
  const { redirectUri, responseMode, state } = pending
  const user = users.find((one) => one.oid === form['user'])
  if (!user) {
    const text = 'AADSTS65004: User declined to consent to access the app.'
    return handOver(language, redirectUri, responseMode, state, { error: 'access_denied', error_description: text })
  }
  const { clientId, scope, challenge, tenantPath } = pending
  const refused = refusedByIncident(request, clientId)
  if (refused) {
    const { error, error_description } = refused.body
    return handOver(language, redirectUri, responseMode, state, { error, error_description })
  }
  const at = tenantAt(tenantPath)
  const member = memberOf(at, user.oid)
  if (!member) return errorPage(language, 'AADSTS50020', notAMember(user.name, at, clientId))
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
    client_info: clientInfo(member),
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
  // `href` is plain ASCII, as a header must be.
  const location = `${new URL(redirectUri).href}${sign}${new URLSearchParams(values).toString()}`
  return { status: 302, headers: { location } }
}

function logout(request: PracticeRequest): PracticeReply {
  const target = request.query.get('post_logout_redirect_uri')
  if (target !== null && isLoopbackRedirect(target)) return { status: 302, headers: { location: new URL(target).href } }
  return messagePage(pageLanguage(request.headers['accept-language']), 'signedOut')
}
