import type { Finding, Inspection } from '../../../shared/outputs'

/**
 * One thing to find out about a disk or the system on it. What it sees is only read; what cannot be read is `unknown`,
 * never a failure.
 */
export type Check<Subject> = {
  /** As documented: `linux.agent`. A finding of it may have another id only where the documentation says so. */
  id: string
  /** Nothing, or null, when all is well. */
  look(subject: Subject): Finding | Finding[] | null | 'unknown'
}

export type Checked = Required<Pick<Inspection, 'findings' | 'passed' | 'unknown'>>

/**
 * The same checks for a volume that is damaged: what `presence` tells by what lies there is unknown when nothing was
 * found, what `absence` tells by what is missing is unknown altogether.
 */
export function whereDamaged<Subject>(
  checks: readonly Check<Subject>[],
  { presence, absence }: { presence: readonly string[]; absence: readonly string[] },
): Check<Subject>[] {
  return checks.map(({ id, look }) => {
    if (absence.includes(id)) return { id, look: () => 'unknown' }
    if (!presence.includes(id)) return { id, look }
    return {
      id,
      look(subject) {
        const seen = look(subject)
        return seen === null || (Array.isArray(seen) && seen.length === 0) ? 'unknown' : seen
      },
    }
  })
}

/** Runs all checks of a family over the same subject. */
export function runChecks<Subject>(checks: readonly Check<Subject>[], subject: Subject): Checked {
  const result: Checked = { findings: [], passed: [], unknown: [] }
  for (const { id, look } of checks) {
    const seen = look(subject)
    if (seen === 'unknown') result.unknown.push(id)
    else if (seen === null || (Array.isArray(seen) && seen.length === 0)) result.passed.push(id)
    else result.findings.push(...[seen].flat())
  }
  return result
}
