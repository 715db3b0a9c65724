import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createEngine } from '../../src/main/engine/engine'
import type { AnyStep } from '../../src/main/engine/step'
import { environmentNetwork } from '../../src/main/net/network'
import { createRecipeForm } from '../../src/main/recipe-form'
import { createRecipeWatch, type RecipeMessage } from '../../src/main/recipe-watch'
import { openPins } from '../../src/main/sessions/pins'
import { createSessions, type LiveSessions } from '../../src/main/sessions/sessions'
import { runParts } from '../../src/main/steps/parts'
import { messages } from '../../src/shared/messages/messages'
import type { Part, PartState } from '../../src/shared/parts'
import { lineId, type RecipeView } from '../../src/shared/recipe-calls'
import { startLine } from '../support/files-host'
import { part } from '../support/parts'
import { startSshd, type RealSshd } from '../support/sshd'

/** A busy machine takes its time. */
const patiently = { timeout: 15_000 }

let sshd: RealSshd
let line: Awaited<ReturnType<typeof startLine>>
let sessions: LiveSessions
let folder: string
let states: PartState[]
let printed: string

beforeAll(async () => {
  sshd = await startSshd()
  line = await startLine(sshd.port)
  const { user, key, fingerprint } = sshd
  sessions = createSessions({
    destination: () =>
      Promise.resolve({
        label: 'build',
        host: '127.0.0.1',
        port: line.port,
        user,
        place: 'build',
        hostKeys: [fingerprint],
        system: 'linux',
        identities: [{ kind: 'key', name: 'test', key }],
      }),
    network: environmentNetwork({}),
    pins: openPins({ file: join(sshd.folder, 'pins.json'), write: writeFile, now: () => new Date() }),
    now: () => new Date(),
    words: () => messages.en.terminal,
  })
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parts-'))
  states = []
  printed = ''
  return () => rmSync(folder, { recursive: true, force: true })
})
afterAll(async () => {
  sessions.closeAll()
  line.close()
  await sshd.close()
})

/** Runs parts as the step does; `onPrint` is told what they print so far. */
async function run(
  parts: Part[],
  { signal = new AbortController().signal, onPrint = (_text: string): void => undefined } = {},
) {
  const tools = {
    signal,
    now: () => new Date(),
    progress: () => undefined,
    parts: {
      stands: () => undefined,
      prints: (_id: string, text: string) => onPrint((printed += text)),
    },
    keep(now: readonly PartState[]) {
      states = JSON.parse(JSON.stringify(now)) as PartState[]
      return Promise.resolve()
    },
  }
  return runParts(tools, await sessions.connect('run', signal), parts, states)
}

/** A part that writes its name down each time it runs. */
function noting(id: string, change: Partial<Part> = {}): Part {
  return part(id, `echo ${id} >> ${folder}/log`, change)
}

const noted = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
const statusOf = (id: string) => states.find((state) => state.id === id)

describe('parts over OpenSSH', { timeout: 30_000 }, () => {
  it('run in their order, and only those that are new or edited run again', async () => {
    const parts = [
      noting('one'),
      noting('left-out', { skip: true }),
      noting('two', { check: `grep -q two ${folder}/log` }),
    ]
    await run(parts)
    expect(noted()).toEqual(['one', 'two'])
    expect(states.map(({ id, status }) => `${id} ${status}`)).toEqual(['one done', 'two done'])
    await run(parts)
    expect(noted()).toEqual(['one', 'two'])
    await run([parts[0]!, noting('two', { script: `echo edited >> ${folder}/log` }), noting('three')])
    expect(noted()).toEqual(['one', 'two', 'edited', 'three'])
  })

  it('copy files and folders first', async () => {
    const from = join(folder, 'from')
    mkdirSync(from)
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n))
    writeFileSync(join(from, 'a b.bin'), bytes)
    await run([part('copy', `cp -r '${folder}/to' '${folder}/seen'`, { files: [{ from, to: join(folder, 'to') }] })])
    expect(readFileSync(join(folder, 'seen', 'a b.bin'))).toEqual(bytes)
  })

  it('stop at one that fails, and go on with it', async () => {
    const broken = noting('broken', { script: `echo "PASSWORD=hunter2" >&2; test -e ${folder}/mended || exit 7` })
    const parts = [noting('one'), broken, noting('two')]
    await expect(run(parts)).rejects.toMatchObject({
      code: 'recipe.part-failed',
      params: { part: 'broken', code: 7 },
      details: { message: 'PASSWORD=[redacted]' },
    })
    expect(noted()).toEqual(['one'])
    expect(statusOf('broken')).toMatchObject({ status: 'failed', why: 'script', exitCode: 7 })
    expect(JSON.stringify(states)).not.toContain('hunter2')
    writeFileSync(join(folder, 'mended'), '')
    await run(parts)
    expect(noted()).toEqual(['one', 'two'])
  })

  it('fail where their check does, and then run as a whole again', async () => {
    const parts = [noting('one', { check: `test "$(wc -l < ${folder}/log)" -ge 2` })]
    await expect(run(parts)).rejects.toMatchObject({ code: 'recipe.check-failed', params: { part: 'one', code: 1 } })
    await run(parts)
    expect(noted()).toEqual(['one', 'one'])
  })

  it('of which the connection is lost say so, and what is left of them is ended before they run again', async () => {
    const script = `echo $$ >> ${folder}/log; echo begun; test -e ${folder}/again || sleep 300`
    const cut = run([part('long', script)], { onPrint: (text) => void (text.includes('begun') && line.cut()) })
    await expect(cut).rejects.toMatchObject({ code: 'recipe.broken-off', params: { part: 'long' } })
    expect(statusOf('long')).toMatchObject({ status: 'failed', why: 'connection', exitCode: null })
    const [first] = noted()
    expect(existsSync(`/proc/${first}`)).toBe(true)
    writeFileSync(join(folder, 'again'), '')
    await run([part('long', script)])
    expect(existsSync(`/proc/${first}`)).toBe(false)
    expect(statusOf('long')).toMatchObject({ status: 'done', exitCode: 0 })
  })

  it('that are stopped leave nothing running', async () => {
    const stop = new AbortController()
    const script = `echo $$ >> ${folder}/log; echo begun; sleep 300`
    const stopped = run([part('long', script)], { signal: stop.signal, onPrint: () => stop.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(statusOf('long')).toMatchObject({ status: 'failed', why: 'stopped' })
    await expect.poll(() => existsSync(`/proc/${noted()[0]}`), patiently).toBe(false)
  })

  it('may print anything: it is seen, and its end is kept as text', async () => {
    await run([part('noise', "head -c 300000 /dev/urandom; printf '\\n\\033[31mthe end\\033[0m\\n'")])
    expect(printed.length).toBeGreaterThan(100_000)
    expect(statusOf('noise')?.tail).toMatch(/the end$/)
    expect(statusOf('noise')?.tail).not.toMatch(/[^\P{Cc}\n\t]/u)
  })
})

describe('the command bar', { timeout: 30_000 }, () => {
  it('runs a line, shows what it prints, and keeps it as a part', async () => {
    const bar = await commandBar()
    await bar.watch.runLine(bar.run, `echo hello from the VM > ${folder}/log; cat ${folder}/log`, true)
    await expect.poll(() => bar.view().line, patiently).toMatchObject({ exitCode: 0, error: null, kept: 'kept' })
    expect(bar.output()).toBe('hello from the VM\n')
    const [kept] = await bar.parts()
    expect(kept).toMatchObject({ script: `echo hello from the VM > ${folder}/log; cat ${folder}/log`, skip: false })
    await bar.close()
  })

  it.each([
    ['carries a password', 'true --password hunter2', 0, 'secret'],
    ['fails', 'exit 3', 3, 'failed'],
  ])('keeps no line that %s', async (_what, text, exitCode, kept) => {
    const bar = await commandBar()
    await bar.watch.runLine(bar.run, text, true)
    await expect.poll(() => bar.view().line, patiently).toMatchObject({ exitCode, kept })
    expect(await bar.parts()).toEqual([])
    expect(JSON.stringify(bar.view())).not.toContain('hunter2')
    await bar.close()
  })

  it('runs one line at a time, which can be stopped', async () => {
    const bar = await commandBar()
    await bar.watch.runLine(bar.run, `echo $$ > ${folder}/log; echo begun; sleep 300`, false)
    await expect.poll(() => bar.output(), patiently).toBe('begun\n')
    expect(bar.view().running).toMatchObject({ id: lineId })
    await expect(bar.watch.runLine(bar.run, 'true', false)).rejects.toMatchObject({ code: 'recipe.busy' })
    await bar.watch.stop(bar.run)
    await expect.poll(() => bar.view().line?.error?.code, patiently).toBe('cancelled')
    await expect.poll(() => existsSync(`/proc/${noted()[0]}`), patiently).toBe(false)
    await bar.close()
  })
})

async function commandBar() {
  const install: AnyStep<object> = {
    id: 'vm.install',
    requires: [],
    parse: (input) => input,
    describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
    check: () => Promise.resolve({ is: 'todo' }),
    run: () => Promise.resolve({}),
  }
  const engine = createEngine<object>({
    folder: join(folder, 'state'),
    recipes: { 'from-vm': [install] },
    environment: () => ({}),
    proposals: () => ({ parts: [] }),
    now: () => new Date(),
    appVersion: 'test',
    takeProof: () => [],
  })
  const form = createRecipeForm(engine)
  const watch = createRecipeWatch({
    subscribe: (listener, of) => engine.subscribe(listener, of),
    form,
    cancel: (of) => engine.cancel(of),
    sessions,
    now: () => new Date(),
  })
  const id = await engine.create({ recipe: 'from-vm', name: 'mine' })
  const told: RecipeMessage[] = []
  const stop = watch.watch(id, (message) => told.push(message))
  return {
    watch,
    run: id,
    view: (): RecipeView =>
      told.flatMap((message) => (message.kind === 'view' ? [message.view] : [])).at(-1) ?? {
        parts: [],
        running: null,
        line: null,
      },
    output: () => told.map((message) => (message.kind === 'output' ? message.text : '')).join(''),
    parts: async () => (await form.parts(id)).parts,
    async close() {
      stop()
      watch.close()
      await engine.close()
    },
  }
}
