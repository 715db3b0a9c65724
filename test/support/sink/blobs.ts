import { createRangeSet, type RangeSet } from './range-set'
import { Refused } from './refused'
import { createStored, type Stored } from './stored'

export type Block = { id: string; lengthBytes: number; at: number }

export type Blob = {
  name: string
  type: 'PageBlob' | 'BlockBlob'
  lengthBytes: number
  etag: string
  modifiedMs: number
  sequenceNumber: number
  metadata: Record<string, string>
  /** Lower-case names of `x-ms-blob-*` that were set, such as `content-type`. */
  properties: Record<string, string>
  /** Pages that were written and not cleared. */
  pages: RangeSet
  /** A block blob of which only blocks came so far is not there yet for anything but its block list. */
  isCommitted: boolean
  committed: Block[]
  uncommitted: Map<string, Block>
  /** Null when the sink only counts. */
  stored: Stored | null
  /** Blocks one after the other, as they came. */
  arena: { stored: Stored; usedBytes: number } | null
  /** A managed disk in upload: there when the sink starts, and nobody can make it anew. */
  isDisk: boolean
}

/** The blobs of the sink by name. `folder`: where their bytes go; null to only count. */
export function createBlobs(folder: string | null) {
  const blobs = new Map<string, Blob>()
  let etags = 0
  let files = 0

  const touch = (blob: Blob) => {
    blob.etag = `"0x8D${(++etags).toString(16).toUpperCase().padStart(13, '0')}"`
    blob.modifiedMs = Date.now()
  }

  return {
    find: (name: string) => blobs.get(name),
    touch,
    /** The blob of that name and kind. Throws Refused 404 or 409 as the service does. */
    get(name: string, type?: Blob['type']): Blob {
      const blob = blobs.get(name)
      if (!blob?.isCommitted) throw new Refused(404, 'BlobNotFound')
      if (type && blob.type !== type) throw new Refused(409, 'InvalidBlobType')
      return blob
    },
    /** An empty blob in place of whatever was there. */
    async create(name: string, type: Blob['type'], lengthBytes: number): Promise<Blob> {
      await this.remove(name)
      const blob: Blob = {
        name,
        type,
        lengthBytes,
        etag: '',
        modifiedMs: 0,
        sequenceNumber: 0,
        metadata: {},
        properties: { 'content-type': 'application/octet-stream' },
        pages: createRangeSet(),
        isCommitted: true,
        committed: [],
        uncommitted: new Map(),
        stored: folder ? await createStored(folder, `${++files}.blob`, lengthBytes) : null,
        arena: folder && type === 'BlockBlob' ? await arenaIn(folder, ++files) : null,
        isDisk: false,
      }
      touch(blob)
      blobs.set(name, blob)
      return blob
    },
    async remove(name: string): Promise<void> {
      const blob = blobs.get(name)
      blobs.delete(name)
      await blob?.stored?.close()
      await blob?.arena?.stored.close()
    },
    async close(): Promise<void> {
      for (const name of [...blobs.keys()]) await this.remove(name)
    },
  }
}

export type Blobs = ReturnType<typeof createBlobs>

async function arenaIn(folder: string, number: number) {
  return { stored: await createStored(folder, `${number}.blocks`, 0), usedBytes: 0 }
}
