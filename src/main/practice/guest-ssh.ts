import type { AddressInfo, Socket } from 'node:net'
import ssh2, { type AuthContext, type Connection, type PseudoTtyInfo, type ServerChannel, type Session } from 'ssh2'
import { channelStreams, type ChannelStreams } from './guest-streams'
import { serveFiles, type SftpFiles } from './guest-sftp'

/** What a system lets in by SSH. */
export type SshHost = {
  /** Private keys in OpenSSH's or PEM form. */
  hostKeys: string[]
  /** `OpenSSH_9.6p1 Ubuntu-3ubuntu13.14`: what clients are told. */
  software: string
  /** Ways that are open to a user; asked before each attempt. */
  mayTry(user: string): ('publickey' | 'password' | 'keyboard-interactive')[]
  /** Lines of the user's authorized_keys; empty for an unknown user. */
  keysOf(user: string): string[]
  checkPassword(user: string, password: string): boolean
  /** Called once per connection when the user is in. */
  visit(user: string, from: string): SshVisit
  /** Virtual trouble: how long every answer takes. */
  delayMs(): number
}

/** One signed-in user. */
export type SshVisit = {
  /** Runs a command; the code is the exit status. */
  exec(command: string, channel: ChannelStreams, env: Record<string, string>): Promise<number>
  shell(channel: ChannelStreams, env: Record<string, string>): Promise<number>
  files: SftpFiles
}

export type SshServer = {
  port: number
  /** Ends all connections: at once, or after what is on its way was sent. */
  cut(how: 'at-once' | 'politely'): void
  /** Lets nobody in any more; who is in stays. */
  shut(): void
  close(): Promise<void>
}

const mostTries = 6

/** Listens on a free port of 127.0.0.1. */
export async function startSshServer(host: SshHost): Promise<SshServer> {
  const connections = new Set<Connection>()
  const server = new ssh2.Server({ hostKeys: host.hostKeys, ident: host.software }, (connection, info) => {
    connections.add(connection)
    // Without it every key waits for the acknowledgement of the one before.
    socketOf(connection)?.setNoDelay(true)
    connection.on('close', () => connections.delete(connection))
    connection.on('error', () => connection.end())
    greet(host, connection, info.ip)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const cut = (how: 'at-once' | 'politely') => {
    for (const connection of connections) {
      connection.end()
      if (how === 'at-once') socketOf(connection)?.destroy()
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    shut: () => void server.close(),
    close: () => {
      cut('at-once')
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function greet(host: SshHost, connection: Connection, from: string): void {
  let tries = 0
  let user = ''
  connection.on('authentication', (attempt) => {
    const refuse = () => {
      tries += 1
      if (tries > mostTries) connection.end()
      else attempt.reject(host.mayTry(attempt.username))
    }
    user = attempt.username
    setTimeout(() => decide(host, attempt, refuse), host.delayMs())
  })
  connection.on('ready', () => {
    const visit = host.visit(user, from)
    connection.on('session', (accept) => serveSession(visit, accept(), host))
    connection.on('request', (accept, reject) => (reject ? reject() : undefined))
    connection.on('tcpip', (_accept, reject) => reject())
  })
}

function decide(host: SshHost, attempt: AuthContext, refuse: () => void): void {
  const { method, username } = attempt
  const mayTry = host.mayTry(username)
  switch (method) {
    case 'publickey': {
      const isKnown = mayTry.includes(method) && host.keysOf(username).some((line) => isKey(line, attempt.key.data))
      if (!isKnown) return refuse()
      // Without a signature the client only asks whether this key would do.
      if (!attempt.signature || isSigned(attempt)) return attempt.accept()
      return refuse()
    }
    case 'password':
      if (!mayTry.includes(method) || !host.checkPassword(username, attempt.password)) return refuse()
      return attempt.accept()
    case 'keyboard-interactive':
      if (!mayTry.includes(method)) return refuse()
      return attempt.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
        if (host.checkPassword(username, (answers as unknown as string[])[0] ?? '')) attempt.accept()
        else refuse()
      })
    default:
      attempt.reject(mayTry)
  }
}

function isSigned(attempt: Extract<AuthContext, { method: 'publickey' }>): boolean {
  const key = ssh2.utils.parseKey(attempt.key.data)
  if (key instanceof Error || !attempt.blob || !attempt.signature) return false
  const parsed = Array.isArray(key) ? key[0] : key
  const { hashAlgo } = attempt as { hashAlgo?: string }
  return parsed?.verify(attempt.blob, attempt.signature, hashAlgo) === true
}

/** Whether a line of authorized_keys, with or without options before it, is this key. */
function isKey(line: string, data: Buffer): boolean {
  const blob = /(?:^|\s)(?:ssh-|ecdsa-|sk-)\S+\s+([A-Za-z0-9+/=]+)/.exec(line.trim())?.[1]
  return blob !== undefined && !line.startsWith('#') && Buffer.from(blob, 'base64').equals(data)
}

function serveSession(visit: SshVisit, session: Session, host: SshHost): void {
  const env: Record<string, string> = {}
  let terminal: PseudoTtyInfo | null = null
  let streams: ChannelStreams | null = null
  session.on('env', (accept, reject, { key, val }) => {
    const isAllowed = key === 'LANG' || key.startsWith('LC_')
    if (isAllowed) env[key] = val
    if (isAllowed) accept?.()
    else reject?.()
  })
  session.on('pty', (accept, _reject, info) => {
    terminal = info
    env['TERM'] = info.term || 'xterm'
    accept?.()
  })
  session.on('window-change', (accept, _reject, info) => {
    if (terminal) Object.assign(terminal, info)
    accept?.()
  })
  session.on('signal', (accept) => {
    streams?.interrupt()
    accept?.()
  })
  const start = (channel: ServerChannel, run: (streams: ChannelStreams) => Promise<number>) => {
    const opened = channelStreams(channel, terminal)
    streams = opened
    setTimeout(
      () =>
        void run(opened).then(
          (code) => leave(channel, code),
          () => leave(channel, 255),
        ),
      host.delayMs(),
    )
  }
  session.on('exec', (accept, _reject, { command }) => start(accept(), (given) => visit.exec(command, given, env)))
  session.on('shell', (accept) => start(accept(), (given) => visit.shell(given, env)))
  session.on('sftp', (accept) => serveFiles(accept(), visit.files))
}

function leave(channel: ServerChannel, code: number): void {
  if (channel.destroyed) return
  channel.exit(code)
  channel.end()
}

function socketOf(connection: Connection): Socket | undefined {
  return (connection as unknown as { _sock?: Socket })._sock
}
