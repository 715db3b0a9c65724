import path from 'node:path'
import { metadataIn, propertiesIn, type Ask, type Reply } from './ask'
import type { Blob, Block, Blobs } from './blobs'
import { Refused } from './refused'
import { createStored } from './stored'

/** https://learn.microsoft.com/rest/api/storageservices/put-block */
export async function putBlock({ blobs, blob: name, query, body }: Ask): Promise<Reply> {
  const id = query.get('blockid') ?? ''
  const there = blobs.find(name)
  if (there && there.type !== 'BlockBlob') throw new Refused(409, 'InvalidBlobType')
  const blob = there ?? (await uncommittedBlob(blobs, name))
  const other = blob.uncommitted.values().next().value
  if (id === '' || (other && other.id.length !== id.length)) throw new Refused(400, 'InvalidBlobOrBlock')
  const at = blob.arena?.usedBytes ?? 0
  if (blob.arena) {
    blob.arena.usedBytes += body.lengthBytes
    await blob.arena.stored.write(body.bytes, at)
  }
  blob.uncommitted.set(id, { id, lengthBytes: body.lengthBytes, at })
  return { status: 201, headers: body.checksum }
}

/** Put Block List: from now on the blob is these blocks in this order. */
export async function putBlockList({ blobs, blob: name, headers, body }: Ask): Promise<Reply> {
  const blob = blobs.find(name) ?? (await uncommittedBlob(blobs, name))
  const named = [...body.bytes.toString().matchAll(/<(Latest|Committed|Uncommitted)>([^<]+)</g)]
  const committed = new Map(blob.committed.map((block) => [block.id, block]))
  const blocks = named.map(([, where, id = '']): Block => {
    const uncommitted = where === 'Committed' ? undefined : blob.uncommitted.get(id)
    const found = uncommitted ?? (where === 'Uncommitted' ? undefined : committed.get(id))
    if (!found) throw new Refused(400, 'InvalidBlockList')
    return found
  })
  blob.lengthBytes = blocks.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
  if (blob.arena && blob.stored) {
    const whole = await createStored(path.dirname(blob.stored.file), `${path.basename(blob.stored.file)}+`, 0)
    let to = 0
    for (const { at, lengthBytes } of blocks) {
      await whole.take(blob.arena.stored, at, at + lengthBytes, to)
      to += lengthBytes
    }
    await blob.stored.close()
    blob.stored = whole
  }
  blob.committed = blocks
  blob.isCommitted = true
  blob.uncommitted.clear()
  blob.metadata = metadataIn(headers)
  Object.assign(blob.properties, propertiesIn(headers))
  blobs.touch(blob)
  return { status: 201 }
}

export function listBlocks({ blobs, blob: name, query }: Ask): Promise<Reply> {
  const blob = blobs.find(name)
  if (!blob) throw new Refused(404, 'BlobNotFound')
  if (blob.type !== 'BlockBlob') throw new Refused(409, 'InvalidBlobType')
  const asked = query.get('blocklisttype') ?? 'committed'
  const show = (blocks: Iterable<Block>) =>
    [...blocks].map(({ id, lengthBytes }) => `<Block><Name>${id}</Name><Size>${lengthBytes}</Size></Block>`).join('')
  const committed = asked === 'uncommitted' ? '' : `<CommittedBlocks>${show(blob.committed)}</CommittedBlocks>`
  const uncommitted =
    asked === 'committed' ? '' : `<UncommittedBlocks>${show(blob.uncommitted.values())}</UncommittedBlocks>`
  const body = `<?xml version="1.0" encoding="utf-8"?><BlockList>${committed}${uncommitted}</BlockList>`
  const length = { 'x-ms-blob-content-length': String(blob.lengthBytes) }
  return Promise.resolve({ status: 200, headers: { 'content-type': 'application/xml', ...length }, body })
}

async function uncommittedBlob(blobs: Blobs, name: string): Promise<Blob> {
  const blob = await blobs.create(name, 'BlockBlob', 0)
  blob.isCommitted = false
  return blob
}
