import fc from 'fast-check'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  DamagedHive,
  numberIn,
  openHive,
  textIn,
  textsIn,
  type Hive,
  type HiveKey,
} from '../../../../src/main/disks/guest/hive'
import { emptyHive, exportedHive, makeHive, sealHive, type RegistryKeys } from '../../../support/hives'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-hive-'))
})
afterAll(() => rm(folder, { recursive: true }))

const services = Object.fromEntries(
  Array.from({ length: 300 }, (_one, index) => [`ControlSet001\\Services\\svc${index}`, { Start: index % 5 }]),
)
const keys: RegistryKeys = {
  ...services,
  Select: { Current: 1, Default: 1 },
  'Setup\\State': { ImageState: 'IMAGE_STATE_COMPLETE' },
  Values: {
    '': 'the key itself',
    text: 'Grüße, 世界',
    path: { type: 2, bytes: Buffer.from('%SystemRoot%\\TEMP\0', 'utf16le') },
    list: ['one', 'two words', 'drei'],
    bytes: Buffer.from(Array.from({ length: 77 }, (_one, index) => (index * 7) % 256)),
    long: Buffer.alloc(40_000, 'segment'),
    large: { type: 11, bytes: Buffer.from('0102030405060708', 'hex') },
    empty: '',
    none: Buffer.alloc(0),
    'a \\ and a "': 0xfffffffe,
  },
}

async function opened(file: string): Promise<Hive> {
  return openHive(await readFile(file))!
}

/** Everything that our reader finds, in the form in which hivexregedit's export is told. */
function everything(key: HiveKey, at = ''): Record<string, Record<string, string>> {
  const values = key.values().map(({ name, type, bytes }) => [name, `${type}:${bytes.toString('hex')}`])
  const below = key.keys().map((one) => everything(one, at === '' ? one.name : `${at}\\${one.name}`))
  return Object.assign({ [at]: Object.fromEntries(values) as Record<string, string> }, ...below)
}

test('every key and value is read as hivexregedit reads it', async () => {
  const file = await makeHive(path.join(folder, 'all'), keys)
  const hive = await opened(file)
  const expected = await exportedHive(file)
  expect(Object.keys(expected)).toHaveLength(300 + 7)
  // hivexregedit escapes names; the one with signs in it is compared below.
  const escaped = 'a \\\\ and a \\"'
  expect(expected['Values']).toHaveProperty([escaped])
  expected['Values']!['a \\ and a "'] = expected['Values']![escaped]!
  delete expected['Values']![escaped]
  expect(everything(hive.root)).toEqual(expected)
  expect(hive.isDirty).toBe(false)
})

test('values are told as what they are', async () => {
  const { root } = await opened(await makeHive(path.join(folder, 'kinds'), keys))
  const values = root.key('values')!
  expect(textIn(values.value(''))).toBe('the key itself')
  expect(textIn(values.value('TEXT'))).toBe('Grüße, 世界')
  expect(textIn(values.value('path'))).toBe('%SystemRoot%\\TEMP')
  expect(textIn(values.value('empty'))).toBe('')
  expect(textsIn(values.value('list'))).toEqual(['one', 'two words', 'drei'])
  expect(textsIn(values.value('text'))).toEqual(['Grüße, 世界'])
  expect(values.value('none')?.bytes).toHaveLength(0)
  expect(numberIn(root.key('controlset001\\SERVICES\\svc7')!.value('start'))).toBe(2)
  expect(numberIn(values.value('text'))).toBeNull()
  expect(textIn(values.value('bytes'))).toBeNull()
  expect(root.key('Select\\Nowhere\\Else')).toBeNull()
  expect(root.key('Select')!.value('Failed')).toBeNull()
})

test.each(['lf', 'lh', 'li', 'ri'] as const)(
  'keys in a list of kind %s are read as hivexregedit reads them',
  async (kind) => {
    const file = path.join(folder, kind)
    await writeFile(file, handMadeHive(kind))
    const expected = await exportedHive(file)
    expect(Object.keys(expected)).toEqual(['', 'Alpha', 'Beta', 'Gamma'])
    expect(everything((await opened(file)).root)).toEqual(expected)
  },
)

test('a value in segments is put together as hivexregedit does', async () => {
  const file = path.join(folder, 'segments')
  await writeFile(file, handMadeHive('lf'))
  const value = (await opened(file)).root.key('Beta')!.value('Big')!
  expect(value.bytes).toEqual(bigValue)
  expect((await exportedHive(file))['Beta']!['Big']).toBe(`3:${bigValue.toString('hex')}`)
})

test('a hive is dirty when it was not written to its end, or its head was damaged', async () => {
  const clean = emptyHive()
  const unfinished = sealHive(Buffer.from(clean).fill(2, 4, 5))
  const wrongSum = Buffer.from(clean).fill(1, 508, 509)
  expect([clean, unfinished, wrongSum].map((bytes) => openHive(bytes)?.isDirty)).toEqual([false, true, true])
})

test('what is no hive, or ends before its root, is none', () => {
  const cut = emptyHive()
  cut.writeUInt32LE(0x7fffffff, 36)
  const hives = [Buffer.alloc(0), Buffer.from('regf'), Buffer.alloc(8192), emptyHive().subarray(0, 8000), cut]
  expect(hives.map((bytes) => openHive(bytes))).toEqual([null, null, null, null, null])
})

test('a list of lists that leads to itself is damage, not an endless walk', () => {
  const hive = handMadeHive('ri')
  const at = hive.indexOf('ri')
  hive.writeUInt32LE(at - 4 - 4096, at + 4)
  expect(() => openHive(hive)!.root.keys()).toThrow(DamagedHive)
})

test('a key that holds itself ends with the path, and with the number of looks', () => {
  const hive = handMadeHive('lf')
  const root = hive.readUInt32LE(36)
  for (const item of [0, 1, 2]) hive.writeUInt32LE(root, hive.indexOf('lf') + 4 + item * 8)
  const { root: key } = openHive(hive)!
  expect(key.key('ROOT\\ROOT\\ROOT')?.name).toBe('ROOT')
  const walk = () => {
    for (let at = key; ; at = at.keys()[0]!);
  }
  expect(walk).toThrow(DamagedHive)
})

test('whatever is changed in a hive: an answer or damage, soon, and nothing large', async () => {
  const whole = await readFile(await makeHive(path.join(folder, 'mutated'), keys))
  const handMade = handMadeHive('ri')
  const change = (size: number) =>
    fc.record({
      at: fc.oneof(
        fc.nat(size - 5),
        fc.constantFrom(4, 36, 40),
        fc.nat(511).map((at) => Math.min(4096 + at, size - 5)),
      ),
      value: fc.oneof(
        fc.constantFrom(0, 1, 0x20, 0x7fffffff, 0x80000000, 0xffffffff),
        fc.nat(0x4000),
        fc.nat(0xffffffff),
      ),
    })
  const hives = fc.constantFrom(whole, handMade).chain((hive) =>
    fc.record({
      hive: fc.constant(hive),
      changes: fc.array(change(hive.length), { minLength: 1, maxLength: 40 }),
      size: fc.oneof(fc.constant(hive.length), fc.nat(hive.length)),
    }),
  )
  fc.assert(
    fc.property(hives, ({ hive, changes, size }) => {
      const bytes = Buffer.from(hive)
      for (const { at, value } of changes) bytes.writeUInt32LE(value >>> 0, at)
      expect(['hive', 'damage', 'none']).toContain(outcome(bytes.subarray(0, size)))
    }),
    { numRuns: 2000 },
  )
})

/** Walks four levels deep, as deep as any check looks. */
function outcome(bytes: Buffer): string {
  const hive = openHive(bytes)
  if (!hive) return 'none'
  const walk = (key: HiveKey, depth: number): void => {
    for (const value of key.values()) expect(value.bytes.length).toBeLessThanOrEqual(bytes.length)
    key.value('Start')
    if (depth < 4) for (const child of key.keys()) walk(child, depth + 1)
  }
  try {
    walk(hive.root, 0)
    return 'hive'
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedHive)
    return 'damage'
  }
}

const bigValue = Buffer.from(Array.from({ length: 40_000 }, (_one, index) => (index * 31) % 251))

/** A hive laid out by hand with the kinds of lists and the segments that hivexregedit reads but does not write. */
function handMadeHive(kind: 'lf' | 'lh' | 'li' | 'ri'): Buffer {
  const bin = Buffer.alloc(0x10000)
  bin.write('hbin')
  bin.writeUInt32LE(bin.length, 8)
  let next = 0x20
  const cell = (content: Buffer): number => {
    const at = next
    const size = Math.ceil((content.length + 4) / 8) * 8
    bin.writeInt32LE(-size, at)
    content.copy(bin, at + 4)
    next += size
    return at
  }
  const key = (name: string, subkeys: [count: number, list: number], values: [count: number, list: number]) => {
    const nk = Buffer.alloc(76 + name.length)
    nk.write('nk')
    nk.writeUInt16LE(name === 'ROOT' ? 0x2c : 0x20, 2)
    nk.writeUInt32LE(subkeys[0], 20)
    nk.writeUInt32LE(subkeys[1], 28)
    nk.writeUInt32LE(0xffffffff, 32)
    nk.writeUInt32LE(values[0], 36)
    nk.writeUInt32LE(values[1], 40)
    nk.writeUInt32LE(security, 44)
    nk.writeUInt32LE(0xffffffff, 48)
    nk.writeUInt16LE(name.length, 72)
    nk.write(name, 76, 'latin1')
    return cell(nk)
  }
  const list = (of: string, offsets: number[]) => {
    const width = of === 'lf' || of === 'lh' ? 8 : 4
    const bytes = Buffer.alloc(4 + offsets.length * width)
    bytes.write(of)
    bytes.writeUInt16LE(offsets.length, 2)
    offsets.forEach((offset, index) => bytes.writeUInt32LE(offset, 4 + index * width))
    return cell(bytes)
  }
  const numbers = (offsets: number[]) => {
    const bytes = Buffer.alloc(offsets.length * 4)
    offsets.forEach((offset, index) => bytes.writeUInt32LE(offset, index * 4))
    return cell(bytes)
  }
  const sk = Buffer.alloc(40)
  sk.write('sk')
  sk.writeUInt32LE(next, 4)
  sk.writeUInt32LE(next, 8)
  sk.writeUInt32LE(4, 12)
  sk.writeUInt32LE(20, 16)
  sk.writeUInt16LE(1, 20)
  sk.writeUInt16LE(0x8000, 22)
  const security = cell(sk)

  const segments = [0, 16344, 32688].map((at) =>
    cell(Buffer.concat([bigValue.subarray(at, at + 16344), Buffer.alloc(4)])),
  )
  const big = Buffer.alloc(12)
  big.write('db')
  big.writeUInt16LE(segments.length, 2)
  big.writeUInt32LE(numbers(segments), 4)
  const vk = Buffer.alloc(23)
  vk.write('vk')
  vk.writeUInt16LE(3, 2)
  vk.writeUInt32LE(bigValue.length, 4)
  vk.writeUInt32LE(cell(big), 8)
  vk.writeUInt32LE(3, 12)
  vk.writeUInt16LE(1, 16)
  vk.write('Big', 20)
  const value = numbers([cell(vk)])

  const none: [number, number] = [0, 0xffffffff]
  const children = [key('Alpha', none, none), key('Beta', none, [1, value]), key('Gamma', none, none)]
  const subkeys =
    kind === 'ri' ? list('ri', [list('li', children.slice(0, 2)), list('lh', children.slice(2))]) : list(kind, children)
  const root = key('ROOT', [3, subkeys], none)
  for (const child of children) bin.writeUInt32LE(root, child + 4 + 16)
  bin.writeInt32LE(bin.length - next, next)
  const base = emptyHive().subarray(0, 4096)
  base.writeUInt32LE(root, 36)
  base.writeUInt32LE(bin.length, 40)
  return Buffer.concat([sealHive(base), bin])
}
