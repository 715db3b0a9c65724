import { bytesAt, partOf, type ByteSource } from '../source'
import { cpioReader } from './cpio'
import { lz4Magic, unpackLz4 } from './lz4'
import { driverName } from './driver-name'
import { driversInPacked } from './seven-zip'
import type { PackedType } from './seven-zip-job'

const maxParts = 16
const paddingBytes = 64 * 1024
const headerAndName = 4096 + 112

const magics: readonly (readonly [magic: string, type: PackedType])[] = [
  ['\x1f\x8b', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['\xfd7zXZ', 'xz'],
  ['BZh', 'bzip2'],
  ['\x5d\x00\x00', 'lzma'],
]

/**
 * Which of the given file names (without folder and ending) are in an initramfs. It is a row of cpio archives: plain ones
 * first, such as updates for the processor, then as a rule a packed one. Null when it cannot be read to its end.
 */
export async function driversInInitramfs(file: ByteSource, wanted: readonly string[]): Promise<Set<string> | null> {
  const found = new Set<string>()
  const note = (name: string) => {
    const driver = driverName(name)
    if (wanted.includes(driver)) found.add(driver)
  }
  let at = 0
  for (let part = 0; part < maxParts; part++) {
    const start = await afterPadding(file, at)
    if (start === null) return found
    const head = await bytesAt(file, start, 6)
    if (head.length < 6 || found.size === wanted.length) return head.length < 6 ? null : found
    if (!/^07070[12]$/.test(head.toString('latin1')))
      return addPacked(partOf(file, start, file.size), head, found, wanted)
    const end = await walkPlain(partOf(file, start, file.size), note)
    if (end === null) return null
    at = start + end
  }
  return null
}

async function addPacked(
  packed: ByteSource,
  head: Buffer,
  found: Set<string>,
  wanted: readonly string[],
): Promise<Set<string> | null> {
  const names =
    head.readUInt32LE(0) === lz4Magic ? await namesInLz4(packed, wanted) : await namesIn7z(packed, head, wanted)
  return names && new Set([...found, ...names])
}

async function namesIn7z(packed: ByteSource, head: Buffer, wanted: readonly string[]): Promise<string[] | null> {
  const type = magics.find(([magic]) => head.toString('latin1').startsWith(magic))?.[1]
  return type ? driversInPacked(packed, type, wanted) : null
}

async function namesInLz4(packed: ByteSource, wanted: readonly string[]): Promise<string[] | null> {
  const found = new Set<string>()
  const cpio = cpioReader((name) => wanted.includes(driverName(name)) && found.add(driverName(name)))
  const isWhole = () => cpio.endedAt !== null || found.size === wanted.length
  const isSound = await unpackLz4(packed, (bytes) => {
    cpio.push(bytes)
    return !isWhole() && !cpio.isDamaged
  })
  return isWhole() && (isSound || found.size === wanted.length) ? [...found] : null
}

async function afterPadding(file: ByteSource, from: number): Promise<number | null> {
  for (let at = from; at < file.size; at += paddingBytes) {
    const bytes = await bytesAt(file, at, paddingBytes)
    const first = bytes.findIndex((byte) => byte !== 0)
    if (first >= 0) return at + first
    // A real one is padded to four KiB at most.
    if (at - from > 16 * paddingBytes) return null
  }
  return null
}

/** Where a plain archive ends; contents are passed over without being read. */
async function walkPlain(file: ByteSource, note: (name: string) => void): Promise<number | null> {
  const cpio = cpioReader(note)
  for (let at = 0; at < file.size && cpio.endedAt === null && !cpio.isDamaged;) {
    const bytes = await bytesAt(file, at, headerAndName)
    at += bytes.length
    cpio.push(bytes)
    at += cpio.contentBytes
    cpio.leap()
  }
  return cpio.endedAt
}
