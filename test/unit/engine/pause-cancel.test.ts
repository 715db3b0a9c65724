import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal, readJournal } from '../../../src/main/engine/journal'
import type { Engine } from '../../../src/main/engine/engine'
import { AppError } from '../../../src/shared/errors'
import { replay } from '../../../src/shared/replay'
import { pagesOfUpload, smallEngine, smallRecipe, type SmallEnv, type SmallTools } from '../../support/small-recipe'

let folder: string
let run: string
const open: Engine<SmallEnv>[] = []

beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'engine-'))))
afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()))
  rmSync(folder, { recursive: true, force: true })
})

type Changes = Parameters<typeof smallRecipe>[0]

async function begun(changes: Changes = {}): Promise<ReturnType<typeof smallEngine>> {
  const started = smallEngine(folder, { recipes: { 'from-disk': smallRecipe(changes) } })
  open.push(started.engine)
  run ||= await started.engine.create({ recipe: 'from-disk', name: 'one', cloud: 'practice' })
  return started
}
beforeEach(() => (run = ''))

const stateOf = async (engine: Engine<SmallEnv>) => (await engine.open(run)).state
const journalFile = () => path.join(folder, 'runs', run, 'journal.jsonl')
const facts = async () => (await readJournal(journalFile())).entries

/** The upload of the small recipe that calls `at` when the given page is there. */
function uploadPausedAt(page: number, at: () => Promise<unknown>): Changes {
  const upload = smallRecipe()[2]!
  const run = async (tools: SmallTools, input: { name: string }) => {
    const progress: SmallTools['progress'] = (seen) => {
      tools.progress(seen)
      if (seen.done === page) void at()
    }
    return upload.run({ ...tools, progress }, input) as Promise<unknown>
  }
  return { 'disk.upload': { run } }
}

test('a paused upload says how far it is and goes on from there', async () => {
  const { engine, cloud } = await begun(uploadPausedAt(2, () => engine.pause(run)))
  expect(await (await engine.continue(run)).ended).toEqual({ is: 'paused', step: 'disk.upload' })
  const pages = cloud.puts().filter((id) => id.includes('page-')).length
  expect(pages).toBeLessThan(pagesOfUpload)
  const percent = Math.floor((pages / pagesOfUpload) * 100)
  expect((await stateOf(engine)).steps['disk.upload']).toMatchObject({ status: 'paused', percent })
  expect(await engine.list()).toMatchObject([{ status: 'paused', step: 'disk.upload', percent }])
  expect(await (await engine.continue(run)).ended).toEqual({ is: 'finished', step: null })
  expect(new Set(cloud.puts()).size).toBe(cloud.puts().length)
  expect((await stateOf(engine)).steps['disk.upload']).toMatchObject({ status: 'done', attempts: 2, isWhole: false })
})

test('a step that is simply done again is stopped, not paused', async () => {
  const { engine } = await begun({
    'connect.cloud': {
      check: async (tools) => {
        await engine.pause(run)
        tools.signal.throwIfAborted()
        return { is: 'todo' }
      },
    },
  })
  expect(await (await engine.continue(run)).ended).toMatchObject({ is: 'cancelled', step: 'connect.cloud' })
  expect((await stateOf(engine)).steps['connect.cloud']).toMatchObject({
    status: 'failed',
    error: { code: 'cancelled' },
  })
})

test('closing the app is no pause: the step is found interrupted', async () => {
  const { engine } = await begun(uploadPausedAt(2, () => engine.close()))
  expect(await (await engine.continue(run)).ended).toMatchObject({ is: 'closed' })
  const again = await begun()
  expect((await stateOf(again.engine)).steps['disk.upload'].status).toBe('interrupted')
})

test('a run that is given up loses its scaffold and what was named, and keeps the rest', async () => {
  const { engine, cloud } = await begun()
  await (
    await engine.continue(run, { stopAfter: 'image.version' })
  ).ended
  const version = `image.version-of-${run}`
  expect(await (await engine.giveUp(run, [version])).ended).toEqual({ is: 'done', step: null })
  expect(cloud.things().sort()).toEqual([`prepare.account-of-${run}`, ...pages()].sort())
  const { cancelled, resources } = await stateOf(engine)
  expect(cancelled).toMatchObject({ alsoRemove: [version], left: [], endedAt: expect.any(String) as string })
  expect(cancelled?.removed.map(({ id }) => id)).toEqual([version, `disk.upload-of-${run}`])
  expect(resources.map(({ id }) => id)).toEqual([`prepare.account-of-${run}`])
  expect(await engine.list()).toMatchObject([{ status: 'cancelled', left: 0, step: null }])
})

test('nothing more can be done in a run that was given up, except look, rename and take off the list', async () => {
  const { engine } = await begun()
  await (
    await engine.continue(run, { stopAfter: 'disk.upload' })
  ).ended
  await (
    await engine.giveUp(run, [])
  ).ended
  const refused = { code: 'run.cancelled' }
  await expect(engine.perform(run, 'image.version')).rejects.toMatchObject(refused)
  await expect(engine.continue(run)).rejects.toMatchObject(refused)
  await expect(engine.setInput(run, 'image.version', { name: 'x' })).rejects.toMatchObject(refused)
  await expect(engine.change(run, 'disk.upload', { name: 'x' }, [])).rejects.toMatchObject(refused)
  await expect(engine.skip(run, 'pool.create', 'no')).rejects.toMatchObject(refused)
  await engine.rename(run, 'two')
  expect((await stateOf(engine)).name).toBe('two')
  await engine.remove(run)
  expect(await engine.list()).toEqual([])
})

test('giving up stops the step that is running first', async () => {
  let given: Promise<unknown> = Promise.resolve()
  const { engine, cloud } = await begun(
    uploadPausedAt(2, () => (given = engine.giveUp(run, []).then(({ ended }) => ended))),
  )
  await (
    await engine.continue(run)
  ).ended
  expect(await given).toEqual({ is: 'done', step: null })
  expect(cloud.exists(`disk.upload-of-${run}`)).toBe(false)
  expect((await stateOf(engine)).cancelled?.endedAt).toBeDefined()
})

test('what could not be removed stays listed with its reason, and trying again removes it', async () => {
  let isRefused = true
  const upload = smallRecipe()[2]!
  const { engine, cloud } = await begun({
    'disk.upload': {
      undo: (tools, resource) => {
        if (isRefused) throw new AppError('cloud.forbidden', { action: 'delete' })
        return upload.undo!(tools, resource)
      },
    },
  })
  await (
    await engine.continue(run, { stopAfter: 'image.version' })
  ).ended
  await (
    await engine.giveUp(run, [`image.version-of-${run}`])
  ).ended
  expect((await stateOf(engine)).cancelled).toMatchObject({
    left: [{ id: `disk.upload-of-${run}`, error: { code: 'cloud.forbidden' } }],
    removed: [{ id: `image.version-of-${run}` }],
  })
  expect(await engine.list()).toMatchObject([{ status: 'cancelled', left: 1 }])
  isRefused = false
  await (
    await engine.continue(run)
  ).ended
  expect((await stateOf(engine)).cancelled).toMatchObject({ left: [], endedAt: expect.any(String) as string })
  expect(cloud.exists(`disk.upload-of-${run}`)).toBe(false)
})

test('a clean-up that is interrupted goes on with what is left', async () => {
  const { engine, cloud } = await begun({
    'image.version': {
      undo: async (tools: SmallTools, resource) => {
        tools.cloud.remove(resource.id)
        await engine.pause(run)
      },
    },
  })
  await (
    await engine.continue(run, { stopAfter: 'image.version' })
  ).ended
  const all = (await stateOf(engine)).resources.map(({ id }) => id)
  expect(await (await engine.giveUp(run, all)).ended).toEqual({ is: 'paused', step: null })
  expect(await engine.list()).toMatchObject([{ status: 'cancelling' }])
  expect((await stateOf(engine)).resources.map(({ id }) => id)).toEqual(all.slice(0, 2))
  expect(await (await engine.continue(run)).ended).toEqual({ is: 'done', step: null })
  expect((await stateOf(engine)).resources).toEqual([])
  expect(cloud.things().filter((id) => all.includes(id))).toEqual([])
})

test('wherever a clean-up is cut off, the next one ends it and forgets nothing', async () => {
  const { engine, cloud } = await begun()
  await (
    await engine.continue(run, { stopAfter: 'image.version' })
  ).ended
  const all = (await stateOf(engine)).resources.map(({ id }) => id)
  const before = (await facts()).length
  await (
    await engine.giveUp(run, all)
  ).ended
  await engine.close()
  const whole = (await readJournal(journalFile())).entries
  expect(whole.slice(before).map(({ kind }) => kind)).toEqual(['cancelling', 'gone', 'gone', 'gone', 'cancelled'])
  for (let kept = before + 1; kept < whole.length; kept++) {
    const state = replay(whole.slice(0, kept))
    const gone = state.cancelled!.removed.map(({ id }) => id)
    expect([...gone, ...state.resources.map(({ id }) => id)].sort()).toEqual([...all].sort())
    expect(state.cancelled!.endedAt).toBeUndefined()
  }
  expect(cloud.things().filter((id) => all.includes(id))).toEqual([])
})

test('a journal with the facts of today is read by the same reader as yesterday’s', async () => {
  const { engine } = await begun(uploadPausedAt(2, () => engine.pause(run)))
  await (
    await engine.continue(run)
  ).ended
  await (
    await engine.giveUp(run, [])
  ).ended
  await engine.close()
  const { journal, text } = await openJournal(journalFile(), () => new Date())
  await journal.close()
  expect(text.end).toBe('whole')
  expect(text.entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['paused', 'cancelling', 'cancelled']))
})

test('a copy has the inputs and nothing of what came out, and the first run stays', async () => {
  const { engine } = await begun()
  await engine.setInput(run, 'prepare.account', { name: 'mine' })
  await (
    await engine.continue(run)
  ).ended
  const { name } = await engine.previewCopy(run)
  expect(name).toBe('one (2)')
  const copy = await engine.duplicate(run, { name, keepNames: true })
  const { state } = await engine.open(copy)
  expect(state).toMatchObject({ name: 'one (2)', copyOf: { run, name: 'one' }, resources: [] })
  expect(state.steps['prepare.account']).toMatchObject({ status: 'todo', input: { name: 'mine' } })
  expect(Object.values(state.steps).every(({ output, attempts }) => output === undefined && attempts === 0)).toBe(true)
  expect((await engine.list()).map((one) => one.status).sort()).toEqual(['finished', 'new'])
})

test('how long steps took is kept beside the journal and serves the next run in the same cloud', async () => {
  let seconds = 0
  const now = () => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)
  const slow: Changes = { 'image.version': { check: () => ((seconds += 90), Promise.resolve({ is: 'todo' })) } }
  const first = smallEngine(folder, { recipes: { 'from-disk': smallRecipe(slow) }, now })
  const done = await first.engine.create({ recipe: 'from-disk', name: 'one', cloud: 'practice' })
  await (
    await first.engine.continue(done)
  ).ended
  await first.engine.close()
  const again = smallEngine(folder)
  open.push(again.engine)
  await again.engine.list()
  const alike = await again.engine.create({ recipe: 'from-disk', name: 'two', cloud: 'practice' })
  const other = await again.engine.create({ recipe: 'from-disk', name: 'three', cloud: 'public' })
  expect((await again.engine.open(alike)).times['image.version']).toMatchObject({ seconds: 90, runs: 1 })
  expect((await again.engine.open(other)).times['image.version']).toMatchObject({ seconds: 60, runs: 0 })
})

function pages(): string[] {
  return Array.from({ length: pagesOfUpload }, (_none, at) => `disk.upload-of-${run}/page-${at + 1}`)
}
