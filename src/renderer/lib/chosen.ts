type Named = { name: string }

/** Names that are chosen in a list. Never changed, always replaced. */
export type Chosen = ReadonlySet<string>

export const noneChosen: Chosen = new Set()

export function allOf(entries: readonly Named[]): Chosen {
  return new Set(entries.map(({ name }) => name))
}

/** Everything between two places, both with it. */
export function between(entries: readonly Named[], one: number, other: number): Chosen {
  return allOf(entries.slice(Math.min(one, other), Math.max(one, other) + 1))
}

export function toggled(chosen: Chosen, name: string): Chosen {
  const next = new Set(chosen)
  if (!next.delete(name)) next.add(name)
  return next
}

/** What is left of a choice in another list. */
export function keptOf(chosen: Chosen, entries: readonly Named[]): Chosen {
  return allOf(entries.filter(({ name }) => chosen.has(name)))
}
