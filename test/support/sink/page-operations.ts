import { pagesOf, rangeOf } from './conditions'
import { propertiesIn, sourceOf, type Ask, type Reply } from './ask'
import { Refused } from './refused'

/** Put Page takes at most this much. */
const mostBytes = 4 * 1024 * 1024
/** Get Page Ranges answers with at most this many at once. */
const mostRanges = 10_000

/** https://learn.microsoft.com/rest/api/storageservices/put-page */
export async function putPage({ blobs, blob: name, headers, body }: Ask): Promise<Reply> {
  const blob = blobs.get(name, 'PageBlob')
  const { start, end } = pagesOf(headers, blob)
  if (body.lengthBytes > mostBytes) throw new Refused(413, 'RequestBodyTooLarge')
  if (body.lengthBytes !== end - start) throw new Refused(400, 'InvalidHeaderValue')
  await blob.stored?.write(body.bytes, start)
  blob.pages.add(start, end)
  blobs.touch(blob)
  return { status: 201, headers: body.checksum }
}

export async function clearPages({ blobs, blob: name, headers }: Ask): Promise<Reply> {
  const blob = blobs.get(name, 'PageBlob')
  const { start, end } = pagesOf(headers, blob)
  await blob.stored?.zero(start, end)
  blob.pages.remove(start, end)
  blobs.touch(blob)
  return { status: 201 }
}

/** https://learn.microsoft.com/rest/api/storageservices/put-page-from-url */
export async function copyPages({ blobs, blob: name, headers }: Ask): Promise<Reply> {
  const blob = blobs.get(name, 'PageBlob')
  const { start, end } = pagesOf(headers, blob)
  const from = rangeOf(headers, 'x-ms-source-range')
  const source = sourceOf(headers, blobs)
  if (!from || from.end - from.start !== end - start || end - start > mostBytes) {
    throw new Refused(400, 'InvalidHeaderValue')
  }
  if (from.end > source.lengthBytes) throw new Refused(416, 'InvalidRange')
  if (source.stored) await blob.stored?.take(source.stored, from.start, from.end, start)
  blob.pages.add(start, end)
  blobs.touch(blob)
  return { status: 201 }
}

export function listPages({ blobs, blob: name, headers, query }: Ask): Promise<Reply> {
  const blob = blobs.get(name, 'PageBlob')
  const asked = rangeOf(headers) ?? { start: 0, end: Infinity }
  const first = Number(query.get('marker') || 0)
  const most = Math.min(mostRanges, Number(query.get('maxresults') || mostRanges))
  const all = blob.pages
    .list()
    .map(({ start, end }) => ({ start: Math.max(start, asked.start), end: Math.min(end, asked.end) }))
    .filter(({ start, end }) => start < end)
  const shown = all.slice(first, first + most)
  const ranges = shown.map(({ start, end }) => `<PageRange><Start>${start}</Start><End>${end - 1}</End></PageRange>`)
  const next = first + most < all.length ? `<NextMarker>${first + most}</NextMarker>` : '<NextMarker/>'
  const body = `<?xml version="1.0" encoding="utf-8"?><PageList>${ranges.join('')}${next}</PageList>`
  const length = { 'x-ms-blob-content-length': String(blob.lengthBytes) }
  return Promise.resolve({ status: 200, headers: { 'content-type': 'application/xml', ...length }, body })
}

/** Set Blob Properties: content type and the like, length and sequence number of a page blob. */
export function setProperties({ blobs, blob: name, headers }: Ask): Promise<Reply> {
  const blob = blobs.get(name)
  const lengthBytes = headers['x-ms-blob-content-length']
  const action = headers['x-ms-sequence-number-action']
  const number = Number(headers['x-ms-blob-sequence-number'] ?? 0)
  if (lengthBytes !== undefined) {
    if (blob.isDisk) throw new Refused(403, 'AuthorizationPermissionMismatch')
    blob.lengthBytes = Number(lengthBytes)
    blob.pages.remove(blob.lengthBytes, Infinity)
  }
  if (action === 'update') blob.sequenceNumber = number
  if (action === 'max') blob.sequenceNumber = Math.max(blob.sequenceNumber, number)
  if (action === 'increment') blob.sequenceNumber++
  const given = propertiesIn(headers)
  if (Object.keys(given).length > 0) blob.properties = given
  blobs.touch(blob)
  return Promise.resolve({ status: 200 })
}
