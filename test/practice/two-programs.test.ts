import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openLog } from '../../src/main/log'
import { createStudio, type Studio } from '../../src/main/studio'
import { command, practiceProgram, start } from '../support/command'
import { fullDisk, madeByRun, madeIn, newState, runArguments } from '../support/run'

const isTicket = ({ kind, step }: { kind?: string; step?: string }) => kind === 'ticket' && step === 'disk.upload'

/** What the window drives, on the same folder as a command line. */
function windowOn(state: string): Studio {
  const studio = createStudio({
    stateFolder: state,
    appVersion: 'test',
    log: openLog(path.join(state, 'logs')),
    language: () => 'en',
    signInUi: { openBrowser: () => Promise.reject(new Error('no window')), showDeviceCode: () => undefined },
    tokenCache: () => ({
      load: () => Promise.resolve(null),
      save: () => Promise.resolve(),
      clear: () => Promise.resolve(),
    }),
    practice: { program: practiceProgram, speed: 'jump' },
    headless: { environment: {} },
  })
  onTestFinished(() => studio.close())
  return studio
}

describe('two programs on one run', () => {
  it('the second says who has it, and everything is made once', { timeout: 180_000 }, async () => {
    const state = await newState()
    const args = runArguments(state, await fullDisk(), '--set', 'disk.upload.connections=1')
    const first = start(args)
    await first.line(isTicket)
    const second = await command(args)
    expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 1, stdout: '' })
    expect(second.stderr).toMatch(new RegExp(`^run\\.locked: .*process ${first.child.pid} on `))
    expect((await first.ended).code).toBe(0)
    const { stats, made } = await madeIn(state)
    expect(made).toEqual(madeByRun)
    expect(stats.repeatedPutTotal).toBe(0)
    expect(await readdir(path.join(state, 'runs'))).toHaveLength(1)
  })

  it('the window follows a command line live, and takes over when that is killed', { timeout: 180_000 }, async () => {
    const state = await newState()
    const first = start(runArguments(state, await fullDisk(), '--set', 'disk.upload.connections=1'))
    await first.line(isTicket)
    const { engine } = windowOn(state)
    const [summary] = await engine.list()
    expect(summary).toMatchObject({ status: 'elsewhere' })
    const run = summary!.id
    await expect(engine.continue(run)).rejects.toMatchObject({ code: 'run.locked', params: { pid: first.child.pid } })
    await expect(engine.setInput(run, 'pool.canary', { dedicated: 2 })).rejects.toMatchObject({ code: 'run.locked' })
    const seen: string[] = []
    const stop = engine.subscribe((view) => {
      const status = view.run?.state.steps['disk.upload'].status
      if (status) seen.push(status)
    }, run)
    expect((await engine.open(run)).state.steps['disk.upload'].attempts).toBe(1)
    first.child.kill('SIGKILL')
    await first.ended
    await expect.poll(async () => (await engine.list())[0]?.status, { timeout: 20_000 }).toBe('interrupted')
    expect(await (await engine.continue(run)).ended).toMatchObject({ is: 'finished' })
    stop()
    expect(seen.at(-1)).toBe('done')
    const { steps } = (await engine.open(run)).state
    expect(steps['disk.upload'].attempts).toBe(2)
  })
})

describe('files of a run that are damaged', () => {
  it.each([
    ['a summary that is no JSON', 'summary.json', '{"journalBytes":'],
    ['a summary of something else', 'summary.json', '{"journalBytes":1,"summary":{"id":"x","status":"y","name":"z"}}'],
    ['a lock that is no JSON', 'lock.json', '\u0000\u0000'],
    ['a lock of a program that is gone', 'lock.json', '{"pid":999999999,"start":"x/1","host":"","key":"k"}'],
  ])('%s does no harm', { timeout: 60_000 }, async (_what, name, text) => {
    const state = await mkdtemp(path.join(tmpdir(), 'damaged-'))
    onTestFinished(() => rm(state, { recursive: true, force: true }))
    const { engine } = windowOn(state)
    const run = await engine.create({ recipe: 'from-disk', name: 'Damaged' })
    await engine.flush()
    const file = path.join(state, 'runs', run, name)
    await writeFile(file, text)
    // As left behind by a program that ended a while ago.
    await utimes(file, new Date(Date.now() - 600_000), new Date(Date.now() - 600_000))
    const again = windowOn(state).engine
    expect((await again.list()).map(({ name }) => name)).toEqual(['Damaged'])
    await again.setInput(run, 'pool.canary', { dedicated: 3 })
    expect((await again.open(run)).state.steps['pool.canary'].typed).toEqual({ dedicated: 3 })
  })
})
