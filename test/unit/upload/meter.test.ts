import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FixedVhdView } from '../../../src/main/disks/azure-vhd'
import { createMeter, type UploadProgress } from '../../../src/main/upload/meter'

const mebibyte = 1024 * 1024
const chunk = 4 * mebibyte
// A file that takes its whole length on its own disk: nobody knows beforehand how much of it is zeros.
const dense = { dataBytes: 8192 * mebibyte, storedBytes: 8192 * mebibyte, footer: Buffer.alloc(512) } as FixedVhdView

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

test('the time left does not explode when the rest of a disk is zeros', () => {
  const seen: UploadProgress[] = []
  const meter = createMeter(dense, (progress) => seen.push(progress))
  // 20 s of data at 40 MiB/s, then zeros at 1 GiB/s.
  for (let step = 0; step < 200; step++) {
    vi.advanceTimersByTime(100)
    meter.scanned(chunk, chunk, chunk, 0)
    meter.sent(chunk)
  }
  const whileData = seen.at(-1)!.secondsLeft!
  for (let step = 0; step < 50; step++) {
    vi.advanceTimersByTime(100)
    for (let piece = 0; piece < 25; piece++) meter.scanned(chunk, 0, 0, 0)
  }
  expect(whileData).toBeCloseTo((8192 - 800) / 40, -1)
  expect(seen.at(-1)!.secondsLeft).toBeLessThan(15)
  expect(seen.slice(200).every(({ secondsLeft }) => secondsLeft! <= whileData + 1)).toBe(true)
})

test('the time left is unknown before anything has moved', () => {
  const seen: UploadProgress[] = []
  createMeter(dense, (progress) => seen.push(progress)).waiting('network')
  expect(seen.at(-1)?.secondsLeft).toBeNull()
})
