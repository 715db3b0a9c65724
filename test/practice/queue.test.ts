import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { JournalEntry } from '../../src/shared/run'
import { askPractice, command, countOf } from '../support/command'
import { newState, runArguments, smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised({ queue: {}, target: 'pageBlob' })
  disk = { file: await smallDisk() }
}, 120_000)

const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }
const isProbe = /^HEAD \(unknown\)$/

/** Resolves when a fact that fits is written. */
function fact(of: Practiced, fits: (entry: JournalEntry) => boolean): Promise<void> {
  return new Promise((resolve) => of.onFact(fits, resolve))
}
const isQueued = (entry: JournalEntry) => entry.kind === 'queued'

async function ask(of: Practiced, method: 'POST' | 'DELETE', incident?: object): Promise<void> {
  const { profile } = await of.studio.practice.start()
  await askPractice(profile.armEndpoint, of.folder, method, 'faults', incident)
}
/** From now on every connection is dropped. */
function cut(of: Practiced): Promise<void> {
  return ask(of, 'POST', { kind: 'cut' })
}
/** The line is up again, and the system says that the network is back. */
async function mend(of: Practiced): Promise<void> {
  await ask(of, 'DELETE')
  of.studio.networkChanged()
}

describe('a cloud that does not answer', () => {
  it('is waited for, and the rest is done after a fresh check, nothing twice', { timeout: 120_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'disk.upload')
    await cut(practice)
    const queued = fact(practice, isQueued)
    const work = await practice.studio.engine.continue(run)
    await queued
    const { host } = new URL((await practice.studio.practice.start()).profile.armEndpoint)
    expect(await practice.studio.engine.list()).toMatchObject([{ id: run, status: 'waiting', queue: { host } }])
    expect(practice.studio.connection(run)).toMatchObject({ state: 'offline', host })
    await mend(practice)
    expect(await work.ended).toMatchObject({ is: 'finished' })
    const { steps } = await practice.stateOf(run)
    expect(steps['image.gallery']).toMatchObject({ status: 'done', attempts: 2 })
    expect((await practice.stats()).repeatedPutTotal).toBe(0)
  })

  it('is waited for at the sign-in as well', { timeout: 120_000 }, async () => {
    const other = await practised({ queue: {}, target: 'pageBlob' })
    const run = await other.begin({ ...account, 'disk.choose': disk })
    await cut(other)
    const queued = fact(other, isQueued)
    const work = await other.studio.engine.continue(run, { stopAfter: 'connect.scope' })
    await queued
    expect((await other.stateOf(run)).steps['connect.signIn']).toMatchObject({
      status: 'waiting',
      queue: { rest: true, stopAfter: 'connect.scope' },
    })
    await mend(other)
    expect(await work.ended).toMatchObject({ is: 'done', step: 'connect.scope' })
  })

  it('is asked once for two runs that wait for it', { timeout: 120_000 }, async () => {
    const runs = [
      await practice.begin({ ...account, 'disk.choose': disk }),
      await practice.begin({ ...account, 'disk.choose': disk }),
    ]
    for (const run of runs) await practice.go(run, 'connect.scope')
    const before = countOf(await practice.stats(), isProbe)
    await cut(practice)
    const works = []
    for (const run of runs) {
      const queued = fact(practice, isQueued)
      works.push(await practice.studio.engine.continue(run, { stopAfter: 'prepare.account' }))
      await queued
    }
    await mend(practice)
    for (const { ended } of works) expect(await ended).toMatchObject({ is: 'done', step: 'prepare.account' })
    expect(countOf(await practice.stats(), isProbe) - before).toBe(1)
  })

  it('is waited for again after a restart of the program', { timeout: 180_000 }, async () => {
    const first = await practised({ queue: {}, target: 'pageBlob' })
    const run = await first.begin({ ...account, 'disk.choose': disk })
    await first.go(run, 'prepare.account')
    await cut(first)
    const queued = fact(first, isQueued)
    const { ended } = await first.studio.engine.continue(run, { stopAfter: 'prepare.storage' })
    await queued
    await first.studio.close()
    expect(await ended).toMatchObject({ is: 'closed' })

    const second = await practised({ queue: {}, folder: first.folder })
    expect(await second.studio.engine.list()).toMatchObject([{ id: run, status: 'waiting' }])
    const done = fact(second, (entry) => entry.kind === 'done' && entry.step === 'prepare.storage')
    await second.studio.requeue()
    expect((await second.studio.engine.open(run)).waiting).toBe('prepare.storage')
    await mend(second)
    await done
    expect((await second.stats()).repeatedPutTotal).toBe(0)
  })

  it('is left alone by who does not want to wait', { timeout: 120_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'connect.scope')
    await cut(practice)
    const queued = fact(practice, isQueued)
    const { ended } = await practice.studio.engine.continue(run)
    await queued
    await practice.studio.engine.cancel(run)
    expect(await ended).toMatchObject({ is: 'cancelled', error: { code: 'offline' } })
    await mend(practice)
  })
})

describe('the command run', () => {
  async function deadCloud(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'dead-cloud-'))
    const file = path.join(folder, 'cloud.json')
    const host = 'https://127.0.0.1:9'
    const profile = {
      name: 'dead',
      authority: `${host}/tenant`,
      knownAuthorities: ['127.0.0.1:9'],
      clientId: '11111111-1111-4111-8111-111111111111',
      armEndpoint: host,
      armScope: `${host}/.default`,
      batchScope: `${host}/.default`,
      batchSuffix: 'batch.example',
      storageScope: `${host}/.default`,
      storageSuffix: 'example',
      loopbackOnly: true,
    }
    await writeFile(file, JSON.stringify(profile))
    return file
  }
  const identity = {
    AZURE_TENANT_ID: '22222222-2222-4222-8222-222222222222',
    AZURE_CLIENT_ID: '11111111-1111-4111-8111-111111111111',
    AZURE_CLIENT_SECRET: 'secret',
  }

  it('fails at once when the cloud does not answer', { timeout: 60_000 }, async () => {
    const args = runArguments(await newState(), disk.file, '--cloud', await deadCloud())
    const { code, lines } = await command(args, identity)
    expect(code).toBe(1)
    expect(lines.filter(({ kind }) => kind === 'queued')).toEqual([])
    expect(lines.at(-1)).toMatchObject({ status: 'failed' })
  })

  it('waits as long as --wait says', { timeout: 60_000 }, async () => {
    const args = runArguments(await newState(), disk.file, '--cloud', await deadCloud(), '--wait', '0.01')
    const { code, lines, stderr } = await command(args, identity)
    expect(code).toBe(1)
    const of = lines.filter(({ step, kind }) => step === 'connect.signIn' && kind !== 'input').map(({ kind }) => kind)
    expect(of).toEqual(['started', 'queued', 'failed'])
    expect(stderr).toContain('offline')
  })

  it('says what --wait takes', async () => {
    const { code, stderr } = await command(['run', 'plan.yaml', '--wait', 'long'])
    expect(code).toBe(2)
    expect(stderr).toContain('--wait')
  })
})
