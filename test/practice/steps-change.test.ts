import { beforeAll, describe, expect, it } from 'vitest'
import type { OutputOf } from '../../src/shared/outputs'
import type { StepId } from '../../src/shared/terms'
import { smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'
import { systemDisk } from '../support/disks'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised()
  disk = { file: await smallDisk() }
}, 120_000)

const subscriptionId = '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'

const chosen = { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' }

/** A run with little typed but where and what, so that names are proposals; returns it when `last` is done. */
async function runUpTo(last: StepId, account?: object): Promise<string> {
  const run = await practice.studio.engine.create({ recipe: 'from-disk', name: `Change ${last}` })
  const group = `change-${run.slice(-6)}`
  await type(run, 'connect.signIn', { method: 'environment' })
  await type(run, 'connect.scope', { subscriptionId, region: 'westeurope', resourceGroup: group })
  if (account) await type(run, 'prepare.account', { ...account })
  await type(run, 'disk.choose', disk)
  await type(run, 'disk.upload', { target: 'pageBlob' })
  expect(await practice.go(run, last)).toMatchObject({ is: 'done' })
  return run
}

function type(run: string, step: StepId, input: Record<string, unknown>): Promise<void> {
  return practice.studio.engine.setInput(run, step, input)
}

async function change(run: string, step: StepId, part: Record<string, unknown>, remove: string[] = []) {
  const input = { ...(await practice.stateOf(run)).steps[step].typed, ...part }
  const seen = await practice.studio.consequences(run, step, input)
  await practice.studio.change(run, step, input, remove)
  return seen
}

/** Kinds in the cloud under the run's own names, and in its journal: nothing made is ever unlisted. */
async function bothLists(run: string) {
  const listed = (await practice.stateOf(run)).resources.map(({ id }) => id.toLowerCase())
  const all = (await practice.stats()).resources.map((id) => id.toLowerCase())
  const there = all.filter((id) => id.includes(run.slice(-6)))
  return { unlisted: there.filter((id) => !listed.includes(id)), there }
}

describe('a finished step that is changed', () => {
  it('region after the version: all is made there anew, and finishes', { timeout: 120_000 }, async () => {
    const run = await runUpTo('image.version')
    const before = (await practice.stateOf(run)).resources
    const seen = await change(run, 'connect.scope', { region: 'germanywestcentral' })
    expect(seen.things.filter(({ fate }) => fate === 'unused').map(({ what }) => what)).toEqual([
      'Batch account',
      'storage account',
      'page blob',
      'gallery',
      'image definition',
      'image version',
    ])
    expect(await practice.go(run, 'pool.canary')).toMatchObject({ is: 'done' })
    const { steps, resources } = await practice.stateOf(run)
    expect((steps['prepare.account'].output as OutputOf<'prepare.account'>).region).toBe('germanywestcentral')
    expect((steps['image.version'].output as OutputOf<'image.version'>).regions).toEqual([
      expect.objectContaining({ replicas: 1 }),
    ])
    expect(resources.map(({ id }) => id)).toEqual(expect.arrayContaining(before.map(({ id }) => id)))
    expect((await bothLists(run)).unlisted).toEqual([])
  })

  it('pool name after the canary: another pool; the ticked one goes at clean-up', { timeout: 120_000 }, async () => {
    const run = await runUpTo('pool.canary', chosen)
    const first = (await practice.stateOf(run)).resources.find(({ what }) => what === 'pool')!.id
    const seen = await change(run, 'pool.create', { name: `second-${run.slice(-6)}` }, [first])
    expect(seen.again.map(({ step }) => step)).toEqual(['pool.canary'])
    expect(await practice.go(run)).toMatchObject({ is: 'finished' })
    const left = (await practice.stateOf(run)).resources.filter(({ what }) => what === 'pool')
    expect(left.map(({ id }) => id)).toEqual([expect.stringMatching(/\/pools\/second-/)])
    const { there, unlisted } = await bothLists(run)
    expect(there.filter((id) => id.includes('/pools/'))).toHaveLength(1)
    expect(unlisted).toEqual([])
  })

  it('node size: a pool beside the old one, and going back takes the old one', { timeout: 120_000 }, async () => {
    const run = await runUpTo('pool.create', chosen)
    const poolOf = async () => await practice.outputOf(run, 'pool.create')
    const first = await poolOf()
    await change(run, 'pool.create', { vmSize: 'standard_d4s_v3' })
    expect(await practice.go(run, 'pool.create')).toMatchObject({ is: 'done' })
    expect(await poolOf()).toMatchObject({ name: `${first.name}-2` })
    const back = await change(run, 'pool.create', { vmSize: first.vmSize.toLowerCase() })
    expect(back.things.map(({ fate }) => fate)).toEqual(['reused', 'unused'])
    expect(await practice.go(run, 'pool.create')).toMatchObject({ is: 'done' })
    expect((await poolOf()).id).toBe(first.id)
    expect((await bothLists(run)).unlisted).toEqual([])
  })

  it('file after the upload: the next version is made of the new disk', { timeout: 120_000 }, async () => {
    const run = await runUpTo('image.version', chosen)
    const other = await systemDisk({ sizeMiB: 65, systemMiB: 0 })
    const seen = await change(run, 'disk.choose', { file: other })
    expect(seen.things.filter(({ fate }) => fate === 'unused').map(({ what }) => what)).toEqual([
      'page blob',
      'image version',
    ])
    expect(await practice.go(run, 'pool.create')).toMatchObject({ is: 'done' })
    const { steps } = await practice.stateOf(run)
    expect((steps['image.version'].output as OutputOf<'image.version'>).version).toBe('1.0.1')
    expect((await bothLists(run)).unlisted).toEqual([])
  })

  it('account: what does not depend on it is used again', { timeout: 120_000 }, async () => {
    const run = await runUpTo('pool.create', chosen)
    const seen = await change(run, 'prepare.account', { ...chosen, name: 'practiceusersub' })
    expect(seen.things.map(({ what, fate }) => `${what} ${fate}`)).toEqual([
      'storage account reused',
      'page blob reused',
      'image version reused',
      'pool unused',
    ])
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
    const { steps } = await practice.stateOf(run)
    expect((steps['prepare.account'].output as OutputOf<'prepare.account'>).name).toBe('practiceusersub')
    expect((steps['image.version'].output as OutputOf<'image.version'>).version).toBe('1.0.0')
    expect((await bothLists(run)).unlisted).toEqual([])
  })

  it('is not performed by going on before somebody agreed to it', { timeout: 120_000 }, async () => {
    const run = await runUpTo('prepare.storage', chosen)
    const first = (await practice.stateOf(run)).steps['prepare.storage']
    const input = { ...first.typed, name: `other${run.slice(-6)}` }
    await type(run, 'prepare.storage', input)
    const before = await practice.stats()
    const stop = { is: 'person', step: 'prepare.storage', error: { code: 'step.changed' } }
    expect(await practice.go(run)).toMatchObject(stop)
    expect(await practice.go(run)).toMatchObject(stop)
    const { state, asks } = await practice.studio.engine.open(run)
    expect(asks).toMatchObject({ step: 'prepare.storage' })
    expect(state.steps['prepare.storage']).toMatchObject({ status: 'done', output: first.output })
    expect((await practice.stats()).requests).toEqual(before.requests)

    await practice.studio.change(run, 'prepare.storage', input, [])
    expect((await practice.studio.engine.open(run)).asks).toBeNull()
    expect(await practice.go(run, 'prepare.storage')).toMatchObject({ is: 'done' })
    expect((await practice.stateOf(run)).steps['prepare.storage'].output).toMatchObject({ name: input.name })
    expect((await bothLists(run)).unlisted).toEqual([])
  })

  it('is performed by going on where it undoes nothing, and not at all where it was taken back', async () => {
    const run = await runUpTo('connect.scope')
    const typed = (await practice.stateOf(run)).steps['connect.scope'].typed
    await type(run, 'connect.scope', { ...typed, region: 'germanywestcentral' })
    expect(await practice.go(run, 'connect.scope')).toMatchObject({ is: 'done' })
    expect((await practice.stateOf(run)).steps['connect.scope'].output).toMatchObject({ region: 'germanywestcentral' })
    expect(await practice.go(run, 'prepare.account')).toMatchObject({ is: 'done' })
    const now = (await practice.stateOf(run)).steps['connect.scope']
    await type(run, 'connect.scope', { ...now.typed, region: 'westeurope' })
    expect(await practice.go(run, 'prepare.storage')).toMatchObject({ is: 'person', step: 'connect.scope' })
    await type(run, 'connect.scope', { ...now.typed })
    expect(await practice.go(run, 'prepare.storage')).toMatchObject({ is: 'done' })
    expect((await practice.stateOf(run)).steps['connect.scope'].attempts).toBe(now.attempts)
  })

  it('is refused while something of the run works', { timeout: 60_000 }, async () => {
    const run = await runUpTo('connect.scope')
    const work = await practice.studio.engine.perform(run, 'prepare.preflight')
    await expect(change(run, 'connect.scope', { region: 'northeurope' })).rejects.toMatchObject({ code: 'run.busy' })
    await work.ended
  })
})

describe('the name in a form', () => {
  it('is free, taken with a free one like it, or refused, as the cloud says', { timeout: 60_000 }, async () => {
    const run = await runUpTo('prepare.storage', chosen)
    const ask = (step: StepId, input: Record<string, unknown>) => practice.studio.checkName(run, step, input)
    expect(await ask('prepare.storage', { mode: 'create', name: 'freestorage17' })).toEqual({ is: 'free' })
    expect(await ask('prepare.storage', { mode: 'create', name: 'practicestorage' })).toEqual({
      is: 'taken',
      free: 'practicestorage2',
    })
    expect(await ask('prepare.storage', { mode: 'create', name: 'No-Good' })).toEqual({ is: 'refused' })
    expect(await ask('prepare.account', { mode: 'create', name: 'practicebatch' })).toMatchObject({ is: 'taken' })
    const { name } = (await practice.stateOf(run)).steps['prepare.storage'].input
    expect(await ask('prepare.storage', { mode: 'create', name })).toEqual({ is: 'yours' })
    const { typed } = (await practice.stateOf(run)).steps['connect.scope']
    expect(await ask('connect.scope', { ...typed, resourceGroup: 'practice-shared' })).toEqual({ is: 'there' })
  })

  it('is not asked about before the sign-in, and sends nothing then', async () => {
    const run = await practice.studio.engine.create({ recipe: 'from-disk', name: 'Early' })
    const before = (await practice.stats()).requests
    expect(await practice.studio.checkName(run, 'prepare.storage', { name: 'freestorage17' })).toEqual({
      is: 'unknown',
    })
    expect((await practice.stats()).requests).toEqual(before)
  })
})
