import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runScript } from '../setup/commands.mjs'
import { buildApp } from '../setup/build.mjs'
import { root } from '../setup/paths.mjs'
import { readPlaywright, readVitest } from './reports.mjs'

const minutes = 60_000

/**
 * The suites in the order in which they run. `run` returns `{ passed, failed, skipped, output }`: a count, names, names, and all that
 * was said. A suite that does not start or has no tests has failed.
 */
export const suites = [
  check('format', [['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.', '!package-lock.json']]),
  check('lint', [['eslint/bin/eslint.js', '-c', 'test/support/eslint.config.js', '--max-warnings', '0', '.']]),
  check('types', [
    ['typescript/bin/tsc', '-b'],
    [
      'svelte-check/bin/svelte-check',
      '--tsconfig',
      'src/renderer/tsconfig.json',
      '--fail-on-warnings',
      '--output',
      'human',
    ],
  ]),
  { name: 'build', run: build },
  ...['unit', 'practice', 'wire'].map((name) => ({
    name,
    needsTools: true,
    needsBuild: true,
    folder: join(root, 'test', name),
    run: (context) => vitest(name, context),
  })),
  {
    name: 'e2e',
    needsTools: true,
    needsBuild: true,
    needsElectron: true,
    folder: join(root, 'test', 'e2e'),
    run: playwright,
  },
]

/** A suite that is one test: it passes when all its programs end well. */
function check(name, programs) {
  const run = async ({ env }) => {
    let complaints = ''
    for (const [script, ...args] of programs) {
      const { code, output, timedOut } = await runScript(script, args, { env, limitMs: 10 * minutes })
      if (code !== 0) complaints += `${output}${lateness(timedOut, 10)}\n`
    }
    if (complaints !== '') return { passed: 0, failed: [name], skipped: [], output: complaints }
    return { passed: 1, failed: [], skipped: [], output: '' }
  }
  return { name, run }
}

async function build() {
  try {
    await buildApp({ show: false })
    return { passed: 1, failed: [], skipped: [], output: '' }
  } catch (error) {
    return { passed: 0, failed: ['build'], skipped: [], output: error.message }
  }
}

async function vitest(name, { filters, env }) {
  const file = reportFile(name)
  const args = ['run', '-c', 'test/support/vitest.config.ts', '--passWithNoTests=false']
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const paths = filters.length > 0 ? matching(name, filters) : [`test/${name}/`]
  const ran = await runScript('vitest/vitest.mjs', [...args, ...reporters, ...paths], {
    env: { ...env, FORCE_COLOR: '0', NO_COLOR: '1' },
    limitMs: 15 * minutes,
  })
  return conclude(readVitest(take(file)), ran, 15)
}

async function playwright({ filters, env }) {
  const file = reportFile('e2e')
  const ran = await runScript(
    '@playwright/test/cli.js',
    ['test', '-c', 'test/support/playwright.config.ts', ...filters],
    { env: { ...env, FORCE_COLOR: '0', NO_COLOR: '1', PLAYWRIGHT_JSON_OUTPUT_FILE: file }, limitMs: 45 * minutes },
  )
  return conclude(readPlaywright(take(file)), ran, 45)
}

/** What the report counts, corrected by how the program ended: a crash may leave a report in which all is well. */
function conclude(counted, { code, output, timedOut }, limitMinutes) {
  const failed = [...counted.failed]
  const skipped = []
  for (const name of counted.skipped) {
    // Only a test that names what it needs may be left out where everything is meant to run.
    const isAllowed = !process.env.CI || counted.needs(name)
    if (isAllowed) skipped.push(name)
    else failed.push(`${name} (skipped)`)
  }
  if (counted.passed + failed.length + skipped.length === 0) failed.push('no tests ran')
  else if (code !== 0 && failed.length === 0) failed.push(`ended with code ${code} although no test failed`)
  return { passed: counted.passed, failed, skipped, output: output + lateness(timedOut, limitMinutes) }
}

function lateness(timedOut, limitMinutes) {
  return timedOut ? `\nNot finished after ${limitMinutes} minutes.\n` : ''
}

/** Vitest takes any of several paths, not both of two words: so the files are chosen here. */
function matching(name, filters) {
  const folder = join(root, 'test', name)
  const files = readdirSync(folder, { recursive: true }).map((file) => `test/${name}/${file.replaceAll('\\', '/')}`)
  const chosen = files.filter((file) => file.endsWith('.test.ts') && filters.some((word) => file.includes(word)))
  return chosen.length > 0 ? chosen : [`test/${name}/no-file-matches`]
}

function reportFile(name) {
  return join(tmpdir(), `batch-image-studio-tests-${process.pid}-${name}.json`)
}

function take(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  rmSync(file, { force: true })
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
