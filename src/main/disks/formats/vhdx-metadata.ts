import { refuseTooLarge } from '../container'
import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'
import type { Region } from './vhdx-header'

const mebibyte = 1024 * 1024
const tableBytes = 64 * 1024
/** No item that we use is longer, and a locator of a parent holds a few paths. */
const longestItem = 64 * 1024

export type VhdxMetadata = {
  blockSize: number
  hasParent: boolean
  virtualSize: number
  /** 32 hexadecimal digits as they stand in the file. */
  diskId: string
  /** What leads to the parent: keys and values as they stand in the file. */
  locator: Map<string, string>
}

/** What the disk is: [MS-VHDX] 2.6. `metadata`: its region. Throws Refusal `disk.vhdx.header`, `disk.sector.4k`, `disk.size.max`. */
export async function readVhdxMetadata(source: ByteSource, metadata: Region): Promise<VhdxMetadata> {
  const items = await readItems(source, metadata)
  const item = (name: keyof typeof guids, length: number) => {
    const bytes = items.get(guids[name])
    return bytes && bytes.length >= length ? bytes : refuse('disk.vhdx.header')
  }
  const blockSize = item('file', 8).readUInt32LE(0)
  const flags = item('file', 8).readUInt32LE(4)
  const virtualSize = Number(item('size', 8).readBigUInt64LE(0))
  const sector = item('sector', 4).readUInt32LE(0)
  if (sector === 4096) refuse('disk.sector.4k')
  const isPower = blockSize >= mebibyte && blockSize <= 256 * mebibyte && (blockSize & (blockSize - 1)) === 0
  if (sector !== 512 || !isPower || flags > 3) refuse('disk.vhdx.header')
  refuseTooLarge(virtualSize)
  if (virtualSize === 0) refuse('disk.empty')
  if (virtualSize % sector !== 0) refuse('disk.vhdx.header')
  const hasParent = (flags & 2) !== 0
  const locator = hasParent ? readLocator(item('locator', 20)) : new Map<string, string>()
  return { blockSize, hasParent, virtualSize, diskId: item('disk', 16).toString('hex', 0, 16), locator }
}

const guids = {
  file: '3767a1ca36fa434db3b633f0aa44e76b',
  size: '2442a52f1bcd7648b2115dbed83bf4b8',
  sector: '1dbf41816fa90947ba47f233a8faab5f',
  physical: 'c748a3cd5d4471449cc9e9885251c556',
  disk: 'ab12cabee6b2234593efc309e000c746',
  locator: '2d5fd3a80bb34d45abf7d3d84834ab0c',
} as const

async function readItems(source: ByteSource, metadata: Region): Promise<Map<string, Buffer>> {
  const table = await bytesAt(source, metadata.at, tableBytes)
  const count = table.length === tableBytes ? table.readUInt16LE(10) : 0
  if (table.toString('latin1', 0, 8) !== 'metadata' || count > 2047) refuse('disk.vhdx.header')
  const items = new Map<string, Buffer>()
  for (let at = 32; at < 32 + count * 32; at += 32) {
    const guid = table.toString('hex', at, at + 16)
    const [offset, length] = [table.readUInt32LE(at + 16), table.readUInt32LE(at + 20)]
    const isKnown = Object.values<string>(guids).includes(guid)
    const isRequired = (table.readUInt32LE(at + 24) & 4) !== 0
    if (!isKnown && isRequired) refuse('disk.vhdx.header:unknown')
    if (!isKnown) continue
    const isInside = offset >= tableBytes && offset + length <= metadata.length && length <= longestItem
    if (!isInside || items.has(guid)) refuse('disk.vhdx.header')
    items.set(guid, await bytesAt(source, metadata.at + offset, length))
  }
  return items
}

/** [MS-VHDX] 2.6.2.6: pairs of UTF-16 texts, of which places and lengths stand in a list behind the kind of locator. */
function readLocator(bytes: Buffer): Map<string, string> {
  const pairs = new Map<string, string>()
  const text = (at: number, length: number) => bytes.subarray(at, at + length).toString('utf16le')
  const count = Math.min(bytes.readUInt16LE(18), Math.floor((bytes.length - 20) / 12), 32)
  for (let at = 20; at < 20 + count * 12; at += 12) {
    const key = text(bytes.readUInt32LE(at), bytes.readUInt16LE(at + 8))
    pairs.set(key, text(bytes.readUInt32LE(at + 4), bytes.readUInt16LE(at + 10)))
  }
  return pairs
}
