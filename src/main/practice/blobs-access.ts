import { createHmac } from 'node:crypto'
import { tenant } from './directory'
import { blobError, type BlobError } from './blobs-errors'
import type { Caller } from './server'
import type { TokenVerdict } from './tokens'

/** `/account/container/blob` of a request, taken apart. */
export type BlobTarget = {
  account: string
  /** Empty for requests to the account itself. */
  container: string
  /** Decoded; empty for requests to a container. */
  blob: string
}

export type BlobGate = {
  check(authorization: string | undefined, target: string): TokenVerdict
  /** RBAC; `isData` says whether the action is a data action of the role. */
  allows(caller: Caller, action: string, scope: string, isData: boolean): boolean
}

/** Splits the path of a request; null when it cannot be one. */
export function parseTarget(pathname: string): BlobTarget | null {
  const [, account = '', container = '', ...rest] = pathname.split('/')
  try {
    return {
      account: decodeURIComponent(account),
      container: decodeURIComponent(container),
      blob: decodeURIComponent(rest.join('/')),
    }
  } catch {
    return null
  }
}

/**
 * Lets a bearer token through, or says why not.
 * @throws BlobError 401, 403
 */
export function assertMay(
  gate: BlobGate,
  request: { method: string; target: BlobTarget; query: URLSearchParams; authorization: string | undefined },
  accountId: string,
  place: string,
): Caller {
  const verdict = gate.check(request.authorization, place)
  if ('fault' in verdict) throw unauthenticated(verdict.fault, verdict.detail)
  const { action, isData } = actionOf(request.method, request.target, request.query)
  const { container } = request.target
  const scope = container === '' ? accountId : `${accountId}/blobServices/default/containers/${container}`
  if (!gate.allows(verdict.caller, action, scope, isData)) throw permissionMismatch()
  return verdict.caller
}

/** 403 for a signed-in caller whose roles lack the action. */
export function permissionMismatch(): BlobError {
  const text = 'This request is not authorized to perform this operation using this permission.'
  return blobError(403, 'AuthorizationPermissionMismatch', text)
}

/** 401 for a request without any authorization, with the challenge that the SDKs understand. */
export function unauthenticated(fault: string, detail: string): BlobError {
  const headers = {
    'www-authenticate': `Bearer authorization_uri=https://login.microsoftonline.com/${tenant.id}/oauth2/authorize resource_id=https://storage.azure.com`,
  }
  if (fault === 'missing') {
    const text =
      'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.'
    return blobError(401, 'NoAuthenticationInformation', text, { headers })
  }
  const details: Record<string, string> = {
    early: 'Lifetime validation failed. The token is not yet valid.',
    expired: `Lifetime validation failed. The token is expired. ${detail}`.trim(),
    audience: `Audience validation failed. Audience did not match. ${detail}`.trim(),
    tenant: `Issuer validation failed. Issuer did not match. ${detail}`.trim(),
    signature: 'Signature validation failed. Signature verification failed.',
  }
  return blobError(
    401,
    'InvalidAuthenticationInfo',
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
    {
      headers,
      elements: { AuthenticationErrorDetail: details[fault] ?? 'The authorization header is malformed.' },
    },
  )
}

/** True when the URL carries a shared access signature. */
export function hasSas(query: URLSearchParams): boolean {
  return query.has('sig')
}

/** Parts of a query that make up a SAS; what is left belongs to the request. */
export const sasParameters = new Set(
  'sv ss srt sr st se sp sip spr si sig ses skoid sktid skt ske sks skv sduoid skdutid saoid suoid scid sdd'.split(' '),
)

/** Query of an account SAS that may do everything for an hour: with it this cloud itself talks to Azurite. */
export function ownSas(account: string, key: string, nowMs: number = Date.now()): URLSearchParams {
  const version = '2020-12-06'
  const expiry = new Date(nowMs + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z')
  const [permissions, services, types] = ['rwdxylacuptfi', 'b', 'sco']
  // Microsoft Learn, "Create an account SAS": fields of the string to sign from version 2020-12-06 on.
  const text = [account, permissions, services, types, '', expiry, '', '', version, '', ''].join('\n')
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64')
  return new URLSearchParams({
    sv: version,
    ss: services,
    srt: types,
    sp: permissions,
    se: expiry,
    sig: signature,
  })
}

/** The RBAC action of an operation (Microsoft Learn, "Authorize with Azure AD": permissions for blob service operations). */
function actionOf(method: string, target: BlobTarget, query: URLSearchParams): { action: string; isData: boolean } {
  const service = 'Microsoft.Storage/storageAccounts/blobServices'
  const comp = query.get('comp')
  const isRead = method === 'GET' || method === 'HEAD'
  if (target.container === '') {
    if (comp === 'userdelegationkey') return { action: `${service}/generateUserDelegationKey/action`, isData: false }
    if (comp === 'blobs') return { action: `${service}/containers/blobs/filter/action`, isData: true }
    if (comp === 'properties') return { action: `${service}/${isRead ? 'read' : 'write'}`, isData: false }
    return { action: `${service}/containers/read`, isData: false }
  }
  if (target.blob === '') {
    if (comp === 'list') return { action: `${service}/containers/blobs/read`, isData: true }
    const verb = isRead ? 'read' : method === 'DELETE' ? 'delete' : 'write'
    return { action: `${service}/containers/${verb}`, isData: false }
  }
  if (comp === 'tags') return { action: `${service}/containers/blobs/tags/${isRead ? 'read' : 'write'}`, isData: true }
  const verb = isRead ? 'read' : method === 'DELETE' ? 'delete' : 'write'
  return { action: `${service}/containers/blobs/${verb}`, isData: true }
}
