import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openLog } from '../../src/main/log'
import { createPracticeProcess } from '../../src/main/practice-process'
import { askPractice, command, countOf, killAfter, practiceProgram, type Ended, type Stats } from '../support/command'
import { example, madeByRun, madeOf, newState, smallDisk } from '../support/run'

const kills = 20
const mostRuns = 8

it(
  'runs killed twenty times after any journal record finish, and nothing is made twice or forgotten',
  { timeout: 240_000 },
  async () => {
    const state = await newState()
    const practice = createPracticeProcess({
      program: practiceProgram,
      folder: path.join(state, 'practice'),
      speed: 'jump',
      log: openLog(path.join(state, 'logs')),
    })
    onTestFinished(() => practice.stop())
    const { profile, owner } = await practice.start()
    await writeFile(path.join(state, 'cloud.json'), JSON.stringify(profile))
    const identity = {
      AZURE_TENANT_ID: owner.tenantId,
      AZURE_CLIENT_ID: owner.clientId,
      AZURE_CLIENT_SECRET: owner.clientSecret,
    }
    const disk = await smallDisk()
    const plan = await readFile(example, 'utf8')
    const argsOf = async (run: number) => {
      const file = path.join(state, `plan-${run}.yaml`)
      await writeFile(file, plan.replace('name: Example image', `name: Killed ${run}`))
      const settings = [
        `disk.choose.file=${disk}`,
        'prepare.account.mode=choose',
        'prepare.account.name=practicebatch',
        'prepare.account.resourceGroup=practice-shared',
      ].flatMap((setting) => ['--set', setting])
      return ['run', file, '--cloud', path.join(state, 'cloud.json'), '--state', state, ...settings]
    }

    const killed = await killedOften(argsOf, identity)
    const last = await command(await argsOf(killed.runs), identity)

    expect(killed.others.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      killed.others.map(() => ({ code: 0, stderr: '' })),
    )
    expect({ kills: killed.kills, code: last.code, stderr: last.stderr }).toEqual({ kills, code: 0, stderr: '' })
    const stats = (await askPractice(profile.armEndpoint, state, 'GET', 'stats')) as Stats
    const eachRun = Object.keys(madeByRun).filter((kind) => kind !== 'Microsoft.Batch/batchAccounts')
    const expected = Object.fromEntries(eachRun.map((kind) => [kind, killed.runs]))
    expect({ ...madeOf(stats), 'Microsoft.Batch/batchAccounts/pools': countOfPools(stats) }).toEqual(expected)
    expect(stats.repeatedPutTotal).toBeLessThanOrEqual(kills)
    expect(countOf(stats, /^DELETE .*\/disks\//)).toBe(killed.runs)
    const ended = [...killed.others, last]
    const listed = ended.flatMap(({ lines }) => lines.at(-1)!.resources!.map(({ id }) => id.toLowerCase()))
    const own = stats.resources.filter((id) => /killed-\d/i.test(id)).map((id) => id.toLowerCase())
    expect(own.filter((id) => !listed.includes(id))).toEqual([])
  },
)

/**
 * Kills after one to four further records, which end up anywhere because the program goes on until the signal arrives. A run
 * that came to its end in spite of that is followed by another.
 */
async function killedOften(argsOf: (run: number) => Promise<string[]>, identity: Record<string, string>) {
  const random = seeded(20261123)
  const others: Ended[] = []
  let count = 0
  while (count < kills && others.length < mostRuns) {
    const ended = await killAfter(await argsOf(others.length + 1), 1 + Math.floor(random() * 4), identity)
    if (ended.signal === 'SIGKILL') count += 1
    else others.push(ended)
  }
  return { kills: count, runs: others.length + 1, others }
}

function countOfPools(stats: Stats): number {
  return stats.resources.filter((id) => /\/pools\/killed-/i.test(id)).length
}

/** Numbers from 0 to 1, the same for the same seed (Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed % 2147483647
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}
