import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createPlans } from '../../../src/main/plans'
import { loadPlan } from '../../../src/main/plan'
import { createEngine } from '../../../src/main/engine/engine'
import { proposals } from '../../../src/shared/proposals'
import { stepRecipes } from '../../../src/main/steps/index'

function parts() {
  const folder = mkdtempSync(path.join(tmpdir(), 'plans-'))
  const engine = createEngine<never>({
    folder,
    recipes: stepRecipes as never,
    environment: () => Promise.reject(new Error('nothing runs here')),
    proposals,
    now: () => new Date(),
    appVersion: 'test',
    takeProof: () => [],
  })
  return { folder, engine, plans: createPlans(engine) }
}

test('a plan is shown before a run is made of it, and a saved run opens as the same plan', async () => {
  const { folder, engine, plans } = parts()
  const file = path.join(folder, 'theirs.json')
  const inputs = {
    'connect.cloud': { cloud: 'practice' },
    'disk.choose': { file: 'disk.vhd' },
    'pool.create': { startTask: 'echo hello' },
  }
  writeFileSync(file, JSON.stringify({ schema: 1, recipe: 'from-disk', name: 'Theirs', inputs }))
  const view = await plans.open(file)
  expect(view).toMatchObject({ file: 'theirs.json', name: 'Theirs' })
  expect(view.concerns).toEqual([
    { at: 'disk.choose.file', what: 'file', value: 'disk.vhd' },
    { at: 'pool.create.startTask', what: 'script', value: 'echo hello' },
  ])
  expect(await engine.list()).toEqual([])
  const run = await plans.create(view.id, 'Mine')
  const { state } = await engine.open(run)
  expect(state.steps['disk.choose'].typed).toEqual({ file: path.join(folder, 'disk.vhd') })
  expect(state.name).toBe('Mine')

  const saved = path.join(folder, 'saved.yaml')
  expect(await plans.save(run, saved)).toBe('saved.yaml')
  expect(readFileSync(saved, 'utf8')).toContain('file: disk.vhd')
  const again = await loadPlan(saved)
  expect(again).toMatchObject({ recipe: 'from-disk', name: 'Mine' })
  expect(again.inputs['pool.create']).toEqual({ startTask: 'echo hello' })
  await engine.close()
})

test('only a plan that was shown can become a run, and only once', async () => {
  const { folder, engine, plans } = parts()
  const file = path.join(folder, 'a.yaml')
  writeFileSync(file, 'schema: 1\nrecipe: from-disk\n')
  await expect(plans.create('plan-1', 'x')).rejects.toMatchObject({ code: 'contract.refused' })
  const { id } = await plans.open(file)
  await plans.create(id, 'x')
  await expect(plans.create(id, 'x')).rejects.toMatchObject({ code: 'contract.refused' })
  await engine.close()
})

test('a plan stays what was shown, whatever is opened and made in between', async () => {
  const { folder, engine, plans } = parts()
  const [first, second, third] = ['first', 'second', 'third'].map((name) => path.join(folder, `${name}.yaml`))
  const show = (file: string) => {
    writeFileSync(file, `schema: 1\nrecipe: from-disk\ninputs: { pool.create: { name: ${path.parse(file).name} } }\n`)
    return plans.open(file)
  }
  const one = await show(first!)
  const two = await show(second!)
  await plans.create(one.id, 'x')
  await show(third!)
  const run = await plans.create(two.id, 'y')
  expect((await engine.open(run)).state.steps['pool.create'].typed).toEqual({ name: 'second' })
  await engine.close()
})
