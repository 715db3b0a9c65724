/** CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) over bytes of which four from `skip` on count as zero. */
export function crc32c(bytes: Uint8Array, skip = -4): number {
  let crc = 0xffffffff
  for (let at = 0; at < bytes.length; at++) {
    const byte = at >= skip && at < skip + 4 ? 0 : bytes[at]!
    crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  }
  return ~crc >>> 0
}

const table = Uint32Array.from({ length: 256 }, (_none, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})
