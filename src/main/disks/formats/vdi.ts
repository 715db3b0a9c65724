import { refuseTooLarge } from '../container'
import { areApart } from './extents'
import { finding } from '../findings'
import type { Image, Layout } from './layout'
import { readerOf, type Piece } from './pieces'
import { refuse } from '../refusal'
import { bytesAt } from '../source'

/** Entries from here on have no place: not written, or given back as zeros. */
const noPlace = 0xfffffffe
const version11 = 0x00010001
const mostBlocks = 8 * 1024 * 1024

/** A VDI, dynamic or of fixed size. VirtualBox, src/VBox/Storage/VDICore.h. Throws Refusal. */
export async function readVdi({ source }: Image): Promise<Layout> {
  const header = await bytesAt(source, 0, 512)
  const u32 = (at: number) => header.readUInt32LE(at)
  if (header.length < 512 || u32(0x44) !== version11) refuse('disk.corrupt', { format: 'vdi' })
  const isChild = u32(0x4c) === 4 || header.subarray(0x1a8, 0x1b8).some((byte) => byte !== 0)
  if (isChild) refuse('disk.differencing')
  const size = Number(header.readBigUInt64LE(0x170))
  const [mapAt, dataAt, blockSize, count, written] = [u32(0x154), u32(0x158), u32(0x178), u32(0x180), u32(0x184)]
  refuseTooLarge(size)
  if (size === 0) refuse('disk.empty')
  const isPower = blockSize >= 4096 && (blockSize & (blockSize - 1)) === 0 && u32(0x17c) === 0
  const isKind = (u32(0x4c) === 1 || u32(0x4c) === 2) && u32(0x168) === 512
  const fits = mapAt >= 512 && mapAt + count * 4 <= dataAt && dataAt <= source.size
  const isWhole = isPower && isKind && fits && count <= mostBlocks && count === Math.ceil(size / blockSize)
  if (!isWhole) refuse('disk.corrupt', { format: 'vdi' })

  const map = await bytesAt(source, mapAt, count * 4)
  const entries = new Uint32Array(count)
  for (let block = 0; block < count; block++) entries[block] = map.readUInt32LE(block * 4)
  const starts = entries.filter((entry) => entry < noPlace)
  const lastBytes = size - (count - 1) * blockSize
  entries.forEach((entry, block) => {
    const end = dataAt + entry * blockSize + (block === count - 1 ? lastBytes : blockSize)
    if (entry < noPlace && end > source.size) refuse('disk.truncated:blocks')
  })
  if (!areApart([], starts, 1, 0).isApart) refuse('disk.corrupt:overlap', { format: 'vdi' })
  const lost = Math.abs(written - starts.length) * blockSize
  const isStored = (block: number) => (entries[block] ?? noPlace) < noPlace
  const pieceAt = (offset: number, length: number): Piece => {
    const block = Math.floor(offset / blockSize)
    const inside = offset - block * blockSize
    const span = Math.min(length, blockSize - inside)
    if (!isStored(block)) return { kind: 'zeros', length: span }
    return { kind: 'stored', length: span, source, at: dataAt + entries[block]! * blockSize + inside }
  }
  return {
    virtualSize: size,
    blockSize,
    storedBytes: Math.min(size, starts.length * blockSize),
    uniqueId: header.toString('hex', 0x188, 0x198),
    footer: null,
    isAllocated: isStored,
    read: readerOf(size, pieceAt),
    findings: lost > 0 ? [finding('disk.corrupt:lost', 'warn', { lost })] : [],
  }
}
