/**
 * Entries with their places and keys of their own: names that are no text may look alike, and a server may say one twice. No name
 * holds a slash.
 */
export function keyed<Entry extends { name: string }>(entries: readonly Entry[], from: number) {
  const seen = new Set<string>()
  return entries.map((entry, n) => {
    const at = from + n
    const key = seen.has(entry.name) ? `${entry.name}/${at}` : entry.name
    seen.add(entry.name)
    return { entry, at, key }
  })
}
