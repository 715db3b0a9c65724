/** CRC-64/NVME, reversed: the polynomial of x-ms-content-crc64. */
const polynomial = { high: 0x9a6c9329, low: 0xac4bc9b5 }
const slices = 8
const { highs, lows } = makeTables()

/**
 * CRC-64 of the bytes as the header x-ms-content-crc64 carries it, 8 bytes little-endian. Eight bytes per turn by as many tables
 * (slicing-by-8), the 64 bits in two halves, because BigInt is a hundred times slower.
 */
export function crc64(bytes: Uint8Array): Buffer {
  let high = ~0
  let low = ~0
  let at = 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (const end = bytes.length - (bytes.length % slices); at < end; at += slices) {
    const a = low ^ view.getInt32(at, true)
    const b = high ^ view.getInt32(at + 4, true)
    const i0 = 1792 + (a & 255)
    const i1 = 1536 + ((a >>> 8) & 255)
    const i2 = 1280 + ((a >>> 16) & 255)
    const i3 = 1024 + (a >>> 24)
    const i4 = 768 + (b & 255)
    const i5 = 512 + ((b >>> 8) & 255)
    const i6 = 256 + ((b >>> 16) & 255)
    const i7 = b >>> 24
    low = lows[i0]! ^ lows[i1]! ^ lows[i2]! ^ lows[i3]! ^ lows[i4]! ^ lows[i5]! ^ lows[i6]! ^ lows[i7]!
    high = highs[i0]! ^ highs[i1]! ^ highs[i2]! ^ highs[i3]! ^ highs[i4]! ^ highs[i5]! ^ highs[i6]! ^ highs[i7]!
  }
  for (; at < bytes.length; at++) {
    const index = (low ^ bytes[at]!) & 255
    low = ((low >>> 8) | (high << 24)) ^ lows[index]!
    high = (high >>> 8) ^ highs[index]!
  }
  const result = Buffer.alloc(8)
  result.writeInt32LE(~low, 0)
  result.writeInt32LE(~high, 4)
  return result
}

/** Table n at n * 256: what a byte does to the sum with n bytes of zeros behind it. */
function makeTables(): { highs: Int32Array; lows: Int32Array } {
  const highs = new Int32Array(slices * 256)
  const lows = new Int32Array(slices * 256)
  for (let byte = 0; byte < 256; byte++) {
    let high = 0
    let low = byte
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1
      low = (low >>> 1) | (high << 31)
      high >>>= 1
      if (isOdd) {
        low ^= polynomial.low
        high ^= polynomial.high
      }
    }
    lows[byte] = low
    highs[byte] = high
  }
  for (let index = 256; index < slices * 256; index++) {
    const high = highs[index - 256]!
    const low = lows[index - 256]!
    lows[index] = ((low >>> 8) | (high << 24)) ^ lows[low & 255]!
    highs[index] = (high >>> 8) ^ highs[low & 255]!
  }
  return { highs, lows }
}
