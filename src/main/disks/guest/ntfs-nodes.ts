import { bytesAt, sourceOfBytes, type ByteSource } from '../source'
import { attributeTypes, isData, openRecords, repaired, type Attribute, type NtfsRecords } from './ntfs-records'
import type { VolumeEntry, VolumeNode, WalkedVolume } from './walk'

const rootFolder = 5
const volumeRecord = 3
const folderIndex = '$I30'
const maxBlocks = 8192
/** Names that Windows only makes for programs of long ago. */
const dosNames = 2

/**
 * Opens an NTFS volume to be gone through by hand: single files are reached without looking at all others, as 7-Zip
 * does. Files that are compressed, encrypted or kept elsewhere (reparse points) are of kind `other`. Null when it is none.
 */
export async function openNtfs(volume: ByteSource): Promise<WalkedVolume | null> {
  const records = await openRecords(volume)
  const root = records && (await nodeAt(records, rootFolder))
  if (!records || root?.kind !== 'folder') return null
  return { root, isDirty: await isDirty(records), damage: records.damage, foldCase: true }
}

/** The flag `dirty` of $Volume, in its attribute $VOLUME_INFORMATION. */
async function isDirty(records: NtfsRecords): Promise<boolean> {
  const attributes = await records.attributes(volumeRecord)
  const information = attributes?.find(({ type }) => type === attributeTypes.volumeInformation)?.resident
  return information !== undefined && information !== null && information.length >= 12 && (information[10]! & 1) === 1
}

async function nodeAt(records: NtfsRecords, file: number): Promise<VolumeNode | null> {
  const attributes = await records.attributes(file)
  if (!attributes) return null
  const isElsewhere = attributes.some(({ type }) => type === attributeTypes.reparsePoint)
  const index = attributes.find(({ type, name }) => type === attributeTypes.indexRoot && name === folderIndex)
  const data = isElsewhere ? null : records.valueOf(attributes.filter(isData))
  return {
    kind: isElsewhere ? 'other' : index ? 'folder' : data ? 'file' : 'other',
    sizeBytes: data?.size ?? 0,
    entries: () => (index && !isElsewhere ? entriesOf(records, index, attributes) : Promise.resolve([])),
    content: () => data ?? sourceOfBytes(Buffer.alloc(0)),
  }
}

/** Goes through the tree of index blocks from the root's own entries on; a block is read once. */
async function entriesOf(records: NtfsRecords, root: Attribute, attributes: Attribute[]): Promise<VolumeEntry[]> {
  const head = root.resident
  const blockBytes = head && head.length >= 32 ? head.readUInt32LE(8) : 0
  if (!head || blockBytes < 512 || blockBytes > 65_536) {
    records.damage.isFound = true
    return []
  }
  // Blocks are counted in clusters, or in sectors where a cluster is larger than a block.
  const unitBytes = blockBytes / Math.max(1, head[12]!)
  const isAllocation = ({ type, name }: Attribute) => type === attributeTypes.indexAllocation && name === folderIndex
  const blocks = records.valueOf(attributes.filter(isAllocation))
  const entries: VolumeEntry[] = []
  const seen = new Set<number>()
  const waiting = collect(records, head.subarray(16), entries)
  for (let block = waiting.pop(); block !== undefined && seen.size < maxBlocks; block = waiting.pop()) {
    const isNew = !seen.has(block)
    seen.add(block)
    const bytes = blocks && isNew ? repaired(await bytesAt(blocks, block * unitBytes, blockBytes), 'INDX') : null
    if (bytes) waiting.push(...collect(records, bytes.subarray(24), entries))
    else records.damage.isFound = true
  }
  return entries
}

/** Adds the entries of one index node and tells which blocks lie below it. */
function collect(records: NtfsRecords, node: Buffer, entries: VolumeEntry[]): number[] {
  const below: number[] = []
  const end = Math.min(node.length, node.readUInt32LE(4))
  for (let at = node.readUInt32LE(0); at + 16 <= end;) {
    const length = node.readUInt16LE(at + 8)
    const flags = node.readUInt16LE(at + 12)
    if (length < 16 || at + length > end) {
      records.damage.isFound = true
      break
    }
    if (flags & 1 && length >= 24) below.push(Number(node.readBigUInt64LE(at + length - 8)))
    if (flags & 2) break
    const entry = entryIn(records, node.subarray(at, at + length))
    if (entry) entries.push(entry)
    at += length
  }
  return below
}

function entryIn(records: NtfsRecords, bytes: Buffer): VolumeEntry | null {
  const nameLength = bytes.length > 82 ? bytes[80]! : 0
  if (nameLength === 0 || bytes[81] === dosNames || 82 + nameLength * 2 > bytes.length) return null
  const file = bytes.readUIntLE(0, 6)
  return { name: bytes.toString('utf16le', 82, 82 + nameLength * 2), open: () => nodeAt(records, file) }
}
