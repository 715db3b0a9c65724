import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openLog } from '../../src/main/log'
import { createPracticeProcess } from '../../src/main/practice-process'
import { askPractice, command, countOf, killAfter, practiceProgram, type Stats } from '../support/command'
import { example, madeByRun, madeOf, newState, smallDisk } from '../support/run'

const kills = 20

it(
  'a run killed twenty times after any journal record finishes, and nothing is made twice or forgotten',
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
    const cloud = path.join(state, 'cloud.json')
    await writeFile(cloud, JSON.stringify(profile))
    const identity = {
      AZURE_TENANT_ID: owner.tenantId,
      AZURE_CLIENT_ID: owner.clientId,
      AZURE_CLIENT_SECRET: owner.clientSecret,
    }
    const disk = await smallDisk()
    const args = ['run', example, '--cloud', cloud, '--state', state, '--set', `disk.choose.file=${disk}`]

    const random = seeded(20261123)
    const ends: string[] = []
    for (let kill = 0; kill < kills; kill++) ends.push(await killAfter(args, 1 + Math.floor(random() * 8), identity))
    const last = await command(args, identity)

    expect(ends.filter((end) => end === 'killed')).toHaveLength(kills)
    expect(last).toMatchObject({ code: 0, stderr: '' })
    const stats = (await askPractice(profile.armEndpoint, state, 'GET', 'stats')) as Stats
    expect(madeOf(stats)).toEqual(madeByRun)
    expect(stats.repeatedPutTotal).toBeLessThanOrEqual(kills)
    expect(countOf(stats, /^DELETE \/blob/)).toBe(1)
    const listed = last.lines.at(-1)!.resources!.map(({ id }) => id.toLowerCase())
    const own = stats.resources.filter((id) => !/\/practice-shared(\/|$)/i.test(id)).map((id) => id.toLowerCase())
    expect(own.filter((id) => !listed.includes(id))).toEqual([])
  },
)

/** Numbers from 0 to 1, the same for the same seed (Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed % 2147483647
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}
