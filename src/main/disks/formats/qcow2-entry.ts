import type { Qcow2Header } from './qcow2-header'

/** What one entry of a second table says about a cluster. */
export type Qcow2Entry =
  | { kind: 'absent' }
  | { kind: 'zeros' }
  | { kind: 'stored'; at: number }
  | { kind: 'packed'; at: number; length: number }
  /** Parts of the cluster, lowest bit first; what is neither stored nor zero is absent. */
  | { kind: 'parts'; at: number; isStored: number; isZero: number }

/** Reads an entry; null when it is none that may stand there. */
export function entryIn(table: Buffer, index: number, header: Qcow2Header): Qcow2Entry | null {
  const at = index * (header.isExtended ? 16 : 8)
  const [high, low] = [table.readUInt32BE(at), table.readUInt32BE(at + 4)]
  // Nearly all entries of nearly all images: a place and the mark that nothing else refers to it.
  const isPlain = !header.isExtended && (high & 0x7f000000) === 0 && (low & (header.clusterSize - 1)) === 0
  if (isPlain && (high & 0xffffff) + low !== 0) return { kind: 'stored', at: (high & 0xffffff) * 2 ** 32 + low }
  if ((high & 0x40000000) !== 0) return packedEntry(high, low, header.clusterBits)
  const offset = placeIn(table, at)
  const isZero = (low & 1) !== 0
  const isReserved =
    (high & 0x3f000000) !== 0 || (low & 0x1fe) !== 0 || (isZero && (header.version === 2 || header.isExtended))
  if (isReserved || offset % header.clusterSize !== 0) return null
  if (!header.isExtended)
    return isZero ? { kind: 'zeros' } : offset === 0 ? { kind: 'absent' } : { kind: 'stored', at: offset }
  const [zeroBits, storedBits] = [table.readUInt32BE(at + 8), table.readUInt32BE(at + 12)]
  if ((zeroBits & storedBits) !== 0 || (storedBits !== 0 && offset === 0)) return null
  if (zeroBits === 0 && storedBits === 0) return { kind: 'absent' }
  if (storedBits === 0xffffffff) return { kind: 'stored', at: offset }
  return zeroBits === 0xffffffff
    ? { kind: 'zeros' }
    : { kind: 'parts', at: offset, isStored: storedBits, isZero: zeroBits }
}

/** The place in an entry: bits 9 to 55. */
export function placeIn(table: Buffer, at: number): number {
  return (table.readUInt32BE(at) & 0xffffff) * 2 ** 32 + ((table.readUInt32BE(at + 4) & 0xfffffe00) >>> 0)
}

function packedEntry(high: number, low: number, clusterBits: number): Qcow2Entry | null {
  const whole = (BigInt(high & 0x3fffffff) << 32n) | BigInt(low)
  const offsetBits = BigInt(62 - (clusterBits - 8))
  const at = Number(whole & ((1n << offsetBits) - 1n))
  const sectors = Number(whole >> offsetBits) + 1
  // Bit 63 says that nothing else refers to the cluster, which packed ones share.
  return high >>> 31 === 0 ? { kind: 'packed', at, length: sectors * 512 - (at % 512) } : null
}
