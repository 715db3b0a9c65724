import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Engine } from '../../../src/main/engine/engine'
import type { WaitForHost } from '../../../src/main/engine/work'
import { AppError } from '../../../src/shared/errors'
import type { JournalEntry } from '../../../src/shared/run'
import { smallEngine, smallRecipe, type SmallEnv } from '../../support/small-recipe'

let folder: string
const open: Engine<SmallEnv>[] = []
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'queue-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()))
  rmSync(folder, { recursive: true, force: true })
})

type Wait = Parameters<WaitForHost>[0] & { answer(): void; giveUp(): void }

/** A line that is cut while `cut` says so; waits are answered by the test. */
function start({ isCut = true, waits = true } = {}) {
  const line = { isCut }
  const pending: Wait[] = []
  const arrivals: (() => void)[] = []
  const assertUp = () => {
    if (line.isCut) throw new AppError('offline', { host: 'arm.example' })
    return Promise.resolve({ is: 'todo' as const })
  }
  const waitForHost: WaitForHost = (wait) =>
    new Promise((answer, refused) => {
      wait.signal.addEventListener('abort', () => refused(new AppError('offline')))
      pending.push({ ...wait, answer, giveUp: () => refused(new AppError('offline')) })
      arrivals.shift()?.()
    })
  const { engine, cloud } = smallEngine(folder, {
    recipes: { 'from-disk': smallRecipe({ 'prepare.account': { check: assertUp } }) },
    ...(waits ? { waitForHost } : {}),
  })
  open.push(engine)
  const waited = async (n: number) => {
    while (pending.length < n) await new Promise<void>((arrived) => arrivals.push(arrived))
    return pending[n - 1]!
  }
  return { engine, cloud, line, waited }
}

async function newRun(engine: Engine<SmallEnv>) {
  return engine.create({ recipe: 'from-disk', name: 'one', cloud: 'practice' })
}
function facts(run: string): string[] {
  const text = readFileSync(path.join(folder, 'runs', run, 'journal.jsonl'), 'utf8')
  const entries = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalEntry)
  return entries.flatMap((entry) => ('step' in entry && entry.step === 'prepare.account' ? [entry.kind] : []))
}

test('a run whose cloud does not answer waits, and goes on to its end when it does', async () => {
  const { engine, line, waited, cloud } = start()
  const run = await newRun(engine)
  const { ended } = await engine.continue(run)
  const wait = await waited(1)
  expect(wait).toMatchObject({ run, host: 'arm.example', failures: 1 })
  const { state, waiting, running } = await engine.open(run)
  expect({ waiting, running }).toEqual({ waiting: 'prepare.account', running: null })
  expect(state.steps['prepare.account']).toMatchObject({
    status: 'waiting',
    queue: { host: 'arm.example', rest: true },
    error: { code: 'offline' },
  })
  expect(await engine.list()).toMatchObject([
    { status: 'waiting', step: 'prepare.account', queue: { host: 'arm.example' } },
  ])
  line.isCut = false
  wait.answer()
  expect(await ended).toMatchObject({ is: 'finished' })
  expect(facts(run)).toEqual(['input', 'started', 'queued', 'started', 'making', 'done'])
  expect(new Set(cloud.puts()).size).toBe(cloud.puts().length)
})

test('a single step that waited is the only one that goes on', async () => {
  const { engine, line, waited } = start()
  const run = await newRun(engine)
  await (
    await engine.perform(run, 'connect.cloud')
  ).ended
  const { ended } = await engine.perform(run, 'prepare.account')
  const wait = await waited(1)
  line.isCut = false
  wait.answer()
  expect(await ended).toMatchObject({ is: 'done', step: 'prepare.account' })
  expect((await engine.open(run)).state.steps['disk.upload'].status).toBe('todo')
})

test('an outage that lasts is told once, with the time it began', async () => {
  const { engine, line, waited } = start()
  const run = await newRun(engine)
  const { ended } = await engine.continue(run)
  const first = await waited(1)
  const { since } = (await engine.open(run)).state.steps['prepare.account'].queue!
  first.answer()
  const second = await waited(2)
  expect(second.failures).toBe(2)
  expect((await engine.open(run)).state.steps['prepare.account'].queue!.since).toBe(since)
  line.isCut = false
  second.answer()
  expect(await ended).toMatchObject({ is: 'finished' })
  expect((await engine.open(run)).state.steps['prepare.account'].queue).toBeUndefined()
})

test('“try now” does not wait for the probe', async () => {
  const { engine, line, waited } = start()
  const run = await newRun(engine)
  const { ended } = await engine.continue(run)
  const wait = await waited(1)
  line.isCut = false
  await engine.tryNow(run)
  expect(await ended).toMatchObject({ is: 'finished' })
  expect(wait.signal.aborted).toBe(true)
})

test('who does not want to wait gets the failure of the first try', async () => {
  const { engine, waited } = start()
  const run = await newRun(engine)
  const { ended } = await engine.continue(run)
  await waited(1)
  await engine.cancel(run)
  expect(await ended).toMatchObject({ is: 'cancelled', error: { code: 'offline', params: { host: 'arm.example' } } })
  const step = (await engine.open(run)).state.steps['prepare.account']
  expect(step).toMatchObject({ status: 'failed', error: { code: 'offline' } })
  expect(step.queue).toBeUndefined()
})

test('a limit that is over fails the step', async () => {
  const { engine, waited } = start()
  const run = await newRun(engine)
  const { ended } = await engine.continue(run)
  ;(await waited(1)).giveUp()
  expect(await ended).toMatchObject({ is: 'failed', error: { code: 'offline' } })
})

test('without a queue a step fails at once', async () => {
  const { engine } = start({ waits: false })
  const run = await newRun(engine)
  expect(await (await engine.continue(run)).ended).toMatchObject({ is: 'failed', error: { code: 'offline' } })
})

test('a queued run queues again after a restart and does the rest of what was asked', async () => {
  const before = start()
  const run = await newRun(before.engine)
  const { ended } = await before.engine.continue(run, { stopAfter: 'disk.upload' })
  await before.waited(1)
  await before.engine.close()
  expect(await ended).toMatchObject({ is: 'closed' })

  const after = start({ isCut: false })
  expect(await after.engine.list()).toMatchObject([{ status: 'waiting' }])
  await after.engine.requeue()
  const wait = await after.waited(1)
  expect(wait).toMatchObject({ run, host: 'arm.example', failures: 0 })
  const finished = new Promise<void>((resolve) =>
    after.engine.subscribe((view) => {
      if (view.run?.state.steps['disk.upload'].status === 'done' && !view.run.running) resolve()
    }, run),
  )
  wait.answer()
  await finished
  expect((await after.engine.open(run)).state.steps['image.version'].status).toBe('todo')
})

test('while a step waits other forms can be filled, its own stays as it is', async () => {
  const { engine, waited } = start()
  const run = await newRun(engine)
  const { ended } = await engine.continue(run)
  await engine.setInput(run, 'image.version', { name: 'v' })
  const wait = await waited(1)
  await expect(engine.setInput(run, 'prepare.account', { name: 'other' })).rejects.toMatchObject({ code: 'run.busy' })
  wait.giveUp()
  expect(await ended).toMatchObject({ is: 'failed' })
})
