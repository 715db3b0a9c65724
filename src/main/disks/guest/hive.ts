/** A part of a hive that is not as its format demands: what it would have said is unknown. */
export class DamagedHive extends Error {}

export type Hive = {
  /** It was not written to its end: values may be older than those in the log beside it. */
  readonly isDirty: boolean
  readonly root: HiveKey
}

/** Names are found in any case. Every look may throw DamagedHive. */
export type HiveKey = {
  readonly name: string
  /** The key at a path of names with `\` between them; null when there is none. */
  key(path: string): HiveKey | null
  keys(): HiveKey[]
  /** The value of a name, '' for the key's own one; null when there is none. */
  value(name: string): HiveValue | null
  values(): HiveValue[]
}

export type HiveValue = {
  readonly name: string
  /** As in winnt.h: 1 text, 2 text with variables, 3 bytes, 4 number, 7 list of texts. */
  readonly type: number
  readonly bytes: Buffer
}

/**
 * Reads a file of the Windows registry in memory; null when it is none. Written from the description of the format in
 * "Windows registry file format specification" (msuhanov/regf) and compared with hivex; logs beside it are not applied.
 */
export function openHive(bytes: Buffer): Hive | null {
  if (bytes.length < 2 * binBytes || bytes.toString('latin1', 0, 4) !== 'regf') return null
  const cells = new Cells(bytes)
  return unlessDamaged(null, () => ({ isDirty: isDirty(bytes), root: keyAt(cells, bytes.readUInt32LE(36)) }))
}

/** A number of 32 bits; null for any other kind of value. */
export function numberIn(value: HiveValue | null): number | null {
  return value?.type === 4 && value.bytes.length === 4 ? value.bytes.readUInt32LE(0) : null
}

/** A text up to its end mark; null for any other kind of value. */
export function textIn(value: HiveValue | null): string | null {
  if (value?.type !== 1 && value?.type !== 2) return null
  return value.bytes.toString('utf16le').split('\0', 1)[0]!
}

/** The texts of a list, or the one of a single text; none for any other kind of value. */
export function textsIn(value: HiveValue | null): string[] {
  if (value?.type !== 7) return [textIn(value) ?? ''].filter((text) => text !== '')
  return value.bytes
    .toString('utf16le')
    .split('\0')
    .filter((text) => text !== '')
}

/** What is asked of a hive, or `unknown` where that part of it is damaged. */
export function unlessDamaged<Answer, Unknown>(unknown: Unknown, look: () => Answer): Answer | Unknown {
  try {
    return look()
  } catch (error) {
    if (error instanceof DamagedHive) return unknown
    throw error
  }
}

const binBytes = 4096
/** More than this in one value is split into segments, from format version 1.4 on. */
const segmentBytes = 16344
const none = 0xffffffff
/** Cells that are looked at in one hive: a thousand times what is asked of a real one, and less than a second. */
const maxLooks = 1_000_000

function isDirty(bytes: Buffer): boolean {
  let sum = 0
  for (let at = 0; at < 508; at += 4) sum ^= bytes.readInt32LE(at)
  // The two sums that would look like an unwritten field are replaced by their neighbours.
  const expected = sum === 0 ? 1 : sum === -1 ? -2 : sum
  return bytes.readUInt32LE(4) !== bytes.readUInt32LE(8) || bytes.readInt32LE(508) !== expected
}

/** The pieces that a hive consists of, found by their place behind the first 4096 bytes. */
class Cells {
  private looksLeft = maxLooks

  constructor(private readonly hive: Buffer) {}

  get size(): number {
    return this.hive.length
  }

  /** Content of a cell in use, at least `length` bytes. */
  at(offset: number, length: number): Buffer {
    if (this.looksLeft-- === 0) throw new DamagedHive(`more than ${maxLooks} cells`)
    const start = binBytes + offset
    if (start + 4 > this.hive.length) throw new DamagedHive(`cell at ${offset} is outside`)
    const size = -this.hive.readInt32LE(start)
    if (size < 4 + length || start + size > this.hive.length) {
      throw new DamagedHive(`cell at ${offset} of ${size} bytes, wanted ${length}`)
    }
    return this.hive.subarray(start + 4, start + size)
  }

  /** The same for one that begins with its kind. */
  ofKind(kind: string, offset: number, length: number): Buffer {
    const cell = this.at(offset, length)
    if (kindOf(cell) !== kind) throw new DamagedHive(`cell at ${offset} is not ${kind}`)
    return cell
  }
}

function kindOf(cell: Buffer): string {
  return cell.toString('latin1', 0, 2)
}

function keyAt(cells: Cells, offset: number): HiveKey {
  const cell = cells.ofKind('nk', offset, 76)
  const child = (name: string) => {
    for (const one of subkeysOf(cells, cell)) if (isSame(one.name, name)) return one
    return null
  }
  const value = (name: string) => {
    for (const one of valuesOf(cells, cell)) if (isSame(one.name, name)) return one
    return null
  }
  const key: HiveKey = {
    name: nameIn(cell, 76, cell.readUInt16LE(72), (cell.readUInt16LE(2) & 0x20) !== 0),
    key: (path) =>
      path.split('\\').reduce<HiveKey | null>((at, name) => at && (at === key ? child(name) : at.key(name)), key),
    keys: () => [...subkeysOf(cells, cell)],
    value,
    values: () => [...valuesOf(cells, cell)],
  }
  return key
}

function* subkeysOf(cells: Cells, key: Buffer): Generator<HiveKey> {
  const count = key.readUInt32LE(20)
  const list = key.readUInt32LE(28)
  if (count === 0 || list === none) return
  let left = count
  for (const offset of listed(cells, list, new Set())) {
    if (left-- === 0) throw new DamagedHive(`more than ${count} keys listed`)
    yield keyAt(cells, offset)
  }
}

/** Offsets of the keys in a list, or in a list of lists; one that leads to itself, or twice to another, is damaged. */
function* listed(cells: Cells, offset: number, seen: Set<number>): Generator<number> {
  if (seen.has(offset) || seen.size >= 4096) throw new DamagedHive(`list at ${offset} is listed twice`)
  seen.add(offset)
  const list = cells.at(offset, 4)
  const kind = kindOf(list)
  const width = kind === 'lf' || kind === 'lh' ? 8 : kind === 'li' || kind === 'ri' ? 4 : 0
  const count = list.readUInt16LE(2)
  if (width === 0 || 4 + count * width > list.length) throw new DamagedHive(`list at ${offset} of kind ${kind}`)
  for (let at = 4; at < 4 + count * width; at += width) {
    const next = list.readUInt32LE(at)
    if (kind === 'ri') yield* listed(cells, next, seen)
    else yield next
  }
}

function* valuesOf(cells: Cells, key: Buffer): Generator<HiveValue> {
  const count = key.readUInt32LE(36)
  if (count === 0) return
  const list = cells.at(key.readUInt32LE(40), count * 4)
  for (let at = 0; at < count * 4; at += 4) yield valueAt(cells, list.readUInt32LE(at))
}

function valueAt(cells: Cells, offset: number): HiveValue {
  const cell = cells.ofKind('vk', offset, 20)
  const size = cell.readUInt32LE(4)
  const isLatin = (cell.readUInt16LE(16) & 1) !== 0
  return {
    name: nameIn(cell, 20, cell.readUInt16LE(2), isLatin),
    type: cell.readUInt32LE(12),
    get bytes() {
      // Up to four bytes stand in the place of their own offset.
      const isInPlace = size >= 0x80000000
      if (isInPlace && size - 0x80000000 > 4) throw new DamagedHive(`value at ${offset} in place`)
      return isInPlace ? cell.subarray(8, 8 + (size - 0x80000000)) : dataAt(cells, cell.readUInt32LE(8), size)
    },
  }
}

function dataAt(cells: Cells, offset: number, size: number): Buffer {
  if (size === 0) return Buffer.alloc(0)
  const cell = cells.at(offset, Math.min(size, 8))
  if (cell.length >= size) return cell.subarray(0, size)
  // Segments may be listed twice: without this bound a small hive could fill the memory.
  if (size <= segmentBytes || size > cells.size || kindOf(cell) !== 'db') {
    throw new DamagedHive(`value of ${size} bytes at ${offset}`)
  }
  const count = cell.readUInt16LE(2)
  if (count !== Math.ceil(size / segmentBytes)) throw new DamagedHive(`value in ${count} segments at ${offset}`)
  const list = cells.at(cell.readUInt32LE(4), count * 4)
  const lengthOf = (index: number) => Math.min(segmentBytes, size - index * segmentBytes)
  const segments = Array.from({ length: count }, (_one, index) =>
    cells.at(list.readUInt32LE(index * 4), lengthOf(index)).subarray(0, lengthOf(index)),
  )
  return Buffer.concat(segments)
}

function nameIn(cell: Buffer, at: number, length: number, isLatin: boolean): string {
  if (at + length > cell.length) throw new DamagedHive(`name of ${length} bytes`)
  return cell.toString(isLatin ? 'latin1' : 'utf16le', at, at + length)
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
