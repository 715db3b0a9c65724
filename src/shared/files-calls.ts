import { z } from 'zod'
import type { ErrorData } from './errors'
import { sessionId } from './session-calls'

const done = z.null()
const remotePath = z.string().min(1).max(4096)
const transfer = z.string().regex(/^[a-z0-9-]{1,64}$/)

export type RemoteEntry = {
  name: string
  kind: 'file' | 'folder' | 'link' | 'other'
  sizeBytes: number
  /** ISO 8601 UTC. */
  modifiedAt: string
  /** As `ls -l` writes it, such as `rw-r--r--`. */
  mode: string
}

/**
 * What became of something that is not there as it was. `link`, `special` (sockets, devices), `unreadable` (a name that is no text) and
 * `refused` (a name that leads out of its folder) are left out; `renamed`: the other system does not take the name.
 */
export type TransferNote = {
  kind: 'link' | 'special' | 'unreadable' | 'refused' | 'renamed'
  name: string
  /** The name that it got. */
  as?: string
}

/** Files and folders on their way together. Bytes, and bytes per second. */
export type Transfer = {
  id: string
  direction: 'up' | 'down'
  /** The first of the files and folders that were chosen, and how many there are. */
  name: string
  items: number
  /** A folder of the VM as people write it there, or of this computer. */
  to: string
  /** `asking`: things with these names are there already, see `exists`. */
  status: 'waiting' | 'running' | 'verifying' | 'asking' | 'done' | 'failed' | 'cancelled'
  exists: string[]
  doneBytes: number
  totalBytes: number
  files: { done: number; total: number }
  rate: number
  /** Whole files compared by hash at both ends; false: the VM has no tool for it, so sizes only. */
  isVerified: boolean
  /** The first of them, and how many there are. */
  notes: TransferNote[]
  noteCount: number
  error: ErrorData | null
}

export const filesCalls = {
  /** `path` null: where the session's user begins. Answers the absolute path. */
  'files.list': {
    input: z.strictObject({ session: sessionId, path: remotePath.nullable() }),
    /** `refused`: how many names lead out of the folder and are not shown. */
    output: z.object({ path: z.string(), entries: z.custom<RemoteEntry[]>(), refused: z.number() }),
  },
  'files.makeFolder': { input: z.strictObject({ session: sessionId, path: remotePath }), output: done },
  'files.rename': { input: z.strictObject({ session: sessionId, from: remotePath, to: remotePath }), output: done },
  /** A folder goes with all that is in it. */
  'files.remove': { input: z.strictObject({ session: sessionId, paths: z.array(remotePath).max(1000) }), output: done },
  /** Main shows the system's dialog for files and folders, and sends what was chosen. */
  'files.pickAndUpload': {
    input: z.strictObject({ session: sessionId, to: remotePath, what: z.enum(['files', 'folder']) }),
    output: done,
  },
  /** Dropped on the window, named by the preload. */
  'files.upload': {
    input: z.strictObject({ session: sessionId, to: remotePath, paths: z.array(z.string().max(4096)).max(1000) }),
    output: done,
  },
  /** Main asks for a folder of this computer; nothing of the names in the VM leads out of it. */
  'files.download': {
    input: z.strictObject({ session: sessionId, paths: z.array(remotePath).max(1000) }),
    output: done,
  },
  /** What to do where names are there already. `keepBoth`: the new ones get a number. */
  'files.answer': { input: z.strictObject({ transfer, choice: z.enum(['replace', 'keepBoth']) }), output: done },
  /** Ends it; the half of a file that is there is removed. */
  'files.cancel': { input: z.strictObject({ transfer }), output: done },
  /** Goes on with one that failed, from where it was. */
  'files.resume': { input: z.strictObject({ transfer }), output: done },
  /** Takes what is over off the list. */
  'files.clear': { input: z.strictObject({ session: sessionId }), output: done },
} as const

export const filesStreams = {
  transfers: { open: z.strictObject({ session: sessionId }), up: z.never(), down: z.custom<Transfer[]>() },
} as const
