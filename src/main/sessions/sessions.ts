import { randomBytes } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { terminal as terminalWords } from '../../shared/messages/en/terminal'
import type { SessionAnswer, SessionTarget, SessionView, TerminalMessage } from '../../shared/session-calls'
import type { Network } from '../net/network'
import type { Destination } from './attempt'
import type { FileHost } from './files-hash'
import type { Live } from './live'
import type { Pins } from './pins'
import type { Door, Remote, Sessions } from './session'
import type { Terminal, TerminalSize } from './terminal'

export type SessionsOptions = {
  /** Where a target is at the moment and what opens it. Throws AppError `session.no-vm`. */
  destination(target: SessionTarget): Promise<Destination>
  /** What lets this computer in there; null or absent: nothing stands in the way. */
  doorTo?(target: SessionTarget): Door | null
  /** Why a VM does not answer, where its cloud knows. */
  whyGone?(target: SessionTarget, signal: AbortSignal): Promise<AppError | null>
  network: Network
  pins: Pins
  now(): Date
  words(): typeof terminalWords
  /** How long a VM that was lost or restarts is waited for; a quarter of an hour by default. */
  returnLimitMs?: number
}

/** Sessions as the window uses them. Every call throws AppError `session.closed` where the id is none. */
export type LiveSessions = Sessions & {
  /** Begins, or finds the session to the same target, and answers its id. Somebody is there who can be asked. */
  open(target: SessionTarget): Promise<string>
  list(): SessionView[]
  view(session: string): SessionView
  /** At once and after every change. Returns the way to stop that. */
  watch(session: string, listener: (view: SessionView) => void): () => void
  answer(session: string, answer: SessionAnswer): void
  reconnect(session: string): void
  forgetHostKey(session: string): Promise<void>
  close(session: string): void
  /** A shell of its own. */
  terminal(session: string, size: TerminalSize, send: (message: TerminalMessage) => void): Promise<Terminal>
  /** Waits until it is ready. Throws why it is closed. */
  remote(session: string, signal: AbortSignal): Promise<Remote>
  /** What files go over. Throws as `remote`. */
  fileHost(session: string, signal: AbortSignal): Promise<FileHost>
  closeAll(): void
}

const quarterMs = 15 * 60_000

export function createSessions(options: SessionsOptions): LiveSessions {
  const sessions = new Map<string, Live>()

  function live(session: string): Live {
    const found = sessions.get(session)
    if (!found) throw new AppError('session.closed')
    return found
  }

  function sameAs(target: SessionTarget): Live | undefined {
    const key = keyOf(target)
    return [...sessions.values()].find((it) => keyOf(it.target) === key)
  }

  async function find(target: SessionTarget): Promise<Live> {
    // Loaded for the first session: SSH takes its time to load, and most starts of the app need none.
    const { createLive } = await import('./live')
    const found = sameAs(target)
    if (found) return found
    const made = createLive({
      id: `s-${randomBytes(6).toString('hex')}`,
      target,
      destination: () => options.destination(target),
      door: options.doorTo?.(target) ?? null,
      whyGone: async (signal) => (await options.whyGone?.(target, signal)) ?? null,
      network: options.network,
      pins: options.pins,
      now: () => options.now(),
      returnLimitMs: options.returnLimitMs ?? quarterMs,
    })
    sessions.set(made.id, made)
    return made
  }

  async function remote(on: Live, signal: AbortSignal): Promise<Remote> {
    const ready = await on.ready(signal)
    const { remoteOf } = await import('./remote')
    return remoteOf(on, ready)
  }

  return {
    async connect(run, signal) {
      const on = await find({ kind: 'run', run })
      on.open(false)
      return remote(on, signal)
    },
    end: (run) => sameAs({ kind: 'run', run })?.close(),
    async open(target) {
      const on = await find(target)
      on.open(true)
      return on.id
    },
    list: () => [...sessions.values()].map((it) => it.view()),
    view: (session) => live(session).view(),
    watch: (session, listener) => live(session).watch(listener),
    answer: (session, answer) => live(session).answer(answer),
    reconnect: (session) => live(session).open(true),
    forgetHostKey: (session) => live(session).forgetHostKey(),
    close: (session) => live(session).close(),
    async terminal(session, size, send) {
      const on = live(session)
      const { createTerminal } = await import('./terminal')
      let detach: (() => void) | null = null
      const terminal = createTerminal({
        size,
        send,
        words: () => options.words(),
        onRestart: () => on.announceRestart(),
        onEnd: () => detach?.(),
      })
      detach = on.attach(terminal)
      return terminal
    },
    remote: (session, signal) => remote(live(session), signal),
    async fileHost(session, signal) {
      const on = live(session)
      const { sftpOn } = await import('./remote')
      const { system, exec } = await remote(on, signal)
      return { system, exec, sftp: (until) => sftpOn(on, until) }
    },
    closeAll() {
      for (const one of sessions.values()) one.close()
    },
  }
}

function keyOf(target: SessionTarget): string {
  if (target.kind === 'run') return `run ${target.run}`
  const { host, port, user, auth, keyFile } = target
  return `host ${host.toLowerCase()} ${port} ${user} ${auth} ${keyFile ?? ''}`
}
