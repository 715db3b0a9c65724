import type { Ran } from '../sessions/session'

/** What a script in a VM told: lines of a key, a tab and a value. A key may come more than once. */
export type VmFacts = { first(key: string): string; all(key: string): string[] }

/** Reads what such a script wrote; lines that are no facts are passed over. */
export function factsFrom({ stdout }: Pick<Ran, 'stdout'>): VmFacts {
  const lines = stdout.split(/\r?\n/).flatMap((line): [string, string][] => {
    const at = line.indexOf('\t')
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1).trim()]] : []
  })
  const all = (key: string) => lines.flatMap(([name, value]) => (name === key && value !== '' ? [value] : []))
  return { all, first: (key) => all(key)[0] ?? '' }
}
