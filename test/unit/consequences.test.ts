import { describe, expect, it } from 'vitest'
import { consequencesIn, unusedIn } from '../../src/main/changes'
import { formsOf, proposals } from '../../src/shared/proposals'
import { replay } from '../../src/shared/replay'
import type { Fact, JournalEntry, RunState } from '../../src/shared/run'
import { stepIds, type StepId } from '../../src/shared/terms'
import { thingsOf } from '../../src/shared/things'

const subscriptionId = '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'
const file = '/disks/blender.vhd'
const outputs: Partial<Record<StepId, object>> = {
  'connect.signIn': { subscriptionId, region: 'westeurope' },
  'connect.scope': { subscriptionId, region: 'westeurope', resourceGroup: 'blender' },
  'prepare.account': { region: 'westeurope', sizeV2: 'Standard_F2s_v2' },
  'disk.choose': { file, sizeBytes: 1024, modifiedMs: 1 },
  'disk.inspect': { generation: 'V2', os: { type: 'Linux', id: 'debian', versionId: '12' } },
}
const typed: Partial<Record<StepId, object>> = { 'disk.choose': { file } }

/** The journal of a run whose steps up to `last` are done as the engine writes it, each with what it makes. */
function runUpTo(last: StepId, more: Partial<Record<StepId, object>> = {}): RunState {
  const facts: Fact[] = [
    { kind: 'run', id: '20261125-abc234', recipe: 'from-disk', name: 'Blender', app: '1' },
    { kind: 'input', step: 'disk.upload', input: { target: 'pageBlob', ...more['disk.upload'] } },
  ]
  for (const step of stepIds.slice(0, stepIds.indexOf(last) + 1)) {
    const own = { ...typed[step], ...more[step] }
    if (Object.keys(own).length > 0) facts.push({ kind: 'input', step, input: own })
    const state = stateOf(facts)
    facts.push(
      { kind: 'input', step, input: formsOf(state)(step), effective: true },
      { kind: 'started', step, attempt: 1 },
    )
    for (const { what, id, basis } of thingsOf(step, formsOf(stateOf(facts)), stateOf(facts))) {
      const url = id.replace(/^.*\/storageAccounts\/([^/]+)/, 'https://$1.blob.core.windows.net')
      const resource = {
        id: what === 'page blob' ? url : id,
        what,
        keep: !['page blob', 'managed disk'].includes(what),
        basis,
      }
      facts.push({ kind: 'making', step, resource })
    }
    facts.push({ kind: 'done', step, output: outputs[step] ?? {}, proof: [] })
  }
  return stateOf(facts)
}

function stateOf(facts: Fact[]): RunState {
  return replay(facts.map((fact, at): JournalEntry => ({ v: 1, seq: at + 1, at: '2026-11-25T17:00:00.000Z', ...fact })))
}

function fates(state: RunState, step: StepId, input: object): Record<string, string> {
  const { things } = consequencesIn(state, step, input as Record<string, unknown>)
  return Object.fromEntries(things.map(({ what, fate }) => [what, fate]))
}

describe('what changing a finished step does', () => {
  it('to another target of the upload: what was made for the first is of no use any more', () => {
    const onDisk = runUpTo('pool.canary', { 'disk.upload': { target: 'disk' } })
    expect(onDisk.resources.map(({ what }) => what)).not.toContain('storage account')
    expect(fates(onDisk, 'disk.upload', { target: 'pageBlob' })).toMatchObject({ 'managed disk': 'unused' })
    expect(fates(runUpTo('pool.canary'), 'disk.upload', { target: 'disk' })).toMatchObject({ 'page blob': 'unused' })
  })

  const whole = runUpTo('pool.canary')

  it('to another pool name: only the pool is new, the old one stays unused and costs', () => {
    const seen = consequencesIn(whole, 'pool.create', { name: 'other-pool' })
    expect(seen.again.map(({ step }) => step)).toEqual(['pool.canary'])
    expect(seen.things).toMatchObject([{ what: 'pool', fate: 'unused', isCosting: true, isLeaving: false }])
  })

  it('to another region: everything after it is made there anew, the group is used again', () => {
    const seen = consequencesIn(whole, 'connect.scope', { region: 'northeurope' })
    expect(seen.again.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['prepare.preflight', 'prepare.account', 'disk.upload', 'image.version', 'pool.canary']),
    )
    expect(seen.again.map(({ step }) => step)).not.toContain('disk.choose')
    expect(fates(whole, 'connect.scope', { region: 'northeurope' })).toEqual({
      'resource group': 'reused',
      'Batch account': 'unused',
      'storage account': 'unused',
      'page blob': 'unused',
      gallery: 'unused',
      'image definition': 'unused',
      'image version': 'unused',
      pool: 'unused',
    })
  })

  it('to the same region in other letters: nothing is new', () => {
    expect(new Set(Object.values(fates(whole, 'connect.scope', { region: 'West Europe' })))).toEqual(
      new Set(['reused']),
    )
  })

  it('to another file: disk, version and pool are new, what they lie in is used again', () => {
    expect(fates(whole, 'disk.choose', { file: '/disks/other.vhd' })).toEqual({
      'page blob': 'unused',
      'image definition': 'reused',
      'image version': 'unused',
      pool: 'unused',
    })
  })

  it('to another file under a blob name that was typed: the blob is overwritten', () => {
    const state = runUpTo('disk.upload', { 'disk.upload': { blobName: 'mine.vhd' } })
    expect(fates(state, 'disk.choose', { file: '/disks/other.vhd' })).toEqual({ 'page blob': 'overwritten' })
  })

  it('under a name that was typed: what has the name is in the way', () => {
    const state = runUpTo('pool.create', { 'pool.create': { name: 'mine' } })
    expect(fates(state, 'pool.create', { name: 'mine', vmSize: 'standard_d4s_v3' })).toEqual({ pool: 'inTheWay' })
  })

  it('to an account that exists: the new one is not needed any more', () => {
    const input = { mode: 'choose', name: 'theirs', resourceGroup: 'shared' }
    expect(fates(whole, 'prepare.account', input)).toMatchObject({ 'Batch account': 'unused', pool: 'unused' })
  })

  it('of counts only: nothing is made again', () => {
    expect(consequencesIn(whole, 'pool.canary', { dedicated: 3 }).things).toEqual([])
  })
})

describe('going back to an earlier choice', () => {
  it('offers the earlier things again', () => {
    const whole = runUpTo('pool.canary')
    const pool = thingsOf('pool.create', formsOf(whole), whole)[0]!
    const other = {
      ...whole,
      steps: { ...whole.steps, 'connect.scope': { ...whole.steps['connect.scope'], input: { region: 'northeurope' } } },
    }
    const reset = (state: RunState): RunState => ({
      ...state,
      steps: {
        ...state.steps,
        'prepare.account': { ...state.steps['prepare.account'], input: {} },
        'prepare.storage': { ...state.steps['prepare.storage'], input: {} },
      },
    })
    expect(proposals('prepare.account', reset(other))['name']).toBe('blenderabc2342')
    expect(proposals('prepare.account', reset(whole))['name']).toBe('blenderabc234')
    expect(pool.id).toContain('/batchAccounts/blenderabc234/pools/blender-abc234')
  })

  it('keeps what is unused listed, and takes along only what was ticked', () => {
    const whole = runUpTo('pool.canary')
    const unused = unusedIn(whole, 'pool.create', { name: 'other' }, [])
    expect(unused).toEqual([{ id: expect.stringMatching(/pools\/blender-abc234$/) as string, remove: false }])
    const ticked = unusedIn(whole, 'pool.create', { name: 'other' }, [unused[0]!.id])
    const changed = replayed(whole, ticked)
    expect(changed.resources.filter(({ unused: is }) => is === 'remove')).toHaveLength(1)
    expect(changed.resources).toHaveLength(whole.resources.length)
    expect(unusedIn(changed, 'pool.create', {}, [])).toEqual([])
  })
})

function replayed(state: RunState, unused: { id: string; remove: boolean }[]): RunState {
  const ids = new Map(unused.map(({ id, remove }) => [id, remove]))
  return {
    ...state,
    resources: state.resources.map((one) =>
      ids.has(one.id) ? { ...one, unused: ids.get(one.id) ? 'remove' : 'stays' } : one,
    ),
  }
}

describe('proposals', () => {
  it('number versions after the newest that others made, and count replicas by the nodes wanted', () => {
    const state = runUpTo('image.definition')
    const definition = { ...state.steps['image.definition'], output: { newestVersion: '2.4.9' } }
    const nodes = { ...state.steps['pool.canary'], input: { dedicated: 500, spot: 101 } }
    const known = { ...state, steps: { ...state.steps, 'image.definition': definition, 'pool.canary': nodes } }
    expect(proposals('image.version', known)).toMatchObject({
      version: '2.4.10',
      regions: [{ name: 'westeurope', replicas: 3 }],
    })
  })

  it('take the size that fits from what the account allows', () => {
    expect(proposals('pool.create', runUpTo('image.version'))['vmSize']).toBe('standard_f2s_v2')
  })

  it('prefer the one account that is there', () => {
    const state = runUpTo('connect.scope')
    const onlyAccount = `/subscriptions/${subscriptionId}/resourceGroups/shared/providers/Microsoft.Batch/batchAccounts/only`
    const scope = { ...state.steps['connect.scope'], output: { ...outputs['connect.scope'], onlyAccount } }
    const known = { ...state, steps: { ...state.steps, 'connect.scope': scope } }
    expect(proposals('prepare.account', known)).toEqual({ mode: 'choose', name: 'only', resourceGroup: 'shared' })
  })
})
