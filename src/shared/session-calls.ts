import { z } from 'zod'
import type { ErrorData } from './errors'
import { machineRef } from './machine-calls'

const run = z.string().regex(/^[a-z0-9-]{1,64}$/)
const done = z.null()
/** Names a session as long as the app runs. */
export const sessionId = z.string().regex(/^[a-z0-9-]{1,64}$/)
const cells = z.number().int().min(1).max(2000)

/** Where a session goes: the build VM of a run, or any host that a person names. */
export const sessionTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), run }),
  z.strictObject({
    kind: z.literal('host'),
    host: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[A-Za-z0-9._:-]+$/),
    port: z.number().int().min(1).max(65535),
    user: z.string().min(1).max(64),
    auth: z.enum(['agent', 'key', 'password']),
    /** A private key on this computer, picked in main's dialog. */
    keyFile: z.string().max(4096).optional(),
    /** The machine that it is, where it was chosen from the list of a cloud. */
    machine: machineRef.optional(),
  }),
])
export type SessionTarget = z.infer<typeof sessionTarget>

const sessionAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hostKey'), trust: z.boolean() }),
  z.strictObject({ kind: z.literal('secret'), text: z.string().max(4096) }),
  z.strictObject({ kind: z.literal('interactive'), texts: z.array(z.string().max(4096)).max(20) }),
  z.strictObject({ kind: z.literal('cancel') }),
])

export type SessionAnswer = z.infer<typeof sessionAnswer>

/** What a person is asked before a session can go on. */
export type SessionQuestion =
  | { kind: 'hostKey'; type: string; fingerprint: string; host: string }
  | { kind: 'password'; user: string; isAgain: boolean }
  | { kind: 'passphrase'; file: string; isAgain: boolean }
  | { kind: 'interactive'; title: string; text: string; prompts: { text: string; echo: boolean }[] }

export type SessionView = {
  session: string
  /** The VM's or the host's name. */
  label: string
  target: SessionTarget
  host: string
  port: number
  user: string
  /** null while nobody has looked. */
  system: 'linux' | 'windows' | null
  /** `restarting`: the VM said or was told to; `lost`: nobody knows why. Both are tried again until the VM answers. */
  state: 'connecting' | 'asking' | 'ready' | 'restarting' | 'lost' | 'closed'
  /** How the host key was believed. */
  hostKey: { type: string; fingerprint: string; proof: 'serialLog' | 'known' | 'firstUse' } | null
  /** Through an HTTP proxy. */
  isThroughProxy: boolean
  question: SessionQuestion | null
  /** Why it is closed, or why the last try to come back failed. */
  error: ErrorData | null
  /** Of this state, ISO 8601 UTC. */
  since: string
}

export type TerminalMessage =
  | { kind: 'data'; bytes: Uint8Array }
  /** The shell ended: with an exit code, or by the loss of its connection. */
  | { kind: 'ended'; code: number | null }

export const sessionCalls = {
  /** Begins a session, or finds the one that is open to the same target. What follows comes down the `session` stream. */
  'session.open': { input: z.strictObject({ target: sessionTarget }), output: z.object({ session: sessionId }) },
  'session.answer': { input: z.strictObject({ session: sessionId, answer: sessionAnswer }), output: done },
  /** Tries again after an end. */
  'session.reconnect': { input: z.strictObject({ session: sessionId }), output: done },
  'session.close': { input: z.strictObject({ session: sessionId }), output: done },
  /** Main shows the system's file dialog; the window learns only which file was chosen. */
  'session.pickKey': { input: z.strictObject({}), output: z.object({ file: z.string().nullable() }) },
  /** Forgets the host key of a host after a person was told that it changed. */
  'session.forgetHostKey': { input: z.strictObject({ session: sessionId }), output: done },
  /** Puts the password of the run's build VM on the clipboard, which is cleared after a minute. */
  'session.copyPassword': { input: z.strictObject({ run }), output: done },
  /** Writes the app's private key for the run's build VM where the person says; null when nothing was chosen. */
  'session.saveKey': { input: z.strictObject({ run }), output: z.object({ file: z.string().nullable() }) },
} as const

export const sessionStreams = {
  session: { open: z.strictObject({ session: sessionId }), up: z.never(), down: z.custom<SessionView>() },
  /** One shell; several may be open in a session. Closing the stream ends the shell. */
  terminal: {
    open: z.strictObject({ session: sessionId, columns: cells, rows: cells }),
    up: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('keys'), text: z.string().max(1_000_000) }),
      z.strictObject({ kind: z.literal('size'), columns: cells, rows: cells }),
      /** Bytes that the terminal has worked off: main sends no more than a megabyte ahead. */
      z.strictObject({ kind: z.literal('seen'), bytes: z.number().int().min(0) }),
    ]),
    down: z.custom<TerminalMessage>(),
  },
} as const
