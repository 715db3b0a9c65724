import { describe, metadataIn, propertiesIn, sourceOf, type Ask, type Reply } from './ask'
import type { Blob } from './blobs'
import { listBlocks, putBlock, putBlockList } from './block-operations'
import { assertConditions } from './conditions'
import type { Kind } from './kinds'
import { clearPages, copyPages, listPages, putPage, setProperties } from './page-operations'
import { readBlob } from './read-operations'
import { Refused } from './refused'

const making: ReadonlySet<Kind> = new Set<Kind>(['create', 'put-blob', 'copy-blob', 'put-block-list'])
let made: Promise<unknown> = Promise.resolve()

/** Does what the request asks for. A blob is made by one request at a time: those that come meanwhile find it. Throws Refused. */
export function perform(ask: Ask): Promise<Reply> {
  const isMaking = making.has(ask.kind) || (ask.kind === 'put-block' && !ask.blobs.find(ask.blob))
  if (!isMaking) return performNow(ask)
  const reply = made.then(() => performNow(ask))
  made = reply.catch(() => undefined)
  return reply
}

async function performNow(ask: Ask): Promise<Reply> {
  const { kind, blob, blobs, headers } = ask
  if (kind === 'container') return { status: headers['x-ms-blob-type'] ? 400 : 200 }
  if (kind === 'other') throw new Refused(400, 'UnsupportedHeader')
  const before = blobs.find(blob)
  assertConditions(headers, before?.isCommitted ? before : undefined)
  const reply = await operations[kind](ask)
  const there = blobs.find(blob)
  return { ...reply, headers: { ...(there && stateHeaders(there)), ...reply.headers } }
}

const operations: Record<Exclude<Kind, 'container' | 'other'>, (ask: Ask) => Promise<Reply>> = {
  create,
  'put-page': putPage,
  'clear-pages': clearPages,
  'put-page-from-url': copyPages,
  'page-ranges': listPages,
  'put-blob': putBlob,
  'copy-blob': copyBlob,
  'put-block': putBlock,
  'put-block-list': putBlockList,
  'block-list': listBlocks,
  properties: ({ blobs, blob }) => Promise.resolve({ status: 200, headers: describe(blobs.get(blob)) }),
  'set-properties': setProperties,
  'set-metadata': setMetadata,
  read: readBlob,
  delete: remove,
}

/** Put Blob of a page blob: empty, whatever was there before. */
async function create({ blobs, blob, headers }: Ask): Promise<Reply> {
  const lengthBytes = Number(headers['x-ms-blob-content-length'])
  if (!Number.isInteger(lengthBytes) || lengthBytes % 512 !== 0) throw new Refused(400, 'InvalidHeaderValue')
  if (blobs.find(blob)?.isDisk) throw new Refused(409, 'BlobAlreadyExists')
  const made = await blobs.create(blob, 'PageBlob', lengthBytes)
  made.sequenceNumber = Number(headers['x-ms-blob-sequence-number'] ?? 0)
  made.metadata = metadataIn(headers)
  Object.assign(made.properties, propertiesIn(headers))
  return { status: 201 }
}

async function putBlob({ blobs, blob, headers, body }: Ask): Promise<Reply> {
  const made = await blobs.create(blob, 'BlockBlob', body.lengthBytes)
  made.metadata = metadataIn(headers)
  Object.assign(made.properties, propertiesIn(headers))
  await made.stored?.write(body.bytes, 0)
  return { status: 201, headers: body.checksum }
}

/** Copy Blob within the account, which the service does at once. */
async function copyBlob({ blobs, blob, headers }: Ask): Promise<Reply> {
  const source = sourceOf(headers, blobs)
  if (source.name === blob) throw new Refused(400, 'InvalidHeaderValue')
  const made = await blobs.create(blob, source.type, source.lengthBytes)
  const given = metadataIn(headers)
  made.metadata = Object.keys(given).length > 0 ? given : { ...source.metadata }
  made.properties = { ...source.properties }
  made.sequenceNumber = source.sequenceNumber
  for (const { start, end } of source.pages.list()) made.pages.add(start, end)
  if (source.stored) await made.stored?.take(source.stored, 0, source.lengthBytes, 0)
  return { status: 202, headers: { 'x-ms-copy-id': `copy-${blob}`, 'x-ms-copy-status': 'success' } }
}

function setMetadata({ blobs, blob, headers }: Ask): Promise<Reply> {
  const there = blobs.get(blob)
  if (there.isDisk) throw new Refused(403, 'AuthorizationPermissionMismatch')
  there.metadata = metadataIn(headers)
  blobs.touch(there)
  return Promise.resolve({ status: 200 })
}

async function remove({ blobs, blob }: Ask): Promise<Reply> {
  blobs.get(blob)
  await blobs.remove(blob)
  return { status: 202 }
}

function stateHeaders(blob: Blob): Record<string, string> {
  return {
    etag: blob.etag,
    'last-modified': new Date(blob.modifiedMs).toUTCString(),
    ...(blob.type === 'PageBlob' && { 'x-ms-blob-sequence-number': String(blob.sequenceNumber) }),
  }
}
