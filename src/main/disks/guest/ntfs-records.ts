import { bytesAt, type ByteSource } from '../source'
import { runsIn, sourceOfRuns, type Run } from './runs'
import type { Damage } from './walk'

/** An NTFS volume whose file records can be read one by one. */
export type NtfsRecords = {
  /** The attributes of a file, those in further records of it included; null when there is no such file. */
  attributes(file: number): Promise<Attribute[] | null>
  /** The value of an attribute; null when it is compressed, encrypted or damaged. */
  valueOf(attributes: readonly Attribute[]): ByteSource | null
  damage: Damage
}

export type Attribute = {
  type: number
  name: string
  /** Compressed, encrypted or sparse. */
  flags: number
  /** Held in the record itself; null when it lies elsewhere. */
  resident: Buffer | null
  runs: Run[] | null
  /** Where the runs begin in the whole value, in clusters: a long value is split over several attributes. */
  firstCluster: number
  sizeBytes: number
  /** What lies behind it reads as zeros. */
  initializedBytes: number
}

export const attributeTypes = {
  list: 0x20,
  volumeInformation: 0x70,
  data: 0x80,
  indexRoot: 0x90,
  indexAllocation: 0xa0,
  reparsePoint: 0xc0,
} as const

const maxListBytes = 256 * 1024
const maxListed = 1024
const sectorBytes = 512
const compressedOrEncrypted = 0x40ff

/**
 * Opens an NTFS volume; null when its first sector or the record of its file table is not as it must be.
 * Layout: "NTFS Documentation" of the Linux-NTFS project.
 */
export async function openRecords(volume: ByteSource): Promise<NtfsRecords | null> {
  const boot = await bytesAt(volume, 0, 512)
  if (boot.length < 512 || boot.toString('latin1', 3, 11) !== 'NTFS    ') return null
  const clusterBytes = boot.readUInt16LE(11) * (boot[13]! > 128 ? 2 ** (256 - boot[13]!) : boot[13]!)
  const width = boot.readInt8(64)
  const recordBytes = width < 0 ? 2 ** -width : width * clusterBytes
  const isPlausible =
    clusterBytes >= sectorBytes && clusterBytes <= 2 ** 21 && Number.isInteger(Math.log2(clusterBytes))
  if (!isPlausible || recordBytes < 512 || recordBytes > 65_536 || recordBytes % sectorBytes !== 0) return null
  const first = await bytesAt(volume, Number(boot.readBigUInt64LE(48)) * clusterBytes, recordBytes)
  const own = attributesIn(repaired(first, 'FILE'))?.filter(isData) ?? []
  const damage: Damage = { isFound: false }
  let table = valueOf(own)
  if (!table) return null

  async function record(number: number): Promise<Attribute[] | null> {
    return attributesIn(repaired(await bytesAt(table!, number * recordBytes, recordBytes), 'FILE'))
  }

  async function attributes(file: number): Promise<Attribute[] | null> {
    const inRecord = await record(file)
    const list = inRecord && valueOf(inRecord.filter(({ type }) => type === attributeTypes.list))
    if (!inRecord || !list) return inRecord
    const others = new Set(recordsIn(await bytesAt(list, 0, maxListBytes)).filter((one) => one !== file))
    for (const other of [...others].slice(0, maxListed)) {
      const more = await record(other)
      inRecord.push(...(more ?? []))
      if (!more) damage.isFound = true
    }
    return inRecord
  }

  function valueOf(parts: readonly Attribute[]): ByteSource | null {
    const [head] = [...parts].sort((a, b) => a.firstCluster - b.firstCluster)
    if (!head || parts.some(({ flags }) => (flags & compressedOrEncrypted) !== 0)) return null
    if (head.resident)
      return sourceOfRuns(head.resident.length, [{ at: 0, length: head.resident.length, bytes: head.resident }])
    const runs = parts.flatMap(({ runs, firstCluster }) =>
      (runs ?? []).map((run) => ({ ...run, at: run.at + firstCluster })),
    )
    return clusters(runs, head)
  }

  function clusters(runs: Run[], { sizeBytes, initializedBytes }: Attribute): ByteSource | null {
    const isInside = runs.every(({ from, count }) => from === null || (from + count) * clusterBytes <= volume.size)
    if (!isInside) damage.isFound = true
    if (!isInside) return null
    const pieces = runs.flatMap(({ at, from, count }) => {
      const length = Math.min(count * clusterBytes, initializedBytes - at * clusterBytes)
      return from === null || length <= 0 ? [] : [{ at: at * clusterBytes, length, from: from * clusterBytes }]
    })
    return sourceOfRuns(sizeBytes, pieces, volume)
  }

  const whole = await attributes(0)
  table = (whole && valueOf(whole.filter(isData))) ?? table
  return { attributes, valueOf, damage }
}

export function isData({ type, name }: Attribute): boolean {
  return type === attributeTypes.data && name === ''
}

/** A record or index block with its fixed-up sectors put right; null when one was written only in part. */
export function repaired(record: Buffer, signature: string): Buffer | null {
  if (record.length < sectorBytes || record.toString('latin1', 0, 4) !== signature) return null
  const at = record.readUInt16LE(4)
  const count = record.readUInt16LE(6)
  if (count !== record.length / sectorBytes + 1 || at + count * 2 > sectorBytes) return null
  const bytes = Buffer.from(record)
  for (let index = 1; index < count; index++) {
    const end = index * sectorBytes - 2
    if (record.readUInt16LE(end) !== record.readUInt16LE(at)) return null
    record.copy(bytes, end, at + index * 2, at + index * 2 + 2)
  }
  return bytes
}

function attributesIn(record: Buffer | null): Attribute[] | null {
  // Bit 0 of the flags: in use.
  if (!record || (record.readUInt16LE(22) & 1) === 0) return null
  const found: Attribute[] = []
  for (let at = record.readUInt16LE(20); at + 24 <= record.length && found.length < maxListed;) {
    const length = record.readUInt32LE(at + 4)
    if (record.readUInt32LE(at) === 0xffffffff) return found
    if (length < 24 || at + length > record.length) return null
    const attribute = attributeIn(record.subarray(at, at + length))
    if (!attribute) return null
    found.push(attribute)
    at += length
  }
  return found
}

function attributeIn(bytes: Buffer): Attribute | null {
  const nameAt = bytes.readUInt16LE(10)
  const name = bytes.toString('utf16le', nameAt, nameAt + bytes[9]! * 2)
  const head = { type: bytes.readUInt32LE(0), name, flags: bytes.readUInt16LE(12) }
  if (bytes[8] === 0) {
    const [length, at] = [bytes.readUInt32LE(16), bytes.readUInt16LE(20)]
    if (at + length > bytes.length) return null
    const value = bytes.subarray(at, at + length)
    return { ...head, resident: value, runs: null, firstCluster: 0, sizeBytes: length, initializedBytes: length }
  }
  if (bytes.length < 64) return null
  const runs = runsIn(bytes.subarray(bytes.readUInt16LE(32)))
  const [firstCluster, sizeBytes, initializedBytes] = [16, 48, 56].map((at) => Number(bytes.readBigUInt64LE(at)))
  if (!runs || !Number.isSafeInteger(sizeBytes)) return null
  return {
    ...head,
    resident: null,
    runs,
    firstCluster: firstCluster!,
    sizeBytes: sizeBytes!,
    initializedBytes: initializedBytes!,
  }
}

/** Numbers of the records that an attribute list names. */
function recordsIn(list: Buffer): number[] {
  const found: number[] = []
  for (let at = 0; at + 24 <= list.length;) {
    const length = list.readUInt16LE(at + 4)
    if (length < 24) break
    found.push(list.readUIntLE(at + 16, 6))
    at += length
  }
  return found
}
