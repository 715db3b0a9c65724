import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { writeAtomic } from '../../src/main/engine/files'
import { environmentNetwork } from '../../src/main/net/network'
import type { Destination } from '../../src/main/sessions/attempt'
import { openPins, type Pins } from '../../src/main/sessions/pins'
import { createSessions, type LiveSessions } from '../../src/main/sessions/sessions'
import type { Identity } from '../../src/main/sessions/ssh-auth'
import { terminal as words } from '../../src/shared/messages/en/terminal'
import type { SessionTarget, SessionView } from '../../src/shared/session-calls'
import type { RealSshd } from './sshd'

export type TestSessions = LiveSessions & { pins: Pins }

/** The sessions of the product, and where they lead; ended with the test. */
export function sessionsTo(destination: Partial<Destination> & Pick<Destination, 'port'>): TestSessions {
  const folder = mkdtempSync(join(tmpdir(), 'studio-pins-'))
  const pins = openPins({ file: join(folder, 'pins.json'), write: writeAtomic, now: () => new Date() })
  const sessions = createSessions({
    destination: () =>
      Promise.resolve({
        label: 'vm',
        host: '127.0.0.1',
        user: 'nobody',
        place: `127.0.0.1:${destination.port}`,
        hostKeys: [],
        system: null,
        identities: [],
        ...destination,
      }),
    network: environmentNetwork({}),
    pins,
    now: () => new Date(),
    words: () => words,
  })
  onTestFinished(async () => {
    sessions.closeAll()
    await rm(folder, { recursive: true, force: true })
  })
  return { ...sessions, pins }
}

/** As a run's VM whose host key the serial log has shown. */
export function vmAt({ port, user, key, fingerprint }: RealSshd): Partial<Destination> & Pick<Destination, 'port'> {
  return { port, user, hostKeys: [fingerprint], identities: [keyOf(key)] }
}

export function keyOf(key: string): Identity {
  return { kind: 'key', name: 'test', key }
}

export function hostTarget(port: number): SessionTarget {
  return { kind: 'host', host: '127.0.0.1', port, user: 'somebody', auth: 'key' }
}

/** Resolves with the first view that fits. */
export function seen(
  sessions: LiveSessions,
  session: string,
  fits: (view: SessionView) => boolean,
): Promise<SessionView> {
  return new Promise((resolve) => {
    const stop = sessions.watch(session, (view) => {
      if (!fits(view)) return
      resolve(view)
      queueMicrotask(() => stop())
    })
  })
}

export type Screen = {
  keys(text: string): void
  size(columns: number, rows: number): void
  /** All that came so far. */
  text(): string
  /** Resolves once what came fits. */
  shows(what: RegExp): Promise<string>
  /** Bytes sent and not acknowledged, at most. */
  mostUnseen(): number
  bytes(): number
  /** Works off all that came, and from now on what comes. */
  see(): void
  ended: Promise<number | null>
}

/** A terminal as the window has one; `isBlind`: it works off nothing until it is told to. */
export async function screenOn(sessions: LiveSessions, session: string, isBlind = false): Promise<Screen> {
  let isSeeing = !isBlind
  let kept = Buffer.alloc(0)
  let bytes = 0
  let unseen = 0
  let most = 0
  const waiting = new Set<() => void>()
  let end: (code: number | null) => void
  const ended = new Promise<number | null>((resolve) => (end = resolve))
  const terminal = await sessions.terminal(session, { columns: 80, rows: 24 }, (message) => {
    if (message.kind === 'ended') return end(message.code)
    bytes += message.bytes.length
    unseen += message.bytes.length
    most = Math.max(most, unseen)
    kept = Buffer.concat([kept, message.bytes]).subarray(-200_000)
    if (isSeeing) setImmediate(see)
    for (const look of waiting) look()
  })
  function see() {
    isSeeing = true
    const worked = unseen
    unseen = 0
    terminal.seen(worked)
  }
  return {
    keys: (text) => terminal.keys(text),
    size: (columns, rows) => terminal.size({ columns, rows }),
    text: () => kept.toString('utf8'),
    shows: (what) =>
      new Promise((resolve) => {
        const look = () => {
          const found = what.exec(kept.toString('utf8'))
          if (!found) return
          waiting.delete(look)
          resolve(found[0])
        }
        waiting.add(look)
        look()
      }),
    mostUnseen: () => most,
    bytes: () => bytes,
    see,
    ended,
  }
}
