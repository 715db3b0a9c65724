import type { IncomingHttpHeaders } from 'node:http'
import type { BlobTarget } from './blobs-access'
import { blobError, type BlobError } from './blobs-errors'

const mebibyte = 1024 * 1024
export const pageWriteLimitBytes = 4 * mebibyte
const pageBlobLimitBytes = 8 * 1024 * 1024 * mebibyte
const pageBytes = 512

export type LimitedRequest = {
  method: string
  target: BlobTarget
  query: URLSearchParams
  headers: IncomingHttpHeaders
}

/**
 * Rules of the real service that Azurite does not know (Microsoft Learn, "Put Page", "Put Blob", "Set Blob Properties").
 * @throws BlobError 400, 413, 416
 */
export function assertWithinLimits({ method, target, query, headers }: LimitedRequest): void {
  if (method !== 'PUT' || target.blob === '') return
  const comp = query.get('comp')
  if (comp === 'page') assertPageWrite(headers)
  if (comp === null || comp === 'properties') assertPageBlobSize(headers)
}

/** First and last byte of `x-ms-range` or `range`; null without one. */
export function rangeOf(value: string | string[] | undefined): { first: number; last: number } | null {
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(String(value ?? ''))
  return match ? { first: Number(match[1]), last: Number(match[2]) } : null
}

function assertPageWrite(headers: IncomingHttpHeaders): void {
  const given = headers['x-ms-range'] ?? headers['range']
  const range = rangeOf(given)
  if (given === undefined) {
    const text = 'An HTTP header that is mandatory for this request is not specified.'
    throw blobError(400, 'MissingRequiredHeader', text, { elements: { HeaderName: 'x-ms-range' } })
  }
  if (!range || range.first % pageBytes !== 0 || (range.last + 1) % pageBytes !== 0 || range.last < range.first)
    throw blobError(416, 'InvalidPageRange', 'The page range specified is invalid.')
  // Clearing pages sends none, so its range may be as long as the blob.
  if (headers['x-ms-page-write'] === 'clear') return
  const rangeBytes = range.last - range.first + 1
  const bodyBytes = Number(headers['content-length'] ?? 0)
  if (rangeBytes > pageWriteLimitBytes || bodyBytes > pageWriteLimitBytes) throw bodyTooLarge()
  if (headers['x-ms-copy-source'] === undefined && bodyBytes !== rangeBytes)
    throw invalidHeader('Content-Length', String(bodyBytes))
}

function assertPageBlobSize(headers: IncomingHttpHeaders): void {
  const length = headers['x-ms-blob-content-length']
  if (length === undefined) return
  const bytes = /^\d{1,15}$/.test(String(length)) ? Number(length) : NaN
  if (!(bytes <= pageBlobLimitBytes) || bytes % pageBytes !== 0)
    throw invalidHeader('x-ms-blob-content-length', String(length))
}

function bodyTooLarge(): BlobError {
  const text = 'The request body is too large and exceeds the maximum permissible limit.'
  return blobError(413, 'RequestBodyTooLarge', text, { elements: { MaxLimit: String(pageWriteLimitBytes) } })
}

function invalidHeader(name: string, value: string): BlobError {
  const text = 'The value for one of the HTTP headers is not in the correct format.'
  return blobError(400, 'InvalidHeaderValue', text, { elements: { HeaderName: name, HeaderValue: value } })
}
