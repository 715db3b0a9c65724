import { open, readFile, writeFile } from 'node:fs/promises'
import { mebibyte } from './disks'

const kibibyte = 1024
const blockSize = 2 * mebibyte
const logAt = mebibyte
const metadataAt = 2 * mebibyte
const tableAt = 3 * mebibyte
const bitmapAt = 4 * mebibyte
const firstBlockAt = 5 * mebibyte
const sectorsPerBitmap = 2 ** 23

export type VhdxOptions = {
  sizeBytes: number
  logicalSector?: 512 | 4096
  /** What was last written to it, 32 hexadecimal digits as they stand in the file. */
  writtenAs?: string
  parent?: { name: string; linkage: string }
  /** Sectors that are stored, by number; without a parent whole blocks are. */
  sectors?: Map<number, Buffer>
}

/** A VHDX written field by field as [MS-VHDX] has it; qemu-img makes no differencing ones. */
export async function vhdxFile(file: string, options: VhdxOptions): Promise<void> {
  const { sizeBytes, sectors = new Map<number, Buffer>(), parent } = options
  const count = Math.ceil(sizeBytes / blockSize)
  const perBitmap = (sectorsPerBitmap * 512) / blockSize
  const table = Buffer.alloc(mebibyte)
  const bitmap = Buffer.alloc(mebibyte)
  const blocks: Buffer[] = []
  for (let block = 0; block < count; block++) {
    const first = (block * blockSize) / 512
    const own = [...sectors].filter(([sector]) => sector >= first && sector < first + blockSize / 512)
    if (own.length === 0) continue
    // Rubbish where nothing is stored: it must never be seen when a parent has those sectors.
    const bytes = Buffer.alloc(blockSize, parent ? 0xaa : 0)
    for (const [sector, content] of own) {
      content.copy(bytes, (sector - first) * 512)
      bitmap[sector >> 3]! |= 1 << (sector & 7)
    }
    const place = BigInt(firstBlockAt + blocks.length * blockSize)
    table.writeBigUInt64LE(place | (parent ? 7n : 6n), (block + Math.floor(block / perBitmap)) * 8)
    blocks.push(bytes)
  }
  if (parent) table.writeBigUInt64LE(BigInt(bitmapAt) | 6n, perBitmap * 8)
  const start = Buffer.alloc(mebibyte)
  start.write('vhdxfile')
  header(options.writtenAs ?? '11'.repeat(16), 1n).copy(start, 64 * kibibyte)
  header(options.writtenAs ?? '11'.repeat(16), 2n).copy(start, 128 * kibibyte)
  regions().copy(start, 192 * kibibyte)
  regions().copy(start, 256 * kibibyte)
  const handle = await open(file, 'w')
  await handle.writev([start, Buffer.alloc(mebibyte), metadata(options), table, bitmap, ...blocks])
  await handle.close()
}

/**
 * Moves sectors of 4 KiB out of their places into the log of a VHDX, as a host leaves them that was switched off. `entries`: what each
 * entry of the log holds. What stood in their places is overwritten.
 */
export async function moveIntoLog(file: string, entries: number[][]): Promise<void> {
  const bytes = await readFile(file)
  const guid = Buffer.from('5c6f0f9d2a0e4d0bb3f0d1c2e3f4a5b6', 'hex')
  const place = currentHeader(bytes)
  const log = { at: Number(bytes.readBigUInt64LE(place + 72)), length: bytes.readUInt32LE(place + 68) }
  bytes.fill(0, log.at, log.at + log.length)
  // Not at the start of the log, so that what follows goes round its end.
  const tail = log.length - 8192
  let at = tail
  entries.forEach((offsets, number) => {
    const entry = logEntry(bytes, offsets, { sequence: 7n + BigInt(number), tail, guid })
    for (let done = 0; done < entry.length; done += 4096) {
      entry.copy(bytes, log.at + ((at + done) % log.length), done, done + 4096)
    }
    at = (at + entry.length) % log.length
  })
  for (const offset of entries.flat()) bytes.fill(0x5a, offset, offset + 4096)
  guid.copy(bytes, place + 48)
  seal(bytes.subarray(place, place + 4096))
  await writeFile(file, bytes)
}

/** Where the tables of a VHDX lie. */
export function regionsOf(bytes: Buffer): { table: number; metadata: number } {
  const at = 192 * kibibyte + 16
  const isTable = bytes.toString('hex', at, at + 4) === '6677c22d'
  const [first, second] = [0, 32].map((entry) => Number(bytes.readBigUInt64LE(at + entry + 16)))
  return isTable ? { table: first!, metadata: second! } : { table: second!, metadata: first! }
}

function currentHeader(bytes: Buffer): number {
  const [first, second] = [64 * kibibyte, 128 * kibibyte]
  return bytes.readBigUInt64LE(first! + 8) > bytes.readBigUInt64LE(second! + 8) ? first! : second!
}

type EntryOf = { sequence: bigint; tail: number; guid: Buffer }

function logEntry(file: Buffer, offsets: number[], { sequence, tail, guid }: EntryOf): Buffer {
  const entry = Buffer.alloc(4096 * (1 + offsets.length))
  entry.write('loge')
  entry.writeUInt32LE(entry.length, 8)
  entry.writeUInt32LE(tail, 12)
  entry.writeBigUInt64LE(sequence, 16)
  entry.writeUInt32LE(offsets.length, 24)
  guid.copy(entry, 32)
  entry.writeBigUInt64LE(BigInt(file.length), 48)
  entry.writeBigUInt64LE(BigInt(file.length), 56)
  offsets.forEach((offset, number) => {
    const [descriptor, data] = [64 + number * 32, 4096 * (1 + number)]
    entry.write('desc', descriptor)
    file.copy(entry, descriptor + 4, offset + 4092, offset + 4096)
    file.copy(entry, descriptor + 8, offset, offset + 8)
    entry.writeBigUInt64LE(BigInt(offset), descriptor + 16)
    entry.writeBigUInt64LE(sequence, descriptor + 24)
    file.copy(entry, data, offset, offset + 4096)
    entry.write('data', data)
    entry.writeUInt32LE(Number(sequence >> 32n), data + 4)
    entry.writeUInt32LE(Number(sequence & 0xffffffffn), data + 4092)
  })
  seal(entry)
  return entry
}

function header(writtenAs: string, sequence: bigint): Buffer {
  const bytes = Buffer.alloc(4096)
  bytes.write('head')
  bytes.writeBigUInt64LE(sequence, 8)
  bytes.fill(0x22, 16, 32)
  bytes.write(writtenAs, 32, 'hex')
  bytes.writeUInt16LE(1, 66)
  bytes.writeUInt32LE(mebibyte, 68)
  bytes.writeBigUInt64LE(BigInt(logAt), 72)
  seal(bytes)
  return bytes
}

function regions(): Buffer {
  const bytes = Buffer.alloc(64 * kibibyte)
  bytes.write('regi')
  bytes.writeUInt32LE(2, 8)
  const guids = ['6677c22d23f600429d64115e9bfd4a08', '06a27c8b90479a4bb8fe575f050f886e']
  guids.forEach((guid, entry) => {
    const at = 16 + entry * 32
    bytes.write(guid, at, 'hex')
    bytes.writeBigUInt64LE(BigInt(entry === 0 ? tableAt : metadataAt), at + 16)
    bytes.writeUInt32LE(mebibyte, at + 24)
    bytes.writeUInt32LE(1, at + 28)
  })
  seal(bytes)
  return bytes
}

function metadata({ sizeBytes, logicalSector = 512, parent }: VhdxOptions): Buffer {
  const bytes = Buffer.alloc(mebibyte)
  const items: [guid: string, content: Buffer][] = [
    ['3767a1ca36fa434db3b633f0aa44e76b', words(blockSize, parent ? 2 : 0)],
    ['2442a52f1bcd7648b2115dbed83bf4b8', words(sizeBytes % 2 ** 32, Math.floor(sizeBytes / 2 ** 32))],
    ['1dbf41816fa90947ba47f233a8faab5f', words(logicalSector)],
    ['c748a3cd5d4471449cc9e9885251c556', words(4096)],
    ['ab12cabee6b2234593efc309e000c746', Buffer.alloc(16, 0x33)],
  ]
  if (parent) items.push(['2d5fd3a80bb34d45abf7d3d84834ab0c', locator(parent)])
  bytes.write('metadata')
  bytes.writeUInt16LE(items.length, 10)
  let offset = 64 * kibibyte
  items.forEach(([guid, content], item) => {
    const at = 32 + item * 32
    bytes.write(guid, at, 'hex')
    bytes.writeUInt32LE(offset, at + 16)
    bytes.writeUInt32LE(content.length, at + 20)
    bytes.writeUInt32LE(4, at + 24)
    content.copy(bytes, offset)
    offset += content.length
  })
  return bytes
}

function locator({ name, linkage }: { name: string; linkage: string }): Buffer {
  const pairs = { parent_linkage: linkage, relative_path: `.\\${name}`, absolute_win32_path: `C:\\VMs\\${name}` }
  const texts = Object.entries(pairs)
    .flat()
    .map((text) => Buffer.from(text, 'utf16le'))
  const list = Buffer.alloc(20 + Object.keys(pairs).length * 12)
  list.write('b7ef4ab09ed1814ab78925b8e9445913', 0, 'hex')
  list.writeUInt16LE(Object.keys(pairs).length, 18)
  let offset = list.length
  texts.forEach((text, number) => {
    const at = 20 + Math.floor(number / 2) * 12
    list.writeUInt32LE(offset, at + (number % 2) * 4)
    list.writeUInt16LE(text.length, at + 8 + (number % 2) * 2)
    offset += text.length
  })
  return Buffer.concat([list, ...texts])
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, word) => bytes.writeUInt32LE(value, word * 4))
  return bytes
}

/** CRC-32C bit by bit; its check value over `123456789` is e3069283. */
export function crc32cSlowly(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  }
  return ~crc >>> 0
}

function seal(structure: Buffer): void {
  structure.writeUInt32LE(0, 4)
  structure.writeUInt32LE(crc32cSlowly(structure), 4)
}
