import { rm } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createJournal, readJournal } from '../../src/main/engine/journal'
import type { JournalEntry } from '../../src/shared/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
beforeAll(async () => {
  practice = await practised()
}, 120_000)

describe('the resource group', () => {
  it('is made by the preflight, and nothing before it', { timeout: 60_000 }, async () => {
    const run = await practice.begin({})
    await practice.go(run, 'connect.scope')
    expect((await practice.stateOf(run)).resources).toEqual([])
    expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
    const state = await practice.stateOf(run)
    expect(state.resources).toMatchObject([{ what: 'resource group', step: 'prepare.preflight' }])
    expect((await practice.stats()).resources).toContain(state.resources[0]!.id)
  })

  it('that an earlier version made with the scope is taken over and removed again', { timeout: 60_000 }, async () => {
    const run = await practice.begin({})
    await practice.go(run, 'prepare.preflight')
    const journal = path.join(practice.folder, 'runs', run, 'journal.jsonl')
    const { entries } = await readJournal(journal)
    const [first, ...rest] = entries
      .filter((entry) => !('step' in entry) || entry.step !== 'prepare.preflight' || entry.kind === 'making')
      .map((entry, at): JournalEntry => ({ ...entry, seq: at + 1 }))
      .map((entry) => (entry.kind === 'making' ? { ...entry, step: 'connect.scope' as const } : entry))
    await rm(journal)
    const writer = await createJournal(journal, first as JournalEntry & { kind: 'run' }, () => new Date())
    for (const fact of rest) await writer.append(fact)
    await writer.close()
    const [group] = (await practice.stateOf(run)).resources
    expect(group).toMatchObject({ what: 'resource group', step: 'connect.scope' })
    expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
    expect((await practice.stateOf(run)).resources).toHaveLength(1)
    const { removed } = await practice.studio.engine.cleanUp(run, { alsoRemove: [group!.id] })
    expect(removed).toEqual([group!.id])
    expect((await practice.stats()).resources).not.toContain(group!.id)
  })
})
