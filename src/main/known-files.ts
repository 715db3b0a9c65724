import { AppError } from '../shared/errors'
import type { StepId } from '../shared/terms'

/** Files of this computer that a person picked or dropped since the start: the window may name these and no others. */
export type KnownFiles = {
  add(file: string): void
  has(file: string): boolean
  /**
   * Lets the form of a step pass whose files are known, or were in it before. Throws AppError `contract.refused` {name}: a page that
   * was taken over must not make the app read files of its choice.
   */
  assertIn(step: StepId, input: Record<string, unknown>, before: Record<string, unknown>): void
}

export function createKnownFiles(): KnownFiles {
  const picked = new Set<string>()
  return {
    add: (file) => void picked.add(file),
    has: (file) => picked.has(file),
    assertIn(step, input, before) {
      const named = filesOf[step]
      if (!named) return
      const known = new Set<unknown>([...named(before), ...picked])
      for (const file of named(input)) assertKnown(file, undefined, (path) => known.has(path))
    },
  }
}

/** Refuses what is neither known nor as it was. Throws AppError `contract.refused` {name}. */
export function assertKnown(value: unknown, before: unknown, isKnown: (text: string) => boolean): void {
  if (value === undefined || value === before) return
  if (typeof value !== 'string' || !isKnown(value)) throw new AppError('contract.refused', { name: 'file' })
}

/** The files that the form of a step names, whatever else it may hold. */
const filesOf: Partial<Record<StepId, (input: Record<string, unknown>) => unknown[]>> = {
  'disk.choose'({ file, dataDisks }) {
    const disks: unknown[] = Array.isArray(dataDisks) ? dataDisks : []
    return [file, ...disks.map((disk) => (disk as { file?: unknown } | null)?.file)].filter((one) => one !== undefined)
  },
  'vm.install'({ parts }) {
    const all: unknown[] = Array.isArray(parts) ? parts : []
    const files = all.flatMap((one) => (one as { files?: unknown } | null)?.files ?? [])
    return files.map((file) => (file as { from?: unknown } | null)?.from ?? null)
  },
}
