/**
 * The VHD footer: Microsoft, "Virtual Hard Disk Image Format Specification", version 1.0 (2006).
 * All numbers are big-endian. Sizes in bytes.
 */
export const footerBytes = 512
const cookie = Buffer.from('conectix')
const noOffset = 0xffffffffffffffffn
const epochMs = Date.UTC(2000, 0, 1)

export type VhdType = 'fixed' | 'dynamic' | 'differencing' | 'other'

export type VhdFooter = {
  type: VhdType
  features: number
  version: number
  /** Offset of the dynamic header; null in a fixed disk. */
  dataOffset: number | null
  /** Ms since 1970. */
  createdMs: number
  creatorApplication: string
  creatorVersion: number
  creatorHost: string
  originalSize: number
  currentSize: number
  geometry: { cylinders: number; heads: number; sectors: number }
  /** 32 hexadecimal digits. */
  uniqueId: string
  isSavedState: boolean
  isChecksumRight: boolean
  /** The 512 bytes as they stand in the file. */
  bytes: Buffer
}

/**
 * Reads a footer from 512 bytes, or 511 as Virtual PC before 2004 wrote it. Returns null when the cookie is missing;
 * a wrong checksum is told, not refused. A size beyond 2^53 comes out as a number too large for any file.
 */
export function parseFooter(footer: Uint8Array): VhdFooter | null {
  const bytes = Buffer.alloc(footerBytes)
  bytes.set(footer.subarray(0, footerBytes))
  if (!bytes.subarray(0, 8).equals(cookie)) return null
  const dataOffset = bytes.readBigUInt64BE(16)
  return {
    type: typeOf(bytes.readUInt32BE(60)),
    features: bytes.readUInt32BE(8),
    version: bytes.readUInt32BE(12),
    dataOffset: dataOffset === noOffset ? null : Number(dataOffset),
    createdMs: epochMs + bytes.readUInt32BE(24) * 1000,
    creatorApplication: bytes.toString('latin1', 28, 32),
    creatorVersion: bytes.readUInt32BE(32),
    creatorHost: bytes.toString('latin1', 36, 40),
    originalSize: Number(bytes.readBigUInt64BE(40)),
    currentSize: Number(bytes.readBigUInt64BE(48)),
    geometry: { cylinders: bytes.readUInt16BE(56), heads: bytes[58]!, sectors: bytes[59]! },
    uniqueId: bytes.toString('hex', 68, 84),
    isSavedState: bytes[84] === 1,
    isChecksumRight: bytes.readUInt32BE(64) === vhdChecksum(bytes, 64),
    bytes,
  }
}

/** A footer whose first bytes are damaged: told by its version and by the size of the disk, which the file of `fileSize` bytes has. */
export function parseDamagedFooter(footer: Uint8Array, fileSize: number): VhdFooter | null {
  const mended = Buffer.from(footer)
  cookie.copy(mended)
  const found = parseFooter(mended)
  const isFooter =
    found?.version === 0x00010000 && found.currentSize === fileSize - footerBytes && found.type === 'fixed'
  return isFooter ? { ...found, isChecksumRight: false } : null
}

/** A footer for a fixed disk. `uniqueId` is 32 hexadecimal digits, `createdMs` ms since 1970. */
export function makeFixedFooter(disk: { sizeBytes: number; uniqueId: string; createdMs: number }): Buffer {
  const bytes = Buffer.alloc(footerBytes)
  const { cylinders, heads, sectors } = geometryOf(disk.sizeBytes)
  cookie.copy(bytes)
  bytes.writeUInt32BE(2, 8)
  bytes.writeUInt32BE(0x00010000, 12)
  bytes.writeBigUInt64BE(noOffset, 16)
  bytes.writeUInt32BE(Math.min(0xffffffff, Math.max(0, Math.floor((disk.createdMs - epochMs) / 1000))), 24)
  // Hyper-V's mark: for an unknown creator qemu takes the size from the geometry, which is rounded.
  bytes.write('win ', 28, 'latin1')
  bytes.writeUInt32BE(0x000a0000, 32)
  bytes.write('Wi2k', 36, 'latin1')
  bytes.writeBigUInt64BE(BigInt(disk.sizeBytes), 40)
  bytes.writeBigUInt64BE(BigInt(disk.sizeBytes), 48)
  bytes.writeUInt16BE(cylinders, 56)
  bytes.writeUInt8(heads, 58)
  bytes.writeUInt8(sectors, 59)
  bytes.writeUInt32BE(2, 60)
  bytes.write(disk.uniqueId, 68, 16, 'hex')
  bytes.writeUInt32BE(vhdChecksum(bytes, 64), 64)
  return bytes
}

/** Cylinders, heads and sectors per track as the specification's appendix computes them; informative only. */
function geometryOf(sizeBytes: number): VhdFooter['geometry'] {
  const total = Math.min(Math.floor(sizeBytes / 512), 65535 * 16 * 255)
  if (total >= 65535 * 16 * 63) return { cylinders: Math.floor(total / 255 / 16), heads: 16, sectors: 255 }
  let sectors = 17
  let tracks = Math.floor(total / sectors)
  let heads = Math.max(4, Math.ceil(tracks / 1024))
  if (tracks >= heads * 1024 || heads > 16) {
    sectors = 31
    heads = 16
    tracks = Math.floor(total / sectors)
  }
  if (tracks >= heads * 1024) {
    sectors = 63
    heads = 16
    tracks = Math.floor(total / sectors)
  }
  return { cylinders: Math.floor(tracks / heads), heads, sectors }
}

function typeOf(code: number): VhdType {
  return code === 2 ? 'fixed' : code === 3 ? 'dynamic' : code === 4 ? 'differencing' : 'other'
}

/** One's complement of the sum of all bytes, the four of the checksum itself at `place` taken as zero. */
export function vhdChecksum(structure: Buffer, place: number): number {
  let sum = 0
  structure.forEach((byte, at) => (sum += at >= place && at < place + 4 ? 0 : byte))
  return ~sum >>> 0
}
