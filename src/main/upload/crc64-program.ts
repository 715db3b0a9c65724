/** What the module exports. `sum`: the sum with the bytes from `start` to `end` added, whose number is a multiple of `slices`. */
export type Crc64Program = {
  memory: { buffer: ArrayBuffer }
  sum(start: number, end: number, sum: bigint): bigint
}

// Node has it; its types leave it to those of a browser, which do not belong here.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { exports: object }
}

/** Bytes per turn, each by a table of its own; all tables together just fit into a processor's first cache. */
export const slices = 16
const tableBytes = 256 * 8
const bytesInWord = 8

/** Local variables of the function: three parameters, then one more. */
const local = { at: 0, end: 1, sum: 2, next: 3 } as const
const type = { i32: 0x7f, i64: 0x7e, function: 0x60, nothing: 0x40 } as const
const section = { types: 1, functions: 3, memories: 5, exports: 7, codes: 10 } as const
const i32 = { constant: 0x41, isBelow: 0x49, add: 0x6a, and: 0x71, shiftLeft: 0x74, wrap: 0xa7 } as const
const i64 = { load: 0x29, constant: 0x42, xor: 0x85, shiftRight: 0x88 } as const
const code = { loop: 0x03, end: 0x0b, branchIf: 0x0d, get: 0x20, set: 0x21, tee: 0x22 } as const

/** Makes one ready to run. */
export function loadCrc64(): Crc64Program {
  return new WebAssembly.Instance(new WebAssembly.Module(assembled())).exports as Crc64Program
}

/**
 * The CRC-64 by slicing (M. Kounavis and F. Berry, "A systematic approach to building high performance software-based CRC
 * generators", 2005) as a WebAssembly module with a memory of two pages, the tables at its beginning.
 * Format: https://www.w3.org/TR/wasm-core-1/#binary-format
 */
function assembled(): Uint8Array {
  const signature = [type.function, 3, type.i32, type.i32, type.i64, 1, type.i64]
  const exported = [...named('memory'), 2, 0, ...named('sum'), 0, 0]
  // One further local of 64 bits, then the instructions.
  const body = [1, 1, type.i64, ...instructions(), code.end]
  return Uint8Array.from([
    ...[0, ...ascii('asm'), 1, 0, 0, 0],
    ...sectionOf(section.types, [1, ...signature]),
    ...sectionOf(section.functions, [1, 0]),
    ...sectionOf(section.memories, [1, 0, 2]),
    ...sectionOf(section.exports, [2, ...exported]),
    ...sectionOf(section.codes, [1, ...unsigned(body.length), ...body]),
  ])
}

/** Each turn takes two words: the first is mixed with the sum so far, then every byte of both looks up what it does to the sum. */
function instructions(): number[] {
  return [
    ...[code.loop, type.nothing],
    ...[...get(local.sum), ...load(local.at, 0), i64.xor, ...set(local.sum)],
    ...[...load(local.at, bytesInWord), ...set(local.next)],
    ...[...looked(local.sum, slices), ...looked(local.next, bytesInWord), i64.xor, ...set(local.sum)],
    ...[...get(local.at), i32.constant, ...signed(slices), i32.add, code.tee, local.at],
    ...[...get(local.end), i32.isBelow, code.branchIf, 0],
    ...[code.end, ...get(local.sum)],
  ]
}

/** What the eight bytes of a word do together; `behind`: how many bytes, itself included, follow until the end of the turn. */
function looked(word: number, behind: number): number[] {
  return Array.from({ length: bytesInWord }, (_, byte) => [
    ...lookUp(word, byte, behind - 1 - byte),
    ...(byte === 0 ? [] : [i64.xor]),
  ]).flat()
}

function lookUp(word: number, byte: number, table: number): number[] {
  return [
    ...[...get(word), i64.constant, ...signed(byte * 8), i64.shiftRight, i32.wrap],
    ...[i32.constant, ...signed(255), i32.and, i32.constant, ...signed(3), i32.shiftLeft],
    ...[i64.load, 3, ...unsigned(table * tableBytes)],
  ]
}

function load(at: number, offset: number): number[] {
  // Nothing is promised about where the bytes lie.
  return [...get(at), i64.load, 0, ...unsigned(offset)]
}

function get(of: number): number[] {
  return [code.get, of]
}

function set(of: number): number[] {
  return [code.set, of]
}

function sectionOf(id: number, content: number[]): number[] {
  return [id, ...unsigned(content.length), ...content]
}

function named(name: string): number[] {
  return [name.length, ...ascii(name)]
}

function ascii(text: string): number[] {
  return [...Buffer.from(text, 'latin1')]
}

/** LEB128: seven bits at a time, the lowest first, the eighth says that more follow. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]
}

/** The same for numbers with a sign, which is the seventh bit of the last byte; here they are never below zero. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)]
}
