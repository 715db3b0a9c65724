import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Engine } from '../../../src/main/engine/engine'
import type { AnyStep } from '../../../src/main/engine/step'
import { AppError } from '../../../src/shared/errors'
import type { JournalEntry } from '../../../src/shared/run'
import { pagesOfUpload, smallEngine, smallRecipe, type SmallEnv, type SmallTools } from '../../support/small-recipe'

let folder: string
let run: string
const open: Engine<SmallEnv>[] = []

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'engine-'))
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()))
  rmSync(folder, { recursive: true, force: true })
})

function start(...changes: Parameters<typeof smallEngine> extends [string, ...infer Rest] ? Rest : never) {
  const started = smallEngine(folder, ...changes)
  open.push(started.engine)
  return started
}

function withSteps(changes: Parameters<typeof smallRecipe>[0]) {
  return start({ recipes: { 'from-disk': smallRecipe(changes) } })
}

/** A place where a step waits until the test lets it go on. */
function gate() {
  let open: () => void = () => undefined
  let arrive: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const pass = async () => {
    arrive()
    await opened
  }
  return { arrived, pass, open: () => open() }
}

async function newRun(engine: Engine<SmallEnv>): Promise<string> {
  run = await engine.create({ recipe: 'from-disk', name: 'one', cloud: 'practice' })
  return run
}

async function goOn(engine: Engine<SmallEnv>, options: { stopAfter?: 'disk.upload' | 'image.version' } = {}) {
  return (await engine.continue(run, options)).ended
}

function journal(): JournalEntry[] {
  const text = readFileSync(path.join(folder, 'runs', run, 'journal.jsonl'), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalEntry)
}

function kinds(): string[] {
  return journal().map((entry) => ('step' in entry ? `${entry.kind} ${entry.step}` : entry.kind))
}

async function stateOf(engine: Engine<SmallEnv>) {
  return (await engine.open(run)).state
}

test('a whole run: every step done in order, every thing made once, the run finished', async () => {
  const { engine, cloud } = start()
  await newRun(engine)
  expect(await goOn(engine)).toEqual({ is: 'finished', step: null })
  const { steps } = await stateOf(engine)
  for (const id of ['connect.cloud', 'prepare.account', 'disk.upload', 'image.version', 'pool.create'] as const) {
    expect(steps[id].status).toBe('done')
  }
  expect(cloud.puts()).toHaveLength(4 + pagesOfUpload)
  expect(await engine.list()).toMatchObject([
    { id: run, status: 'finished', done: 5, total: 5, cloud: 'practice', step: null },
  ])
})

test('the form with its proposals is written before the step begins, and the thing before it is made', async () => {
  const { engine } = start()
  await newRun(engine)
  await goOn(engine)
  expect(kinds().slice(0, 8)).toEqual([
    'run',
    'input connect.cloud',
    'input connect.cloud',
    'started connect.cloud',
    'done connect.cloud',
    'input prepare.account',
    'started prepare.account',
    'making prepare.account',
  ])
  expect(journal()[5]).toMatchObject({ effective: true, input: { name: `prepare.account-of-${run}` } })
})

test('when making() resolves, the journal on disk names the thing', async () => {
  let onDisk: string[] = []
  const { engine } = withSteps({
    'prepare.account': {
      async run(tools: SmallTools) {
        await tools.making({ id: 'thing', what: 'container', keep: true })
        onDisk = kinds()
        return {}
      },
    },
  })
  await newRun(engine)
  await goOn(engine)
  expect(onDisk).toContain('making prepare.account')
})

test('perform answers when the step has begun, not when it has ended', async () => {
  const gateway = gate()
  const { engine } = withSteps({
    'connect.cloud': { check: () => gateway.pass().then(() => ({ is: 'done', output: 1 })) },
  })
  await newRun(engine)
  const { ended } = await engine.perform(run, 'connect.cloud')
  expect((await engine.open(run)).running).toMatchObject({ step: 'connect.cloud' })
  expect((await stateOf(engine)).steps['connect.cloud'].status).toBe('running')
  await expect(engine.perform(run, 'connect.cloud')).rejects.toMatchObject({ code: 'run.busy' })
  await expect(engine.setInput(run, 'connect.cloud', {})).rejects.toMatchObject({ code: 'run.busy' })
  gateway.open()
  expect(await ended).toEqual({ is: 'done', step: 'connect.cloud' })
})

test('a blocked step does not run and the steps after it wait', async () => {
  const error = new AppError('quota.cores').toData()
  const { engine, cloud } = withSteps({ 'prepare.account': { check: () => Promise.resolve({ is: 'blocked', error }) } })
  await newRun(engine)
  expect(await goOn(engine)).toEqual({ is: 'blocked', step: 'prepare.account', error })
  expect(cloud.puts()).toEqual([])
  expect((await stateOf(engine)).steps['prepare.account']).toMatchObject({ status: 'failed', error })
  expect(await engine.list()).toMatchObject([
    { status: 'failed', step: 'prepare.account', error: { code: 'quota.cores' } },
  ])
})

test('a failed step can be done again; what it made before is found, not made twice', async () => {
  let tries = 0
  const { engine, cloud } = withSteps({
    'image.version': {
      async run(tools: SmallTools, input: { name: string }) {
        tries += 1
        if (!tools.cloud.exists(input.name)) {
          await tools.making({ id: input.name, what: 'image version', keep: true })
          tools.cloud.put(input.name)
        }
        if (tries === 1) throw new AppError('cloud.operation-failed', { name: 'v' })
        return { made: input.name }
      },
    },
  })
  await newRun(engine)
  expect(await goOn(engine)).toMatchObject({
    is: 'failed',
    step: 'image.version',
    error: { code: 'cloud.operation-failed' },
  })
  expect(await goOn(engine)).toEqual({ is: 'finished', step: null })
  expect((await stateOf(engine)).steps['image.version']).toMatchObject({ status: 'done', attempts: 2 })
  expect(cloud.puts().filter((id) => id.startsWith('image.version'))).toHaveLength(1)
})

test('an unforeseen exception becomes `unexpected` with its own words in the details', async () => {
  const { engine } = withSteps({ 'prepare.account': { run: () => Promise.reject(new Error('odd thing')) } })
  await newRun(engine)
  expect(await goOn(engine)).toMatchObject({
    is: 'failed',
    error: { code: 'unexpected', details: { message: 'odd thing' } },
  })
})

test('a step whose requirements are missing is refused by name', async () => {
  const { engine } = start()
  await newRun(engine)
  await expect(engine.perform(run, 'image.version')).rejects.toMatchObject({
    code: 'step.not-ready',
    params: { step: 'image.version', missing: 'disk.upload' },
  })
  expect((await engine.open(run)).open).toEqual(['connect.cloud'])
})

test('an incomplete form is kept as a draft, and continue stops there for a person', async () => {
  const { engine } = start({ proposals: () => ({}) })
  await newRun(engine)
  await engine.setInput(run, 'disk.upload', { connections: 3 })
  expect(await goOn(engine)).toMatchObject({ is: 'person', step: 'prepare.account', error: { code: 'input.invalid' } })
  await expect(engine.perform(run, 'prepare.account')).rejects.toMatchObject({ code: 'input.invalid' })
  expect((await stateOf(engine)).steps['disk.upload']).toMatchObject({ status: 'todo', input: { connections: 3 } })
})

test('what was typed lies over what is proposed', async () => {
  const { engine, cloud } = start()
  await newRun(engine)
  await engine.setInput(run, 'prepare.account', { name: 'mine' })
  expect((await engine.open(run)).forms['prepare.account']).toEqual({ name: 'mine' })
  await goOn(engine)
  expect(cloud.puts()[0]).toBe('mine')
})

test('continue stops after the step that was named', async () => {
  const { engine } = start()
  await newRun(engine)
  expect(await goOn(engine, { stopAfter: 'disk.upload' })).toEqual({ is: 'done', step: 'disk.upload' })
  expect(await goOn(engine, { stopAfter: 'disk.upload' })).toEqual({ is: 'done', step: 'disk.upload' })
  expect((await stateOf(engine)).steps['image.version'].status).toBe('todo')
})

test('a cancelled step is failed with `cancelled` and can be started again', async () => {
  const { engine } = withSteps({
    'prepare.account': {
      run: (tools: SmallTools) =>
        new Promise((_resolve, reject) => tools.signal.addEventListener('abort', () => reject(new Error('stopped')))),
    },
  })
  await newRun(engine)
  await (
    await engine.perform(run, 'connect.cloud')
  ).ended
  const { ended } = await engine.perform(run, 'prepare.account')
  await engine.cancel(run)
  expect(await ended).toMatchObject({ is: 'cancelled', error: { code: 'cancelled' } })
  expect((await stateOf(engine)).steps['prepare.account']).toMatchObject({
    status: 'failed',
    error: { code: 'cancelled' },
  })
})

test('a step left out takes those with it that need its result, and the run can finish', async () => {
  const canary: AnyStep<SmallEnv> = { ...smallRecipe().at(-1)!, id: 'pool.canary', requires: ['pool.create'] }
  const { engine } = start({ recipes: { 'from-disk': [...smallRecipe(), canary] } })
  await newRun(engine)
  await goOn(engine, { stopAfter: 'image.version' })
  expect((await engine.open(run)).leavesOut).toEqual({ 'pool.create': ['pool.canary'], 'pool.canary': [] })
  await engine.skip(run, 'pool.create', 'not today')
  const { steps } = await stateOf(engine)
  expect(steps['pool.create']).toMatchObject({ status: 'skipped', reason: 'not today' })
  expect(steps['pool.canary']).toMatchObject({ status: 'skipped', reason: 'not today' })
  expect(await goOn(engine)).toEqual({ is: 'finished', step: null })
  await expect(engine.perform(run, 'pool.canary')).rejects.toMatchObject({ code: 'step.not-ready' })
  await (
    await engine.perform(run, 'pool.create')
  ).ended
  expect((await stateOf(engine)).steps['pool.create'].status).toBe('done')
})

test('a step that the run cannot do without is not left out', async () => {
  const { engine } = start()
  await newRun(engine)
  await expect(engine.skip(run, 'disk.upload', 'too long')).rejects.toMatchObject({ code: 'step.needed' })
  expect((await stateOf(engine)).steps['disk.upload'].status).toBe('todo')
})

test('a done step done again with another form outdates what was built on it, and only that', async () => {
  const { engine } = start()
  await newRun(engine)
  await goOn(engine)
  await engine.setInput(run, 'image.version', { name: 'second' })
  await (
    await engine.perform(run, 'image.version')
  ).ended
  const { steps } = await stateOf(engine)
  expect(steps['image.version']).toMatchObject({ status: 'done', output: { made: 'second' } })
  expect(steps['pool.create']).toMatchObject({ status: 'todo' })
  expect(steps['pool.create'].output).toBeUndefined()
  expect(steps['disk.upload'].status).toBe('done')
})

test('a done step done again with the same result leaves later steps done', async () => {
  const { engine } = start()
  await newRun(engine)
  await goOn(engine)
  await (
    await engine.perform(run, 'prepare.account')
  ).ended
  expect((await stateOf(engine)).steps['pool.create'].status).toBe('done')
})

test('continue does a done step again when its form was typed anew, and not when the same was typed', async () => {
  const { engine } = start()
  await newRun(engine)
  await goOn(engine)
  await engine.setInput(run, 'image.version', { name: `image.version-of-${run}` })
  expect(await goOn(engine)).toEqual({ is: 'finished', step: null })
  expect((await stateOf(engine)).steps['image.version'].attempts).toBe(1)
  await engine.setInput(run, 'image.version', { name: 'second' })
  expect(await goOn(engine)).toEqual({ is: 'finished', step: null })
  expect((await stateOf(engine)).steps).toMatchObject({
    'image.version': { attempts: 2, output: { made: 'second' } },
    'pool.create': { attempts: 2, status: 'done' },
  })
})

test('names are chosen once: proposals that change later do not rename what was performed', async () => {
  let proposed = 'first'
  let tries = 0
  const { engine } = start({
    proposals: () => ({ name: proposed }),
    recipes: {
      'from-disk': smallRecipe({
        'prepare.account': {
          run: (_tools: SmallTools, input: { name: string }) =>
            (tries += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve({ made: input.name }),
        },
      }),
    },
  })
  await newRun(engine)
  await goOn(engine)
  proposed = 'second'
  await (
    await engine.perform(run, 'prepare.account')
  ).ended
  expect((await stateOf(engine)).steps['prepare.account'].output).toEqual({ made: 'first' })
})

test('clean-up removes scaffold, keeps products, goes on past a refusal and says what is left', async () => {
  const { engine, cloud } = withSteps({
    'image.version': {
      async run(tools: SmallTools) {
        for (const id of ['scaffold-1', 'stubborn', 'scaffold-2']) {
          await tools.making({ id, what: 'container', keep: false })
          tools.cloud.put(id)
        }
        return {}
      },
      undo(tools: SmallTools, { id }) {
        if (id === 'stubborn') throw new AppError('cloud.forbidden', { action: 'delete' })
        tools.cloud.remove(id)
        return Promise.resolve()
      },
    },
  })
  await newRun(engine)
  await goOn(engine)
  const result = await engine.cleanUp(run)
  expect(result.removed).toEqual(['scaffold-2', 'scaffold-1', `disk.upload-of-${run}`])
  expect(result.left).toMatchObject([{ id: 'stubborn', error: { code: 'cloud.forbidden' } }])
  expect(cloud.exists(`pool.create-of-${run}`)).toBe(true)
  expect((await stateOf(engine)).resources.map(({ id }) => id)).toEqual([
    `prepare.account-of-${run}`,
    'stubborn',
    `pool.create-of-${run}`,
  ])
  await expect(engine.remove(run)).rejects.toMatchObject({ code: 'run.not-clean', params: { count: 1 } })
})

test('clean-up takes a named product along, counts a 404 as gone, and can be repeated', async () => {
  const { engine } = withSteps({
    'disk.upload': { undo: () => Promise.reject(new AppError('cloud.not-found', {}, { status: 404 })) },
  })
  await newRun(engine)
  await goOn(engine)
  const pool = `pool.create-of-${run}`
  expect(await engine.cleanUp(run, { alsoRemove: [pool] })).toEqual({
    removed: [pool, `disk.upload-of-${run}`],
    left: [],
  })
  expect(await engine.cleanUp(run, { alsoRemove: [pool] })).toEqual({ removed: [], left: [] })
})

test('a run without scaffold is removed with its folder; the others stay', async () => {
  const { engine } = start()
  const other = await newRun(engine)
  await newRun(engine)
  await engine.remove(run)
  expect(existsSync(path.join(folder, 'runs', run))).toBe(false)
  expect((await engine.list()).map(({ id }) => id)).toEqual([other])
  await expect(engine.open(run)).rejects.toMatchObject({ code: 'run.not-found' })
})

test('closing leaves the running step interrupted; the next start resumes it with its ticket', async () => {
  const resumed: unknown[] = []
  const first = withSteps({
    'disk.upload': {
      async run(tools: SmallTools) {
        await tools.ticket({ file: 'a.vhd' })
        return new Promise((_resolve, reject) =>
          tools.signal.addEventListener('abort', () => reject(new Error('stop'))),
        )
      },
    },
  })
  await newRun(first.engine)
  const { ended } = await first.engine.continue(run)
  await expect.poll(kinds).toContain('ticket disk.upload')
  await first.engine.close()
  expect(await ended).toMatchObject({ is: 'closed' })
  expect(existsSync(path.join(folder, 'runs', run, 'lock.json'))).toBe(false)

  const second = withSteps({
    'disk.upload': {
      check: () => Promise.reject(new Error('resume needs no check')),
      resume: (_tools: SmallTools, _input: unknown, ticket: unknown) => {
        resumed.push(ticket)
        return Promise.resolve({ pages: 1 })
      },
    },
  })
  expect(await second.engine.list()).toMatchObject([{ status: 'interrupted', step: 'disk.upload' }])
  expect((await stateOf(second.engine)).steps['disk.upload'].status).toBe('interrupted')
  expect(await goOn(second.engine)).toEqual({ is: 'finished', step: null })
  expect(resumed).toEqual([{ file: 'a.vhd' }])
})

test('tickets are written at most once a second, the last one is not lost', async () => {
  const { engine } = withSteps({
    'disk.upload': {
      async run(tools: SmallTools) {
        for (let page = 1; page <= 50; page++) await tools.ticket({ page })
        throw new AppError('offline')
      },
    },
  })
  await newRun(engine)
  await goOn(engine)
  const tickets = journal().filter((entry) => entry.kind === 'ticket')
  expect(tickets.map(({ value }) => value)).toEqual([{ page: 1 }, { page: 50 }])
})

test('the evidence of a step is what was answered while it ran', async () => {
  const proof = { at: '2026-01-01T00:00:00Z', method: 'PUT', target: '/x', status: 201, requestId: 'r-1' }
  let answered = [{ ...proof, requestId: 'before' }]
  const { engine } = start({
    takeProof: () => answered.splice(0),
    recipes: {
      'from-disk': smallRecipe({
        'connect.cloud': {
          check: () => {
            answered = [proof]
            return Promise.resolve({ is: 'done', output: {} })
          },
        },
      }),
    },
  })
  await newRun(engine)
  await (
    await engine.perform(run, 'connect.cloud')
  ).ended
  expect((await stateOf(engine)).steps['connect.cloud'].proof).toEqual([proof])
})

test('a subscriber gets whole snapshots, at most ten a second, and always the last', async () => {
  const gateway = gate()
  const seen: { at: number; progress: number | undefined; status: string | undefined }[] = []
  const { engine } = withSteps({
    'connect.cloud': {
      check: async (tools: SmallTools) => {
        for (let done = 1; done <= 2000; done++) {
          tools.progress({ done, total: 2000, unit: 'steps' })
          await Promise.resolve()
        }
        await gateway.pass()
        return { is: 'done', output: {} }
      },
    },
  })
  await newRun(engine)
  const began = performance.now()
  const stop = engine.subscribe(({ run: detail }) => {
    const status = detail?.state.steps['connect.cloud'].status
    seen.push({ at: performance.now(), progress: detail?.running?.progress?.done, status })
  }, run)
  const { ended } = await engine.perform(run, 'connect.cloud')
  await gateway.arrived
  await expect.poll(() => seen.at(-1)?.progress).toBe(2000)
  gateway.open()
  await ended
  await engine.flush()
  expect(seen.at(-1)?.status).toBe('done')
  const seconds = (performance.now() - began) / 1000
  expect(seen.length).toBeLessThanOrEqual(Math.ceil(seconds * 10) + 2)
  stop()
})

test('a second engine on the same run is refused while a step works, and may go on afterwards', async () => {
  const gateway = gate()
  const first = withSteps({ 'connect.cloud': { check: () => gateway.pass().then(() => ({ is: 'done', output: 1 })) } })
  await newRun(first.engine)
  const { ended } = await first.engine.perform(run, 'connect.cloud')
  const second = start()
  expect(await second.engine.list()).toMatchObject([{ status: 'elsewhere' }])
  await expect(second.engine.perform(run, 'connect.cloud')).rejects.toMatchObject({ code: 'run.locked' })
  await expect(second.engine.rename(run, 'two')).rejects.toMatchObject({ code: 'run.locked' })
  gateway.open()
  await ended
  await second.engine.rename(run, 'two')
  expect((await first.engine.open(run)).state.name).toBe('two')
})

test('the list comes from summary files and is right when they are missing, old or nonsense', async () => {
  const { engine } = start()
  await newRun(engine)
  await goOn(engine)
  const [before] = await engine.list()
  const summary = path.join(folder, 'runs', run, 'summary.json')
  expect(await start().engine.list()).toEqual([before])
  rmSync(summary)
  expect(await start().engine.list()).toEqual([before])
  await engine.flush()
  expect(existsSync(summary)).toBe(true)
})

test('a run is a name in the folder, never a way out of it', async () => {
  const { engine } = start()
  for (const name of ['..', '../x', 'a/b', '', 'A', 'x'.repeat(65)]) {
    await expect(engine.open(name)).rejects.toMatchObject({ code: 'run.not-found' })
  }
})

test('a draft that is being written when the program closes is kept', async () => {
  const { engine } = start()
  await newRun(engine)
  const writing = engine.setInput(run, 'disk.upload', { name: 'late' })
  await engine.close()
  expect((await start().engine.open(run)).state.steps['disk.upload'].input).toEqual({ name: 'late' })
  await writing
})

test('an output, ticket or input is kept word for word, whatever its type', async () => {
  const odd = { text: 'ü\u2028"\\\n', list: [1, null, { deep: [true] }], zero: 0, empty: '' }
  const { engine } = withSteps({ 'connect.cloud': { check: () => Promise.resolve({ is: 'done', output: odd }) } })
  await newRun(engine)
  await (
    await engine.perform(run, 'connect.cloud')
  ).ended
  expect((await start().engine.open(run)).state.steps['connect.cloud'].output).toEqual(odd)
})
