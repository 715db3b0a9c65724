import type { FilePanel } from '../../lib/files.svelte'

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** What a key does in the list of files: something with the panel, or with what is chosen; null: nothing. `page` = rows of a page. */
export function keyActionOf(press: Press, panel: FilePanel, page: number): (() => void) | 'remove' | 'rename' | null {
  const { key, shiftKey, altKey } = press
  const isCommand = press.ctrlKey || press.metaKey
  if (altKey) return key === 'ArrowUp' ? () => void panel.up() : null
  const rows: Record<string, number> = {
    ArrowDown: panel.current + 1,
    ArrowUp: panel.current - 1,
    PageDown: panel.current + page,
    PageUp: panel.current - page,
    Home: 0,
    End: panel.entries.length - 1,
  }
  const row = rows[key]
  if (row !== undefined) return () => panel.go(row, { shift: shiftKey, keep: isCommand && !shiftKey })
  if (isCommand) return key.toLowerCase() === 'a' ? () => panel.chooseAll() : null
  switch (key) {
    case ' ':
      return () => panel.go(panel.current, { toggle: true })
    case 'Enter': {
      const entry = panel.entries[panel.current]
      return entry ? () => void panel.enter(entry) : null
    }
    case 'Backspace':
      return () => void panel.up()
    case 'F2':
      return 'rename'
    case 'F5':
      return () => void panel.reload()
    case 'Delete':
      return 'remove'
    default:
      return key.length === 1 ? () => panel.go(nextWith(panel, key)) : null
  }
}

/** The next entry whose name begins with a letter, round and round. */
function nextWith({ entries, current }: FilePanel, letter: string): number {
  const order = entries.map((_, at) => (current + 1 + at) % entries.length)
  return order.find((at) => entries[at]!.name.toLowerCase().startsWith(letter.toLowerCase())) ?? current
}
