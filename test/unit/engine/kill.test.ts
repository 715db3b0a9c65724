import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../../support/bundle'
import { folderCloud, pagesOfUpload, smallEngine } from '../../support/small-recipe'

let folder: string
let program: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'kill-'))
  program = await bundle('test/support/small-recipe-child.ts', folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A new state folder with one run in it. */
async function newRun(name: string): Promise<{ state: string; run: string }> {
  const state = path.join(folder, name)
  const { engine } = smallEngine(state)
  const run = await engine.create({ recipe: 'from-disk', name, cloud: 'practice' })
  await engine.close()
  return { state, run }
}

/** Runs the program until it ends or dies; returns the records it wrote and its last words. */
async function drive({ state, run }: { state: string; run: string }, dieAfter: number, how = '') {
  const child = spawn(process.execPath, [program, state, run, String(dieAfter), how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { signal, said: output.trim().split('\n') }
}

function expectOneOfEach(state: string, run: string) {
  const puts = folderCloud(path.join(state, 'cloud')).puts()
  const names = ['prepare.account', 'disk.upload', 'image.version', 'pool.create'].map((step) => `${step}-of-${run}`)
  const pages = Array.from({ length: pagesOfUpload }, (_none, index) => `disk.upload-of-${run}/page-${index + 1}`)
  expect(puts.toSorted()).toEqual([...names, ...pages].sort())
}

/** What one process writes that is not killed, after the run and the chosen cloud. */
const records = [
  ...['input', 'started', 'done'],
  ...['input', 'started', 'making', 'done'],
  ...['input', 'started', 'making', 'ticket', 'done'],
  ...['input', 'started', 'making', 'done'],
  ...['input', 'started', 'making', 'done'],
]

test('killed again and again, the run goes on every time and makes each thing once', async () => {
  const at = await newRun('again')
  let kills = 0
  while ((await drive(at, 3)).signal) kills += 1
  expect(kills).toBeGreaterThan(5)
  expectOneOfEach(at.state, at.run)
})

test.each(records.map((kind, index) => ({ number: index + 1, kind })))(
  'killed when record $number ($kind) was on disk, then finished: one create of each thing, nothing unlisted',
  async ({ number }) => {
    const at = await newRun(`record-${number}`)
    expect(await drive(at, number)).toEqual({ signal: 'SIGKILL', said: records.slice(0, number) })
    const ended = await drive(at, 0)
    expect(ended.said.at(-1)).toBe('ended finished')
    expectOneOfEach(at.state, at.run)
    const { engine } = smallEngine(at.state)
    const { state } = await engine.open(at.run)
    expect(state.resources.map(({ what, keep }) => `${what} ${keep}`)).toEqual([
      'container true',
      'container false',
      'container true',
      'container true',
    ])
    await engine.close()
  },
)

const removals = ['cancelling', 'gone', 'gone', 'gone', 'gone', 'cancelled']

test.each(removals.slice(0, -1).map((kind, index) => ({ number: index + 1, kind })))(
  'given up and killed when record $number ($kind) was on disk, then gone on: nothing left, nothing unlisted',
  async ({ number }) => {
    const at = await newRun(`removal-${number}`)
    await drive(at, 0)
    expect(await drive(at, number, 'giveUp')).toEqual({ signal: 'SIGKILL', said: removals.slice(0, number) })
    const halfway = smallEngine(at.state)
    const { state } = await halfway.engine.open(at.run)
    expect(state.resources.length + state.cancelled!.removed.length).toBe(4)
    expect(await halfway.engine.list()).toMatchObject([{ status: 'cancelling' }])
    await halfway.engine.close()
    expect((await drive(at, 0)).said.at(-1)).toBe('ended done')
    const { engine, cloud } = smallEngine(at.state)
    const ended = (await engine.open(at.run)).state
    expect(ended).toMatchObject({ resources: [], cancelled: { left: [] } })
    expect(ended.cancelled!.removed).toHaveLength(4)
    // The pages of the upload are its bytes: this cloud keeps them as files of their own.
    expect(cloud.things().filter((id) => !id.includes('/page-'))).toEqual([])
    await engine.close()
  },
)
