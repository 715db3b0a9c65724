import type { IncomingHttpHeaders } from 'node:http'
import type { AzuriteAddress } from './azurite'
import { blobError } from './blobs-errors'
import { pageWriteLimitBytes, rangeOf } from './blobs-limits'
import { askAzurite } from './blobs-request'

const blockLimitBytes = 100 * 1024 * 1024

/**
 * The source bytes of Put Page From URL and Put Block From URL; null for any other request. Sources are blobs of this
 * cloud, readable by the SAS in their URL or by a token that `signed` lets through: a practice cloud fetches nothing from elsewhere.
 * @throws BlobError 400, 413, or the source's refusal as CannotVerifyCopySource
 */
export async function readCopySource(
  azurite: AzuriteAddress,
  comp: string | null,
  headers: IncomingHttpHeaders,
  host: string,
  signed: (source: URL, authorization: string) => Promise<string>,
): Promise<Buffer | null> {
  if (headers['x-ms-copy-source'] === undefined || (comp !== 'page' && comp !== 'block')) return null
  const text = String(headers['x-ms-copy-source'])
  const source = URL.canParse(text) ? new URL(text) : null
  const range = rangeOf(headers['x-ms-source-range'])
  if (
    !source ||
    !range ||
    (comp === 'page' && !isSameLength(range, rangeOf(headers['x-ms-range'] ?? headers['range'])))
  )
    throw blobError(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not in the correct format.', {
      elements: { HeaderName: source ? 'x-ms-source-range' : 'x-ms-copy-source' },
    })
  const wanted = range.last - range.first + 1
  const limit = comp === 'page' ? pageWriteLimitBytes : blockLimitBytes
  if (wanted > limit) {
    const message = 'The request body is too large and exceeds the maximum permissible limit.'
    throw blobError(413, 'RequestBodyTooLarge', message, { elements: { MaxLimit: String(limit) } })
  }
  if (source.host.replace('localhost', '127.0.0.1') !== host)
    throw blobError(403, 'CannotVerifyCopySource', 'The source of a copy must be a blob of the practice cloud.')
  const authorization = headers['x-ms-copy-source-authorization']
  const path =
    authorization === undefined ? source.pathname + source.search : await signed(source, String(authorization))
  const reply = await askAzurite(azurite, 'GET', path, {
    'x-ms-range': `bytes=${range.first}-${range.last}`,
    'x-forwarded-proto': 'https',
  })
  if ((reply.status === 206 || reply.status === 200) && reply.body.length === wanted) return reply.body
  if (reply.status === 206 || reply.status === 200)
    throw blobError(416, 'InvalidRange', 'The range specified is invalid for the current size of the resource.')
  throw blobError(reply.status, 'CannotVerifyCopySource', sourceRefusal(reply.body.toString('utf8')))
}

function isSameLength(
  source: { first: number; last: number },
  target: { first: number; last: number } | null,
): boolean {
  return target !== null && source.last - source.first === target.last - target.first
}

function sourceRefusal(xml: string): string {
  return /<Message>([^<\n]*)/.exec(xml)?.[1] ?? 'The copy source could not be read.'
}
