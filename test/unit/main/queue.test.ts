import { expect, test } from 'vitest'
import { createQueue, type QueueOptions } from '../../../src/main/queue'

/** A clock that stands until the test lets the rest end that the queue takes, and a line that is up when the test says so. */
function world(change: Partial<QueueOptions> = {}) {
  const rests: number[] = []
  const probes: string[] = []
  const cut = new Set<string>()
  const resting: { end(): void }[] = []
  const arrivals: (() => void)[] = []
  const queue = createQueue({
    probe: (run, host) => {
      probes.push(`${run} ${host}`)
      return Promise.resolve(!cut.has(host))
    },
    sleep: (ms, signal) =>
      new Promise((end, refused) => {
        signal.throwIfAborted()
        signal.addEventListener('abort', () => refused(new Error('woken')))
        rests.push(ms)
        resting.push({ end })
        arrivals.shift()?.()
      }),
    ...change,
  })
  /** Resolves when the queue rests for the nth time. */
  const rested = async (n: number) => {
    while (rests.length < n) await new Promise<void>((arrived) => arrivals.push(arrived))
  }
  const wait = (run: string, host = 'arm', failures = 1, signal = new AbortController().signal) =>
    queue.waitForHost({ run, host, failures, signal })
  return { queue, rests, probes, cut, rested, wait, endRest: () => resting.at(-1)!.end() }
}

test('a host is looked for after 5 s, then ever more rarely, and at most once a minute', async () => {
  const { cut, wait, rests, rested, endRest } = world()
  cut.add('arm')
  const waiting = wait('a')
  for (let n = 1; n <= 6; n++) {
    await rested(n)
    if (n === 6) cut.delete('arm')
    endRest()
  }
  await waiting
  expect(rests).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
})

test('a step that failed again although its host answered waits longer the next time', async () => {
  const { wait, rests, rested, endRest } = world()
  const waiting = wait('a', 'arm', 3)
  await rested(1)
  endRest()
  await waiting
  expect(rests).toEqual([20_000])
})

test('after a restart the host is asked at once', async () => {
  const { wait, rests, rested, endRest, probes } = world()
  const waiting = wait('a', 'arm', 0)
  await rested(1)
  endRest()
  await waiting
  expect(rests).toEqual([0])
  expect(probes).toEqual(['a arm'])
})

test('runs that wait for one host share its probe, another host has its own', async () => {
  const { wait, rested, rests, endRest, probes, cut } = world()
  cut.add('blobs')
  const left = new AbortController()
  const both = [wait('a'), wait('b')]
  const third = wait('c', 'blobs', 1, left.signal)
  await rested(2)
  expect(rests).toEqual([5_000, 5_000])
  endRest()
  await rested(3)
  expect(probes).toEqual(['c blobs'])
  left.abort()
  await expect(third).rejects.toMatchObject({ code: 'offline', params: { host: 'blobs' } })
  expect(both).toHaveLength(2)
})

test('two runs go on with one probe', async () => {
  const { wait, rested, endRest, probes } = world()
  const both = [wait('a'), wait('b')]
  await rested(1)
  endRest()
  await Promise.all(both)
  expect(probes).toEqual(['a arm'])
})

test('when the network may be back every host is asked at once', async () => {
  const { queue, wait, rested, probes } = world()
  const waiting = wait('a', 'arm', 9)
  await rested(1)
  queue.wake()
  await waiting
  expect(probes).toEqual(['a arm'])
})

test('woken in vain it looks again soon', async () => {
  const { queue, wait, rested, rests, cut, endRest } = world()
  cut.add('arm')
  const waiting = wait('a', 'arm', 9)
  await rested(1)
  queue.wake()
  await rested(2)
  cut.delete('arm')
  endRest()
  await waiting
  expect(rests).toEqual([60_000, 5_000])
})

test('who stops waiting is let go, and nothing is asked any more', async () => {
  const { wait, rested, probes } = world()
  const stop = new AbortController()
  const waiting = wait('a', 'arm', 1, stop.signal)
  await rested(1)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'offline', params: { host: 'arm' } })
  expect(probes).toEqual([])
})

test('a limit ends the waiting with the outage as its reason', async () => {
  const { wait } = world({ limitMs: 1 })
  await expect(wait('a')).rejects.toMatchObject({ code: 'offline', params: { host: 'arm' } })
})

test('a probe that breaks is no answer', async () => {
  let tries = 0
  const { wait, rested, endRest, rests } = world({
    probe: () => (++tries === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(true)),
  })
  const waiting = wait('a')
  await rested(1)
  endRest()
  await rested(2)
  endRest()
  await waiting
  expect(rests).toEqual([5_000, 10_000])
})
