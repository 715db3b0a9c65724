import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ensureBuilt } from './build.mjs'
import { needsDisplay, openVirtualDisplay } from './display.mjs'
import { ensureElectron } from './electron.mjs'
import { ensureInstalled } from './install.mjs'
import { root } from './paths.mjs'
import { isRoot, sandboxSwitches, sandboxTrouble } from './sandbox.mjs'
import { say } from './say.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

/** Sets everything up, opens the app with `args`, and returns its exit code once it has ended. Throws Stop. */
export async function startApp(args) {
  const { program } = await prepare()
  await ensureBuilt()
  return onDisplay((env) => {
    say('Starting Batch Image Studio.')
    return runToEnd(program, [...sandboxSwitches(), root, ...args], env)
  })
}

/** The same for `npm run dev`: sources are watched, the window reloads by itself. */
export async function developApp(args) {
  await prepare()
  const words = ['dev', '--watch', ...(args.length > 0 ? ['--', ...args] : [])]
  const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  return onDisplay((env) =>
    runToEnd(process.execPath, [electronVite, ...words], { ...env, ...(isRoot() ? { NO_SANDBOX: '1' } : {}) }),
  )
}

async function prepare() {
  await ensureInstalled()
  const electron = await ensureElectron()
  await ensureSystemPackages({ program: electron.program, display: needsDisplay() })
  const trouble = sandboxTrouble(electron.program)
  if (trouble !== null) say(trouble)
  return electron
}

async function onDisplay(work) {
  // A terminal inside an editor that is made with Electron may carry this; ours would then be no more than a Node.
  delete process.env.ELECTRON_RUN_AS_NODE
  if (!needsDisplay()) return work(process.env)
  const display = await openVirtualDisplay()
  say(`There is no display here: the window opens on a virtual one (Xvfb, DISPLAY=${display.env.DISPLAY}).`)
  try {
    return await work({ ...process.env, ...display.env })
  } finally {
    display.close()
  }
}

// Chromium looks for desktop services that a server or a container does not have, and says so a dozen times at each start.
const chatter =
  /^\[\d+:\d+\/[\d.]+:ERROR:(bus|viz_main_impl|gpu_init|object_proxy|command_buffer_proxy_impl|shared_image_interface_proxy|one_copy_raster_buffer_provider)\.cc|---disabling\.$/

/** A request to end is handed on, and we end when the program has ended. */
function runToEnd(program, args, env) {
  return new Promise((resolve, reject) => {
    const isFiltered = env.DISPLAY !== process.env.DISPLAY
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: ['inherit', 'inherit', isFiltered ? 'pipe' : 'inherit'],
    })
    if (isFiltered) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (!chatter.test(line)) process.stderr.write(`${line}\n`)
      })
    }
    const handOn = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, handOn)
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}
