import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../setup/commands.mjs'
import { say, sentence, Stop } from '../setup/say.mjs'
import { figure, median, row } from './numbers.mjs'
import { runMeasured, startMeasured } from './process-tree.mjs'

const mebibyte = 2 ** 20
/** So slow that half of the disk is still to come when the kill arrives. */
const mbits = 1600

/** Kills an upload half-way without warning and starts it again; what was acknowledged and travels again is counted. */
export function createResumes({ disk, clients, azcopy, startSink, program, folder }) {
  const measured = new Map()
  const troubles = new Map()
  const half = Math.floor(statSync(disk).size / 2)
  const ours = { first: clients.ours, again: clients.ours }
  const contestants = {
    ours,
    'ours, journal lost': { ...ours, isForgetful: true },
    azcopy: { first: clients.azcopy, again: azcopyAgain },
  }

  /** AzCopy goes on with a job, which it names in its plan file. */
  function azcopyAgain({ disk, url, caFile, folder }) {
    const plan = readdirSync(folder).find((name) => name.includes('--'))
    if (!plan) throw new Stop('AzCopy left no plan to go on with.')
    const given = clients.azcopy({ disk, url, caFile, folder })
    const sas = new URL(url).search.slice(1)
    return { ...given, args: ['jobs', 'resume', plan.slice(0, plan.indexOf('--')), '--destination-sas', sas] }
  }

  async function measureOne({ first, again, isForgetful }) {
    const sink = await startSink({ program, store: true, checksums: 'echo', faults: { mbits } })
    const work = mkdtempSync(join(folder, 'resume-'))
    const other = mkdtempSync(join(folder, 'resume-'))
    try {
      const given = { disk, url: sink.url('disk.vhd'), caFile: null, folder: work }
      const begun = first(given)
      const running = startMeasured(begun.command, begun.args, begun.env)
      await Promise.race([sink.acknowledged(half), running.ended.then(tooEarly)])
      running.kill()
      await running.ended
      const before = await sink.stats()
      await sink.reset()
      const { command, args, env } = again({ ...given, folder: isForgetful ? other : work })
      const { wallS } = await runMeasured(command, args, env)
      const after = await sink.stats()
      const { file } = await sink.blob('disk.vhd')
      const { code } = await runCommand('cmp', [disk, file])
      if (code !== 0) throw new Stop('What stands at the target is not the disk.')
      return { wallS, before, after }
    } finally {
      await sink.close()
      for (const one of [work, other]) rmSync(one, { recursive: true, force: true })
    }
  }

  return {
    async round() {
      for (const [who, contestant] of Object.entries(contestants)) {
        if (troubles.has(who) || (who === 'azcopy' && !azcopy)) continue
        say(`  killed and started again: ${who}`)
        try {
          measured.set(who, [...(measured.get(who) ?? []), await measureOne(contestant)])
        } catch (error) {
          troubles.set(who, sentence(error))
        }
      }
    },
    tables: () => [{ title: 'Killed half-way and started again', ...resumeTable(measured) }],
    rows: () => ['ours', 'ours, journal lost'].flatMap((who) => targets(who, measured.get(who) ?? [])),
    troubles: () => troubles,
    measured: () => Object.fromEntries(measured),
  }
}

function tooEarly({ code, output }) {
  throw new Stop(`It ended with code ${code} before half was sent:\n${output.slice(-1000)}`)
}

function targets(who, runs) {
  if (runs.length === 0) return []
  const again = runs.map(({ after }) => after.repeatedBytes / mebibyte)
  const made = runs.map(({ after }) => after.creations)
  return [
    row(`11 ${who}: acknowledged, sent again`, again, 'MiB', { most: 32 }),
    row(`11 ${who}: blob made anew`, made, 'times', { most: 0 }),
  ]
}

function resumeTable(measured) {
  const head = [
    '',
    'acknowledged MiB',
    'sent by the resume MiB',
    'of it acknowledged before MiB',
    'made anew',
    'wall s',
  ]
  const lines = [...measured].map(([who, runs]) => {
    const of = (value) => figure(median(runs.map(value)))
    return [
      who,
      of(({ before }) => before.acknowledgedBytes / mebibyte),
      of(({ after }) => after.receivedBytes / mebibyte),
      of(({ after }) => after.repeatedBytes / mebibyte),
      of(({ after }) => after.creations),
      of(({ wallS }) => wallS),
    ]
  })
  return { head, lines }
}
