import { AppError, outages, type ErrorCode, type ErrorDetails } from '../../shared/errors'
import { isTooFarOff, skewMinutes } from '../net/clock-skew'
import { networkFault, unreachableProxy } from '../net/network-faults'
import { retryAfterMs } from '../net/retry-after'
import { storageAccountAt } from '../net/storage-account'
import type { Access } from './access'

/**
 * What a failed request means for the upload. Codes: Azure Storage REST reference, "Common error codes" and
 * "Blob service error codes".
 * - network: nobody answered; busy: told to come later; access: token or SAS no longer taken; checksum: bytes arrived
 *   damaged; exists: there is a blob already; final: no use in repeating.
 */
export type Answer = {
  means: 'network' | 'busy' | 'access' | 'checksum' | 'exists' | 'final'
  /** What it becomes when it is not overcome. */
  error: AppError
  retryAfterMs: number
}

type Refusal = {
  name?: string
  code?: unknown
  message?: string
  statusCode?: unknown
  request?: { method?: string }
  response?: { headers?: { get(name: string): string | undefined } }
}

/** Judges whatever a request of the target threw. */
export function judge(thrown: unknown, target: Pick<Access, 'url' | 'hasSas' | 'expiresMs'>): Answer {
  if (thrown instanceof AppError) {
    const means = outages.has(thrown.code) ? 'network' : thrown.code === 'upload.checksum' ? 'checksum' : 'final'
    return { means, error: thrown, retryAfterMs: 0 }
  }
  const refusal = asRefusal(thrown)
  const status = typeof refusal.statusCode === 'number' ? refusal.statusCode : null
  const details = detailsOf(refusal, status, target)
  const skew = skewMinutes(refusal.response?.headers?.get('date'))
  const as = (means: Answer['means'], code: ErrorCode, retryAfterMs = 0): Answer => {
    const { host, pathname: scope } = new URL(target.url)
    const minutes = Math.abs(skew)
    const params = {
      blob: target.url,
      host,
      scope,
      action: actionOf(refusal),
      account: storageAccountAt(host, scope),
      minutes,
    }
    return { means, error: new AppError(code, params, details, { cause: thrown }), retryAfterMs }
  }
  if (status === null) {
    if (isUntrusted(refusal)) return as('final', 'tls.untrusted')
    // Anything else, such as a mistake of our own, would only be repeated until patience ends.
    const proxy = unreachableProxy(refusal)
    if (proxy !== null)
      return {
        means: 'network',
        error: new AppError('proxy.unreachable', { proxy, host: new URL(target.url).host }, details),
        retryAfterMs: 0,
      }
    return isUnanswered(refusal) ? as('network', 'offline') : as('final', 'unexpected')
  }

  const code = codeOf(thrown)
  if (code === 'Md5Mismatch' || code === 'Crc64Mismatch') return as('checksum', 'upload.checksum')
  if (status === 429 || code === 'ServerBusy') return as('busy', 'cloud.throttled', retryAfterOf(refusal))
  if ((status >= 500 && status !== 501) || status === 408) return as('busy', 'cloud.unavailable', retryAfterOf(refusal))
  if (status === 401 || (status === 403 && isAccessOver(code, target))) {
    if (isTooFarOff(skew)) return as('access', 'clock.wrong')
    // A SAS can be had anew by trying again; a token that is not taken any more needs a person.
    return as('access', target.hasSas ? 'upload.access-expired' : 'signIn.needed')
  }
  if (status === 403 && code === 'AuthorizationFailure') return as('final', 'storage.firewall')
  if (status === 403) return as('final', 'cloud.forbidden')
  if (status === 404) return as('final', code === 'BlobNotFound' ? 'upload.target-changed' : 'upload.target-missing')
  if (code === 'BlobAlreadyExists' || code === 'UnauthorizedBlobOverwrite') return as('exists', 'upload.target-foreign')
  if (/^Lease/.test(code)) return as('final', 'upload.target-leased')
  // A list of blocks with ids of another length is somebody else's.
  if (code === 'InvalidBlobType' || code === 'InvalidBlobOrBlock') return as('final', 'upload.target-foreign')
  if (status === 412 || status === 416) return as('final', 'upload.target-changed')
  return as('final', status === 409 ? 'cloud.conflict' : 'cloud.bad-request')
}

/** The service's own code; a HEAD has no body and carries it in a header only. */
export function codeOf(thrown: unknown): string {
  const refusal = asRefusal(thrown)
  const named = refusal.response?.headers?.get('x-ms-error-code') ?? refusal.code
  return typeof named === 'string' ? named : ''
}

function asRefusal(thrown: unknown): Refusal {
  return typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }
}

function isAccessOver(code: string, { expiresMs }: Pick<Access, 'expiresMs'>): boolean {
  return code === 'AuthenticationFailed' || (expiresMs !== null && expiresMs < Date.now())
}

/** The data action that a role must hold; Azure does not name it in the answer. */
function actionOf({ request }: Refusal): string {
  const verb = request?.method === 'GET' || request?.method === 'HEAD' ? 'read' : 'write'
  return `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${verb}`
}

/** Nobody answered, the answer broke off, or it took too long: `insist` and the seam abort requests that hang. */
function isUnanswered({ name, code }: Refusal): boolean {
  if (name === 'AbortError' || name === 'TimeoutError') return true
  return typeof code === 'string' && (brokenAnswers.test(code) || networkFault(code) === 'offline')
}

/** Codes of the libraries for half an answer: @azure/core-rest-pipeline, Node's streams and its HTTP parser. */
const brokenAnswers = /^(?:PARSE_ERROR|ERR_STREAM_PREMATURE_CLOSE|HPE_[A-Z_]+)$/

function isUntrusted({ code, message }: Refusal): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(
    `${typeof code === 'string' ? code : ''} ${message ?? ''}`,
  )
}

function retryAfterOf({ response }: Refusal): number {
  return (response?.headers && retryAfterMs(response.headers)) ?? 0
}

function detailsOf(refusal: Refusal, status: number | null, { url }: Pick<Access, 'url'>): ErrorDetails {
  const requestId = refusal.response?.headers?.get('x-ms-request-id')
  const code = codeOf(refusal)
  return {
    url,
    at: new Date().toISOString(),
    // The library's text may quote the whole address; what stands behind its question mark is a secret.
    message: (refusal.message ?? '').replace(/\?\S*/g, '').slice(0, 500),
    ...(status !== null && { status }),
    ...(code && { serviceCode: code }),
    ...(requestId && { requestId }),
    ...(refusal.request?.method && { method: refusal.request.method }),
  }
}
