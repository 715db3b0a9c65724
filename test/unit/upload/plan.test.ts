import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkBytes, joined, missing, planChunk, totalBytes, within, type Range } from '../../../src/main/upload/plan'

const kibibyte = 1024

test('a chunk of zeros needs nothing', () => {
  expect(planChunk(Buffer.alloc(chunkBytes), 0)).toEqual({ ranges: [], nonZeroBytes: 0 })
})

test.each([
  ['one byte', [5], [[0, 4]]],
  ['the last byte', [chunkBytes - 1], [[4092, 4096]]],
  ['a gap of 128 KiB', [0, 132 * kibibyte], [[0, 136]]],
  [
    'a gap of 132 KiB',
    [0, 136 * kibibyte],
    [
      [0, 4],
      [136, 140],
    ],
  ],
])('data with %s is cut as it should be', (_what, bytes, expected) => {
  const chunk = Buffer.alloc(chunkBytes)
  for (const at of bytes) chunk[at] = 1
  const ranges = expected.map(([start, end]) => ({
    start: start! * kibibyte + chunkBytes,
    end: end! * kibibyte + chunkBytes,
  }))
  expect(planChunk(chunk, chunkBytes)).toEqual({ ranges, nonZeroBytes: bytes.length * 4096 })
})

test('whatever the data: no byte of it is left out, ranges are whole pages in order, few and short', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(chunkBytes - 1), { maxLength: 60 }), (bytes) => {
      const chunk = Buffer.alloc(chunkBytes)
      for (const at of bytes) chunk[at] = 1
      const { ranges, nonZeroBytes } = planChunk(chunk, 0)
      expect(bytes.every((at) => ranges.some(({ start, end }) => start <= at && at < end))).toBe(true)
      expect(ranges.every(({ start, end }) => start % 512 === 0 && end % 512 === 0 && start < end)).toBe(true)
      expect(ranges.every(({ start }, index) => index === 0 || start - ranges[index - 1]!.end > 128 * kibibyte)).toBe(
        true,
      )
      expect(nonZeroBytes).toBe(new Set(bytes.map((at) => Math.floor(at / 4096))).size * 4096)
    }),
    { numRuns: 60 },
  )
})

test('what is missing and what is there make up the whole', () => {
  const list = fc
    .array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 20 })), { maxLength: 20 })
    .map((pairs): Range[] => joined(pairs.map(([start, length]) => ({ start, end: start + length }))))
  const points = (ranges: Range[]) =>
    new Set(ranges.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, n) => start + n)))
  fc.assert(
    fc.property(list, list, (wanted, present) => {
      const left = points(missing(wanted, present))
      const there = points(present)
      expect([...left].every((point) => !there.has(point))).toBe(true)
      expect([...points(wanted)].every((point) => left.has(point) || there.has(point))).toBe(true)
      expect(left.size).toBe(totalBytes(missing(wanted, present)))
      expect(points(within(present, 50, 100))).toEqual(
        new Set([...there].filter((point) => point >= 50 && point < 100)),
      )
    }),
  )
})
