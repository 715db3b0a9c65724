import { expect, it } from 'vitest'
import { shown } from '../../../src/main/steps/upload-progress'
import type { UploadProgress } from '../../../src/main/upload/meter'

const progress = (change: Partial<UploadProgress>): UploadProgress => ({
  virtualBytes: 1000,
  scannedBytes: 1000,
  nonZeroBytes: 400,
  sentBytes: 200,
  skippedBytes: 600,
  presentBytes: 0,
  resentBytes: 0,
  bytesPerSecond: 50,
  secondsLeft: 4,
  share: 0.5,
  waiting: null,
  stage: 'sending',
  ...change,
})

it('several disks are shown together and one by one, also one that has not begun', () => {
  const all = [progress({}), progress({ share: 0.25, bytesPerSecond: 10 }), undefined]
  const { done, total, upload } = shown(all, [1000, 2000, 500], null, [null, 0, 7])
  expect({ done, total, rate: upload?.rate }).toEqual({ done: 1000, total: 3500, rate: 60 })
  expect(upload?.disks).toEqual([
    { lun: null, done: 500, total: 1000, rate: 50 },
    { lun: 0, done: 500, total: 2000, rate: 10 },
    { lun: 7, done: 0, total: 500, rate: 0 },
  ])
})

it('a disk that is alone needs no line of its own', () => {
  expect(shown([progress({})], [1000], null, [null]).upload?.disks).toBeUndefined()
})
