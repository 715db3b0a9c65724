import type { ErrorData } from './errors'
import type { Inspection } from './outputs'

/** Size and time of a file, by which another content is noticed. */
export type FileFacts = { sizeBytes: number; modifiedMs: number }

/** What was seen in a file, when (ISO 8601, UTC), and how the file was then. */
export type Seen = FileFacts & { inspection: Inspection; at: string }

/** The disk image that a run's form names, looked into as soon as it is named; nothing of this is journaled. */
export type XrayView = {
  /** null: none is named. */
  file: string | null
  /** How the file lies there now; null when it cannot be found. */
  facts: FileFacts | null
  /** The latest look; null before the first. */
  seen: Seen | null
  isLooking: boolean
  /** Why the latest look could not be made; `cancelled` when a person stopped it. */
  error: ErrorData | null
}

export const nothingSeen: XrayView = { file: null, facts: null, seen: null, isLooking: false, error: null }

/** How the file differs from the one that was looked into. */
export function changeOf({ facts, seen }: XrayView): 'none' | 'changed' | 'gone' {
  if (!seen) return 'none'
  if (!facts) return 'gone'
  return isSameFile(facts, seen) ? 'none' : 'changed'
}

export function isSameFile(a: FileFacts, b: FileFacts): boolean {
  return a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs
}
