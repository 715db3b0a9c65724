import { expect, test } from 'vitest'
import { replay } from '../../../src/shared/replay'
import type { Fact, JournalEntry } from '../../../src/shared/run'
import { expectedTime, leftOf, restOf, timingsOf, type Timing } from '../../../src/shared/time-left'

const gib = 1024 ** 3
type Timed = [seconds: number, fact: Fact]

/** A journal whose facts were written at the given seconds. */
function journal(...facts: Timed[]): JournalEntry[] {
  const first: Timed = [0, { kind: 'run', id: 'r', recipe: 'from-disk', name: 'one', app: '1' }]
  return [first, ...facts].map(([seconds, fact], at) => ({
    v: 1,
    seq: at + 1,
    at: new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString(),
    ...fact,
  }))
}
const started = (seconds: number, attempt = 1): Timed => [seconds, { kind: 'started', step: 'disk.upload', attempt }]
const done = (seconds: number): Timed => [seconds, { kind: 'done', step: 'disk.upload', output: {}, proof: [] }]
const inspected = (gibibytes: number): Timed => [
  1,
  { kind: 'done', step: 'disk.inspect', output: { uploadBytes: gibibytes * gib }, proof: [] },
]

test('a step that was done in one go tells how long it takes, with the size of its disk', () => {
  expect(timingsOf(replay(journal(inspected(8), started(10), done(250))))).toContainEqual({
    step: 'disk.upload',
    seconds: 240,
    size: 8,
    at: '2026-01-01T00:04:10.000Z',
  })
})

test.each<[string, Timed[]]>([
  ['paused', [started(10), [20, { kind: 'paused', step: 'disk.upload' }], started(5000, 2), done(5010)]],
  ['interrupted', [started(10), started(5000, 2), done(5010)]],
  [
    'failed before',
    [
      started(10),
      [20, { kind: 'failed', step: 'disk.upload', error: { code: 'offline', params: {}, details: {} } }],
      started(5000, 2),
      done(5010),
    ],
  ],
])('an attempt that only did the rest (%s) teaches nothing', (_how, facts) => {
  expect(timingsOf(replay(journal(...facts)))).toEqual([])
})

/** What five runs took to upload 10 GiB and to make a version, as a person with an office line has them: seconds. */
const uploads = [1300, 1180, 1420, 1250, 1900]
const versions = [640, 410, 700, 520, 560]
const history: Timing[] = uploads.flatMap((seconds, day): Timing[] => {
  const at = `2026-01-0${day + 1}T10:00:00.000Z`
  return [
    { step: 'disk.upload', seconds, size: 10, at },
    { step: 'image.version', seconds: versions[day]!, size: 1, at },
  ]
})

test('the median of earlier runs, with the middle three fifths as the usual spread', () => {
  expect(expectedTime('image.version', 1, history, 600)).toEqual({
    seconds: 560,
    low: 498,
    high: 652,
    longest: 700,
    runs: 5,
  })
})

test('an upload counts by its size, a version by its number of regions where such a run is known', () => {
  expect(expectedTime('disk.upload', 20, history, 1800).seconds).toBe(2600)
  const two: Timing = { step: 'image.version', seconds: 2000, size: 2, at: '2026-01-09T10:00:00.000Z' }
  expect(expectedTime('image.version', 2, [...history, two], 600)).toMatchObject({ seconds: 2000, runs: 1 })
  expect(expectedTime('image.version', 3, history, 600)).toMatchObject({ seconds: 560, runs: 5 })
})

test('without history it is what the step says of itself', () => {
  expect(expectedTime('pool.canary', 1, history, 600)).toEqual({
    seconds: 600,
    low: 600,
    high: 600,
    longest: 600,
    runs: 0,
  })
})

test('only the last twenty runs count', () => {
  const old: Timing[] = Array.from({ length: 30 }, (_none, day) => ({
    step: 'pool.create',
    seconds: day < 10 ? 9000 : 60,
    size: 1,
    at: new Date(Date.UTC(2026, 0, day + 1)).toISOString(),
  }))
  expect(expectedTime('pool.create', 1, old, 60)).toMatchObject({ seconds: 60, high: 60, runs: 20 })
})

test('what takes longer than the last five runs is called late, a first time never is', () => {
  const expected = expectedTime('image.version', 1, history, 600)
  expect(leftOf(expected, 300)).toEqual({ seconds: 260, isLate: false, comparedRuns: 5 })
  expect(leftOf(expected, 701)).toEqual({ seconds: 0, isLate: true, comparedRuns: 5 })
  expect(leftOf(expectedTime('image.version', 1, [], 600), 6000).isLate).toBe(false)
})

test('a measured rate is better than history', () => {
  expect(leftOf(expectedTime('disk.upload', 10, history, 1800), 100, 42).seconds).toBe(42)
})

test('the whole rest is the running step and everything that is not over', () => {
  const state = replay(journal([1, { kind: 'skipped', step: 'pool.create', reason: 'no' }]))
  const times = {
    'disk.upload': expectedTime('disk.upload', 10, history, 1),
    'image.version': expectedTime('image.version', 1, history, 1),
    'pool.create': expectedTime('pool.create', 1, [], 60),
  }
  const order = ['disk.upload', 'image.version', 'pool.create'] as const
  expect(restOf(order, state, times, null)).toBe(1300 + 560)
  expect(restOf(order, state, times, { step: 'disk.upload', secondsLeft: 30 })).toBe(30 + 560)
})

/**
 * Each run is forecast from the ones before it. A median cannot know a line that is suddenly half as fast (the last upload), so one
 * run may be off by half; the middle one of the errors must stay below a quarter: between 40 minutes and an hour a person plans the
 * same way.
 */
test('replayed history is forecast within a quarter in the middle, and within half at worst', () => {
  const errors = (['disk.upload', 'image.version'] as const).flatMap((step) => {
    const own = history.filter((timing) => timing.step === step)
    return own.slice(2).map((timing, at) => {
      const { seconds } = expectedTime(step, timing.size, own.slice(0, at + 2), 0)
      return Math.abs(seconds - timing.seconds) / timing.seconds
    })
  })
  expect(errors).toHaveLength(6)
  expect(errors.toSorted((a, b) => a - b)[3]).toBeLessThan(0.25)
  expect(Math.max(...errors)).toBeLessThan(0.5)
})
