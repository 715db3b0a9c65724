import { crc32c } from './crc32c'
import { refuse } from '../refusal'
import { bytesAt, type ByteSource } from '../source'

const kibibyte = 1024
const mebibyte = 1024 * 1024

export type VhdxHeader = {
  sequence: bigint
  /** 32 hexadecimal digits as they stand in the file. */
  dataWriteGuid: string
  logGuid: Buffer
  log: Region
  /** The other copy is damaged. */
  isAlone: boolean
}
export type Region = { at: number; length: number }
export type Regions = { table: Region; metadata: Region; isAlone: boolean }

/** The current one of the two headers: intact, with the higher sequence number. [MS-VHDX] 2.2.2. Throws Refusal `disk.vhdx.header`. */
export async function readVhdxHeader(source: ByteSource): Promise<VhdxHeader> {
  const copies = await Promise.all([64, 128].map((at) => bytesAt(source, at * kibibyte, 4096)))
  const intact = copies.filter(isHeader)
  const [first, second] = intact
  if (!first) refuse('disk.vhdx.header')
  const sequence = (bytes: Buffer) => bytes.readBigUInt64LE(8)
  if (second && sequence(first) === sequence(second) && !first.equals(second)) refuse('disk.vhdx.header')
  const bytes = second && sequence(second) > sequence(first) ? second : first
  return {
    sequence: sequence(bytes),
    dataWriteGuid: bytes.toString('hex', 32, 48),
    logGuid: bytes.subarray(48, 64),
    log: { at: Number(bytes.readBigUInt64LE(72)), length: bytes.readUInt32LE(68) },
    isAlone: intact.length === 1,
  }
}

function isHeader(bytes: Buffer): boolean {
  if (bytes.length < 4096 || bytes.toString('latin1', 0, 4) !== 'head') return false
  return bytes.readUInt32LE(4) === crc32c(bytes, 4) && bytes.readUInt16LE(66) === 1 && bytes.readUInt16LE(64) === 0
}

const tableGuid = '6677c22d23f600429d64115e9bfd4a08'
const metadataGuid = '06a27c8b90479a4bb8fe575f050f886e'

/** Where block table and metadata lie, by the first of the two region tables that is intact. [MS-VHDX] 2.2.3. Throws Refusal. */
export async function readRegions(source: ByteSource): Promise<Regions> {
  const copies = await Promise.all([192, 256].map((at) => bytesAt(source, at * kibibyte, 64 * kibibyte)))
  const intact = copies.filter(isRegionTable)
  const [bytes] = intact
  if (!bytes) refuse('disk.vhdx.header')
  const found = new Map<string, Region>()
  for (let entry = 0; entry < bytes.readUInt32LE(8); entry++) {
    const at = 16 + entry * 32
    const guid = bytes.toString('hex', at, at + 16)
    const region = { at: Number(bytes.readBigUInt64LE(at + 16)), length: bytes.readUInt32LE(at + 24) }
    const isKnown = guid === tableGuid || guid === metadataGuid
    if (!isKnown && (bytes.readUInt32LE(at + 28) & 1) === 1) refuse('disk.vhdx.header:unknown')
    if (isKnown && (found.has(guid) || !isPlace(region))) refuse('disk.vhdx.header')
    if (isKnown) found.set(guid, region)
  }
  const [table, metadata] = [found.get(tableGuid), found.get(metadataGuid)]
  if (!table || !metadata) refuse('disk.vhdx.header')
  return { table, metadata, isAlone: intact.length === 1 }
}

function isRegionTable(bytes: Buffer): boolean {
  if (bytes.length < 64 * kibibyte || bytes.toString('latin1', 0, 4) !== 'regi') return false
  return bytes.readUInt32LE(4) === crc32c(bytes, 4) && bytes.readUInt32LE(8) <= 2047
}

/** Behind the headers, in whole MiB. */
export function isPlace({ at, length }: Region): boolean {
  const isWhole = at % mebibyte === 0 && length % mebibyte === 0
  return Number.isSafeInteger(at + length) && at >= mebibyte && length > 0 && isWhole
}
