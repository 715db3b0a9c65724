import type { Socket } from 'node:net'
import { Client } from 'ssh2'
import { AppError } from '../../shared/errors'
import type { HostKey, ShownKey } from './host-key'
import { shownKey } from './host-key'
import type { Auth } from './ssh-auth'
import { writtenTogether } from './written-together'

export type SshOptions = {
  /** Connected already; closed when this fails. */
  socket: Socket
  host: string
  port: number
  user: string
  auth: Auth
  /** Called before anything secret is sent. What it throws ends the connection, and is thrown. */
  checkKey(key: ShownKey): Promise<HostKey['proof']>
  signal: AbortSignal
  limitMs?: number
}

/** An SSH connection on which its user is signed in. */
export type Connection = {
  client: Client
  hostKey: HostKey
  /** Once, when it is over: null where `end` was called, else why. */
  onEnd(listener: (error: AppError | null) => void): void
  end(): void
}

const limitMs = 20_000
/** Three unanswered ones in a row: the other side is gone. Azure's load balancers forget a quiet connection after four minutes. */
const keepaliveMs = 15_000
const tooManyFailures = 2

/**
 * Signs in over a connected socket. Algorithms stay at the library's defaults: what Electron's library lacks is then left out.
 * Throws AppError `session.*`, `cancelled`.
 */
export function connectSsh(options: SshOptions): Promise<Connection> {
  const { socket, host, port, auth, signal } = options
  return new Promise((resolve, reject) => {
    const client = new Client()
    let hostKey: HostKey | null = null
    let refused: unknown = null
    let isNegotiated = false
    let isSettled = false

    function fail(error: unknown) {
      if (isSettled) return
      isSettled = true
      finish()
      client.destroy()
      socket.destroy()
      reject(error instanceof Error ? error : new AppError('unexpected'))
    }
    const timer = setInterval(() => {
      if (auth.isAsking()) return
      fail(isNegotiated ? new AppError('session.no-answer', place()) : new AppError('session.not-ssh', place()))
    }, options.limitMs ?? limitMs)
    const stop = () => fail(new AppError('cancelled'))
    function finish() {
      clearInterval(timer)
      signal.removeEventListener('abort', stop)
    }
    const place = () => ({ host, port, seconds: (options.limitMs ?? limitMs) / 1000 })
    const why = (error: unknown) => refused ?? auth.failure() ?? explained(error, { host, port, isNegotiated })

    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) return stop()
    client.on('handshake', () => (isNegotiated = true))
    // An agent that cannot be asked is one way less, not the end.
    client.on('error', (error: Error & { level?: string }) => error.level !== 'agent' && fail(why(error)))
    client.on('close', () => fail(why(null)))
    client.once('ready', () => {
      if (isSettled || !hostKey) return
      isSettled = true
      finish()
      resolve(connectionOf(client, hostKey, host))
    })
    function verify(key: Buffer, answer: (isGood: boolean) => void) {
      const shown = shownKey(key)
      options.checkKey(shown).then(
        (proof) => {
          hostKey = { ...shown, proof }
          answer(true)
        },
        (error: unknown) => {
          refused = error
          answer(false)
        },
      )
    }
    try {
      client.connect({
        sock: writtenTogether(socket),
        username: options.user,
        authHandler: auth.handler,
        hostVerifier: verify,
        keepaliveInterval: keepaliveMs,
        readyTimeout: 0,
      })
    } catch (error) {
      // The library throws at once where it cannot do an algorithm.
      fail(why(error))
    }
  })
}

function connectionOf(client: Client, hostKey: HostKey, host: string): Connection {
  const listeners = new Set<(error: AppError | null) => void>()
  let end: { error: AppError | null } | null = null
  let last: unknown = null
  let isAsked = false

  function over() {
    if (end) return
    const details = last instanceof Error ? { message: last.message } : {}
    end = { error: isAsked ? null : new AppError('session.lost', { host }, details) }
    for (const listener of listeners) listener(end.error)
  }
  client.removeAllListeners('error').removeAllListeners('close')
  client.on('error', (error: Error) => (last = error))
  client.on('close', over)
  return {
    client,
    hostKey,
    onEnd(listener) {
      if (end) listener(end.error)
      else listeners.add(listener)
    },
    end() {
      isAsked = true
      client.end()
      // A dead network would hold the connection for minutes.
      setTimeout(() => client.destroy(), 500).unref()
      over()
    },
  }
}

type Where = { host: string; port: number; isNegotiated: boolean }

function explained(error: unknown, { host, port, isNegotiated }: Where): AppError {
  const message = error instanceof Error ? error.message : 'the connection was closed'
  const code = (error as { code?: unknown } | null)?.code
  const details = { message }
  if (code === tooManyFailures || /too many authentication failures/i.test(message)) {
    return new AppError('session.too-many-failures', { host }, details)
  }
  if (/no matching|handshake failed|unsupported algorithm/i.test(message)) {
    return new AppError('session.no-algorithm', { host }, details)
  }
  if (!isNegotiated) return new AppError('session.not-ssh', { host, port }, details)
  return new AppError('session.lost', { host }, details)
}
