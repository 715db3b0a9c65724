import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../setup/commands.mjs'
import { sandboxSwitches } from '../setup/sandbox.mjs'
import { Stop } from '../setup/say.mjs'
import { row } from './numbers.mjs'

const limitMs = 60_000
const pairsPerRound = 3

/** Process start to first paint, ours and an empty window by turns; `round` measures, `rows` sums up, `loaded` = files of our main process. */
export function createStartUp({ program, env, studio, empty, probe, folder }) {
  const ours = []
  const theirs = []
  const oursMade = []
  const theirsMade = []
  let loaded = []
  const start = async (name, app) => {
    const result = join(folder, 'first-paint.json')
    rmSync(result, { force: true })
    const args = [...sandboxSwitches(), '--require', probe, app, `--user-data-dir=${join(folder, `data-${name}`)}`]
    const begun = performance.timeOrigin + performance.now()
    const { code, timedOut, output } = await runCommand(program, args, {
      env: { ...env, BENCH_RESULT: result },
      limitMs,
    })
    return {
      begun,
      ...resultIn(result, name, timedOut ? `not within ${limitMs / 1000} s` : `it ended with code ${code}`, output),
    }
  }
  const pair = async () => {
    const studioStart = await start('studio', studio)
    const emptyStart = await start('empty', empty)
    return { studioStart, emptyStart }
  }
  return {
    loaded: () => loaded,
    /** The first start of each fills caches and is not counted. */
    warmUp: pair,
    async round() {
      for (let done = 0; done < pairsPerRound; done++) {
        const { studioStart, emptyStart } = await pair()
        ours.push(studioStart.at - studioStart.begun)
        theirs.push(emptyStart.at - emptyStart.begun)
        oursMade.push(studioStart.made - studioStart.begun)
        theirsMade.push(emptyStart.made - emptyStart.begun)
        loaded = studioStart.loaded
      }
    },
    rows() {
      const ratios = ours.map((value, at) => value / theirs[at])
      return [
        row('start to first paint', ours, 'ms'),
        row('  of this until the window is made', oursMade, 'ms'),
        row('  an empty Electron window', theirs, 'ms'),
        row('  of this until the window is made', theirsMade, 'ms'),
        row('start to first paint, ratio to the empty window', ratios, 'x', { most: 1.3, note: 'pair by pair' }),
      ]
    },
  }
}

function resultIn(file, name, ending, output) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new Stop(`The window of ${name} was not painted: ${ending}. ${output.trim().slice(-500)}`.trim())
  }
}
