import { AppError } from '../../../shared/errors'
import type { Finding } from '../../../shared/outputs'
import { refuseTooLarge } from '../container'
import { areApart, type Taken } from './extents'
import { finding } from '../findings'
import { keptLast } from './kept'
import type { Image, Layout } from './layout'
import { readerOf, type Piece } from './pieces'
import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'
import { tableReader } from './table-reader'
import { unpack } from './unpack'
import { vmdkParts } from './vmdk-descriptor'

const sectorBytes = 512
const longestDescriptor = 64 * 1024
/** Tables of 2 TiB in grains of 64 KiB, and as many of them as may be stored: 1 TiB. */
const mostTableBytes = 128 * 1024 * 1024
const mostGrains = 16 * 1024 * 1024
const atEnd = 0xffffffffffffffffn
const packedMark = 12

type Header = {
  size: number
  grainBytes: number
  perTable: number
  directoryAt: number
  /** The second copy of directory and tables; null when there is none. */
  copyAt: number | null
  descriptor: Taken
  overhead: number
  hasZeroGrains: boolean
  isPacked: boolean
  isUnclean: boolean
}

/** A VMDK file with its own tables: monolithic, one part of several, or stream-optimized. VMware, "Virtual Disk Format 5.0". Throws Refusal. */
export async function readSparseVmdk(image: Image): Promise<Layout> {
  const { source } = image
  const header = await readHeader(source)
  await checkDescriptor(image, header)
  const tables = await readGrains(source, header)
  const { size, grainBytes } = header
  const said = header.isUnclean ? [finding('disk.corrupt:unclean', 'warn')] : []
  return {
    virtualSize: size,
    blockSize: grainBytes,
    storedBytes: Math.min(size, tables.count * grainBytes),
    uniqueId: null,
    footer: null,
    isAllocated: (grain) => (tables.stored[grain >> 3]! & (1 << (grain & 7))) !== 0,
    read: readerOf(size, pieces(source, header, tables.places)),
    findings: [...said, ...tables.findings],
  }
}

function damaged(): never {
  return refuse('disk.corrupt', { format: 'vmdk' })
}

async function readHeader(source: ByteSource): Promise<Header> {
  const first = await bytesAt(source, 0, sectorBytes)
  if (first.length < sectorBytes) damaged()
  const isStream = first.readBigUInt64LE(56) === atEnd
  const bytes = isStream ? await bytesAt(source, Math.max(0, source.size - 1024), sectorBytes) : first
  const isHeader = bytes.length === sectorBytes && bytes.toString('latin1', 0, 4) === 'KDMV'
  // A file that was sent as text has other line ends.
  const isIntact = bytes.toString('latin1', 73, 77) === '\n \r\n'
  const [version, flags] = isHeader ? [bytes.readUInt32LE(4), bytes.readUInt32LE(8)] : [0, 0]
  if (!isIntact || version < 1 || version > 3) damaged()
  const sectors = (at: number) => Number(bytes.readBigUInt64LE(at)) * sectorBytes
  const [size, grainBytes, perTable] = [sectors(12), sectors(20), bytes.readUInt32LE(44)]
  refuseTooLarge(size)
  if (size === 0) refuse('disk.empty')
  const isPower = grainBytes >= 4096 && grainBytes <= 2 ** 22 && Number.isInteger(Math.log2(grainBytes))
  if (!isPower || perTable < 1 || perTable > 512) damaged()
  const isPacked = (flags & 0x10000) !== 0
  if (isPacked && bytes.readUInt16LE(77) !== 1) damaged()
  return {
    size,
    grainBytes,
    perTable,
    directoryAt: sectors(56),
    copyAt: (flags & 2) !== 0 && !isStream && sectors(48) > 0 ? sectors(48) : null,
    descriptor: { at: sectors(28), length: sectors(36) },
    overhead: sectors(64),
    hasZeroGrains: (flags & 4) !== 0,
    isPacked,
    isUnclean: bytes[72] !== 0,
  }
}

/** The text inside of the file: of a snapshot, or of parts that are as long as the header says. */
async function checkDescriptor(image: Image, { descriptor, size }: Header): Promise<void> {
  const { at, length } = descriptor
  if (at === 0) return
  if (length > longestDescriptor || at + length > image.source.size) damaged()
  const text = (await bytesAt(image.source, at, length)).toString('utf8')
  // A part of several leaves the place empty.
  if (!text.startsWith('# Disk DescriptorFile')) return text.replace(/\0+$/, '') === '' ? undefined : damaged()
  const sectors = vmdkParts(text, image).reduce((sum, part) => sum + part.sectors, 0)
  if (sectors * sectorBytes !== size) damaged()
}

type Grains = { places: Float64Array; stored: Uint8Array; count: number; findings: Finding[] }

async function readGrains(source: ByteSource, header: Header): Promise<Grains> {
  const { grainBytes, perTable, overhead } = header
  const grains = Math.ceil(header.size / grainBytes)
  const places = await tablesAt(source, header, header.directoryAt)
  const stored = new Uint8Array(Math.ceil(grains / 8))
  const tableBytes = tableReader(source, 'vmdk')
  const present = places.filter(Boolean).length * perTable
  const starts = new Uint32Array(Math.min(present, mostGrains))
  let count = 0
  for (let number = 0; number < places.length; number++) {
    if (places[number] === 0) continue
    const table = await tableBytes(places[number]!, perTable * 4)
    for (let index = 0; index < perTable; index++) {
      const entry = table.readUInt32LE(index * 4)
      if (entry === 0 || (entry === 1 && header.hasZeroGrains)) continue
      const grain = number * perTable + index
      const needed = header.isPacked ? packedMark : Math.min(grainBytes, header.size - grain * grainBytes)
      if (grain >= grains) damaged()
      if (entry * sectorBytes + needed > source.size) refuse('disk.truncated:blocks')
      stored[grain >> 3]! |= 1 << (grain & 7)
      if (count === starts.length) refuse('disk.corrupt:large', { format: 'vmdk' })
      starts[count++] = entry
    }
  }
  const taken = [{ at: 0, length: overhead }, ...outside(header, places)]
  const inSectors = taken.map(({ at, length }) => ({ at: at / sectorBytes, length: Math.ceil(length / sectorBytes) }))
  const each = header.isPacked ? 1 : grainBytes / sectorBytes
  const { isApart, gaps } = areApart(
    inSectors,
    starts.subarray(0, count),
    each,
    header.isPacked ? 0 : source.size / sectorBytes,
  )
  if (!isApart) refuse('disk.corrupt:overlap', { format: 'vmdk' })
  const findings: Finding[] = []
  const lost = Math.floor(gaps) * sectorBytes
  if (!header.isPacked && lost >= grainBytes) findings.push(finding('disk.corrupt:lost', 'warn', { lost }))
  if (header.copyAt !== null && !(await isCopy(source, header, places)))
    findings.push(finding('disk.corrupt:copies', 'warn'))
  return { places, stored, count, findings }
}

/** Tables and directory where they are not in the part of the file that is set apart for them. */
function outside({ overhead, directoryAt, perTable }: Header, places: Float64Array): Taken[] {
  const tables = [...places].filter(Boolean).map((at) => ({ at, length: perTable * 4 }))
  return [{ at: directoryAt, length: places.length * 4 }, ...tables].filter(({ at }) => at >= overhead)
}

async function tablesAt(source: ByteSource, header: Header, directoryAt: number): Promise<Float64Array> {
  const { size, grainBytes, perTable } = header
  const count = Math.ceil(size / (grainBytes * perTable))
  if (count * perTable * 4 > mostTableBytes) refuse('disk.corrupt:large', { format: 'vmdk' })
  if (directoryAt < sectorBytes || directoryAt + count * 4 > source.size) damaged()
  const bytes = await bytesAt(source, directoryAt, count * 4)
  return Float64Array.from({ length: count }, (_none, number) => {
    const at = bytes.readUInt32LE(number * 4) * sectorBytes
    return at === 0 || at + perTable * 4 <= source.size ? at : damaged()
  })
}

async function isCopy(source: ByteSource, header: Header, places: Float64Array): Promise<boolean> {
  const { copyAt, perTable } = header
  if (copyAt === null || copyAt + places.length * 4 > source.size) return false
  const directory = await bytesAt(source, copyAt, places.length * 4)
  const [ownTable, otherTable] = [tableReader(source, 'vmdk'), tableReader(source, 'vmdk')]
  for (let number = 0; number < places.length; number++) {
    const copy = directory.readUInt32LE(number * 4) * sectorBytes
    if ((copy === 0) !== (places[number] === 0)) return false
    if (copy === 0) continue
    const own = await ownTable(places[number]!, perTable * 4)
    const other = await otherTable(copy, perTable * 4)
    if (!own.equals(other)) return false
  }
  return true
}

function pieces(source: ByteSource, header: Header, places: Float64Array) {
  const { grainBytes, perTable, size } = header
  const tableAt = keptLast<Buffer>(256)
  const unpacked = keptLast<Buffer>(Math.max(2, (8 * 1024 * 1024) / grainBytes))
  return async (offset: number, length: number): Promise<Piece> => {
    const grain = Math.floor(offset / grainBytes)
    const inside = offset - grain * grainBytes
    const span = Math.min(length, grainBytes - inside)
    const place = places[Math.floor(grain / perTable)] ?? 0
    if (place === 0) return { kind: 'zeros', length: span }
    const table = await tableAt(place, () => bytesAt(source, place, perTable * 4))
    const entry = table.readUInt32LE((grain % perTable) * 4)
    if (entry === 0 || (entry === 1 && header.hasZeroGrains)) return { kind: 'zeros', length: span }
    if (!header.isPacked) return { kind: 'stored', length: span, source, at: entry * sectorBytes + inside }
    const needed = Math.min(grainBytes, size - grain * grainBytes)
    const whole = () => unpacked(grain, () => unpackGrain(source, entry * sectorBytes, grain, grainBytes, needed))
    const fill = async (buffer: Uint8Array) => buffer.set((await whole()).subarray(inside, inside + span))
    return { kind: 'made', length: span, fill }
  }
}

/** A packed grain: its place on the disk, its packed length, then zlib data. */
async function unpackGrain(
  source: ByteSource,
  at: number,
  grain: number,
  grainBytes: number,
  needed: number,
): Promise<Buffer> {
  const guess = await bytesAt(source, at, packedMark + grainBytes / 2)
  const length = guess.readUInt32LE(8)
  const isOwn = Number(guess.readBigUInt64LE(0)) === (grain * grainBytes) / sectorBytes
  if (!isOwn || length > 2 * grainBytes || at + packedMark + length > source.size) {
    throw new AppError('disk.damaged', {}, { message: `grain ${grain}` })
  }
  const whole = packedMark + length <= guess.length ? guess : await bytesAt(source, at, packedMark + length)
  const packed = whole.subarray(packedMark, packedMark + length)
  return unpack(packed, 'zlib', grainBytes).catch(async (error: unknown) => {
    // The last grain may end with the disk.
    if (needed === grainBytes) throw error
    return unpack(packed, 'zlib', needed)
  })
}
