import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export type RdpServer = {
  port: number
  user: string
  password: string
  /** What is typed into its terminal, line by line. */
  typed: string
  /** File with its certificate. */
  certificate: string
  /** Ends it as a shutdown would. */
  stop(): Promise<void>
  /** Starts it again on the same port, with the same certificate and screen. */
  restart(): Promise<void>
  /** Shows another certificate from the next restart on. */
  renew(): void
  close(): Promise<void>
}

/** 1280 x 800, as its clients are told. */
const screen = '1280x800x24'

/**
 * A real RDP server with Network Level Authentication: FreeRDP's, showing a screen of its own with a terminal in which what is typed
 * goes into the file `typed`.
 */
export async function startShadow(security: 'nla' | 'tls' = 'nla'): Promise<RdpServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bis-rdp-'))
  const [user, password] = ['builder', 'Pässwörd-€9ß']
  const typed = join(folder, 'typed.txt')
  const display = await startScreen()
  const onScreen = { ...process.env, DISPLAY: display.name, HOME: folder }
  const port = await freePort()
  const sam = join(folder, 'sam')
  const hash = execFileSync('winpr-hash', ['-u', user, '-p', password, '-f', 'sam'], { encoding: 'utf8' }).trim()
  writeFileSync(sam, `${hash}\n`)
  const wm = spawn('openbox', [], { env: onScreen, stdio: 'ignore' })
  await answeredBy(display.name, 'get_desktop', wm)
  const shell = `stty -echo; cat > ${typed}`
  const colours = ['-bg', 'white', '-fg', 'navy', '-fa', 'Monospace', '-fs', '16']
  const welcome = `for n in $(seq 1 200); do printf '\\033[48;5;%dm line %d \\033[0m ' $n $n; done; ${shell}`
  const terminal = await started(
    () => spawn('xterm', ['-maximized', ...colours, '-e', 'sh', '-c', welcome], { env: onScreen, stdio: 'ignore' }),
    (child) => windowOn(display.name, 'xterm', child),
  )
  let server: ChildProcess | null = null

  async function start(): Promise<void> {
    const args = [`/port:${port}`, '/bind-address:127.0.0.1', `/sec:${security}`, '/monitors:0']
    if (security === 'nla') args.push(`/sam-file:${sam}`)
    server = await started(
      () => spawn('freerdp-shadow-cli', args, { env: onScreen, stdio: 'ignore' }),
      (child) => answering(port, child),
    )
  }
  await start()
  const stop = async () => {
    await ended(server)
    server = null
  }
  return {
    ...{ port, user, password, typed, stop, restart: () => start() },
    certificate: join(folder, '.config', 'freerdp', 'shadow', 'shadow.crt'),
    renew: () => rmSync(join(folder, '.config', 'freerdp', 'shadow'), { recursive: true, force: true }),
    async close() {
      await stop()
      await Promise.all([ended(terminal), ended(wm)])
      await display.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * A real RDP server without Network Level Authentication: xrdp, which shows a login box of its own over TLS. It leads to `session`, a
 * section of its settings, else to those that the package knows.
 */
export async function startXrdp(
  session?: Record<string, string>,
): Promise<{ port: number; certificate: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'bis-xrdp-'))
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '3', '-subj', '/CN=xrdp']
  execFileSync('openssl', ['req', '-x509', ...made], { stdio: 'ignore' })
  const port = await freePort()
  const settings = { port: `tcp://127.0.0.1:${port}`, security_layer: 'tls', certificate, key_file: key, fork: 'false' }
  const logging = { LogFile: join(folder, 'log'), EnableSyslog: 'false' }
  let ini = readFileSync('/etc/xrdp/xrdp.ini', 'utf8')
  for (const [name, value] of Object.entries({ ...settings, ...logging })) {
    ini = ini.replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=${value}`)
  }
  if (session) {
    const lines = Object.entries(session).map(([name, value]) => `${name}=${value}\n`)
    ini = ini.slice(0, ini.indexOf('\n[Xorg]')) + `\n[Session]\n${lines.join('')}`
  }
  writeFileSync(join(folder, 'xrdp.ini'), ini)
  const server = spawn('xrdp', ['--nodaemon', '--config', join(folder, 'xrdp.ini')], { stdio: 'ignore' })
  await answering(port, server)
  return {
    ...{ port, certificate },
    async close() {
      await ended(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A program once it is ready. Some fall, or show nothing, now and then while they start, by faults of their own: they begin anew. */
async function started(
  begin: () => ChildProcess,
  isReady: (child: ChildProcess) => Promise<unknown>,
  tries = 4,
): Promise<ChildProcess> {
  const child = begin()
  const limit = setTimeout(() => child.kill('SIGKILL'), 12_000)
  try {
    await isReady(child)
    return child
  } catch (error) {
    await ended(child)
    if (tries === 1) throw error
    return await started(begin, isReady, tries - 1)
  } finally {
    clearTimeout(limit)
  }
}

/** A screen that nobody sees. */
export async function startScreen(): Promise<{ name: string; close(): Promise<void> }> {
  const child = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', screen, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  return { name: `:${first.toString().trim()}`, close: () => ended(child) }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when something listens there. */
export async function answering(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (isOver(child)) throw new Error(`ended with ${child.exitCode ?? child.signalCode} before it listened`)
    const socket = connect(port, '127.0.0.1')
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await pause(50)
  }
}

export async function ended(child: ChildProcess | null): Promise<void> {
  if (!child || isOver(child)) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Id of the first window of that class that is shown on a screen. */
export async function windowOn(display: string, name: string, program?: ChildProcess): Promise<string> {
  const found = await answeredBy(display, `search --onlyvisible --class ${name}`, program)
  return found.split('\n')[0]!
}

/**
 * What xdotool says about a screen once it says something. `get_desktop` is answered as soon as a window manager is in charge: a
 * window that asks to be shown while one is just taking over may stay hidden for ever.
 */
async function answeredBy(display: string, question: string, program?: ChildProcess): Promise<string> {
  const onScreen = { env: { ...process.env, DISPLAY: display }, encoding: 'utf8' as const, timeout: 5000 }
  for (;;) {
    // It fails while there is no answer.
    const answer = execFileSync('sh', ['-c', `xdotool ${question} 2>/dev/null || true`], onScreen).trim()
    if (answer !== '') return answer
    if (program && isOver(program)) throw new Error(`it ended with ${program.exitCode ?? program.signalCode}`)
    await pause(50)
  }
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}
