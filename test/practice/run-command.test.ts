import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { askPractice, command, countOf, start, untilStats } from '../support/command'
import { fullDisk, madeByRun, madeIn, newState, runArguments, smallDisk } from '../support/run'

const isDone = (step: string) => (line: { kind?: string; step?: string }) => line.kind === 'done' && line.step === step

describe('the command run', () => {
  it('takes a disk image to an idle node in the practice cloud and reports it', { timeout: 120_000 }, async () => {
    const state = await newState()
    const { code, lines, stderr } = await command(runArguments(state, await smallDisk()))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const last = lines.at(-1)!
    expect(last).toMatchObject({ status: 'finished' })
    expect(lines.map(({ seq }) => seq).slice(0, -1)).toEqual(lines.slice(0, -1).map((_line, at) => at + 1))
    expect(lines.find(isDone('pool.canary'))).toMatchObject({ output: { state: 'idle', dedicated: 1, spot: 0 } })
    expect(lines.find(isDone('finish.verify'))).toMatchObject({
      output: {
        checks: ['blobLength', 'versionState', 'versionSource', 'poolImage', 'nodeIdle'].map(
          (id) => expect.objectContaining({ id, ok: true }) as unknown,
        ),
      },
    })
    const { stats, made } = await madeIn(state)
    expect(made).toEqual(madeByRun)
    expect(stats.repeatedPutTotal).toBe(0)
    expect(countOf(stats, /^DELETE .*\/disks\//)).toBe(1)
    const report = await readFile((lines.find(isDone('finish.report'))!['output'] as { file: string }).file, 'utf8')
    const created = lines.find(isDone('pool.create'))!['proof'] as { requestId: string }[]
    expect(report).toContain(created[0]!.requestId)
    expect(report).toContain('A node of the pool runs on the image.')
    const visible = report.replace(/<style>[^]*?<\/style>|<[^>]*>/g, ' ')
    expect(visible).not.toMatch(/[{}]|undefined|null|NaN|running/)
  })

  it('says that a finished run is finished when it is asked for again', { timeout: 120_000 }, async () => {
    const state = await newState()
    const disk = await smallDisk()
    await command(runArguments(state, disk, '--stop-after', 'prepare.preflight'))
    const stopped = await command(runArguments(state, disk, '--stop-after', 'prepare.preflight'))
    expect(stopped.code).toBe(0)
    expect(stopped.lines.at(-1)).toMatchObject({ status: 'stopped' })
    expect(stopped.lines.filter(({ kind }) => kind === 'started')).toEqual([])
    expect((await madeIn(state)).made).toEqual({ 'Microsoft.Resources/resourceGroups': 1 })
  })

  it('killed during the upload, goes on where it was', { timeout: 180_000 }, async () => {
    const state = await newState()
    const args = runArguments(state, await fullDisk(), '--set', 'disk.upload.connections=2')
    const killed = start(args)
    const cloud = (await killed.line(isDone('connect.cloud')))['output'] as { armEndpoint: string }
    const isPutPage = /^PUT .*comp=page$/
    await untilStats(cloud.armEndpoint, state, (stats) => countOf(stats, isPutPage) >= 8)
    killed.child.kill('SIGKILL')
    expect((await killed.ended).lines.some(isDone('disk.upload'))).toBe(false)
    const again = await command(args)
    expect(again).toMatchObject({ code: 0, stderr: '' })
    const sent = again.lines.find(isDone('disk.upload'))!['output'] as { presentBytes: number; sentBytes: number }
    expect(sent.presentBytes).toBeGreaterThanOrEqual(4 * 1024 * 1024)
    expect(sent.sentBytes).toBeLessThan(40 * 1024 * 1024)
    const { stats, made } = await madeIn(state)
    expect(made).toEqual(madeByRun)
    expect(stats.repeatedPutTotal).toBeLessThanOrEqual(1)
  })

  it('killed while the image version is made, adopts it', { timeout: 180_000 }, async () => {
    const state = await newState()
    const args = runArguments(state, await smallDisk(), '--speed', '60')
    const killed = start(args)
    const cloud = (await killed.line(isDone('connect.cloud')))['output'] as { armEndpoint: string }
    const isPutVersion = /^PUT .*\/versions\/\{\}$/
    await untilStats(cloud.armEndpoint, state, (stats) => countOf(stats, isPutVersion) === 1)
    killed.child.kill('SIGKILL')
    expect((await killed.ended).lines.some(isDone('image.version'))).toBe(false)
    const again = await command(runArguments(state, await smallDisk()))
    expect(again).toMatchObject({ code: 0, stderr: '' })
    const { stats, made } = await madeIn(state)
    expect(made).toEqual(madeByRun)
    expect(countOf(stats, isPutVersion)).toBe(1)
    expect(stats.repeatedPutTotal).toBe(0)
  })

  it('interrupted by Ctrl+C, stops cleanly with code 130 and can go on', { timeout: 180_000 }, async () => {
    const state = await newState()
    const args = runArguments(state, await fullDisk(), '--set', 'disk.upload.connections=1')
    const stopped = start(args)
    await stopped.line(({ kind, step }) => kind === 'ticket' && step === 'disk.upload')
    stopped.child.kill('SIGINT')
    const { code, lines } = await stopped.ended
    expect(code).toBe(130)
    expect(lines.at(-1)).toMatchObject({ status: 'cancelled' })
    expect(lines.at(-2)).toMatchObject({ kind: 'failed', step: 'disk.upload', error: { code: 'cancelled' } })
    expect(await command(args)).toMatchObject({ code: 0 })
  })

  it('keeps secrets off its journal, its log and its output', { timeout: 120_000 }, async () => {
    const state = await newState()
    const { stdout, stderr, lines } = await command(
      runArguments(state, await smallDisk(), '--stop-after', 'prepare.account'),
    )
    const run = String(lines.at(-1)!['run'])
    const journal = await readFile(path.join(state, 'runs', run, 'journal.jsonl'), 'utf8')
    const log = await readFile(path.join(state, 'logs', 'app.log'), 'utf8')
    const all = [stdout, stderr, journal, log].join('\n')
    expect(all).not.toMatch(/eyJ[\w-]{10,}\.|client_secret|[?&]sig=/)
  })
})

describe('a plan that cannot be carried out', () => {
  it.each([
    [
      'has a key nobody knows',
      'schema: 1\nrecipe: from-disk\ninputs: { disk.choose: { path: a } }',
      'plan.unknown-key',
      'inputs.disk.choose.path',
    ],
    ['is no plan', '- a\n- b', 'plan.invalid', ''],
    ['is no YAML', 'schema: [', 'plan.unreadable', ''],
    [
      'holds a secret',
      'schema: 1\nrecipe: from-disk\ninputs: { connect.cloud: { tenant: "env:BIS_X" } }',
      'plan.secret',
      'connect.cloud.tenant',
    ],
  ])('is refused with code 2 when it %s', async (_what, text, code, named) => {
    const state = await newState()
    const plan = path.join(state, 'plan.yaml')
    await writeFile(plan, text)
    const ended = await command(['run', plan, '--state', state])
    expect(ended.code).toBe(2)
    expect(ended.stdout).toBe('')
    expect(ended.stderr).toContain(code)
    expect(ended.stderr).toContain(named)
  })

  it('is told in German where the system speaks German', async () => {
    const ended = await command(['run', 'none.yaml'], { LANG: 'de_DE.UTF-8' })
    expect(ended.stderr).toMatch(/^plan\.unreadable: Der Plan none\.yaml/)
    expect((await command(['--help'], { LC_ALL: 'de_AT.UTF-8' })).stdout).toContain('Aufruf:')
    expect((await command(['run', '--help'])).stdout).toContain('Usage:')
  })

  it('wants a sign-in where nobody is named', async () => {
    const state = await newState()
    const plan = path.join(state, 'plan.yaml')
    await writeFile(plan, 'schema: 1\nrecipe: from-disk\ninputs: { connect.cloud: { cloud: public } }')
    const ended = await command(['run', plan, '--state', state])
    expect({ code: ended.code, status: ended.lines.at(-1)?.['status'] }).toEqual({ code: 3, status: 'signIn' })
    expect(ended.stderr).toContain('signIn.client-missing')
  })

  it.each([
    [['run']],
    [['run', 'a.yaml', '--stop-after', 'nowhere']],
    [['run', 'a.yaml', '--speed', 'warp']],
    [['practice', '--port', '99999999']],
    [['pools', '--unknown']],
    [['nonsense']],
    [[]],
  ])('%j is refused with code 2', async (args) => {
    const ended = await command(args)
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('Usage:')
  })
})

describe('the commands practice and pools', () => {
  it('practice prints its profile first, answers, and ends when it is asked to', { timeout: 60_000 }, async () => {
    const state = await newState()
    const practice = start(['practice', '--state', state])
    const profile = await practice.line(() => true)
    expect(profile).toMatchObject({ name: 'practice', loopbackOnly: true })
    expect(await askPractice(String(profile['armEndpoint']), state, 'GET', 'stats')).toMatchObject({
      repeatedPutTotal: 0,
    })
    practice.child.kill('SIGINT')
    expect(await practice.ended).toMatchObject({ code: 0 })
  })

  it('pools lists every pool with the image it uses', { timeout: 60_000 }, async () => {
    const state = await newState()
    const { code, stdout } = await command(['pools', '--cloud', 'practice', '--state', state, '--json'])
    expect(code).toBe(0)
    const rows = JSON.parse(stdout) as { pool: string; image: { kind: string } }[]
    expect(rows.map(({ image }) => image.kind).sort()).toEqual(
      expect.arrayContaining(['managed', 'marketplace', 'retired']),
    )
  })
})
