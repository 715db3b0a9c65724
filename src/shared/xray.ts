import type { ErrorData } from './errors'
import type { Finding, Inspection } from './outputs'
import type { OsType } from './terms'

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

const order: Record<Finding['severity'], number> = { block: 0, warn: 1, info: 2 }

/** What must be fixed first, then what is worth a look, then what is good to know. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => order[a.severity] - order[b.severity])
}

/** How many things are to be fixed, to be looked at, good to know, fine, and could not be read. */
export function countsOf({ findings, passed = [], unknown = [] }: Inspection) {
  const of = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length
  return { block: of('block'), warn: of('warn'), info: of('info'), fine: passed.length, unknown: unknown.length }
}

export type CommandBlock = { on: 'linux' | 'windows' | 'here'; text: string }

/** What to type, one block per place; where the system is known, nothing for another one. */
export function commandBlocks({ commands = [] }: Finding, os: OsType | null): CommandBlock[] {
  const own = os?.toLowerCase()
  const fitting = commands.filter(({ on }) => on === 'here' || !own || on === own)
  const places = [...new Set(fitting.map(({ on }) => on))]
  return places.map((on) => ({ on, text: fitting.flatMap((one) => (one.on === on ? [one.text] : [])).join('\n') }))
}

/** Whether the disk alone does not tell how it starts, or tells two ways. */
export function isGenerationOpen({ generation, findings }: Inspection): boolean {
  return generation === null || findings.some(({ id, variant }) => id === 'boot.generation' && variant === 'both')
}

/** Processors that the system is made for; null where no system was recognised. */
export function architectureOf({ findings, os }: Pick<Inspection, 'findings' | 'os'>): 'x64' | 'Arm64' | null {
  if (findings.some(({ id, variant }) => id === 'os.arch' && !variant)) return 'Arm64'
  return os ? 'x64' : null
}

/** What the facts of a disk say already needs no lines of its own. */
export function saidByFacts({ id, severity }: Finding): boolean {
  return severity === 'info' && (id === 'boot.generation' || id === 'os.identified')
}
