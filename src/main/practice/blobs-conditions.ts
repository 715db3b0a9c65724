import type { IncomingHttpHeaders } from 'node:http'
import { blobError, type BlobError } from './blobs-errors'
import { clockLeewayMs, wallClockMs, type Faults } from './faults'

/**
 * Times of a request against this cloud's clock: its own date, start and end of its SAS.
 * @throws BlobError 403 AuthenticationFailed
 */
export function assertInTime(faults: Pick<Faults, 'all'>, headers: IncomingHttpHeaders, query: URLSearchParams): void {
  const nowMs = wallClockMs(faults)
  const sentMs = Date.parse(String(headers['x-ms-date'] ?? headers['date'] ?? ''))
  if (Math.abs(sentMs - nowMs) > clockLeewayMs) {
    throw authenticationFailed(`Request date header too old: '${new Date(sentMs).toUTCString()}'`)
  }
  const startMs = Date.parse(query.get('st') ?? '')
  const endMs = Date.parse(query.get('se') ?? '')
  if (startMs > nowMs || endMs < nowMs) {
    const at = (ms: number) => (Number.isNaN(ms) ? '' : new Date(ms).toUTCString())
    throw authenticationFailed(
      `Signature not valid in the specified time frame: Start [${at(startMs)}] - Expiry [${at(endMs)}] - Current [${at(nowMs)}]`,
    )
  }
}

/** 403 of a storage account whose firewall does not know the caller's network (AzureStorageExplorer issue 8769). */
export function networkRefusal(): BlobError {
  return blobError(403, 'AuthorizationFailure', 'This request is not authorized to perform this operation.')
}

export function authenticationFailed(detail: string): BlobError {
  const text =
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.'
  return blobError(403, 'AuthenticationFailed', text, { elements: { AuthenticationErrorDetail: detail } })
}
