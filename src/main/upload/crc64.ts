import { loadCrc64, slices, type Crc64Program } from './crc64-program'

/** CRC-64/NVME, reversed: the polynomial of x-ms-content-crc64. */
const polynomial = 0x9a6c9329ac4bc9b5n
const allOnes = 0xffff_ffff_ffff_ffffn
/** The program's memory: its tables, then room for the bytes of one turn, small enough to stay in the processor's cache. */
const roomAt = 64 * 1024
const roomBytes = 64 * 1024

let loaded: { program: Crc64Program; tables: BigUint64Array; room: Uint8Array } | null = null

/**
 * CRC-64 of the bytes as the header x-ms-content-crc64 carries it, 8 bytes little-endian. WebAssembly has the 64-bit numbers that
 * JavaScript lacks: twice as fast as two halves in Node, four times in Electron, and half of what an MD5 costs.
 */
export function crc64(bytes: Uint8Array): Buffer {
  const { program, tables, room } = (loaded ??= load())
  let sum = allOnes
  let at = 0
  while (bytes.length - at >= slices) {
    const length = Math.min(roomBytes, bytes.length - at)
    const whole = length - (length % slices)
    room.set(bytes.subarray(at, at + whole))
    sum = BigInt.asUintN(64, program.sum(roomAt, roomAt + whole, sum))
    at += whole
  }
  for (; at < bytes.length; at++) sum = (sum >> 8n) ^ tables[Number((sum ^ BigInt(bytes[at]!)) & 255n)]!
  const result = Buffer.alloc(8)
  result.writeBigUInt64LE(sum ^ allOnes)
  return result
}

function load() {
  const program = loadCrc64()
  const tables = new BigUint64Array(program.memory.buffer, 0, slices * 256)
  fillTables(tables)
  return { program, tables, room: new Uint8Array(program.memory.buffer, roomAt, roomBytes) }
}

/** Table n at n * 256: what a byte does to the sum with n bytes of zeros behind it. */
function fillTables(tables: BigUint64Array): void {
  for (let byte = 0; byte < 256; byte++) {
    let sum = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) sum = (sum & 1n) === 1n ? (sum >> 1n) ^ polynomial : sum >> 1n
    tables[byte] = sum
  }
  for (let index = 256; index < tables.length; index++) {
    const before = tables[index - 256]!
    tables[index] = (before >> 8n) ^ tables[Number(before & 255n)]!
  }
}
