import { below } from './below'
import { clean } from '../findings'
import { refuseTooLarge } from '../container'
import type { Image, Layout } from './layout'
import { readerOf, type Piece } from './pieces'
import { plainLayout } from './raw'
import { refuse } from '../refusal'
import { bytesAt, partOf } from '../source'
import { vmdkParts, type VmdkPart } from './vmdk-descriptor'
import { readSparseVmdk } from './vmdk-sparse'

const sectorBytes = 512
const blockSize = 1024 * 1024
const longestDescriptor = 64 * 1024

/** A VMDK: one file with its own tables, or a text that names the parts beside it. Throws Refusal. */
export async function readVmdk(image: Image): Promise<Layout> {
  const magic = (await bytesAt(image.source, 0, 4)).toString('latin1')
  if (magic === 'KDMV') return readSparseVmdk(image)
  if (magic === 'COWD') refuse('disk.format.unsupported:other', { kind: 'VMDK COWD' })
  if (image.source.size > longestDescriptor) refuse('disk.corrupt', { format: 'vmdk' })
  const text = (await bytesAt(image.source, 0, image.source.size)).toString('utf8')
  return joined(image, vmdkParts(text, image))
}

async function joined(image: Image, parts: VmdkPart[]): Promise<Layout> {
  const size = parts.reduce((sum, { sectors }) => sum + sectors * sectorBytes, 0)
  refuseTooLarge(size)
  if (size === 0) refuse('disk.empty')
  const layouts: Layout[] = []
  for (const part of parts) layouts.push(await layoutOf(image, part))
  let start = 0
  const placed = layouts.map((layout, number) => {
    const place = { start, end: start + parts[number]!.sectors * sectorBytes, under: below(layout) }
    start = place.end
    return place
  })
  const pieceAt = (offset: number, length: number): Piece => {
    const place = placed.find(({ end }) => offset < end) ?? refuse('disk.corrupt', { format: 'vmdk' })
    return place.under.piece(offset - place.start, Math.min(length, place.end - offset))
  }
  const isAllocated = (block: number) => {
    const [from, to] = [block * blockSize, (block + 1) * blockSize]
    return placed.some(({ start, end, under }) => {
      const [first, last] = [Math.max(from, start), Math.min(to, end)]
      return first < last && under.mayHoldData(first - start, last - first)
    })
  }
  return {
    virtualSize: size,
    blockSize,
    storedBytes: layouts.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    uniqueId: null,
    footer: null,
    isAllocated,
    read: readerOf(size, pieceAt),
    findings: layouts.flatMap(({ findings }) => findings),
  }
}

async function layoutOf(image: Image, { kind, sectors, name, startSector }: VmdkPart): Promise<Layout> {
  const size = sectors * sectorBytes
  if (kind === 'zero')
    return { ...plainLayout({ size: 0, read: () => Promise.resolve() }, 0), isAllocated: () => false }
  const part = await image.beside(name)
  if (!part) refuse('disk.truncated:part', { name: clean(name) })
  if (kind === 'sparse') {
    if (part.detected.kind !== 'vmdk') refuse('disk.truncated:part', { name: clean(name) })
    const layout = await readSparseVmdk(part)
    return layout.virtualSize >= size ? layout : refuse('disk.truncated:part', { name: clean(name) })
  }
  const start = startSector * sectorBytes
  if (start + size > part.source.size) refuse('disk.truncated:part', { name: clean(name) })
  return plainLayout(partOf(part.source, start, size), size)
}
