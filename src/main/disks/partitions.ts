import { crc32 } from 'node:zlib'
import { bytesAt, type ByteSource } from './source'

const sector = 512
const maxLogical = 128
/** Eight times what the specification asks for: more would only serve to keep a reader busy. */
const maxEntriesBytes = 128 * 1024

export type Partition = {
  /** Bytes from the start of the disk. */
  offset: number
  size: number
  kind: 'esp' | 'bios-boot' | 'msr' | 'lvm' | 'swap' | 'other'
  isActive: boolean
}

export type PartitionTable = {
  kind: 'gpt' | 'mbr' | null
  partitions: Partition[]
  hasBootCode: boolean
  /** GPT only: what is wrong with each copy, null when nothing. */
  primary: string | null
  backup: string | null
}

/**
 * Reads an MBR with its chain of logical partitions, or a GPT by its first intact copy.
 * UEFI specification 2.10, section 5; entries are only used when their checksum is right.
 */
export async function readPartitions(disk: ByteSource): Promise<PartitionTable> {
  const boot = await bytesAt(disk, 0, sector)
  const empty = { kind: null, partitions: [], hasBootCode: false, primary: null, backup: null }
  if (boot.length < sector) return empty
  const isMarked = boot.readUInt16LE(510) === 0xaa55
  const hasBootCode = isMarked && boot.subarray(0, 440).some((byte) => byte !== 0)
  const entries = isMarked ? mbrEntries(boot) : []
  const header = await bytesAt(disk, sector, 8)
  if (entries.some(({ type }) => type === 0xee) || header.toString('latin1') === 'EFI PART') {
    return { ...(await readGpt(disk)), hasBootCode }
  }
  if (!isMarked || !isPlausible(boot, entries)) return empty
  const logical = await readLogical(disk, entries)
  const partitions = [...entries, ...logical].filter(({ type }) => !extended.includes(type)).map(ofMbr)
  return { ...empty, kind: 'mbr', partitions, hasBootCode }
}

type MbrEntry = { type: number; isActive: boolean; start: number; count: number }
const extended = [0x05, 0x0f, 0x85]

function mbrEntries(bootSector: Buffer): MbrEntry[] {
  return [446, 462, 478, 494]
    .map((at) => ({
      type: bootSector[at + 4]!,
      isActive: bootSector[at] === 0x80,
      start: bootSector.readUInt32LE(at + 8),
      count: bootSector.readUInt32LE(at + 12),
    }))
    .filter(({ type, count }) => type !== 0 && count > 0)
}

/** A file system's own boot sector carries the same signature; there the table's place holds code. */
function isPlausible(boot: Buffer, entries: MbrEntry[]): boolean {
  return entries.length > 0 && [446, 462, 478, 494].every((at) => boot[at] === 0 || boot[at] === 0x80)
}

async function readLogical(disk: ByteSource, entries: MbrEntry[]): Promise<MbrEntry[]> {
  const container = entries.find(({ type }) => extended.includes(type))
  const found: MbrEntry[] = []
  const seen = new Set<number>()
  let at = container?.start
  while (container && at !== undefined && !seen.has(at) && seen.size < maxLogical) {
    seen.add(at)
    const boot = await bytesAt(disk, at * sector, sector)
    if (boot.length < sector || boot.readUInt16LE(510) !== 0xaa55) break
    const [own, next] = mbrEntries(boot)
    if (own && !extended.includes(own.type)) found.push({ ...own, start: own.start + at })
    const link = [own, next].find((entry) => entry && extended.includes(entry.type))
    at = link ? container.start + link.start : undefined
  }
  return found
}

function ofMbr({ type, isActive, start, count }: MbrEntry): Partition {
  const kinds: Record<number, Partition['kind']> = { 0xef: 'esp', 0x8e: 'lvm', 0x82: 'swap' }
  return { offset: start * sector, size: count * sector, kind: kinds[type] ?? 'other', isActive }
}

async function readGpt(disk: ByteSource): Promise<PartitionTable> {
  const first = await gptAt(disk, 1)
  const last = Math.floor(disk.size / sector) - 1
  // A disk that was enlarged keeps its backup where the old end was; only the primary header knows where.
  const second = await gptAt(disk, typeof first === 'string' ? last : first.otherLba)
  const isAtEnd = typeof first === 'string' || first.otherLba === last
  const problem = (copy: GptCopy | string) => (typeof copy === 'string' ? copy : null)
  const used = typeof first === 'string' ? second : first
  return {
    kind: typeof used === 'string' ? null : 'gpt',
    partitions: typeof used === 'string' ? [] : used.partitions,
    hasBootCode: false,
    primary: problem(first),
    backup: problem(second) ?? (isAtEnd ? null : 'not in the last sector'),
  }
}

type GptCopy = { otherLba: number; partitions: Partition[] }

async function gptAt(disk: ByteSource, lba: number): Promise<GptCopy | string> {
  const header = await bytesAt(disk, lba * sector, sector)
  if (header.length < sector || header.toString('latin1', 0, 8) !== 'EFI PART') return 'missing'
  const headerSize = header.readUInt32LE(12)
  if (headerSize < 92 || headerSize > sector) return 'header size out of range'
  const expected = header.readUInt32LE(16)
  header.writeUInt32LE(0, 16)
  if (crc32(header.subarray(0, headerSize)) !== expected) return 'header checksum wrong'
  const count = header.readUInt32LE(80)
  const width = header.readUInt32LE(84)
  if (width < 128 || width % 128 !== 0 || count * width > maxEntriesBytes) return 'entries out of range'
  const entries = await bytesAt(disk, Number(header.readBigUInt64LE(72)) * sector, count * width)
  if (entries.length < count * width) return 'entries beyond the end of the disk'
  if (crc32(entries) !== header.readUInt32LE(88)) return 'entries checksum wrong'
  const partitions: Partition[] = []
  for (let at = 0; at < entries.length; at += width) {
    const partition = ofGpt(entries.subarray(at, at + width))
    if (partition) partitions.push(partition)
  }
  return { otherLba: Number(header.readBigUInt64LE(32)), partitions }
}

function ofGpt(entry: Buffer): Partition | null {
  const type = guidAt(entry, 0)
  const first = Number(entry.readBigUInt64LE(32))
  const last = Number(entry.readBigUInt64LE(40))
  if (type === '00000000-0000-0000-0000-000000000000' || last < first) return null
  return {
    offset: first * sector,
    size: (last - first + 1) * sector,
    kind: gptKinds[type] ?? 'other',
    isActive: false,
  }
}

const gptKinds: Record<string, Partition['kind']> = {
  'c12a7328-f81f-11d2-ba4b-00a0c93ec93b': 'esp',
  '21686148-6449-6e6f-744e-656564454649': 'bios-boot',
  'e3c9e316-0b5c-4db8-817d-f92df00215ae': 'msr',
  'e6d6d379-f507-44c2-a23c-238f2a3df928': 'lvm',
  '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f': 'swap',
}

/** A GUID as Windows writes it: the first three groups are little-endian. */
export function guidAt(bytes: Buffer, at: number): string {
  const hex = (from: number, to: number) => bytes.toString('hex', at + from, at + to)
  const little = (from: number, to: number) =>
    Buffer.from(bytes.subarray(at + from, at + to))
      .reverse()
      .toString('hex')
  return `${little(0, 4)}-${little(4, 6)}-${little(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`
}
