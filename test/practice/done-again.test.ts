import { beforeAll, expect, it } from 'vitest'
import type { StepId } from '../../src/shared/terms'
import { smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
beforeAll(async () => {
  practice = await practised()
}, 120_000)

async function again(run: string, step: StepId): Promise<void> {
  const { ended } = await practice.studio.engine.perform(run, step)
  expect(await ended).toMatchObject({ is: 'done' })
}

async function statusOf(run: string, step: StepId): Promise<string> {
  return (await practice.stateOf(run)).steps[step].status
}

it('signing in again leaves what was done, wherever other runs are by now', { timeout: 60_000 }, async () => {
  const run = await practice.begin({})
  await practice.go(run, 'prepare.preflight')
  const other = await practice.begin({ 'connect.scope': { region: 'northeurope' } })
  await practice.go(other, 'connect.scope')
  await again(run, 'connect.signIn')
  const proposed = await practice.outputOf(run, 'connect.signIn')
  expect(proposed.region).toBe('northeurope')
  expect(await statusOf(run, 'connect.scope')).toBe('done')
  expect(await statusOf(run, 'prepare.preflight')).toBe('done')
})

it('an account that others made meanwhile changes nothing for a settled place', { timeout: 60_000 }, async () => {
  const place = { 'connect.scope': { region: 'northeurope' } }
  const run = await practice.begin(place)
  await practice.go(run, 'prepare.preflight')
  const other = await practice.begin({ ...place, 'prepare.account': { mode: 'create', name: 'bismeanwhile' } })
  expect(await practice.go(other, 'prepare.account')).toMatchObject({ is: 'done' })
  await again(run, 'connect.scope')
  const { onlyAccount } = await practice.outputOf(run, 'connect.scope')
  expect(onlyAccount).toBeUndefined()
  expect(await statusOf(run, 'prepare.preflight')).toBe('done')
})

it('looking into the same disk again leaves its upload done, however long it took', { timeout: 60_000 }, async () => {
  const account = { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' }
  const run = await practice.begin({ 'prepare.account': account, 'disk.choose': { file: await smallDisk() } })
  await practice.go(run, 'disk.upload')
  await again(run, 'disk.inspect')
  expect(await statusOf(run, 'disk.upload')).toBe('done')
})
