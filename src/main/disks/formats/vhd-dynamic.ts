import type { Finding } from '../../../shared/outputs'
import { below, mixed, type Below } from './below'
import { refuseTooLarge } from '../container'
import type { DiskSource } from '../disk'
import { areApart } from './extents'
import { finding } from '../findings'
import { keptLast } from './kept'
import type { Image, Layout } from './layout'
import { readerOf } from './pieces'
import { refuse } from '../refusal'
import { bytesAt } from '../source'
import { footerBytes, parseFooter, vhdChecksum, type VhdFooter } from './vhd'
import { openVhdParent } from './vhd-parent'

const sectorBytes = 512
const headerBytes = 1024
const absent = 0xffffffff
/** Twice what the largest disk of Azure has in blocks of 2 MiB: more would only serve to keep a reader busy. */
const mostBlocks = 4 * 1024 * 1024

/**
 * A VHD that stores only the blocks that were written: dynamic, or differencing with the rest in another file.
 * Microsoft, "Virtual Hard Disk Image Format Specification", version 1.0 (2006). Throws Refusal.
 */
export async function readDynamicVhd(image: Image): Promise<Layout> {
  const footer = trustedFooter(image)
  const header = await readHeader(image, footer)
  const blocks = await readBlocks(image, footer, header)
  const parent = footer.type === 'differencing' ? await openVhdParent(image, header.bytes) : null
  const size = footer.currentSize
  return {
    virtualSize: size,
    blockSize: blocks.size,
    storedBytes: Math.min(size, blocks.stored * blocks.size + (parent?.storedBytes ?? 0)),
    uniqueId: footer.uniqueId,
    footer,
    ...access(image.source, size, blocks, parent && below(parent)),
    findings: [...(await footerFindings(image)), ...blocks.findings, ...(parent?.findings ?? [])],
  }
}

type Blocks = Awaited<ReturnType<typeof readBlocks>>

function access(source: DiskSource, size: number, blocks: Blocks, under: Below | null) {
  const bitmapOf = keptLast<Buffer>(64)
  const isOwn = (block: number) => blocks.table[block] !== undefined && blocks.table[block] !== absent
  const startOf = (block: number) => blocks.table[block]! * sectorBytes
  const pieceAt = async (offset: number, length: number) => {
    const block = Math.floor(offset / blocks.size)
    const inside = offset - block * blocks.size
    const span = Math.min(length, blocks.size - inside)
    if (!isOwn(block)) return under?.piece(offset, span) ?? { kind: 'zeros' as const, length: span }
    const own = { source, at: startOf(block) + blocks.bitmapBytes + inside }
    // Without a parent the bits say nothing: what is not written reads as it was stored, zeros.
    if (!under) return { kind: 'stored' as const, length: span, ...own }
    const bitmap = await bitmapOf(block, () => bytesAt(source, startOf(block), blocks.bitmapBytes))
    const first = Math.floor(inside / sectorBytes)
    const bit = (sector: number) => ((bitmap[(first + sector) >> 3] ?? 0) & (0x80 >> ((first + sector) & 7))) !== 0
    return mixed(under, own, { offset, length: span }, bit)
  }
  return {
    isAllocated: (block: number) => isOwn(block) || (under?.mayHoldData(block * blocks.size, blocks.size) ?? false),
    read: readerOf(size, pieceAt),
  }
}

/** The end of the file and the copy at its start say the same; one of them has to be intact. */
function trustedFooter({ detected: { footer } }: Image): VhdFooter {
  if (!footer?.isChecksumRight) {
    refuse(footer?.type === 'differencing' && footer.dataOffset === null ? 'disk.differencing' : 'disk.vhd.header:both')
  }
  refuseTooLarge(footer.currentSize)
  if (footer.currentSize === 0) refuse('disk.empty')
  if (footer.currentSize % sectorBytes !== 0) refuse('disk.vhd.header:structure')
  return footer
}

async function readHeader({ source }: Image, { dataOffset }: VhdFooter) {
  const isInside = dataOffset !== null && dataOffset >= footerBytes && dataOffset + headerBytes <= source.size
  if (!isInside) refuse('disk.vhd.header:structure')
  const bytes = await bytesAt(source, dataOffset, headerBytes)
  const isHeader = bytes.toString('latin1', 0, 8) === 'cxsparse'
  if (!isHeader || bytes.readUInt32BE(36) !== vhdChecksum(bytes, 36)) refuse('disk.vhd.header:structure')
  const blockSize = bytes.readUInt32BE(32)
  const isPowerOfTwo = blockSize >= sectorBytes && (blockSize & (blockSize - 1)) === 0
  if (!isPowerOfTwo || bytes.readUInt16BE(24) !== 1) refuse('disk.vhd.header:structure')
  const tableOffset = Number(bytes.readBigUInt64BE(16))
  return { offset: dataOffset, bytes, blockSize, tableOffset, entries: bytes.readUInt32BE(28) }
}

async function readBlocks(
  { source, detected }: Image,
  footer: VhdFooter,
  header: Awaited<ReturnType<typeof readHeader>>,
) {
  const size = header.blockSize
  const count = Math.ceil(footer.currentSize / size)
  const bitmapBytes = Math.ceil(size / sectorBytes / 8 / sectorBytes) * sectorBytes
  const tableBytes = Math.ceil((header.entries * 4) / sectorBytes) * sectorBytes
  if (count > header.entries || count > mostBlocks) refuse('disk.vhd.bat')
  if (header.tableOffset < footerBytes || header.tableOffset + count * 4 > source.size) refuse('disk.vhd.bat')
  const bytes = await bytesAt(source, header.tableOffset, count * 4)
  const table = new Uint32Array(count)
  for (let block = 0; block < count; block++) table[block] = bytes.readUInt32BE(block * 4)
  const starts = table.filter((entry) => entry !== absent)
  const end = source.size - detected.footerLength
  const lastBytes = footer.currentSize - (count - 1) * size
  table.forEach((entry, block) => {
    const needed = bitmapBytes + (block === count - 1 ? lastBytes : size)
    if (entry !== absent && entry * sectorBytes + needed > end) refuse('disk.truncated:blocks')
  })
  const inSectors = (at: number, length: number) => ({ at: at / sectorBytes, length: length / sectorBytes })
  const taken = [
    inSectors(0, footerBytes),
    inSectors(header.offset, headerBytes),
    inSectors(header.tableOffset, tableBytes),
  ]
  const { isApart, gaps } = areApart(taken, starts, (bitmapBytes + size) / sectorBytes, end / sectorBytes)
  if (!isApart) refuse('disk.vhd.bat:overlap')
  const lost = gaps * sectorBytes
  // Blocks are never given up in this format: one that no entry points to was lost.
  const findings = lost >= size ? [finding('disk.vhd.bat:lost', 'warn', { lost })] : []
  return { table, size, bitmapBytes, stored: starts.length, findings }
}

async function footerFindings({ detected: { footer, footerLength }, source }: Image): Promise<Finding[]> {
  if (footerLength === 0) return [finding('disk.vhd.footer:copy', 'warn')]
  if (footerLength < footerBytes) return [finding('disk.vhd.footer', 'warn')]
  const end = parseFooter(await bytesAt(source, source.size - footerBytes, footerBytes))
  const start = parseFooter(await bytesAt(source, 0, footerBytes))
  if (!end?.isChecksumRight || !start?.isChecksumRight) return [finding('disk.vhd.footer-checksum', 'warn')]
  const isSame = end.currentSize === start.currentSize && end.dataOffset === start.dataOffset && end.type === start.type
  return isSame || !footer ? [] : refuse('disk.vhd.header:both')
}
