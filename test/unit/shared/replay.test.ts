import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errorCodes } from '../../../src/shared/errors'
import { formsOf } from '../../../src/shared/proposals'
import { applyEntry, interrupted, isSameData, replay } from '../../../src/shared/replay'
import { journalEntry, type Fact, type JournalEntry, type Proof } from '../../../src/shared/run'
import { stepIds, type StepId } from '../../../src/shared/terms'

const first: Fact = { kind: 'run', id: 'r', recipe: 'from-disk', name: 'one', app: '0.0.0' }

function entries(...facts: Fact[]): JournalEntry[] {
  return [first, ...facts].map((fact, index) => ({ v: 1, seq: index + 1, at: time(index), ...fact }))
}

function time(index: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString()
}

function stepAfter(step: StepId, ...facts: Fact[]) {
  return replay(entries(...facts)).steps[step]
}

const step = 'image.version'
const started: Fact = { kind: 'started', step, attempt: 1 }

test('a new run has every step to do', () => {
  const state = replay(entries())
  expect(state).toMatchObject({
    id: 'r',
    recipe: 'from-disk',
    name: 'one',
    createdAt: time(0),
    updatedAt: time(0),
    resources: [],
  })
  expect(Object.keys(state.steps)).toEqual([...stepIds])
  // A managed disk takes the bytes unless somebody wants a blob.
  const unneeded = stepIds.filter((step) => state.steps[step].status !== 'todo')
  expect(unneeded).toEqual(['prepare.storage'])
})

test('the storage account is left out as long as no blob is wanted, whatever was tried before', () => {
  const wants = (target: string): Fact => ({ kind: 'input', step: 'disk.upload', input: { target } })
  const failed: Fact[] = [
    { kind: 'started', step: 'prepare.storage', attempt: 1 },
    { kind: 'failed', step: 'prepare.storage', error: { code: 'cloud.name-taken', params: {}, details: {} } },
  ]
  const status = (...facts: Fact[]) => replay(entries(...facts)).steps['prepare.storage'].status
  expect(status()).toBe('skipped')
  expect(status(wants('pageBlob'))).toBe('todo')
  expect(status(wants('pageBlob'), wants('disk'))).toBe('skipped')
  expect(status(wants('blockBlob'), ...failed)).toBe('failed')
  expect(status(wants('blockBlob'), ...failed, wants('disk'))).toBe('skipped')
})

test('a journal of an older version, which has its storage account, goes on with the page blob', () => {
  const account: Fact[] = [
    { kind: 'started', step: 'prepare.storage', attempt: 1 },
    { kind: 'done', step: 'prepare.storage', output: { name: 'old' }, proof: [] },
  ]
  const upload: Fact = { kind: 'input', step: 'disk.upload', input: { blobName: 'disk.vhd', connections: 6 } }
  const state = replay(entries(...account, upload, { kind: 'started', step: 'disk.upload', attempt: 1 }))
  expect(state.steps['prepare.storage'].status).toBe('done')
  expect(formsOf(state)('disk.upload')).toMatchObject({ target: 'pageBlob', blobName: 'disk.vhd' })
})

test('a step without an end is interrupted; while somebody works on it, it is running', () => {
  expect(stepAfter(step, started)).toMatchObject({ status: 'interrupted', attempts: 1, startedAt: time(1) })
  const [head, ...rest] = entries(started)
  const live = rest.reduce(applyEntry, replay([head!]))
  expect(live.steps[step].status).toBe('running')
  expect(interrupted(live).steps[step].status).toBe('interrupted')
})

test('done, failed and skipped end a step; starting again takes the old ending away', () => {
  const failed: Fact = { kind: 'failed', step, error: { code: 'offline', params: {}, details: { status: 503 } } }
  expect(stepAfter(step, started, failed)).toMatchObject({
    status: 'failed',
    error: { code: 'offline', details: { status: 503 } },
  })
  expect(stepAfter(step, started, failed, { ...started, attempt: 2 })).not.toHaveProperty('error')
  expect(stepAfter(step, { kind: 'skipped', step, reason: 'later' })).toMatchObject({
    status: 'skipped',
    reason: 'later',
  })
  expect(stepAfter(step, started, { kind: 'done', step, output: { a: 1 }, proof: [] })).toMatchObject({
    status: 'done',
    output: { a: 1 },
    endedAt: time(2),
  })
})

test('an outdated step is to be done again with what was typed; its ticket stays', () => {
  const state = stepAfter(
    step,
    { kind: 'input', step, input: { version: '1.0.0' } },
    { kind: 'input', step, input: { version: '1.0.0', regions: ['west'] }, effective: true },
    started,
    { kind: 'ticket', step, value: 7 },
    { kind: 'done', step, output: {}, proof: [] },
    { kind: 'done', step: 'disk.upload', output: {}, proof: [], outdates: [step] },
  )
  expect(state).toMatchObject({ status: 'todo', input: { version: '1.0.0' }, ticket: 7 })
  expect(state).not.toHaveProperty('output')
})

test('typing other values marks a performed step as edited, typing the same does not', () => {
  const performed: Fact[] = [{ kind: 'input', step, input: { a: 1, b: [2] }, effective: true }, started]
  expect(stepAfter(step, ...performed, { kind: 'input', step, input: { b: [2] } }).edited).toBe(false)
  expect(stepAfter(step, ...performed, { kind: 'input', step, input: { b: [3] } }).edited).toBe(true)
})

test('resources: named once however often announced, case of a resource id ignored, gone ones go', () => {
  const making = (id: string, keep = true): Fact => ({ kind: 'making', step, resource: { id, what: 'pool', keep } })
  const id = '/subscriptions/1/resourceGroups/G/providers/Microsoft.Batch/batchAccounts/a'
  const state = replay(
    entries(making(id), making('https://host/Blob'), making('https://host/blob'), making(id.toUpperCase(), false)),
  )
  expect(state.resources).toMatchObject([
    { keep: false, at: time(1) },
    { id: 'https://host/Blob' },
    { id: 'https://host/blob' },
  ])
  const gone: Fact = { kind: 'gone', step, id: id.toLowerCase() }
  expect(replay(entries(making(id), gone)).resources).toEqual([])
  expect(replay(entries(making(id), gone, making(id))).resources).toMatchObject([{ at: time(3) }])
})

test('data is compared as JSON: order of keys and undefined do not count', () => {
  expect(isSameData({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1, d: undefined })).toBe(true)
  expect(isSameData([1, 2], [2, 1])).toBe(false)
  expect(isSameData([], {})).toBe(false)
  expect(isSameData(null, {})).toBe(false)
})

const anyStep = fc.constantFrom(...stepIds)
// No form has a field of this name, and objects lose it on their way.
const record = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  fc.jsonValue(),
)
const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({
    kind: fc.constant('run' as const),
    id: fc.string(),
    recipe: fc.constant('from-disk' as const),
    name: fc.string(),
    app: fc.string(),
  }),
  fc.record({ kind: fc.constant('renamed' as const), name: fc.string() }),
  fc.record({ kind: fc.constant('input' as const), step: anyStep, input: record }),
  fc.record({
    kind: fc.constant('input' as const),
    step: anyStep,
    input: record,
    effective: fc.constant(true as const),
  }),
  fc.record({ kind: fc.constant('started' as const), step: anyStep, attempt: fc.nat() }),
  fc.record({
    kind: fc.constant('making' as const),
    step: anyStep,
    resource: fc.record({ id: fc.string(), what: fc.string(), keep: fc.boolean() }),
  }),
  fc.record({ kind: fc.constant('ticket' as const), step: anyStep, value: fc.jsonValue() }),
  fc.record({
    kind: fc.constant('done' as const),
    step: anyStep,
    output: fc.jsonValue(),
    proof: fc.constant<Proof[]>([]),
    outdates: fc.array(anyStep),
  }),
  fc.record({
    kind: fc.constant('failed' as const),
    step: anyStep,
    error: fc.record({ code: fc.constantFrom(...errorCodes), params: fc.constant({}), details: fc.constant({}) }),
  }),
  fc.record({ kind: fc.constant('skipped' as const), step: anyStep, reason: fc.string() }),
  fc.record({ kind: fc.constant('gone' as const), step: anyStep, id: fc.string() }),
)

test('every prefix of any journal replays, and no step is left running', () => {
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 30 }), (facts) => {
      const all = entries(...facts)
      for (let length = 1; length <= all.length; length++) {
        const state = replay(all.slice(0, length))
        expect(Object.values(state.steps).some(({ status }) => status === 'running')).toBe(false)
        expect(state.updatedAt).toBe(all[length - 1]!.at)
      }
    }),
    { numRuns: 200 },
  )
})

test('a fact survives its way through JSON and its schema unchanged', () => {
  fc.assert(
    fc.property(anyFact, (fact) => {
      const entry = JSON.parse(JSON.stringify({ v: 1, seq: 1, at: time(0), ...fact })) as JournalEntry
      expect(journalEntry.parse(entry)).toEqual(entry)
    }),
  )
})

/** What an app wrote that did not have the preflight yet. */
const beforePreflight = (['connect.scope', 'prepare.account', 'prepare.storage'] as const).flatMap((id): Fact[] => [
  { kind: 'started', step: id, attempt: 1 },
  { kind: 'done', step: id, output: {}, proof: [] },
])

test('a run that was past a step before there was that step is not unfinished', () => {
  expect(stepAfter('prepare.preflight', ...beforePreflight).status).toBe('skipped')
  // Finished steps that do not need it prove nothing.
  expect(stepAfter('prepare.preflight', ...beforePreflight.slice(0, 2)).status).toBe('todo')
})

test('a step that came later is to be done as soon as what needs it is, and counts once a person performs it', () => {
  const typed: Fact = { kind: 'input', step: 'prepare.account', input: { name: 'other' } }
  const performed: Fact = { kind: 'input', step: 'prepare.account', input: { name: 'one' }, effective: true }
  expect(stepAfter('prepare.preflight', ...beforePreflight, performed, typed).status).toBe('todo')
  expect(stepAfter('prepare.preflight', ...beforePreflight, performed, typed, performed).status).toBe('skipped')
  const own: Fact = { kind: 'started', step: 'prepare.preflight', attempt: 1 }
  const done: Fact = { kind: 'done', step: 'prepare.preflight', output: {}, proof: [] }
  expect(stepAfter('prepare.preflight', ...beforePreflight, own).status).toBe('interrupted')
  expect(stepAfter('prepare.preflight', ...beforePreflight, own, done, typed).status).toBe('done')
})
