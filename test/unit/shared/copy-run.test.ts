import { expect, test } from 'vitest'
import { copyName, copyOf, isOffered } from '../../../src/shared/copy-run'
import { proposals } from '../../../src/shared/proposals'
import { replay } from '../../../src/shared/replay'
import type { Fact, JournalEntry, RunState } from '../../../src/shared/run'
import type { StepId } from '../../../src/shared/terms'

type Form = Record<string, unknown>
const into = { id: '20260201-bbbbbb', name: 'Farm (2)', keepNames: false }

/** A run in the practice cloud whose forms were typed as given and then performed with their proposals. */
function practised(typed: Partial<Record<StepId, Form>>, performed: Partial<Record<StepId, Form>> = {}): RunState {
  const facts: Fact[] = [{ kind: 'run', id: '20260101-aaaaaa', recipe: 'from-disk', name: 'Farm', app: '1' }]
  const all = { 'connect.cloud': { cloud: 'practice' }, ...typed } as Partial<Record<StepId, Form>>
  for (const [step, input] of Object.entries(all)) facts.push({ kind: 'input', step: step as StepId, input })
  for (const [step, input] of Object.entries(performed)) {
    facts.push({ kind: 'input', step: step as StepId, input, effective: true })
  }
  facts.push({ kind: 'making', step: 'pool.create', resource: { id: '/subscriptions/s/x', what: 'pool', keep: true } })
  return replay(facts.map((fact, at): JournalEntry => ({ v: 1, seq: at + 1, at: '2026-01-01T00:00:00.000Z', ...fact })))
}

const disk = { 'disk.choose': { file: '/images/farm.vhd' } }

test('everything filled in is copied, and nothing else', () => {
  const pool = { vmSize: 'standard_d4s_v5', taskSlotsPerNode: 4, startTask: 'echo hi' }
  const { inputs, anew } = copyOf(
    practised({ ...disk, 'pool.create': pool, 'finish.cleanup': { alsoRemove: ['x'] } }),
    into,
  )
  expect(inputs).toEqual({ 'disk.choose': { file: '/images/farm.vhd' }, 'pool.create': pool })
  expect(anew).toEqual([])
})

test('what was proposed and performed is copied where the copy would propose something else', () => {
  const scope = {
    subscriptionId: '11111111-1111-1111-1111-111111111111',
    region: 'northeurope',
    resourceGroup: 'farm-aaaaaa',
  }
  const { inputs } = copyOf(practised({}, { 'connect.scope': scope }), into)
  expect(inputs['connect.scope']).toEqual({ subscriptionId: scope.subscriptionId, region: 'northeurope' })
})

test('names of what is made are proposed anew', () => {
  const state = practised({}, { 'prepare.storage': { mode: 'create', name: 'farmaaaaaa', container: 'vhds' } })
  const copy = copyOf(state, into)
  expect(copy.typedNames).toEqual([])
  const begun = { ...state, id: into.id, name: into.name }
  const proposed = proposals('prepare.storage', begun)['name']
  expect(proposed).not.toBe('farmaaaaaa')
  expect({ ...proposals('prepare.storage', begun), ...copy.inputs['prepare.storage'] }).toMatchObject({
    name: proposed,
  })
})

test('names that a person typed stay only when that is wanted', () => {
  const typed = { 'pool.create': { name: 'mine' }, 'prepare.account': { mode: 'create', name: 'myaccount' } }
  const away = copyOf(practised(typed), into)
  expect(away.typedNames).toEqual([
    { step: 'prepare.account', field: 'name', name: 'myaccount' },
    { step: 'pool.create', field: 'name', name: 'mine' },
  ])
  expect(away.inputs['pool.create']).toBeUndefined()
  const kept = copyOf(practised(typed), { ...into, keepNames: true })
  expect(kept.inputs['pool.create']).toEqual({ name: 'mine' })
})

test('what was chosen stays in the same cloud, and is to be chosen anew in another one', () => {
  const typed = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }
  expect(copyOf(practised(typed), into).inputs['prepare.account']).toEqual(typed['prepare.account'])
  const away = copyOf(practised(typed), { ...into, cloud: 'public' })
  expect(away.inputs['prepare.account']).toBeUndefined()
  expect(away.anew).toContainEqual({ step: 'prepare.account', field: 'name', was: 'practicebatch' })
})

test('a practised run for real keeps its inputs and says what is to be chosen anew', () => {
  const scope = { subscriptionId: '11111111-1111-1111-1111-111111111111', region: 'northeurope' }
  const state = practised({ ...disk, 'connect.scope': scope, 'connect.signIn': { method: 'environment' } })
  const { inputs, anew } = copyOf(state, { ...into, cloud: 'public' })
  expect(inputs['connect.cloud']).toEqual({ cloud: 'public' })
  expect(inputs['connect.signIn']).toBeUndefined()
  expect(inputs['connect.scope']).toEqual({ region: 'northeurope' })
  expect(inputs['disk.choose']).toEqual(disk['disk.choose'])
  expect(anew.map(({ step, field }) => `${step}.${field}`)).toEqual([
    'connect.cloud.clientId',
    'connect.scope.subscriptionId',
  ])
})

test('regions that the other cloud does not have are emptied, the others stay', () => {
  const regions = {
    regions: [
      { name: 'West Europe', replicas: 2 },
      { name: 'usgovvirginia', replicas: 1 },
    ],
  }
  const state = practised({ 'connect.scope': { region: 'westeurope' }, 'image.version': regions })
  const gov = copyOf(state, { ...into, cloud: 'usgov' })
  expect(gov.inputs['image.version']).toEqual({ regions: [{ name: 'usgovvirginia', replicas: 1 }] })
  expect(gov.anew).toContainEqual({ step: 'connect.scope', field: 'region', was: 'westeurope' })
  expect(gov.anew).toContainEqual({ step: 'image.version', field: 'regions', was: 'West Europe' })
})

test('the way back, from real to practice, asks for no app registration', () => {
  const real = practised({ 'connect.cloud': { cloud: 'public', clientId: '22222222-2222-2222-2222-222222222222' } })
  const { inputs, anew } = copyOf(real, { ...into, cloud: 'practice' })
  // Practice is what is proposed anyway.
  expect(inputs['connect.cloud']).toBeUndefined()
  expect(anew.map(({ field }) => field)).toEqual(['subscriptionId'])
})

test('a region is known by its name to belong to one of Azure’s clouds', () => {
  expect(isOffered('Germany West Central', 'public')).toBe(true)
  expect(isOffered('usgovarizona', 'public')).toBe(false)
  expect(isOffered('usdodeast', 'usgov')).toBe(true)
  expect(isOffered('China North 3', 'china')).toBe(true)
  expect(isOffered('brazilsouth', 'practice')).toBe(false)
  expect(isOffered('westeurope', '/profiles/mine.json')).toBeNull()
})

test('the name of a copy is the next free one and never too long', () => {
  expect(copyName('Farm', new Set())).toBe('Farm (2)')
  expect(copyName('Farm (2)', new Set(['Farm', 'Farm (2)', 'Farm (3)']))).toBe('Farm (4)')
  expect(copyName('x'.repeat(80), new Set())).toHaveLength(80)
})
