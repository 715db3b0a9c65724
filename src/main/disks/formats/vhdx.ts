import type { Finding } from '../../../shared/outputs'
import { below, mixed, type Below } from './below'
import { areApart } from './extents'
import { finding } from '../findings'
import { keptLast } from './kept'
import type { Image, Layout } from './layout'
import { readerOf, type Piece } from './pieces'
import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'
import { isPlace, readRegions, readVhdxHeader, type Region } from './vhdx-header'
import { replayed } from './vhdx-log'
import { readVhdxMetadata, type VhdxMetadata } from './vhdx-metadata'
import { openVhdxParent } from './vhdx-parent'

const mebibyte = 1024 * 1024
const sectorBytes = 512
/** Sectors that one block of the sector bitmap speaks of; the bitmap's block follows the blocks of those sectors in the table. */
const bitmapSectors = 2 ** 23
/** What the largest disk of Azure has in the smallest blocks, and the entries for bitmaps between them. */
const mostEntries = 4096 * 1024 + 4096

/** A VHDX, dynamic, fixed or differencing; changes that wait in its log are made in memory. [MS-VHDX]. Throws Refusal. */
export async function readVhdx(image: Image): Promise<Layout> {
  const header = await readVhdxHeader(image.source)
  if (header.log.length > 0 && !isPlace(header.log)) refuse('disk.vhdx.header')
  const waiting = await replayed(image.source, header)
  const source = waiting ?? image.source
  const regions = await readRegions(source)
  const metadata = await readVhdxMetadata(source, regions.metadata)
  const taken = [{ at: 0, length: mebibyte }, header.log, regions.table, regions.metadata]
  const blocks = await readBlocks(source, metadata, regions.table, taken)
  const parent = metadata.hasParent ? await openVhdxParent(image, metadata.locator) : null
  const said: Finding[] = []
  if (header.isAlone || regions.isAlone) said.push(finding('disk.vhdx.header:copy', 'warn'))
  if (waiting) said.push(finding('disk.vhdx.log', 'warn'))
  const { virtualSize, blockSize, diskId } = metadata
  return {
    virtualSize,
    blockSize,
    storedBytes: Math.min(virtualSize, blocks.stored * blockSize + (parent?.storedBytes ?? 0)),
    uniqueId: diskId,
    footer: null,
    ...access(source, metadata, blocks, parent && below(parent)),
    findings: [...said, ...blocks.findings, ...(parent?.findings ?? [])],
  }
}

type Blocks = {
  states: Uint8Array
  /** MiB from the start of the file, per block. */
  places: Float64Array
  /** The same for the blocks of the sector bitmap. */
  bitmaps: Float64Array
  perBitmap: number
  stored: number
  findings: Finding[]
}

function access(source: ByteSource, { virtualSize, blockSize }: VhdxMetadata, blocks: Blocks, under: Below | null) {
  const bitmapOf = keptLast<Buffer>(64)
  const bitsPerBlock = blockSize / sectorBytes
  const pieceAt = async (offset: number, length: number): Promise<Piece> => {
    const block = Math.floor(offset / blockSize)
    const inside = offset - block * blockSize
    const span = Math.min(length, blockSize - inside)
    const state = blocks.states[block]
    if (state === 0 && under) return under.piece(offset, span)
    if (state !== 6 && state !== 7) return { kind: 'zeros', length: span }
    const own = { source, at: blocks.places[block]! * mebibyte + inside }
    if (state === 6 || !under) return { kind: 'stored', length: span, ...own }
    const firstBit = (block % blocks.perBitmap) * bitsPerBlock
    const bitmap = blocks.bitmaps[Math.floor(block / blocks.perBitmap)]! * mebibyte
    const bits = await bitmapOf(block, () => bytesAt(source, bitmap + firstBit / 8, bitsPerBlock / 8))
    const first = Math.floor(inside / sectorBytes)
    const bit = (sector: number) => ((bits[(first + sector) >> 3] ?? 0) & (1 << ((first + sector) & 7))) !== 0
    return mixed(under, own, { offset, length: span }, bit)
  }
  return {
    isAllocated: (block: number) => {
      const state = blocks.states[block]
      return state === 6 || state === 7 || (state === 0 && (under?.mayHoldData(block * blockSize, blockSize) ?? false))
    },
    read: readerOf(virtualSize, pieceAt),
  }
}

async function readBlocks(
  source: ByteSource,
  { blockSize, virtualSize, hasParent }: VhdxMetadata,
  table: Region,
  taken: Region[],
): Promise<Blocks> {
  const count = Math.ceil(virtualSize / blockSize)
  const perBitmap = (bitmapSectors * sectorBytes) / blockSize
  const bitmapCount = Math.ceil(count / perBitmap)
  const entries = hasParent ? bitmapCount * (perBitmap + 1) : count + Math.floor((count - 1) / perBitmap)
  if (entries > mostEntries || entries * 8 > table.length || table.at + table.length > source.size)
    refuse('disk.vhdx.bat')
  const bytes = await bytesAt(source, table.at, entries * 8)
  const states = new Uint8Array(count)
  const places = new Float64Array(count)
  const bitmaps = new Float64Array(bitmapCount)
  const limit = source.size / mebibyte
  const entryAt = (index: number, mebibytes: number) => {
    const [low, high] = [bytes.readUInt32LE(index * 8), bytes.readUInt32LE(index * 8 + 4)]
    const state = low & 7
    const place = high * 4096 + (low >>> 20)
    if ((low & 0xffff8) !== 0) refuse('disk.vhdx.bat')
    if ((state === 6 || state === 7) && place + mebibytes > limit) refuse('disk.truncated:blocks')
    return { state, place }
  }
  for (let block = 0; block < count; block++) {
    const { state, place } = entryAt(block + Math.floor(block / perBitmap), blockSize / mebibyte)
    if (state === 4 || state === 5 || (state === 7 && !hasParent)) refuse('disk.vhdx.bat')
    states[block] = state
    places[block] = place
  }
  for (let bitmap = 0; hasParent && bitmap < bitmapCount; bitmap++) {
    const { state, place } = entryAt(bitmap * (perBitmap + 1) + perBitmap, 1)
    if (state !== 0 && state !== 6) refuse('disk.vhdx.bat')
    bitmaps[bitmap] = state === 6 ? place : 0
  }
  const isMissing = states.some((state, block) => state === 7 && bitmaps[Math.floor(block / perBitmap)] === 0)
  if (isMissing) refuse('disk.vhdx.bat')
  const starts = places.filter((_place, block) => states[block]! >= 6)
  const fixed = [...taken, ...[...bitmaps].filter(Boolean).map((at) => ({ at: at * mebibyte, length: mebibyte }))]
  const inMebibytes = fixed.map(({ at, length }) => ({ at: at / mebibyte, length: length / mebibyte }))
  const { isApart, gaps } = areApart(inMebibytes, starts, blockSize / mebibyte, limit)
  if (!isApart) refuse('disk.vhdx.bat:overlap')
  const unused = Math.floor(gaps) * mebibyte
  const findings = unused >= blockSize ? [finding('disk.unused', 'info', { unused })] : []
  return { states, places, bitmaps, perBitmap, stored: starts.length, findings }
}
