/** What the palette finds: a place to go to, or something to do. */
export type Command = {
  id: string
  group: 'actions' | 'steps' | 'runs' | 'screens'
  label: string
  /** A second line or a state, searched as well. */
  detail?: string
  run: () => void
}

/** The commands that hold every word of the query, those first whose label begins with it. An empty query finds all. */
export function searchCommands(commands: readonly Command[], query: string): Command[] {
  const words = plain(query).split(/\s+/).filter(Boolean)
  const found = commands.filter(({ label, detail }) => {
    const text = plain(`${label} ${detail ?? ''}`)
    return words.every((word) => text.includes(word))
  })
  const begins = ({ label }: Command) => (words[0] !== undefined && plain(label).startsWith(words[0]) ? 0 : 1)
  return found.sort((a, b) => begins(a) - begins(b))
}

/** People leave accents and capitals out when they search. */
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
