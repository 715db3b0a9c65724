import type { IncomingHttpHeaders } from 'node:http'
import type { Blob } from './blobs'
import { Refused } from './refused'

/**
 * The conditions of a request: ETag and sequence number.
 * https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export function assertConditions(headers: IncomingHttpHeaders, blob: Blob | undefined): void {
  const wanted = headers['if-match']
  if (wanted !== undefined && (!blob || (wanted !== '*' && wanted !== blob.etag))) {
    throw new Refused(412, 'ConditionNotMet')
  }
  const unwanted = headers['if-none-match']
  if (unwanted === '*' && blob) throw new Refused(409, 'BlobAlreadyExists')
  if (unwanted !== undefined && unwanted === blob?.etag) throw new Refused(412, 'ConditionNotMet')
  const number = blob?.sequenceNumber ?? 0
  const fits: Record<string, (value: number) => boolean> = {
    'x-ms-if-sequence-number-eq': (value) => number === value,
    'x-ms-if-sequence-number-le': (value) => number <= value,
    'x-ms-if-sequence-number-lt': (value) => number < value,
  }
  for (const [name, isMet] of Object.entries(fits)) {
    const value = headers[name]
    if (value !== undefined && !isMet(Number(value))) throw new Refused(412, 'SequenceNumberConditionNotMet')
  }
}

/** The SAS of the address: its time, which `url()` of the sink sets. */
export function assertInTime(query: URLSearchParams, nowMs: number): void {
  if (!query.has('sig')) throw new Refused(403, 'AuthenticationFailed')
  if (Date.parse(query.get('se') ?? '') < nowMs) throw new Refused(403, 'AuthenticationFailed')
}

/** `bytes=0-511` of Range or x-ms-range, end exclusive; null without one. */
export function rangeOf(headers: IncomingHttpHeaders, name = 'x-ms-range') {
  const text = headers[name] ?? (name === 'x-ms-range' ? headers['range'] : undefined)
  const found = /^bytes=(\d+)-(\d*)$/.exec(String(text ?? ''))
  if (!found) return null
  return { start: Number(found[1]), end: found[2] ? Number(found[2]) + 1 : Infinity }
}

/** The pages that a Put Page names. Throws Refused 400 or 416 as the service does. */
export function pagesOf(headers: IncomingHttpHeaders, blob: Blob): { start: number; end: number } {
  const range = rangeOf(headers)
  if (!range || range.end === Infinity) throw new Refused(400, 'MissingRequiredHeader')
  if (range.start % 512 !== 0 || range.end % 512 !== 0 || range.end <= range.start) {
    throw new Refused(416, 'InvalidPageRange')
  }
  if (range.end > blob.lengthBytes) throw new Refused(416, 'InvalidPageRange')
  return range
}
