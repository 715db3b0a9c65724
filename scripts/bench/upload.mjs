import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { say, sentence } from '../setup/say.mjs'
import { figure, median } from './numbers.mjs'
import { runMeasured } from './process-tree.mjs'
import { uploadTargets } from './upload-targets.mjs'

const gibibyte = 2 ** 30
/** The slow line, Mbit/s. */
const slowMbits = 200

/**
 * Uploads beside AzCopy, Azure's own library and curl, by turns, against a sink that only counts. `disks` = `{ random, slow, tiny,
 * sparse, dynamic, vhdx }`, `clients` as `uploadClients` makes them, `startSink` and `program` from `sinkParts`.
 */
export function createUploads({ disks, counts, clients, startSink, program, folder }) {
  const measured = new Map()
  const troubles = new Map()

  async function measureOne({ name, disk, tls, mbits }, who) {
    const sink = await startSink({ program, tls, checksums: 'echo', faults: mbits ? { mbits } : {} })
    const work = mkdtempSync(join(folder, 'upload-'))
    const key = `${name}: ${who}`
    try {
      const { command, args, env } = clients[clientOf(who)]({
        disk: disks[disk],
        url: sink.url('disk.vhd'),
        caFile: sink.caFile,
        folder: work,
      })
      const cost = await runMeasured(command, args, env)
      measured.set(key, [...(measured.get(key) ?? []), { ...cost, ...(await sink.stats()) }])
    } catch (error) {
      troubles.set(key, sentence(error))
    } finally {
      await sink.close()
      rmSync(work, { recursive: true, force: true })
    }
  }

  return {
    async round() {
      for (const scenario of scenarios) {
        // Whoever comes first would else pay for all of them.
        await inMemory(disks[scenario.disk])
        for (const who of scenario.who.filter((one) => clients[clientOf(one)])) {
          if (troubles.has(`${scenario.name}: ${who}`)) continue
          say(`  ${scenario.name}: ${who}`)
          await measureOne({ ...scenario, disk: diskOf(scenario, who) }, who)
        }
      }
    },
    tables: () =>
      scenarios.map(({ name, title }) => ({
        title,
        ...runsTable(
          [...measured].filter(([key]) => key.startsWith(`${name}: `)),
          counts,
        ),
      })),
    rows: () => uploadTargets((scenario, who) => measured.get(`${scenario}: ${who}`) ?? [], counts),
    troubles: () => troubles,
    measured: () => Object.fromEntries(measured),
  }
}

const scenarios = [
  {
    name: 'random',
    title: 'Random data, http',
    disk: 'random',
    who: [
      ...['ours', 'azcopy nopace', 'curl', 'azcopy', 'ours md5', 'azcopy put-md5', 'ours crc64', 'sdk page'],
      ...['sdk block', 'ours in Electron', 'ours, 4 connections'],
    ],
  },
  {
    name: 'sparse',
    title: 'Sparse disk, http',
    disk: 'sparse',
    who: [
      ...['ours', 'azcopy nopace', 'ours md5', 'azcopy', 'ours crc64', 'azcopy put-md5', 'sdk page'],
      ...['ours from dynamic VHD', 'ours from VHDX'],
    ],
  },
  {
    name: 'tls',
    title: 'Random data, TLS',
    disk: 'random',
    tls: true,
    who: [
      ...['ours', 'azcopy nopace', 'ours in Electron', 'ours crc64', 'ours crc64 in Electron', 'sdk page'],
      ...['sdk block', 'curl'],
    ],
  },
  {
    name: 'slow',
    title: `Slow line, ${slowMbits} Mbit/s`,
    disk: 'slow',
    mbits: slowMbits,
    who: ['ours', 'azcopy', 'sdk page', 'ours md5', 'ours crc64'],
  },
  {
    name: 'start',
    title: 'A disk of 20 MiB: what the start of the programs costs',
    disk: 'tiny',
    who: ['ours', 'ours in Electron', 'azcopy nopace', 'sdk page'],
  },
]

/** Reads a file, so that the system keeps it at hand. */
async function inMemory(file) {
  for await (const part of createReadStream(file, { highWaterMark: 4 * 2 ** 20 })) if (part.length === 0) return
}

/** `ours from VHDX` is the client `ours` with another disk. */
function clientOf(who) {
  return who.replace(/ from .*$/, '')
}

function diskOf(scenario, who) {
  return { 'dynamic VHD': 'dynamic', VHDX: 'vhdx' }[/ from (.*)$/.exec(who)?.[1]] ?? scenario.disk
}

const head = [
  ...['', 'wall s', 'window s', 'MiB/s', 'CPU s', 'CPU s/GiB', 'peak MiB', 'tree MiB', 'body GiB', 'requests'],
  ...['conns', 'in flight', 'sink CPU s', 'runs'],
]

/** Medians of all runs. CPU is per GiB that the disk is long; MiB/s is what travelled, over the window. */
function runsTable(entries, { lengths }) {
  const lines = entries.map(([key, runs]) => {
    const of = (value) => figure(median(runs.map(value)))
    const [scenario, who] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 2)]
    return [
      who,
      of((run) => run.wallS),
      of((run) => run.windowMs / 1000),
      of((run) => run.receivedBytes / 2 ** 20 / (run.windowMs / 1000)),
      of((run) => run.cpuS),
      of((run) => run.cpuS / (lengths[scenario] / gibibyte)),
      of((run) => run.peakMiB),
      of((run) => run.treePeakMiB),
      of((run) => run.receivedBytes / gibibyte),
      of((run) => run.requests),
      of((run) => run.connections),
      of((run) => run.mostInFlight),
      of((run) => run.cpuMs / 1000),
      String(runs.length),
    ]
  })
  return { head, lines }
}
