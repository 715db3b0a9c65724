import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
let file: string
beforeAll(async () => {
  practice = await practised()
  file = await smallDisk()
}, 120_000)

it('what a damaged journal forgot is listed again when the run goes on', { timeout: 60_000 }, async () => {
  const run = await practice.begin({ 'disk.choose': { file } })
  await practice.go(run, 'prepare.preflight')
  const journal = path.join(practice.folder, 'runs', run, 'journal.jsonl')
  const text = await readFile(journal, 'utf8')
  await writeFile(journal, text.replace('"kind":"making"', '"kind":"mXking"'))
  await expect(practice.go(run)).rejects.toMatchObject({ code: 'journal.damaged' })
  expect((await practice.stateOf(run)).resources).toEqual([])
  expect(await practice.go(run, 'prepare.preflight')).toMatchObject({ is: 'done' })
  expect((await practice.stateOf(run)).resources).toMatchObject([{ what: 'resource group', step: 'prepare.preflight' }])
})
