import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type OrdinaryLaunch = {
  /** Undefined where the tests run as an ordinary user anyway: the usual Electron will do. */
  executablePath?: string
  folder: string
  args: string[]
  /** Null where the tests run as an ordinary user anyway. */
  uid: number | null
  remove(): void
}

/**
 * What it takes to start the built app as somebody who is not root. As root the app, Electron and the key of the display are copied to where
 * the user `nobody` can read them, and Electron is started through runuser.
 */
export function ordinaryLaunch(): OrdinaryLaunch {
  const folder = mkdtempSync(join(tmpdir(), 'bis-e2e-user-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const userData = join(folder, 'home', 'data')
  if (process.geteuid?.() !== 0) {
    return { folder, args: [root, `--user-data-dir=${userData}`], uid: null, remove }
  }
  // Links where possible: Electron is 224 MB.
  const dist = realpathSync(join(root, 'node_modules', 'electron', 'dist'))
  const electron = join(folder, 'electron')
  mkdirSync(electron)
  execFileSync('sh', ['-c', 'cp -al "$0/." "$1" 2>/dev/null || cp -a "$0/." "$1"', dist, electron])
  // As an installed package has it: the helper that makes the sandbox where user namespaces are forbidden. A copy, not a link.
  rmSync(join(electron, 'chrome-sandbox'))
  cpSync(join(dist, 'chrome-sandbox'), join(electron, 'chrome-sandbox'))
  chmodSync(join(electron, 'chrome-sandbox'), 0o4755)
  for (const name of ['package.json', 'out']) cpSync(join(root, name), join(folder, 'app', name), { recursive: true })
  cpSync(process.env['XAUTHORITY'] ?? '/dev/null', join(folder, 'home', 'authority'))
  execFileSync('chown', ['-R', 'nobody', join(folder, 'home')])
  chmodSync(folder, 0o755)
  const program = join(folder, 'electron-as-nobody')
  const home = join(folder, 'home')
  writeFileSync(
    program,
    `#!/bin/sh\nexec runuser -u nobody -- env HOME="${home}" XDG_CONFIG_HOME= XDG_CACHE_HOME= XDG_RUNTIME_DIR= XAUTHORITY="${home}/authority" "${electron}/electron" "$@"\n`,
    { mode: 0o755 },
  )
  const uid = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }))
  return { executablePath: program, folder, args: [join(folder, 'app'), `--user-data-dir=${userData}`], uid, remove }
}
