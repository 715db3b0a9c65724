import { beforeAll, expect, it } from 'vitest'
import type { StepId } from '../../src/shared/terms'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
beforeAll(async () => {
  practice = await practised()
}, 120_000)

async function newRun(inputs: Partial<Record<StepId, Record<string, unknown>>> = {}): Promise<string> {
  const run = await practice.studio.engine.create({ recipe: 'from-disk', name: 'Proposed', cloud: 'practice' })
  const all = { 'connect.signIn': { method: 'environment' }, ...inputs }
  for (const [step, input] of Object.entries(all)) await practice.studio.engine.setInput(run, step as StepId, input)
  return run
}

async function regionOf(run: string): Promise<unknown> {
  return (await practice.studio.engine.open(run)).forms['connect.scope']['region']
}

it(
  'the region is that of the last run in the same cloud, which the picker offers first',
  { timeout: 60_000 },
  async () => {
    const first = await newRun()
    await practice.go(first, 'connect.signIn')
    expect(await regionOf(first)).toBe('westeurope')
    await practice.go(first, 'connect.scope')
    const second = await newRun({ 'connect.scope': { region: 'germanywestcentral' } })
    await practice.go(second, 'connect.scope')

    const third = await newRun()
    await practice.go(third, 'connect.signIn')
    expect(await regionOf(third)).toBe('germanywestcentral')
    const { options } = await practice.studio.list(third, 'regions', true)
    expect(options.slice(0, 2).map(({ value, first: place }) => [value, place])).toEqual([
      ['germanywestcentral', 'recent'],
      ['westeurope', 'recent'],
    ])
    expect(options.slice(2).map(({ first: place }) => place)).toEqual([undefined])
  },
)

it('the region of a run that only drafted it, or of another cloud, is nobody’s last one', async () => {
  const { engine } = practice.studio
  const drafted = await newRun({ 'connect.scope': { region: 'eastus' } })
  await practice.go(drafted, 'connect.signIn')
  const run = await newRun()
  expect(await engine.recentRegions('practice', run)).not.toContain('eastus')
  expect(await engine.recentRegions('public', run)).toEqual([])
})

it('a node size that Azure gives up is proposed for no generation', { timeout: 60_000 }, async () => {
  const run = await newRun({
    'connect.scope': { region: 'westeurope' },
    'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' },
  })
  expect(await practice.go(run, 'prepare.account')).toMatchObject({ is: 'done' })
  const account = await practice.outputOf(run, 'prepare.account')
  const { options } = await practice.studio.list(run, 'vmSizes', true)
  for (const [generation, proposed] of [
    ['V1', account.sizeV1],
    ['V2', account.sizeV2],
  ] as const) {
    const size = options.find(({ value }) => value === proposed)
    expect(size?.endsOn).toBeUndefined()
    expect(size?.size).toMatchObject({ cores: 2, generations: expect.arrayContaining([generation]) as unknown })
    expect(size?.size?.localDiskGb).toBeGreaterThan(0)
  }
})
