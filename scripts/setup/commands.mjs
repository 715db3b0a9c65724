import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from './paths.mjs'

/**
 * Runs a program to its end and returns `{ code, output, timedOut }`; output is what it wrote to both streams, without colours.
 * `limitMs` ends it together with everything it started; `show` also passes its output on at once.
 */
export function runCommand(
  command,
  args,
  { cwd = root, env = process.env, limitMs, show = false, shell = false } = {},
) {
  return new Promise((resolve) => {
    const posix = process.platform !== 'win32'
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'], detached: posix })
    const chunks = []
    let timedOut = false
    const keep = (chunk) => {
      chunks.push(chunk)
      if (show) process.stdout.write(chunk)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const stop = () => endTree(child)
    const timer = limitMs === undefined ? undefined : setTimeout(() => ((timedOut = true), stop()), limitMs)
    const leave = passEndsTo(stop)
    const settle = (code, extra = '') => {
      clearTimeout(timer)
      leave()
      resolve({ code, output: stripVTControlCharacters(Buffer.concat(chunks).toString('utf8')) + extra, timedOut })
    }
    child.on('error', (error) => settle(127, `${error.message}\n`))
    child.on('close', (code, signal) => settle(code ?? 1, signal ? `ended by ${signal}\n` : ''))
  })
}

/** npm, in the way that works on every platform: through the npm that started us where there is one. */
export function runNpm(args, options = {}) {
  const script = process.env.npm_execpath
  if (script && /npm-cli\.c?js$/.test(script)) return runCommand(process.execPath, [script, ...args], options)
  return runCommand('npm', args, { ...options, shell: process.platform === 'win32' })
}

/** Runs the JavaScript of an installed package with this Node, without a shell and without `npx`. */
export function runScript(file, args = [], options = {}) {
  return runCommand(process.execPath, [join(root, 'node_modules', file), ...args], options)
}

/** The full path of a program, or null. Looks into the system folders too, which an ordinary user's PATH may lack. */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  for (const folder of folders.filter(Boolean)) {
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // not in this folder
    }
  }
  return null
}

/** Ends a child and everything it started; a child started with `detached` has a process group of its own on POSIX. */
export function endTree(child, signal = 'SIGKILL') {
  if (child.pid === undefined) return
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' })
    return
  }
  try {
    process.kill(-child.pid, signal)
  } catch {
    child.kill(signal)
  }
}

/** Ctrl+C and a request to end reach what we started; returns the way to stop listening. */
function passEndsTo(stop) {
  const leave = (signal) => {
    stop()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, leave)
  return () => {
    for (const signal of signals) process.off(signal, leave)
  }
}
