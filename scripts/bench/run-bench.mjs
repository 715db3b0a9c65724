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
import { linesOf, table } from './numbers.mjs'
import { writeResults } from './results.mjs'
import { asked } from './words.mjs'

/**
 * Measures what no test can assert, because it depends on the machine, prints it and writes it into `bench-results`. `words` = parts,
 * `quick`, `--rounds N`. Returns 1 when something did not run or an Azure library is loaded at start; a missed target is only marked.
 * Throws Stop.
 */
export async function runBench(words) {
  const { parts, rounds, isQuick } = asked(words)
  delete process.env.ELECTRON_RUN_AS_NODE
  await ensureInstalled()
  const electron = await ensureElectron()
  const isShown = ['app', 'desktop', 'terminal'].some((part) => parts.includes(part))
  await ensureSystemPackages({ program: electron.program, display: isShown, tests: true })
  await ensureBuilt()
  const display = isShown && process.platform === 'linux' ? await openVirtualDisplay() : null
  const env = { ...process.env, ...display?.env }
  if (display) delete env.WAYLAND_DISPLAY
  const folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'batch-image-studio-bench-')))
  const endings = []
  const atEnd = (end) => void endings.push(end)
  const leave = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.on('exit', leave)
  try {
    const { program, version } = electron
    return await measure({ program, version, env, folder, parts, rounds, isQuick, atEnd })
  } finally {
    for (const end of endings) await end()
    process.off('exit', leave)
    leave()
    display?.close()
  }
}

async function measure({ program, version, env, folder, parts, rounds, isQuick, atEnd }) {
  // Imported here, because they need what was installed just now.
  const { copyOfApp } = await import('./parts.mjs')
  const given = { program, env, folder, isQuick, atEnd, studio: copyOfApp(folder) }
  const benches = {
    ...(parts.includes('app') && (await (await import('./app.mjs')).appParts(given))),
    ...(await (await import('./disk-parts.mjs')).diskParts(given, parts)),
    ...(parts.includes('desktop') && { desktop: await (await import('./desktop.mjs')).createDesktops(given) }),
    ...(parts.includes('sftp') && { sftp: await (await import('./sftp.mjs')).createSftp(given) }),
    ...(parts.includes('terminal') && (await (await import('./terminal.mjs')).terminalParts(given))),
  }
  const troubles = new Map()
  const attempt = async (name, work) => {
    if (troubles.has(name)) return []
    try {
      return (await work()) ?? []
    } catch (error) {
      troubles.set(name, sentence(error instanceof Stop ? error : new Stop(error.message)))
      return []
    }
  }

  for (const [name, bench] of Object.entries(benches)) await attempt(name, () => bench.warmUp?.())
  // Playwright takes this whole process down when Electron does not start.
  if (troubles.has('start-up')) troubles.set('window run', 'left out, because the start-up failed')
  const loadSince = watchLoad()
  for (let round = 1; round <= rounds; round++) {
    for (const [name, bench] of Object.entries(benches)) {
      if (troubles.has(name)) continue
      say(`Round ${round} of ${rounds}: ${name} ...`)
      await attempt(name, () => bench.round())
    }
  }
  const about = [machineLine(version), loadSince()]
  const found = { rows: [], tables: [], lines: [], measured: {} }
  for (const [name, bench] of Object.entries(benches)) {
    found.rows.push(...(await attempt(name, () => bench.rows())))
    found.tables.push(...(await attempt(name, () => bench.tables?.())))
    found.lines.push(...(await attempt(name, () => bench.lines?.())))
    found.measured[name] = bench.measured?.()
    for (const [key, reason] of bench.troubles?.() ?? []) troubles.set(`${name}, ${key}`, reason)
  }
  print({ ...found, about, troubles })
  if (isQuick)
    say('A quick look: on disks this small the start of every program counts most, whatever the targets say.')
  else say(`Written to ${writeResults({ ...found, about, troubles, parts, rounds })}`)
  return troubles.size > 0 ? 1 : 0
}

function print({ rows, tables, lines, about, troubles }) {
  for (const line of ['', ...about, '']) say(line)
  for (const one of tables) for (const line of [one.title, ...linesOf(one), '']) say(line)
  if (rows.length > 0) for (const line of [...table(rows), '']) say(line)
  for (const line of lines) say(line)
  for (const { what, isMissed } of rows) if (isMissed) say(`Target MISSED: ${what.trim()}`)
  for (const [name, reason] of troubles) say(`FAILED: ${name}: ${reason}`)
}
