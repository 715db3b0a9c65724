import { z } from 'zod'
import type { ErrorData } from './errors'
import { machineRef } from './machine-calls'

const run = z.string().regex(/^[a-z0-9-]{1,64}$/)
const done = z.null()
/** Names a remote desktop as long as the app runs. */
const desktop = z.string().regex(/^[a-z0-9-]{1,64}$/)
const none = z.strictObject({ desktop })
const pixels = z.number().min(-100_000).max(100_000)

export const rdpPort = 3389
export const desktopHost = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/)
/** Where a remote desktop is: the build VM of a run, or any host that a person names. */
export const desktopTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), run }),
  z.strictObject({
    kind: z.literal('host'),
    host: desktopHost,
    port: z.number().int().min(1).max(65535),
    user: z.string().max(256).optional(),
    /** The machine that it is, where it was chosen from the list of a cloud. */
    machine: machineRef.optional(),
  }),
])
export type DesktopTarget = z.infer<typeof desktopTarget>

/** A certificate that nobody has vouched for, or another one than the known one. SHA-256, 64 hex digits. */
export type CertificateQuestion = { fingerprint: string; subject: string; validTo: string }

export type DesktopView = {
  desktop: string
  /** The VM's or the host's name. */
  label: string
  host: string
  port: number
  user: string
  /**
   * `asking` for credentials or about a certificate; `returning` tries again after a loss; `left` by the person or by the server's
   * own sign-out; `crashed`: the page with the picture broke down.
   */
  state: 'starting' | 'asking' | 'connecting' | 'connected' | 'returning' | 'failed' | 'left' | 'crashed'
  /** Why it failed, or what the last try said. */
  error: ErrorData | null
  certificate: CertificateQuestion | null
  /** The password is known here, so that nobody has to type it. */
  hasPassword: boolean
  /** The server asks for the credentials before it shows anything; null while that is not known. */
  hasNla: boolean | null
  hasCompatibleColours: boolean
  /** In a window of its own. */
  isPoppedOut: boolean
  /** The system's own client reaches it as well. */
  canOpenInClient: boolean
}

export const desktopCalls = {
  /** Opens a remote desktop, or finds the one that is open to the same target. What follows comes down the `desktop` stream. */
  'desktop.open': { input: z.strictObject({ target: desktopTarget }), output: z.object({ desktop }) },
  /** Where in the window it is shown, in CSS pixels; null: not now. It goes on meanwhile. */
  'desktop.place': {
    input: z.strictObject({
      desktop,
      bounds: z.strictObject({ x: pixels, y: pixels, width: pixels, height: pixels }).nullable(),
    }),
    output: done,
  },
  'desktop.focus': { input: none, output: done },
  'desktop.popOut': { input: none, output: done },
  'desktop.bringBack': { input: none, output: done },
  /** Makes the page anew after it broke down. */
  'desktop.reopen': { input: none, output: done },
  'desktop.close': { input: none, output: done },
} as const

export const desktopStreams = {
  desktop: { open: none, up: z.never(), down: z.custom<DesktopView>() },
} as const
