import { z } from 'zod'
import type { ErrorData } from './errors'
import { certificateFacts, networkSettings } from './settings'
import { uploadLimits } from './upload-limit'

/** The part of the contract that the settings screen asks. */
const none = z.strictObject({})
const done = z.null()
const run = z.string().regex(/^[a-z0-9-]{1,64}$/)

const networkFacts = z.object({
  ...networkSettings.omit({ authorities: true }).shape,
  hasPassword: z.boolean(),
  /** false: without a keyring the password lives as long as the app runs. */
  keepsPassword: z.boolean(),
  authorities: z.array(certificateFacts),
  /** Who told what the system trusts: `system`, a file, or null; and how many that are beyond the built-in ones. */
  system: z.object({ from: z.string().nullable(), count: z.number() }),
})
export type NetworkFacts = z.infer<typeof networkFacts>

const cloudFacts = z.object({
  /** null: a new run asks. */
  defaultCloud: z.string().nullable(),
  profiles: z.array(
    z.object({
      file: z.string(),
      /** Empty where the file cannot be used. */
      name: z.string(),
      host: z.string(),
    }),
  ),
})
export type CloudFacts = z.infer<typeof cloudFacts>

export const folderNames = ['runs', 'practice', 'logs', 'catalogs'] as const
const folderFacts = z.array(
  z.object({ name: z.enum(folderNames), path: z.string(), bytes: z.number(), isThere: z.boolean() }),
)
export type FolderFacts = z.infer<typeof folderFacts>

const logLine = z.object({ at: z.string(), level: z.enum(['info', 'warn', 'error']), text: z.string() })
export type LogLine = z.infer<typeof logLine>

export const settingsCalls = {
  'network.read': { input: none, output: networkFacts },
  'network.save': {
    input: z.strictObject({
      ...networkSettings.omit({ authorities: true }).partial().shape,
      /** null takes it away. It also goes when address or user change, so that no other proxy gets it. */
      password: z.string().max(500).nullable().optional(),
    }),
    output: networkFacts,
  },
  /** Main shows the system's file dialog. Nothing changes where nothing was picked. */
  'authority.add': { input: none, output: networkFacts },
  'authority.remove': { input: z.strictObject({ id: z.string().max(200) }), output: networkFacts },
  'clouds.read': { input: none, output: cloudFacts },
  'clouds.save': { input: z.strictObject({ defaultCloud: z.string().max(4096).nullable() }), output: cloudFacts },
  'profile.add': { input: none, output: cloudFacts },
  'profile.remove': { input: z.strictObject({ file: z.string().max(4096) }), output: cloudFacts },
  'upload.readLimit': { input: none, output: uploadLimits },
  /** Counts for running uploads at once. */
  'upload.saveLimit': { input: uploadLimits, output: done },
  'folders.list': { input: none, output: folderFacts },
  'folder.open': { input: z.strictObject({ name: z.enum(folderNames) }), output: done },
  /** Stops the practice cloud and moves its state away; the answer is where it lies now. */
  'practice.reset': { input: none, output: z.object({ keptAs: z.string().nullable() }) },
  'log.lines': { input: z.strictObject({ level: z.enum(['info', 'warn', 'error']) }), output: z.array(logLine) },
  'log.clear': { input: none, output: done },
  /** The text that `support.save` would write, for reading it first. */
  'support.preview': { input: z.strictObject({ runs: z.array(run).max(50) }), output: z.object({ text: z.string() }) },
  'support.save': { input: none, output: z.object({ file: z.string().nullable() }) },
} as const

/** How one host of a cloud was reached, or why not. */
export type Reached = {
  part: 'signIn' | 'arm' | 'batch' | 'storage'
  host: string
  /** `host:port`, or null for the direct way. */
  proxy: string | null
  issuer: string | null
  ms: number | null
  /** null while it is being asked and when all is well. */
  error: ErrorData | null
  isDone: boolean
}
export type ConnectionTest = { rows: Reached[]; isDone: boolean }

export const settingsStreams = {
  /** Asks the hosts of a cloud one by one, without a token. Closing it stops that. */
  connectionTest: {
    open: z.strictObject({ cloud: z.string().max(4096) }),
    up: z.never(),
    down: z.custom<ConnectionTest>(),
  },
} as const
