import type { IncomingHttpHeaders } from 'node:http'
import type { AzuriteAddress } from './azurite'
import { blobError } from './blobs-errors'
import { pageWriteLimitBytes, rangeOf } from './blobs-limits'
import { askAzurite } from './blobs-request'

/**
 * The source bytes of Put Page From URL. Sources are blobs of this cloud, readable by the SAS in their URL: a practice cloud
 * fetches nothing from elsewhere.
 * @throws BlobError 400, 413, or the source's refusal as CannotVerifyCopySource
 */
export async function readCopySource(
  azurite: AzuriteAddress,
  headers: IncomingHttpHeaders,
  host: string,
): Promise<Buffer> {
  const text = String(headers['x-ms-copy-source'])
  const source = URL.canParse(text) ? new URL(text) : null
  const range = rangeOf(headers['x-ms-source-range'])
  const target = rangeOf(headers['x-ms-range'] ?? headers['range'])
  if (!source || !range || !target || range.last - range.first !== target.last - target.first)
    throw blobError(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not in the correct format.', {
      elements: { HeaderName: source ? 'x-ms-source-range' : 'x-ms-copy-source' },
    })
  if (range.last - range.first + 1 > pageWriteLimitBytes)
    throw blobError(
      413,
      'RequestBodyTooLarge',
      'The request body is too large and exceeds the maximum permissible limit.',
      {
        elements: { MaxLimit: String(pageWriteLimitBytes) },
      },
    )
  if (source.host.replace('localhost', '127.0.0.1') !== host)
    throw blobError(403, 'CannotVerifyCopySource', 'The source of a copy must be a blob of the practice cloud.')
  const reply = await askAzurite(azurite, 'GET', source.pathname + source.search, {
    'x-ms-range': `bytes=${range.first}-${range.last}`,
    'x-forwarded-proto': 'https',
  })
  const wanted = range.last - range.first + 1
  if ((reply.status === 206 || reply.status === 200) && reply.body.length === wanted) return reply.body
  if (reply.status === 206 || reply.status === 200)
    throw blobError(416, 'InvalidRange', 'The range specified is invalid for the current size of the resource.')
  throw blobError(reply.status, 'CannotVerifyCopySource', sourceRefusal(reply.body.toString('utf8')))
}

function sourceRefusal(xml: string): string {
  return /<Message>([^<\n]*)/.exec(xml)?.[1] ?? 'The copy source could not be read.'
}
