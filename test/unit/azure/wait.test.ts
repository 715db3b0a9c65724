import { expect, test } from 'vitest'
import { waitFor, type WaitClock } from '../../../src/main/azure/wait'
import { AppError } from '../../../src/shared/errors'
import type { Exchange, Seam } from '../../../src/main/net/seam'

type FakeClock = WaitClock & { pauses: number[] }

/** Time passes only while someone sleeps. */
function fakeClock(): FakeClock {
  let now = 0
  const pauses: number[] = []
  return {
    pauses,
    now: () => now,
    async sleep(ms, signal) {
      signal.throwIfAborted()
      pauses.push(Math.round(ms))
      now += ms
    },
  }
}
const signal = new AbortController().signal
const minute = 60_000

/** Answers the list one after the other, the last one for ever. */
function answering(...answers: (string | AppError)[]) {
  return async () => {
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!
    if (answer instanceof AppError) throw answer
    return answer
  }
}

test('a resource that is settled already is read once, without a pause', async () => {
  const clock = fakeClock()
  const value = await waitFor(answering('Succeeded'), (it) => it === 'Succeeded', { signal, limitMs: minute, clock })
  expect(value).toBe('Succeeded')
  expect(clock.pauses).toEqual([])
})

test('pauses grow by half from 0.3 s and stay at 10 s', async () => {
  const clock = fakeClock()
  const answers = [...Array.from({ length: 12 }, () => 'Creating'), 'Succeeded']
  await waitFor(answering(...answers), (it) => it === 'Succeeded', { signal, limitMs: 10 * minute, clock })
  expect(clock.pauses).toEqual([300, 450, 675, 1013, 1519, 2278, 3417, 5126, 7689, 10000, 10000, 10000])
})

test('a state that ends in failure is handed back for the caller to judge', async () => {
  const settled = (it: string) => it !== 'Creating'
  expect(await waitFor(answering('Creating', 'Failed'), settled, { signal, limitMs: minute, clock: fakeClock() })).toBe(
    'Failed',
  )
})

test.each(['offline', 'cloud.throttled', 'cloud.unavailable'] as const)(
  '%s does not end the waiting, and is told',
  async (code) => {
    const told: (string | null)[] = []
    const value = await waitFor(answering('Creating', new AppError(code), 'Succeeded'), (it) => it === 'Succeeded', {
      signal,
      limitMs: minute,
      clock: fakeClock(),
      onRead: ({ value, error }) => told.push(value ?? error?.code ?? null),
    })
    expect(value).toBe('Succeeded')
    expect(told).toEqual(['Creating', code, 'Succeeded'])
  },
)

test.each(['cloud.forbidden', 'signIn.needed', 'cloud.not-found', 'tls.untrusted'] as const)(
  '%s ends the waiting',
  async (code) => {
    const waiting = waitFor(answering(new AppError(code)), () => true, { signal, limitMs: minute, clock: fakeClock() })
    await expect(waiting).rejects.toMatchObject({ code })
  },
)

test('after the limit it gives up and says how long that was', async () => {
  const clock = fakeClock()
  const waiting = waitFor(answering('Creating'), () => false, { signal, limitMs: 30 * minute, clock })
  await expect(waiting).rejects.toMatchObject({ code: 'cloud.timeout', params: { minutes: 30 } })
  expect(clock.now()).toBeLessThanOrEqual(30 * minute)
})

test('who never got an answer is told that, not that the service was slow', async () => {
  const waiting = waitFor(answering(new AppError('offline', { host: 'h' })), () => true, {
    signal,
    limitMs: minute,
    clock: fakeClock(),
  })
  await expect(waiting).rejects.toMatchObject({ code: 'offline', params: { host: 'h' } })
})

test('a Retry-After seen at the seam lengthens the next pause, but not beyond a minute', async () => {
  const clock = fakeClock()
  const asked = [5000, 3_600_000]
  let listener: (exchange: Exchange) => void = () => {}
  const seam = { watch: (it: typeof listener) => ((listener = it), () => (listener = () => {})) } as unknown as Seam
  const read = async () => {
    const retryAfterMs = asked.shift()
    listener({ retryAfterMs } as Exchange)
    return retryAfterMs === undefined ? 'Succeeded' : 'Creating'
  }
  await waitFor(read, (it) => it === 'Succeeded', { signal, limitMs: 10 * minute, clock, seam })
  expect(clock.pauses).toEqual([5000, 60_000])
})

test('an abort ends the waiting at once as cancelled, in a pause and in a read', async () => {
  const controller = new AbortController()
  const inPause = waitFor(answering('Creating'), () => false, {
    signal: controller.signal,
    limitMs: minute,
    onRead: () => controller.abort(),
  })
  await expect(inPause).rejects.toMatchObject({ code: 'cancelled' })
  const before = waitFor(answering('Creating'), () => false, { signal: controller.signal, limitMs: minute })
  await expect(before).rejects.toMatchObject({ code: 'cancelled' })
})
