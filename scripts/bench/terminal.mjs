import { say, sentence } from '../setup/say.mjs'
import { median, row } from './numbers.mjs'
import { floodFile, sessionParts, sshSeconds } from './session-parts.mjs'
import { createSessionWindow } from './session-window.mjs'

const mebibyte = 2 ** 20
const echoes = 200

/** Terminals of the main process alone, and those of the window with all that is between a key and the screen. */
export async function terminalParts(given) {
  return { terminal: await createTerminals(given), 'terminal window': await createSessionWindow(given) }
}

/**
 * Terminals of the main process beside OpenSSH's `ssh`, with OpenSSH's own server on loopback. What a terminal is sent is worked off at
 * once: the window's own share is not in these figures.
 */
async function createTerminals(given) {
  const { sshd, sessions, work } = await sessionParts(given)
  const bytes = (given.isQuick ? 20 : 100) * mebibyte
  const text = floodFile(work, bytes)
  const measured = { p50: [], p99: [], rate: [], peer: [], two: [], unseen: [], stop: [] }
  const troubles = new Map()

  async function round() {
    const session = await sessions.open({ kind: 'run', run: 'bench' })
    const [one, other] = [await screenOn(sessions, session), await screenOn(sessions, session)]
    for (const screen of [one, other]) await screen.until('READY', 'PS1=; stty -echo -onlcr; printf REA; echo DY\n')
    say('  terminal: echo')
    const times = []
    await one.until('RAW', 'stty raw echo; printf RA; printf W; head -c 200 >/dev/null; stty sane -echo -onlcr\n')
    for (let at = 0; at < echoes; at++) times.push(await one.time('k', 'k'))
    times.sort((a, b) => a - b)
    measured.p50.push(times[echoes / 2])
    measured.p99.push(times[Math.floor(echoes * 0.99)])
    say('  terminal: flood')
    measured.rate.push(bytes / 1e6 / ((await one.time('#END#', `cat ${text}; printf \\#EN; echo D\\#\n`)) / 1000))
    measured.peer.push(bytes / 1e6 / (await sshSeconds(sshd, text)))
    const begun = performance.now()
    await Promise.all([one, other].map((screen) => screen.time('#END#', `cat ${text}; printf \\#EN; echo D\\#\n`)))
    measured.two.push((2 * bytes) / 1e6 / ((performance.now() - begun) / 1000))
    say('  terminal: Ctrl+C')
    await one.bytes(2 * mebibyte, 'yes 0123456789012345678901234567890123456789\n')
    measured.stop.push(await one.time('STOPPED', '\x03printf STOP; echo PED\n'))
    measured.unseen.push(one.mostUnseen() / 1e6)
    for (const screen of [one, other]) screen.close()
  }

  return {
    round: () => round().catch((error) => void troubles.set('terminal', sentence(error))),
    tables: () => [],
    rows: () => (measured.stop.length === 0 ? [] : rowsOf(measured)),
    troubles: () => troubles,
    measured: () => measured,
  }
}

function rowsOf(measured) {
  const ratios = measured.rate.map((rate, at) => rate / measured.peer[at])
  return [
    row('terminal: echo, main process and sshd, p50', measured.p50, 'ms', { most: 3 }),
    row('terminal: the same, p99', measured.p99, 'ms'),
    row('terminal: output of a flood', measured.rate, 'MB/s', { least: 12 }),
    row("  OpenSSH's ssh -tt", measured.peer, 'MB/s'),
    row('terminal: flood, ratio to ssh', ratios, 'x', { note: 'round by round' }),
    row('terminal: two floods at once, together', measured.two, 'MB/s'),
    row('terminal: most bytes sent and not worked off', measured.unseen, 'MB', { most: 1.2 }),
    row(
      'terminal: Ctrl+C during a flood',
      measured.stop.map((ms) => ms / 1000),
      's',
      { most: 0.3 },
    ),
  ].map((one) => ({ ...one, middle: one.middle ?? median(one.values) }))
}

/** A terminal that works off whatever comes at once. */
async function screenOn(sessions, session) {
  let tail = ''
  let count = 0
  let unseen = 0
  let most = 0
  let look = () => undefined
  const terminal = await sessions.terminal(session, { columns: 120, rows: 40 }, (message) => {
    if (message.kind !== 'data') return
    unseen += message.bytes.length
    most = Math.max(most, unseen)
    count += message.bytes.length
    tail = (tail + Buffer.from(message.bytes.subarray(-200)).toString('latin1')).slice(-400)
    setImmediate(() => {
      unseen -= message.bytes.length
      terminal.seen(message.bytes.length)
    })
    look()
  })
  const after = (isThere, keys) =>
    new Promise((resolve) => {
      tail = ''
      const begun = performance.now()
      look = () => isThere() && resolve(performance.now() - begun)
      terminal.keys(keys)
    })
  return {
    until: (word, keys) => after(() => tail.includes(word), keys),
    time: (word, keys) => after(() => tail.includes(word), keys),
    bytes(wanted, keys) {
      const from = count
      return after(() => count - from >= wanted, keys)
    },
    mostUnseen: () => most,
    close: () => terminal.close(),
  }
}
