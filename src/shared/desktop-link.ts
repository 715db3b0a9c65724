import { z } from 'zod'
import type { DesktopView } from './desktop-calls'
import type { Language, Theme } from './terms'

/** What the page of a remote desktop says to main. Main keeps all state; the page shows it and paints. */
export const fromDesktop = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('connect'),
    user: z.string().max(256),
    /** null: the one that main knows. */
    password: z.string().max(1024).nullable(),
    hasCompatibleColours: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('connected'), token: z.string().max(64) }),
  z.strictObject({
    kind: z.literal('ended'),
    token: z.string().max(64),
    /** As the client in the page names it; `lost` is everything that has no name. */
    how: z.enum(['signedOut', 'password', 'account', 'lost']),
    message: z.string().max(4000),
  }),
  z.strictObject({ kind: z.literal('trust'), trust: z.boolean() }),
  /** The person compared the fingerprints: the known certificate counts no more, the next one is asked about. */
  z.strictObject({ kind: z.literal('forgetCertificate') }),
  z.strictObject({ kind: z.literal('leave') }),
  z.strictObject({ kind: z.literal('openInClient') }),
  z.strictObject({ kind: z.literal('saveFile') }),
  z.strictObject({ kind: z.literal('popOut') }),
  z.strictObject({ kind: z.literal('bringBack') }),
  z.strictObject({ kind: z.literal('captured'), isCaptured: z.boolean() }),
])
export type FromDesktop = z.infer<typeof fromDesktop>

/** As the window looks. */
export type DesktopLook = { language: Language; theme: Theme }

/** What main says to the page. */
export type ToDesktop =
  | ({ kind: 'view'; view: DesktopView } & DesktopLook)
  /** Begin now. The only message with a secret; the page keeps it no longer than it takes to connect. */
  | { kind: 'go'; token: string; destination: string; user: string; password: string }
  /** End the session that is open. */
  | { kind: 'stop' }
  /** The person asked for the keyboard back. */
  | { kind: 'release' }

/** Addresses of this scheme lead to a message port instead of the network. */
export const bytePortScheme = 'rdp-port:'
