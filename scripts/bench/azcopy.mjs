import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { runNpm } from '../setup/commands.mjs'
import { root } from '../setup/paths.mjs'
import { say, Stop } from '../setup/say.mjs'
import { ensureSystemPackages } from '../setup/system-packages.mjs'

const version = '10.32.2'
const folder = join(root, 'node_modules', '.cache', `azcopy-${version}`)
const program = join(folder, 'node_modules', '@azure-tools', 'azcopy-linux', 'dist', 'bin', 'azcopy_linux_amd64')

/** The peer: AzCopy from the package registry, fetched at first use. Returns its program. Throws Stop where there is none. */
export async function ensureAzcopy() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Stop('AzCopy is measured on Linux on x64 only: another system has another package.')
  }
  if (!existsSync(program)) {
    say(`Fetching AzCopy ${version} from the package registry ...`)
    mkdirSync(folder, { recursive: true })
    const install = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder]
    const { code, output } = await runNpm([...install, `@azure-tools/azcopy-linux@${version}`], { cwd: folder })
    if (code !== 0 || !existsSync(program)) throw new Stop(`AzCopy could not be fetched:\n${output.trim().slice(-500)}`)
  }
  // The package ships it without the right to be run.
  chmodSync(program, 0o755)
  await ensureSystemPackages({ peer: program })
  return program
}
