/**
 * The CRC-64 of Azure Storage (= CRC-64/NVME: polynomial 0x9A6C9329AC4BC9B5 reflected, all ones in and out), as the
 * 8 bytes little-endian that `x-ms-content-crc64` carries. Two 32-bit halves, because a BigInt per byte takes seconds.
 * https://learn.microsoft.com/azure/storage/blobs/storage-blob-upload-checksum
 */
export function createCrc64() {
  let low = -1
  let high = -1

  /** Slicing by 8: each table takes a byte that is followed by so many more. */
  function eightAt(bytes: Uint8Array, at: number): void {
    const a = low ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
    const b = high ^ (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24))
    const a0 = 1792 + (a & 255)
    const a1 = 1536 + ((a >>> 8) & 255)
    const a2 = 1280 + ((a >>> 16) & 255)
    const a3 = 1024 + (a >>> 24)
    const b0 = 768 + (b & 255)
    const b1 = 512 + ((b >>> 8) & 255)
    const b2 = 256 + ((b >>> 16) & 255)
    const b3 = b >>> 24
    low = lows[a0]! ^ lows[a1]! ^ lows[a2]! ^ lows[a3]! ^ lows[b0]! ^ lows[b1]! ^ lows[b2]! ^ lows[b3]!
    high = highs[a0]! ^ highs[a1]! ^ highs[a2]! ^ highs[a3]! ^ highs[b0]! ^ highs[b1]! ^ highs[b2]! ^ highs[b3]!
  }

  return {
    update(bytes: Uint8Array) {
      let at = 0
      for (const whole = bytes.length - (bytes.length % 8); at < whole; at += 8) eightAt(bytes, at)
      for (; at < bytes.length; at++) {
        const index = (low ^ bytes[at]!) & 255
        low = ((low >>> 8) | (high << 24)) ^ lows[index]!
        high = (high >>> 8) ^ highs[index]!
      }
    },
    digest(): Buffer {
      const bytes = Buffer.alloc(8)
      bytes.writeInt32LE(~low, 0)
      bytes.writeInt32LE(~high, 4)
      return bytes
    },
  }
}

export function crc64(bytes: Uint8Array): Buffer {
  const sum = createCrc64()
  sum.update(bytes)
  return sum.digest()
}

const lows = new Int32Array(8 * 256)
const highs = new Int32Array(8 * 256)
for (let byte = 0; byte < 256; byte++) {
  let value = BigInt(byte)
  for (let bit = 0; bit < 8; bit++) value = (value & 1n ? 0x9a6c9329ac4bc9b5n : 0n) ^ (value >> 1n)
  lows[byte] = Number(BigInt.asIntN(32, value))
  highs[byte] = Number(BigInt.asIntN(32, value >> 32n))
}
for (let at = 256; at < 8 * 256; at++) {
  const [low, high] = [lows[at - 256]!, highs[at - 256]!]
  lows[at] = ((low >>> 8) | (high << 24)) ^ lows[low & 255]!
  highs[at] = (high >>> 8) ^ highs[low & 255]!
}
