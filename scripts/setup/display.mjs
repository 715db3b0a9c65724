import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stop } from './say.mjs'

/** Whether windows have nowhere to go. */
export function needsDisplay() {
  return process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
}

/**
 * Starts Xvfb on a free display number, for this user only. Returns `{ env, close }`: the variables that lead programs to it, and its end.
 * Throws Stop when it does not come up.
 */
export async function openVirtualDisplay() {
  const folder = mkdtempSync(join(tmpdir(), 'batch-image-studio-display-'))
  const authority = join(folder, 'authority')
  writeFileSync(authority, cookieForAnyDisplay(), { mode: 0o600 })
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp', '-auth', authority, '-noreset'],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const close = () => {
    process.off('exit', close)
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  process.on('exit', close)
  try {
    const number = await displayNumber(server)
    return { env: { DISPLAY: `:${number}`, XAUTHORITY: authority }, close }
  } catch (error) {
    close()
    throw error
  }
}

/** The server writes its number once it accepts windows. */
function displayNumber(server) {
  return new Promise((resolve, reject) => {
    let words = ''
    server.stderr.on('data', (chunk) => (words += chunk))
    server.stdio[3].once('data', (chunk) => resolve(String(chunk).trim()))
    server.once('error', (error) => reject(new Stop(`The virtual display could not be started: ${error.message}`)))
    server.once('exit', () => reject(new Stop(`The virtual display could not be started: ${words.trim()}`)))
  })
}

/** One record of an Xauthority file (man Xauth): family 65535 = any address, no address, no display number, name, data. */
function cookieForAnyDisplay() {
  const name = Buffer.from('MIT-MAGIC-COOKIE-1')
  const cookie = randomBytes(16)
  const lengthOf = (length) => Buffer.from([length >> 8, length & 255])
  return Buffer.concat([
    Buffer.from([255, 255, 0, 0, 0, 0]),
    lengthOf(name.length),
    name,
    lengthOf(cookie.length),
    cookie,
  ])
}
