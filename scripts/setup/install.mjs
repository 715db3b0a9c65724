import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runNpm } from './commands.mjs'
import { checkoutKey } from './checkout.mjs'
import { withLock } from './lock.mjs'
import { root } from './paths.mjs'
import { say, Stop } from './say.mjs'

/** Installs what package-lock.json asks for, unless exactly that is there already. Throws Stop. */
export async function ensureInstalled() {
  if (isInstalled()) return
  await withLock(join(tmpdir(), `batch-image-studio-install-${checkoutKey()}.lock`), async () => {
    if (isInstalled()) return
    say('Installing the packages of package-lock.json (npm ci) ...')
    // Every library is a devDependency, because the build bundles it; a NODE_ENV of production would leave them out.
    const { code } = await runNpm(
      ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'],
      { show: true },
    )
    if (code !== 0) throw new Stop('npm ci failed; its own words are above.')
    if (!isInstalled()) throw new Stop('npm ci ended well, but not everything of package-lock.json is there.')
  })
}

/** npm writes node_modules/.package-lock.json when it is done; compared by content, because a checkout changes file times. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json')
  const found = packagesOf(join('node_modules', '.package-lock.json'))
  if (wanted === null || found === null || !existsSync(join(root, 'node_modules', 'electron', 'package.json')))
    return false
  return Object.entries(wanted).every(([folder, entry]) => {
    if (folder === '') return true
    const there = found[folder]
    if (there === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true
    return there.version === entry.version && there.integrity === entry.integrity
  })
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch {
    return null
  }
}
