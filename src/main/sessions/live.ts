import { AppError, toErrorData, type ErrorData } from '../../shared/errors'
import type { SessionAnswer, SessionQuestion, SessionTarget, SessionView } from '../../shared/session-calls'
import { attempt, type Answer, type Destination, type Reached } from './attempt'
import { bootIdOf, restartOn, systemOf, type System } from './boot'
import { comeBack, type Restart } from './come-back'
import type { Pins } from './pins'
import { createQuestions } from './questions'
import type { Door } from './session'
import type { Network } from '../net/network'
import type { Connection } from './ssh'
import type { Identity } from './ssh-auth'
import type { TerminalLink } from './terminal'

export type LiveOptions = {
  id: string
  target: SessionTarget
  destination(): Promise<Destination>
  /** What lets this computer in there as long as the session lasts; null: nothing stands in the way. */
  door: Door | null
  network: Network
  pins: Pins
  now(): Date
  /** Why nobody answers there, where the cloud knows: stopped, deallocated, gone. */
  whyGone(signal: AbortSignal): Promise<AppError | null>
  /** How long a VM may take to come back, ms. */
  returnLimitMs: number
}

/** A connection as it stands: what leads there, and what was seen of the system at its other end. */
export type Ready = { connection: Connection; system: System; user: string }

/** One session: a connection that asks, ends, is lost and comes back. */
export type Live = {
  readonly id: string
  readonly target: SessionTarget
  view(): SessionView
  /** At once and after every change. Returns the way to stop that. */
  watch(listener: (view: SessionView) => void): () => void
  /** Begins, or begins again after an end; `isAttended`: somebody is there who can be asked. */
  open(isAttended: boolean): void
  answer(answer: SessionAnswer): void
  /** Resolves when it is ready. Throws why it is closed; AppError `cancelled`. */
  ready(signal: AbortSignal): Promise<Ready>
  /** Keeps a terminal on whatever the connection is at the time. Returns the way to take it off. */
  attach(terminal: TerminalLink): () => void
  /** The VM says that it is about to restart. */
  announceRestart(): void
  /** Throws AppError `session.restart-refused`, `session.no-return` {minutes}, `cancelled`. */
  restart(signal: AbortSignal): Promise<void>
  forgetHostKey(): Promise<void>
  close(): void
}

/** Where whoever restarts has no time to say so, the connection is let go of by us. */
const graceMs = 3_000
/** For so long a restart that somebody else announced is waited for; then the same system will do. */
const doubtMs = 60_000

export function createLive(options: LiveOptions): Live {
  const { id, target, now } = options
  const listeners = new Set<(view: SessionView) => void>()
  const terminals = new Set<TerminalLink>()
  let view = firstView(id, target, now())
  let controller = new AbortController()
  let isAttended = false
  let to: Destination | null = null
  let reached: (Reached & { system: System; bootId: string | null }) | null = null
  let known: readonly Identity[] | null = null
  let restarting: Restart | null = null
  /** The boot that terminals had their shells in. */
  let lastBoot: string | null = null
  let isKeyForgotten = false
  let wake: (() => void) | null = null

  function show(change: Partial<SessionView>) {
    const isNew = change.state !== undefined && change.state !== view.state
    view = { ...view, ...change, ...(isNew ? { since: now().toISOString() } : {}) }
    for (const listener of listeners) listener(view)
  }

  const questions = createQuestions((question) => {
    if (question) show({ state: 'asking', question })
    else if (view.state === 'asking') show({ state: 'connecting', question: null })
  })

  function ask(question: SessionQuestion): Promise<Answer> {
    if (!isAttended) return Promise.reject(new AppError('session.question', { host: view.host }))
    return questions.ask(question)
  }

  async function reach(): Promise<void> {
    const { signal } = controller
    to = await options.destination()
    const { label, host, port, user } = to
    show({ label, host, port, user, system: to.system ?? view.system })
    const wanted = isKeyForgotten ? { ...to, hostKeys: [] } : to
    const next = await throughDoor(() =>
      attempt(wanted, { network: options.network, pins: options.pins, ask, identities: known, signal }),
    )
    const system = to.system ?? view.system ?? (await systemOf(next.connection.client)) ?? 'linux'
    const bootId = await bootIdOf(next.connection.client, system)
    if (signal.aborted) {
      next.connection.end()
      throw new AppError('cancelled')
    }
    reached = { ...next, system, bootId }
  }

  /** This computer may have another address than when the door was opened. */
  async function throughDoor(enter: () => Promise<Reached>): Promise<Reached> {
    const { door } = options
    await door?.open(controller.signal)
    try {
      return await enter()
    } catch (error) {
      if (!isSilent(error)) throw error
      const isAgain = error.code === 'session.no-answer' && (await door?.renew(controller.signal))
      if (isAgain) return enter()
      // A step knows better than a person what state its VM is in.
      throw (isAttended ? await options.whyGone(controller.signal).catch(() => null) : null) ?? error
    }
  }

  function arrived() {
    const { connection, isThroughProxy, identities, system, bootId } = reached!
    const hasRestarted = lastBoot !== null && bootId !== null && bootId !== lastBoot
    known = identities
    lastBoot = bootId
    restarting = null
    isKeyForgotten = false
    const { signal } = controller
    connection.onEnd((error) => {
      reached = null
      if (!signal.aborted) lost(error)
    })
    if (!reached) return
    show({ state: 'ready', system, hostKey: connection.hostKey, isThroughProxy, question: null, error: null })
    for (const terminal of terminals) terminal.connected(connection.client, hasRestarted)
  }

  function lost(error: AppError | null) {
    show(restarting ? { state: 'restarting', error: null } : { state: 'lost', error: error?.toData() ?? null })
    for (const terminal of terminals) terminal.lost(restarting !== null)
    const { signal } = controller
    isAttended = false
    const lostAt = Date.now()
    comeBack({
      reach,
      isSame: () => isSameBoot(restarting, reached?.bootId ?? null, lostAt),
      leave: () => reached?.connection.end(),
      whyGone: () => options.whyGone(signal),
      onTry: (reason) => show({ error: restarting && isPatient(reason) ? null : reason.toData() }),
      onWait: (next) => (wake = next),
      limitMs: options.returnLimitMs,
      signal,
    }).then(arrived, (reason: unknown) => ended(reason, signal))
  }

  function ended(reason: unknown, signal: AbortSignal) {
    if (signal.aborted) return
    finish(toErrorData(reason))
  }

  function finish(error: ErrorData | null) {
    controller.abort()
    questions.drop()
    restarting = null
    wake = null
    // What was refused is not tried again by itself.
    if (error) known = null
    reached?.connection.end()
    reached = null
    options.door?.close(error === null)
    show({ state: 'closed', question: null, error })
    for (const terminal of terminals) terminal.gone()
  }

  return {
    id,
    target,
    view: () => view,
    watch(listener) {
      listeners.add(listener)
      listener(view)
      return () => listeners.delete(listener)
    },
    open(attended) {
      isAttended ||= attended
      if (view.state === 'restarting' || view.state === 'lost') return wake?.()
      if (view.state !== 'closed') return
      isAttended = attended
      controller = new AbortController()
      const { signal } = controller
      show({ state: 'connecting', error: null, question: null })
      reach().then(arrived, (reason: unknown) => ended(reason, signal))
    },
    answer: (answer) => questions.answer(answer),
    ready: (signal) => whenReady(signal),
    attach(terminal) {
      terminals.add(terminal)
      if (reached && view.state === 'ready') terminal.connected(reached.connection.client, false)
      else if (view.state === 'closed') terminal.gone()
      return () => terminals.delete(terminal)
    },
    announceRestart() {
      if (reached) restarting ??= { bootId: reached.bootId, isCertain: false }
    },
    async restart(signal) {
      const { connection, system } = await whenReady(signal)
      const before = reached?.bootId ?? null
      restarting = { bootId: before, isCertain: true }
      const ran = await restartOn(connection.client, system).catch(() => null)
      if (ran?.code) {
        restarting = null
        throw new AppError('session.restart-refused', {}, { message: (ran.stderr || ran.stdout).trim().slice(-500) })
      }
      show({ state: 'restarting', error: null })
      setTimeout(() => connection.end(), graceMs).unref()
      await whenReady(signal)
    },
    async forgetHostKey() {
      if (to) await options.pins.forget('hostKey', to.place)
      isKeyForgotten = true
    },
    close: () => finish(null),
  }

  function whenReady(signal: AbortSignal): Promise<Ready> {
    return new Promise((resolve, reject) => {
      const stop = () => leave(() => reject(new AppError('cancelled')))
      const look = (now: SessionView) => {
        if (now.state === 'ready' && reached && to) {
          const found = { connection: reached.connection, system: reached.system, user: to.user }
          leave(() => resolve(found))
        } else if (now.state === 'closed') {
          leave(() => reject(asError(now.error)))
        }
      }
      const leave = (then: () => void) => {
        listeners.delete(look)
        signal.removeEventListener('abort', stop)
        then()
      }
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) return stop()
      listeners.add(look)
      look(view)
    })
  }
}

function isSameBoot(restart: Restart | null, bootId: string | null, lostAt: number): boolean {
  if (!restart || restart.bootId === null || bootId !== restart.bootId) return false
  return restart.isCertain || Date.now() - lostAt < doubtMs
}

function firstView(id: string, target: SessionTarget, at: Date): SessionView {
  const host = target.kind === 'host' ? target.host : ''
  return {
    session: id,
    label: host,
    target,
    host,
    port: target.kind === 'host' ? target.port : 22,
    user: target.kind === 'host' ? target.user : '',
    system: null,
    state: 'closed',
    hostKey: null,
    isThroughProxy: false,
    question: null,
    error: null,
    since: at.toISOString(),
  }
}

/** Nobody is there, as far as can be seen from here. */
function isSilent(error: unknown): error is AppError {
  return error instanceof AppError && ['session.no-answer', 'session.port-closed'].includes(error.code)
}

/** What a VM that restarts may well answer for a while. */
function isPatient({ code }: AppError): boolean {
  return ['session.port-closed', 'session.no-answer', 'session.lost', 'session.not-ssh'].includes(code)
}

function asError(error: ErrorData | null): AppError {
  return error ? new AppError(error.code, error.params, error.details) : new AppError('session.closed')
}
