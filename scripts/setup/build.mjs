import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runScript } from './commands.mjs'
import { checkoutKey } from './checkout.mjs'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'
import { say, Stop } from './say.mjs'

const stamp = join(root, 'out', '.built')
const sources = [
  'src',
  'resources',
  'scripts/build-azurite.mjs',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
]

/** Builds `out/` if a source is newer than the last complete build. Throws Stop with the words of the compiler. */
export async function ensureBuilt() {
  if (isBuilt()) return
  say('Building the app ...')
  await withLock(lockFile(), async () => {
    if (!isBuilt()) await build({ show: false })
  })
}

/** Builds `out/` in any case. */
export async function buildApp({ show }) {
  await withLock(lockFile(), () => build({ show }))
}

async function build({ show }) {
  const begun = new Date()
  rmSync(stamp, { force: true })
  await step(runScript('electron-vite/bin/electron-vite.js', ['build'], { show }))
  mkdirSync(join(root, 'out'), { recursive: true })
  writeFileSync(stamp, '')
  // What is saved while the build runs may or may not be in it: the stamp carries the time of the start.
  utimesSync(stamp, begun, begun)
}

async function step(running) {
  const { code, output } = await running
  if (code !== 0) throw new Stop(`The build failed.\n${output.trim()}`)
}

function isBuilt() {
  const built = statSync(stamp, { throwIfNoEntry: false })
  return built !== undefined && sources.every((source) => newestTime(join(root, source)) <= built.mtimeMs)
}

/** Folders count too: their time changes when a file in them is removed. */
function newestTime(path) {
  const facts = statSync(path, { throwIfNoEntry: false })
  if (facts === undefined) return 0
  if (!facts.isDirectory()) return facts.mtimeMs
  return Math.max(facts.mtimeMs, ...readdirSync(path).map((name) => newestTime(join(path, name))))
}

function lockFile() {
  return join(tmpdir(), `batch-image-studio-build-${checkoutKey()}.lock`)
}
