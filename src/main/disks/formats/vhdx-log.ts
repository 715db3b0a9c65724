import { crc32c } from './crc32c'
import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'
import type { Region, VhdxHeader } from './vhdx-header'

const sectorBytes = 4096
const longestLog = 64 * 1024 * 1024
/** A log of tables has a few thousand sectors; more zeros than this would only serve to fill memory. */
const mostSectors = 64 * 1024
const zeros = Buffer.alloc(sectorBytes)

type Entry = { at: number; length: number; tail: number; sequence: bigint; bytes: Buffer }

/**
 * The file as it is once the changes that wait in its log are made, in memory: the file itself stays as it is.
 * [MS-VHDX] 2.3. Null when nothing waits. Throws Refusal `disk.vhdx.log:damaged` or `disk.truncated:blocks`.
 */
export async function replayed(source: ByteSource, { log, logGuid }: VhdxHeader): Promise<ByteSource | null> {
  if (logGuid.every((byte) => byte === 0)) return null
  if (log.length === 0 || log.length % sectorBytes !== 0 || log.length > longestLog) refuse('disk.vhdx.log:damaged')
  if (log.at + log.length > source.size) refuse('disk.vhdx.log:damaged')
  const entries = activeEntries(await bytesAt(source, log.at, log.length), logGuid)
  const last = entries.at(-1)
  if (!last) refuse('disk.vhdx.log:damaged')
  if (Number(last.bytes.readBigUInt64LE(48)) > source.size) refuse('disk.truncated:blocks')
  const sectors = new Map<number, Buffer>()
  for (const entry of entries) replay(entry, sectors)
  return overlaid(source, sectors, Number(last.bytes.readBigUInt64LE(56)))
}

/** The run of entries, each the follower of the one before, that ends latest and holds its own beginning: from there to its end. */
function activeEntries(log: Buffer, guid: Buffer): Entry[] {
  let best: Entry[] = []
  let budget = 2 * log.length
  for (let start = 0; start < log.length;) {
    const run: Entry[] = []
    let at = start
    for (let used = 0; used < log.length;) {
      const entry = entryAt(log, at, guid)
      const before = run.at(-1)
      if (entry) budget -= entry.length
      if (budget < 0) refuse('disk.vhdx.log:damaged')
      if (!entry || (before && entry.sequence !== before.sequence + 1n)) break
      run.push(entry)
      used += entry.length
      at = (at + entry.length) % log.length
    }
    const last = run.at(-1)
    const tail = run.findIndex((entry) => entry.at === last?.tail)
    if (last && tail >= 0 && (best.length === 0 || last.sequence > best.at(-1)!.sequence)) best = run.slice(tail)
    // A run that went round the end holds what stands at the start.
    start = last && last.at >= start ? last.at + last.length : last ? log.length : start + sectorBytes
  }
  return best
}

function entryAt(log: Buffer, at: number, guid: Buffer): Entry | null {
  if (log.toString('latin1', at, at + 4) !== 'loge') return null
  const length = log.readUInt32LE(at + 8)
  const isLog = log.subarray(at + 32, at + 48).equals(guid)
  if (!isLog || length === 0 || length % sectorBytes !== 0 || length > log.length) return null
  const bytes = Buffer.concat([log.subarray(at, at + length), log.subarray(0, Math.max(0, at + length - log.length))])
  const sequence = bytes.readBigUInt64LE(16)
  if (sequence === 0n || bytes.readUInt32LE(4) !== crc32c(bytes, 4)) return null
  return { at, length, tail: bytes.readUInt32LE(12), sequence, bytes }
}

function replay({ bytes, sequence }: Entry, sectors: Map<number, Buffer>): void {
  const count = bytes.readUInt32LE(24)
  const listBytes = Math.ceil((64 + count * 32) / sectorBytes) * sectorBytes
  if (listBytes > bytes.length) refuse('disk.vhdx.log:damaged')
  let data = listBytes
  for (let at = 64; at < 64 + count * 32; at += 32) {
    const kind = bytes.toString('latin1', at, at + 4)
    const offset = Number(bytes.readBigUInt64LE(at + 16))
    const isPlace = Number.isSafeInteger(offset) && offset % sectorBytes === 0
    if (!isPlace || bytes.readBigUInt64LE(at + 24) !== sequence) refuse('disk.vhdx.log:damaged')
    if (kind === 'zero') setZeros(sectors, { at: offset, length: Number(bytes.readBigUInt64LE(at + 8)) })
    else if (kind === 'desc') sectors.set(offset, dataSector(bytes, at, data, sequence))
    else refuse('disk.vhdx.log:damaged')
    if (kind === 'desc') data += sectorBytes
    if (sectors.size > mostSectors) refuse('disk.vhdx.log:damaged')
  }
}

function setZeros(sectors: Map<number, Buffer>, { at, length }: Region): void {
  if (length % sectorBytes !== 0 || length > mostSectors * sectorBytes) refuse('disk.vhdx.log:damaged')
  for (let offset = at; offset < at + length; offset += sectorBytes) sectors.set(offset, zeros)
}

/** The first 8 and the last 4 bytes of the sector stand in its descriptor: in the log, marks are in their place. */
function dataSector(entry: Buffer, descriptor: number, at: number, sequence: bigint): Buffer {
  const sector = Buffer.from(entry.subarray(at, at + sectorBytes))
  const isData = sector.length === sectorBytes && sector.toString('latin1', 0, 4) === 'data'
  if (!isData) refuse('disk.vhdx.log:damaged')
  const marks = (BigInt(sector.readUInt32LE(4)) << 32n) | BigInt(sector.readUInt32LE(sectorBytes - 4))
  if (marks !== sequence) refuse('disk.vhdx.log:damaged')
  entry.copy(sector, 0, descriptor + 8, descriptor + 16)
  entry.copy(sector, sectorBytes - 4, descriptor + 4, descriptor + 8)
  return sector
}

function overlaid(source: ByteSource, sectors: Map<number, Buffer>, lastOffset: number): ByteSource {
  // The file was to grow before its table led there; what was not written yet is zeros.
  const size = Math.max(source.size, Math.min(lastOffset, source.size + mostSectors * sectorBytes))
  return {
    size,
    async read(buffer, offset) {
      const stored = Math.max(0, Math.min(buffer.length, source.size - offset))
      if (stored > 0) await source.read(buffer.subarray(0, stored), offset)
      buffer.fill(0, stored)
      for (let at = offset - (offset % sectorBytes); at < offset + buffer.length; at += sectorBytes) {
        const sector = sectors.get(at)
        if (!sector) continue
        const from = Math.max(at, offset)
        buffer.set(sector.subarray(from - at, Math.min(sectorBytes, offset + buffer.length - at)), from - offset)
      }
    },
  }
}
