import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { say, Stop } from '../setup/say.mjs'
import { delayDuring } from './loop-delay.mjs'
import { row } from './numbers.mjs'
import { memoryOf } from './processes.mjs'
import { withApp } from './running-app.mjs'
import { floodFile, sessionParts, sshSeconds } from './session-parts.mjs'
import { openTerminal, watchAhead, watchKeys } from './window-terminal.mjs'

const mebibyte = 2 ** 20
const echoes = 200
const limitMs = 60_000
const restMs = 2_000

/**
 * Sessions of the built app with OpenSSH's own server on loopback: from the key press to the character in the terminal's buffer, and from
 * Enter to the end of a flood on the screen, with what that costs the main process and the memory of the window.
 */
export async function createSessionWindow(given) {
  const { sshd, startServer, work, messages } = await sessionParts(given)
  const other = await startServer()
  const bytes = (given.isQuick ? 20 : 100) * mebibyte
  const text = floodFile(work, bytes)
  const file = join(work, 'to upload')
  const fileBytes = (given.isQuick ? 32 : 256) * mebibyte
  execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=1M', `count=${fileBytes / mebibyte}`], { stdio: 'ignore' })
  const measured = {
    echo: [],
    p95: [],
    rate: [],
    peer: [],
    ahead: [],
    stop: [],
    after: [],
    two: [],
    memory: [],
    rest: [],
    loop: [],
    copy: [],
  }
  // The screen still shows the end of the one before.
  const flood = (nth) => `cat ${text}; printf \\#EN; echo D${nth}\\#`

  async function round(app) {
    const page = await app.firstWindow()
    page.setDefaultTimeout(limitMs)
    await page.waitForLoadState('domcontentloaded')
    await watchKeys(page)
    const ahead = await watchAhead(app)
    const terminal = await openTerminal(app, page, sshd, messages.en)
    await terminal.line("PS1='bench> '", 'bench> ')
    say('  terminal window: echo')
    const times = await echoTimes(terminal)
    measured.echo.push(times[echoes / 2])
    measured.p95.push(times[Math.floor(echoes * 0.95)])
    measured.rest.push(await delayDuring(app, () => pause(restMs)))
    say('  terminal window: flood')
    const memory = [await rendererMemory(app, page)]
    while (memory.length < 3) {
      const took = {}
      measured.loop.push(
        await delayDuring(
          app,
          async () => (took.s = await terminal.line(flood(memory.length), `#END${memory.length}#`)),
        ),
      )
      measured.rate.push(bytes / 1e6 / took.s)
      measured.peer.push(bytes / 1e6 / (await sshSeconds(sshd, text)))
      memory.push(await rendererMemory(app, page))
    }
    measured.memory.push(memory)
    say('  terminal window: Ctrl+C')
    const stopped = await terminal.stopped('yes 0123456789012345678901234567890123456789', 4 * mebibyte, 'bench> ')
    measured.stop.push(stopped.seconds)
    measured.after.push(stopped.bytes / 1e6)
    measured.ahead.push((await ahead()) / 1e6)
    say('  terminal window: a file on its way')
    measured.copy.push(await delayDuring(app, () => upload(app, page, terminal.target)))
    say('  terminal window: two sessions')
    measured.two.push(await twoFloods(app, page, terminal))
  }

  async function echoTimes(terminal) {
    await terminal.line('cat > /dev/null', 'null')
    const times = []
    for (let at = 0; at < echoes; at++) times.push(await terminal.echo('k'))
    await terminal.line('', '')
    await terminal.press('Control+d', 'bench> ')
    return times.sort((a, b) => a - b)
  }

  /** Both wait for one file, so that they begin together and nobody clicks meanwhile. */
  async function twoFloods(app, page, one) {
    const start = join(work, `start ${measured.two.length}`)
    const command = `until [ -e '${start}' ]; do sleep 0.01; done; ${flood(3)}`
    await one.line(command, 'done;')
    const two = await openTerminal(app, page, other, messages.en)
    await two.line("PS1='bench> '", 'bench> ')
    await two.line(command, 'done;')
    const both = page.evaluate((wanted) => globalThis.bench.worked(wanted), 2 * bytes)
    const begun = performance.now()
    writeFileSync(start, '')
    await both
    return (2 * bytes) / 1e6 / ((performance.now() - begun) / 1000)
  }

  async function upload(app, page, target) {
    const to = join(work, `uploaded ${measured.copy.length}`)
    mkdirSync(to)
    await app.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
    }, file)
    const ended = await page.evaluate(
      async ([to, target]) => {
        const { value } = await globalThis.bridge.call('session.open', { target })
        const { port1, port2 } = new MessageChannel()
        const over = new Promise((resolve) => {
          port1.onmessage = ({ data }) => ['done', 'failed'].includes(data[0]?.status) && resolve(data[0])
        })
        globalThis.postMessage({ kind: 'open-stream', name: 'transfers', input: value }, '*', [port2])
        await globalThis.bridge.call('files.pickAndUpload', { ...value, to, what: 'files' })
        return over
      },
      [to, target],
    )
    if (!ended.isVerified) throw new Stop(`not uploaded: ${JSON.stringify(ended.error)}`)
  }

  return {
    round: () => withApp(given, [], round),
    rows: () => (measured.two.length === 0 ? [] : rowsOf(measured)),
    measured: () => measured,
  }
}

/** Of the window's process, MiB, with what nobody holds any more taken away. */
async function rendererMemory(app, page) {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('HeapProfiler.collectGarbage')
  await devTools.detach()
  return (await memoryOf(app.process().pid)).get('renderer') / mebibyte
}

function rowsOf(measured) {
  const ratios = measured.rate.map((rate, at) => rate / measured.peer[at])
  const memory = (at) => measured.memory.map((one) => one[at])
  const loop = (measures, key) => measures.map((one) => one[key])
  return [
    row('window: echo, key press to buffer, p50', measured.echo, 'ms', { most: 3 }),
    row('  the same, p95', measured.p95, 'ms'),
    row('window: output of a flood to its end on screen', measured.rate, 'MB/s', { least: 12 }),
    row("  OpenSSH's ssh -tt into a pipe", measured.peer, 'MB/s'),
    row('  ratio to ssh', ratios, 'x', { note: 'round by round' }),
    row('window: two sessions at once, together', measured.two, 'MB/s'),
    row('window: most bytes sent and not seen', measured.ahead, 'MB', { most: 1.2 }),
    row('window: Ctrl+C in a flood to the prompt', measured.stop, 's', { most: 0.3 }),
    row('  what still came', measured.after, 'MB'),
    row('memory of the renderer before the flood', memory(0), 'MiB'),
    row('  after it', memory(1), 'MiB'),
    row('  after another', memory(2), 'MiB'),
    row(
      '  growth by the other',
      measured.memory.map(([, first, second]) => second - first),
      'MiB',
      { most: 16, note: 'bounded' },
    ),
    row('main loop delay in a flood, p99', loop(measured.loop, 'p99'), 'ms', { most: 50 }),
    row('  longest', loop(measured.loop, 'longest'), 'ms'),
    row('  the same app at rest, p99', loop(measured.rest, 'p99'), 'ms'),
    row('main loop delay while a file goes up, p99', loop(measured.copy, 'p99'), 'ms', { most: 50 }),
    row('  longest', loop(measured.copy, 'longest'), 'ms'),
  ]
}
