import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openLog } from '../../src/main/log'
import { createPracticeProcess, type PracticeReady } from '../../src/main/practice-process'
import type { JournalEntry } from '../../src/shared/run'
import { askPractice, command, countOf, practiceProgram, start, untilStats } from '../support/command'
import type { Ended, Line, Stats } from '../support/command'
import { examples, newState } from '../support/run'

let example: string
beforeAll(async () => {
  example = await readFile(examples['from-vm'], 'utf8')
})

const account = ['mode=choose', 'name=practicebatch', 'resourceGroup=practice-shared']
const windows = `publisher: microsoftwindowsserver
      offer: windowsserver
      sku: 2022-datacenter-g2`

/** The command line on a cloud that goes on while the command is dead, as Azure does, and a journal to look into. */
async function practising(plan: string) {
  const state = await newState()
  const practice = createPracticeProcess({
    ...{ program: practiceProgram, folder: path.join(state, 'practice'), speed: 'jump' as const },
    log: openLog(path.join(state, 'logs')),
  })
  onTestFinished(() => practice.stop())
  const { profile, owner } = await practice.start()
  const [file, cloud] = [path.join(state, 'plan.yaml'), path.join(state, 'cloud.json')]
  await writeFile(cloud, JSON.stringify(profile))
  await writeFile(file, plan)
  const settings = account.flatMap((setting) => ['--set', `prepare.account.${setting}`])
  const args = ['run', file, '--cloud', cloud, '--trust-plan', '--state', state, ...settings]
  const identity = identityOf(owner)
  const stats = async () => (await askPractice(profile.armEndpoint, state, 'GET', 'stats')) as Stats

  return {
    stats,
    run: (...more: string[]): Promise<Ended> => command([...args, ...more], identity),
    /** Kills it at a record; or, where the cloud is to be asked a number of times more, after that. */
    async killedAt(fits: (line: Line) => boolean, more: string[] = [], further?: RegExp): Promise<void> {
      const running = start([...args, ...more], identity)
      await running.line(fits)
      const asked = countOf(await stats(), further ?? /^$/)
      if (further) await untilStats(profile.armEndpoint, state, (now) => countOf(now, further) > asked + 2)
      running.child.kill('SIGKILL')
      expect((await running.ended).signal).toBe('SIGKILL')
    },
    async journal(): Promise<JournalEntry[]> {
      const [run = ''] = await readdir(path.join(state, 'runs'))
      const text = await readFile(path.join(state, 'runs', run, 'journal.jsonl'), 'utf8')
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as JournalEntry]))
    },
  }
}

function identityOf({ tenantId, clientId, clientSecret }: PracticeReady['owner']): Record<string, string> {
  return { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret }
}

const at = (step: string, kind: JournalEntry['kind']) => (line: Line) => line.kind === kind && line['step'] === step
const making = (step: string, what: string) => (line: Line) =>
  at(step, 'making')(line) && (line as { resource?: { what: string } }).resource?.what === what

/** Ids of what stands in the cloud and in no list. */
function unlisted({ resources }: Stats, { lines }: Ended): string[] {
  const listed = lines.at(-1)!.resources!.map(({ id }) => id.toLowerCase())
  const own = resources.filter((id) => !/\/resourceGroups\/practice-shared(\/|$)/i.test(id))
  return own.filter((id) => !listed.includes(id.toLowerCase()))
}

describe('a program killed', { timeout: 240_000 }, () => {
  it('while a build VM gives its hardware back, is marked and is brought back, goes on, and makes nothing twice', async () => {
    const studio = await practising(example)
    await studio.killedAt(at('vm.deallocate', 'started'))
    await studio.killedAt(at('vm.mark', 'started'))
    expect(await studio.run('--stop-after', 'vm.mark')).toMatchObject({ code: 0, stderr: '' })
    const back = ['--set', 'vm.restore.times=1', '--stop-after', 'vm.restore']
    await studio.killedAt(making('vm.restore', 'managed disk'), back)
    await studio.killedAt(at('vm.restore', 'gone'), back)
    const ended = await studio.run(...back)
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' })
    const stats = await studio.stats()
    expect(unlisted(stats, ended)).toEqual([])
    const kinds = ended.lines.at(-1)!.resources!.map(({ what }) => what)
    for (const what of ['virtual machine', 'managed disk', 'snapshot', 'network interface'])
      expect(kinds.filter((one) => one === what)).toEqual([what])
    expect(stats.repeatedPutTotal).toBeLessThanOrEqual(4)
    const done = (await studio.journal()).flatMap((entry) => (entry.kind === 'done' ? [entry] : []))
    const outputs = Object.fromEntries(done.map(({ step, output }) => [step, output]))
    expect(outputs).toMatchObject({
      'vm.restore': { times: 1, osDiskId: expect.stringMatching(/-os-1$/) as string },
      'vm.deallocate': { powerState: 'deallocated', snapshotKept: true },
    })
    const steps = done.map(({ step }) => step)
    for (const step of ['vm.restore', 'vm.deallocate', 'vm.mark'])
      expect(steps.filter((one) => one === step)).toEqual([step])
  })

  it('before and while Sysprep works, goes on with its end', async () => {
    const plan = example
      .replace(/publisher: canonical[\s\S]*?sku: server/, windows)
      .replace('channel: pasted', 'channel: byAzure')
      .replace('auth: appKey', 'auth: password')
      .replace(/parts: # run[\s\S]*?check: command -v gcc\n/, 'parts: []\n')
      .replace('done: false #', 'done: true #')
    const studio = await practising(plan)
    await studio.killedAt(
      (line) => at('vm.generalize', 'ticket')(line) && JSON.stringify(line['value']).includes('"begun"'),
    )
    await studio.killedAt(at('vm.generalize', 'started'), [], /^GET .*\/instanceView/)
    const ended = await studio.run('--stop-after', 'vm.generalize')
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' })
    const journal = await studio.journal()
    expect(journal.filter(({ kind }) => kind === 'failed')).toEqual([])
    const done = journal.flatMap((entry) => (entry.kind === 'done' && entry.step === 'vm.generalize' ? [entry] : []))
    const evidence = [
      { id: 'imageState', detail: 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE' },
      { id: 'channel', detail: 'Disabled' },
    ]
    expect(done).toMatchObject([{ output: { evidence } }])
    expect(unlisted(await studio.stats(), ended)).toEqual([])
  })
})
