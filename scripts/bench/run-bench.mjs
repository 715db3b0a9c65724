import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from '../setup/build.mjs'
import { openVirtualDisplay } from '../setup/display.mjs'
import { ensureElectron } from '../setup/electron.mjs'
import { ensureInstalled } from '../setup/install.mjs'
import { say, sentence, Stop } from '../setup/say.mjs'
import { ensureSystemPackages } from '../setup/system-packages.mjs'
import { machineLine, watchLoad } from './machine.mjs'
import { table } from './numbers.mjs'

const usualRounds = 3

/**
 * Measures what no test can assert, because it depends on the machine, and prints it; writes nothing into the checkout.
 * `--rounds N` changes how often everything is measured. Returns 1 when something did not run or an Azure library is loaded at start;
 * a missed target is only marked. Throws Stop.
 */
export async function runBench(words) {
  const rounds = roundsIn(words)
  delete process.env.ELECTRON_RUN_AS_NODE
  await ensureInstalled()
  const electron = await ensureElectron()
  await ensureSystemPackages({ program: electron.program, display: true, tests: true })
  await ensureBuilt()
  const display = process.platform === 'linux' ? await openVirtualDisplay() : null
  const env = { ...process.env, ...display?.env }
  if (display) delete env.WAYLAND_DISPLAY
  const folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'batch-image-studio-bench-')))
  const leave = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.on('exit', leave)
  try {
    return await measure({ program: electron.program, version: electron.version, env, folder, rounds })
  } finally {
    process.off('exit', leave)
    leave()
    display?.close()
  }
}

async function measure({ program, version, env, folder, rounds }) {
  // Imported here, because they need what was installed just now.
  const [{ copyOfApp, makePeers, testParts }, { createStartUp }, { createPracticeRun }, { createWindowRun }, sizes] =
    await Promise.all([
      import('./parts.mjs'),
      import('./start-up.mjs'),
      import('./practice-run.mjs'),
      import('./window.mjs'),
      import('./sizes.mjs'),
    ])
  const studio = copyOfApp(folder)
  const given = { program, env, studio, folder, ...(await makePeers(folder)), ...(await testParts(folder)) }
  const startUp = createStartUp(given)
  const parts = { 'start-up': startUp, 'window run': createWindowRun(given), 'practice run': createPracticeRun(given) }
  const troubles = new Map()
  const attempt = async (name, work) => {
    if (troubles.has(name)) return []
    try {
      return await work()
    } catch (error) {
      troubles.set(name, sentence(error instanceof Stop ? error : new Stop(error.message)))
      return []
    }
  }

  await attempt('start-up', () => startUp.warmUp())
  // Playwright takes this whole process down when Electron does not start.
  if (troubles.has('start-up')) troubles.set('window run', 'left out, because the start-up failed')
  const loadSince = watchLoad()
  for (let round = 1; round <= rounds; round++) {
    for (const [name, part] of Object.entries(parts)) {
      if (troubles.has(name)) continue
      say(`Round ${round} of ${rounds}: ${name} ...`)
      await attempt(name, () => part.round())
    }
  }
  const load = loadSince()
  const rows = []
  for (const [name, part] of Object.entries(parts)) rows.push(...(await attempt(name, () => part.rows())))
  const isStarted = startUp.loaded().length > 0
  const loaded = isStarted ? await attempt('loaded files', () => sizes.describeLoaded(startUp.loaded(), studio)) : []

  const lines = ['', machineLine(version), load, '', ...(rows.length > 0 ? table(rows) : []), '', ...loaded]
  for (const line of lines) say(line)
  for (const { what, isMissed } of rows) if (isMissed) say(`Target MISSED: ${what.trim()}`)
  for (const [name, reason] of troubles) say(`FAILED: ${name}: ${reason}`)
  return troubles.size > 0 ? 1 : 0
}

function roundsIn(words) {
  if (words.length === 0) return usualRounds
  const rounds = words.length === 2 && words[0] === '--rounds' ? Number(words[1]) : NaN
  if (!Number.isInteger(rounds) || rounds < 1) throw new Stop('Usage: npm run bench [-- --rounds N]')
  return rounds
}
