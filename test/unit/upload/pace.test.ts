import { describe, expect, it, test } from 'vitest'
import { createEasing, createPace } from '../../../src/main/upload/pace'

const signal = new AbortController().signal
const piece = 10_000

/** Takes pieces on some connections at once for a while; how much went and how long it took. */
async function taken(limit: () => number | null, connections: number, pieces: number) {
  const pace = createPace(limit)
  const started = performance.now()
  const connection = async () => {
    for (let n = 0; n < pieces; n++) await pace.take(piece, signal)
  }
  await Promise.all(Array.from({ length: connections }, connection))
  return { bytes: connections * pieces * piece, seconds: (performance.now() - started) / 1000 }
}

describe('the pace of uploads', () => {
  it.each([1, 8])('keeps %i connections together below the limit, and close to it', async (connections) => {
    const limit = 400_000
    const { bytes, seconds } = await taken(() => limit, connections, 40 / connections)
    // Exact whatever the machine does: what went is what was earned, a quarter of a second's burst and one piece on credit.
    expect(bytes).toBeLessThanOrEqual(limit * (seconds + 0.25) + piece)
    expect(bytes / seconds).toBeGreaterThan(limit / 4)
  })

  it('off is really off', async () => {
    const { seconds } = await taken(() => null, 4, 25_000)
    // At the other limit of this file it would take 2,500 seconds.
    expect(seconds).toBeLessThan(10)
  })

  it('an unused while is no licence for a flood', async () => {
    let nowMs = 0
    const pace = createPace(
      () => 1000,
      () => nowMs,
    )
    nowMs = 3_600_000
    await pace.take(250, signal)
    await pace.take(1, signal)
    const stop = new AbortController()
    const third = pace.take(1, stop.signal)
    stop.abort()
    await expect(third).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('a limit that rises or goes frees whoever waits', async () => {
    let limit: number | null = 1
    const pace = createPace(() => limit)
    await pace.take(1_000_000, signal)
    const waiting = pace.take(1, signal)
    limit = null
    await waiting
    limit = 1_000_000_000
    await pace.take(1_000_000, signal)
    await pace.take(1, signal)
  })

  it('whoever waits can be stopped', async () => {
    const pace = createPace(() => 1)
    await pace.take(1_000_000, signal)
    const stop = new AbortController()
    const waiting = pace.take(1, stop.signal)
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
  })
})

const mebibyte = 1024 * 1024

/** A busy service beside a line that lets through 100 MiB/s, on a clock of the test's own. */
function busyAt(measured = 100 * mebibyte) {
  let now = 0
  const easing = createEasing(
    () => measured,
    () => now,
  )
  return { ...easing, after: (seconds: number) => ((now += seconds * 1000), easing.limit()) }
}

test('without a busy service nothing is held back', () => {
  expect(busyAt().limit()).toBeNull()
})

test('a busy service makes the rate fall to two thirds, and it creeps up by 1.5 % a second until it holds nobody', () => {
  const easing = busyAt()
  easing.busy()
  expect(easing.limit()).toBe(65 * mebibyte)
  expect(easing.after(10)).toBeCloseTo(65 * mebibyte * 1.015 ** 10, -3)
  expect(easing.after(20)).toBeLessThan(110 * mebibyte)
  expect(easing.after(60)).toBeNull()
})

test('many refusals at once count as one, later ones make it fall again', () => {
  const easing = busyAt()
  for (let refusal = 0; refusal < 8; refusal++) easing.busy()
  expect(easing.limit()).toBe(65 * mebibyte)
  const before = easing.after(21)!
  easing.busy()
  expect(easing.limit()).toBeCloseTo(before * 0.65, -3)
})

test('a slow line is never held below 8 MiB/s by a busy service', () => {
  const easing = busyAt(mebibyte)
  easing.busy()
  expect(easing.limit()).toBe(8 * mebibyte)
})
