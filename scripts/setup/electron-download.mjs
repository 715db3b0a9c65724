import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { say } from './say.mjs'

// A firewall may swallow packets without a word; a slow line must still be allowed to take its time.
const stallMs = 60_000
const limitMs = 20 * 60_000

/**
 * The download of Electron's own installer (it knows ELECTRON_MIRROR, proxies and checksums). Returns null when Electron is in place,
 * else one sentence about why not.
 */
export async function downloadElectron(electron, version) {
  say(`Downloading Electron ${version} ...`)
  const temporary = mkdtempSync(join(tmpdir(), 'batch-image-studio-electron-'))
  try {
    return await runInstaller(electron, temporary)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function runInstaller(electron, temporary) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(electron, 'install.js')], {
      cwd: electron,
      // The installer writes its half-finished file into the temporary folder: its growth tells a slow line from a dead one.
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (chunk) => (output += chunk)
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const watch = watchGrowth([temporary, join(electron, 'dist')], (reason) => {
      output = `Error: ${reason}`
      child.kill('SIGKILL')
    })
    const settle = (reason) => {
      clearInterval(watch)
      resolve(reason)
    }
    child.on('error', (error) => settle(error.message))
    child.on('close', (code) => settle(code === 0 ? null : reasonIn(output)))
  })
}

function watchGrowth(folders, giveUp) {
  const begun = Date.now()
  let last = ''
  let since = begun
  return setInterval(() => {
    const state = folders.map(sizeOf).join()
    if (state !== last) {
      last = state
      since = Date.now()
    }
    if (Date.now() - since > stallMs) giveUp(`nothing arrived for ${stallMs / 1000} seconds`)
    else if (Date.now() - begun > limitMs) giveUp(`not finished after ${limitMs / 60_000} minutes`)
  }, 1000)
}

function sizeOf(folder) {
  try {
    const files = readdirSync(folder, { recursive: true })
    return files.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)
  } catch {
    return 0
  }
}

/** The innermost cause says most: "fetch failed" alone would help nobody. */
function reasonIn(output) {
  const lines = output.split('\n').map((line) => line.trim())
  const errors = lines.filter((line) => /Error:/.test(line))
  return (errors.at(-1) ?? lines.find(Boolean) ?? 'the installer ended without a word').replace(/^.*?Error:\s*/, '')
}
