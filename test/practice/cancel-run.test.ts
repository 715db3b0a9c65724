import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { parseJournal } from '../../src/main/engine/journal'
import { replay } from '../../src/shared/replay'
import { timingsOf } from '../../src/shared/time-left'
import { madeOf, smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised({ target: 'pageBlob' })
  disk = { file: await smallDisk() }
}, 120_000)

const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }

it(
  'a run is given up: what is refused stays listed with its reason, trying again removes it',
  { timeout: 90_000 },
  async () => {
    const { engine } = practice.studio
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
    const made = (await practice.stateOf(run)).resources.map(({ id }) => id)
    await practice.incident({ kind: 'forbid', match: 'DELETE .*\\.vhd', count: 1, action: 'blobs/delete' })
    expect(await (await engine.giveUp(run, made)).ended).toMatchObject({ is: 'done' })
    const { cancelled, resources } = await practice.stateOf(run)
    const blob = made.find((id) => id.endsWith('.vhd'))!
    expect(cancelled?.left[0]).toMatchObject({ id: blob, error: { code: 'cloud.forbidden' } })
    expect(resources.map(({ id }) => id)).toContain(blob)
    await (
      await engine.continue(run)
    ).ended
    expect(await practice.stateOf(run)).toMatchObject({ resources: [], cancelled: { left: [] } })
    expect(madeOf(await practice.stats())).toEqual({})
  },
)

it('a recorded run teaches the next one in the same cloud how long steps take', { timeout: 90_000 }, async () => {
  const { engine } = practice.studio
  const run = await practice.begin({ ...account, 'disk.choose': disk })
  expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
  const recorded = parseJournal(await readFile(path.join(practice.folder, 'runs', run, 'journal.jsonl')))
  const timings = timingsOf(replay(recorded.entries))
  expect(timings.map(({ step }) => step)).toEqual(expect.arrayContaining(['disk.upload', 'image.version']))
  await engine.list()
  const next = await practice.begin({ ...account, 'disk.choose': disk })
  const { times } = await engine.open(next)
  expect(times['image.version']?.runs).toBeGreaterThan(0)
  const lasted = timings.find(({ step }) => step === 'image.version')!.seconds
  expect(times['image.version']?.longest).toBeGreaterThanOrEqual(lasted)
})
