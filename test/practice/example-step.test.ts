import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import type { Cloud } from '../../src/main/azure/cloud'
import { createGroup, getGroup } from '../../src/main/azure/groups'
import { groupId } from '../../src/main/azure/ids'
import { createEngine, type EngineOptions } from '../../src/main/engine/engine'
import { exampleStep } from '../support/example-step'
import { connectAsOwner, startPractice, type TestPractice } from '../support/practice'
import { subscription } from '../wire/practice'

// What `CONTRIBUTING.md` asks of every step, shown on the one that it asks people to read.
let practice: TestPractice
let cloud: Cloud
beforeAll(async () => {
  practice = await startPractice()
  cloud = (await connectAsOwner(practice)).cloud
})
afterAll(() => practice.stop())

type Options = Partial<EngineOptions<{ cloud(): Promise<Cloud> }>>

async function begun(name: string, options: Options = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'example-step-'))
  const engine = createEngine<{ cloud(): Promise<Cloud> }>({
    folder,
    recipes: { 'from-disk': [exampleStep] },
    environment: () => ({ cloud: () => Promise.resolve(cloud) }),
    proposals: () => ({ subscriptionId: subscription, region: 'westeurope', name }),
    now: () => new Date(),
    appVersion: 'test',
    takeProof: () => [],
    ...options,
  })
  onTestFinished(async () => {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  })
  const run = await engine.create({ recipe: 'from-disk', name: 'Example' })
  return { engine, run, id: groupId(subscription, name) }
}
const ended = async ({ engine, run }: Awaited<ReturnType<typeof begun>>) =>
  (await engine.perform(run, 'connect.scope')).ended

it('makes what it announced, and says on the next run that it is there', async () => {
  const example = await begun('example-made')
  expect(await ended(example)).toMatchObject({ is: 'done' })
  expect((await example.engine.open(example.run)).state.resources).toMatchObject([{ id: example.id, keep: true }])
  const before = await practice.stats()
  expect(await ended(example)).toMatchObject({ is: 'done' })
  expect((await getGroup(cloud, example.id))?.name).toBe('example-made')
  expect(puts(await practice.stats())).toBe(puts(before))
})

it('refuses a form that is not complete, by field', async () => {
  const example = await begun('example-form', { proposals: () => ({ region: 'westeurope' }) })
  await expect(ended(example)).rejects.toMatchObject({
    code: 'input.invalid',
    params: { fields: 'subscriptionId, name' },
  })
})

it('leaves alone what somebody else made under its name', async () => {
  const example = await begun('example-foreign')
  await createGroup(cloud, example.id, { region: 'westeurope', run: 'another-run' })
  expect(await ended(example)).toMatchObject({ is: 'failed', error: { code: 'cloud.foreign-resource' } })
  expect((await example.engine.open(example.run)).state.resources).toEqual([])
})

it('stopped after the announcement, lists the group and makes it on the next try', async () => {
  const stop = { now: () => Promise.resolve() }
  const example = await begun('example-stopped', {
    onEntry: (_run, { kind }) => void (kind === 'making' && stop.now()),
  })
  stop.now = () => example.engine.cancel(example.run)
  expect(await ended(example)).toMatchObject({ is: 'cancelled' })
  expect((await example.engine.open(example.run)).state.resources).toHaveLength(1)
  stop.now = () => Promise.resolve()
  expect(await ended(example)).toMatchObject({ is: 'done' })
  expect(await getGroup(cloud, example.id)).not.toBeNull()
})

it('undone, removes the group and nothing is listed any more', async () => {
  const example = await begun('example-undone')
  await ended(example)
  expect(await example.engine.cleanUp(example.run, { alsoRemove: [example.id] })).toMatchObject({
    removed: [example.id],
    left: [],
  })
  expect(await getGroup(cloud, example.id)).toBeNull()
})

function puts(stats: unknown): number {
  const { requests } = stats as { requests: Record<string, number> }
  const counts = Object.entries(requests).filter(([name]) => /^PUT .*resourcegroups/i.test(name))
  return counts.reduce((sum, [, count]) => sum + count, 0)
}
