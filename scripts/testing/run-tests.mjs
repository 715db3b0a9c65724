import { existsSync } from 'node:fs'
import { ensureBuilt } from '../setup/build.mjs'
import { openVirtualDisplay } from '../setup/display.mjs'
import { ensureElectron } from '../setup/electron.mjs'
import { ensureInstalled } from '../setup/install.mjs'
import { say, Stop } from '../setup/say.mjs'
import { ensureSystemPackages } from '../setup/system-packages.mjs'
import { suites } from './suites.mjs'

/**
 * Sets everything up and runs all suites, or those named in `words`; other words narrow the tests of a suite by file name.
 * Ends with one plain line of counts. Returns the exit code. Throws Stop.
 */
export async function runTests(words) {
  const chosen = suites.filter((suite) => words.includes(suite.name))
  const filters = words.filter((word) => !suites.some((suite) => suite.name === word))
  if (filters.length > 0 && chosen.length === 0) {
    throw new Stop(`Name a suite first: ${suites.map((suite) => suite.name).join(', ')}. Then parts of file names.`)
  }
  await ensureInstalled()
  const wanted = chosen.length > 0 ? chosen : suites
  const context = { filters, env: withoutNodeMode(process.env), close: () => undefined }
  const trouble = await prepare(wanted, context)
  const total = { passed: 0, failed: 0, skipped: 0 }
  try {
    for (const suite of wanted) {
      const result = trouble !== null && suite.needsElectron ? failedAs(trouble) : await timed(suite, context)
      report(suite, result)
      total.passed += result.passed
      total.failed += result.failed.length
      total.skipped += result.skipped.length
    }
  } finally {
    context.close()
  }
  say('')
  say(`${total.passed} passed, ${total.failed} failed` + (total.skipped > 0 ? `, ${total.skipped} skipped` : ''))
  return total.failed > 0 ? 1 : 0
}

/** Electron, system packages and a display, where a wanted suite needs them. Returns why that is not to be had, or null. */
async function prepare(wanted, context) {
  const needsElectron = wanted.some((suite) => suite.needsElectron)
  const tests = wanted.some((suite) => suite.needsTools)
  try {
    const electron = needsElectron ? await ensureElectron() : undefined
    await ensureSystemPackages({ program: electron?.program, display: needsElectron, tests })
    if (needsElectron && process.platform === 'linux') {
      const display = await openVirtualDisplay()
      say(`Windows open on a virtual display (Xvfb, DISPLAY=${display.env.DISPLAY}).`)
      Object.assign(context.env, display.env)
      delete context.env.WAYLAND_DISPLAY
      context.close = display.close
    }
    return null
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    // Missing tools stop everything: half of the suites would fail with words that nobody understands.
    if (error.message.startsWith('Not on this system')) throw error
    return error.message
  }
}

async function timed(suite, context) {
  const begun = Date.now()
  say(`\n${suite.name} ...`)
  const folders = suite.folder === undefined || existsSync(suite.folder)
  const result = folders ? await started(suite, context) : failedAs(`There is no folder ${suite.folder}.`)
  return { ...result, seconds: (Date.now() - begun) / 1000 }
}

/** The suite `build` comes first; where it was not asked for, a stale build would test yesterday's code. */
async function started(suite, context) {
  try {
    if (suite.needsBuild) await ensureBuilt()
  } catch (error) {
    if (error instanceof Stop) return failedAs(error.message)
    throw error
  }
  return suite.run(context)
}

/** Set in the terminal of some editors, it would turn every Electron into a plain Node. */
function withoutNodeMode(env) {
  const copy = { ...env }
  delete copy.ELECTRON_RUN_AS_NODE
  return copy
}

function failedAs(reason) {
  return { passed: 0, failed: ['did not start'], skipped: [], output: reason, seconds: 0 }
}

function report(suite, { passed, failed, skipped, output, seconds }) {
  const counts = [
    `${passed} passed`,
    failed.length > 0 && `${failed.length} FAILED`,
    skipped.length > 0 && `${skipped.length} skipped`,
  ]
  say(`${suite.name.padEnd(9)} ${counts.filter(Boolean).join(', ')}  (${seconds.toFixed(1)} s)`)
  for (const name of skipped) say(`  skipped: ${name}`)
  for (const name of failed) say(`  FAILED: ${name}`)
  if (failed.length > 0) say(indent(output.trimEnd()))
}

function indent(text) {
  return text.replace(/^/gm, '    ')
}
