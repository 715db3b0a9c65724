import type { Press } from './shortcuts'

/** What a key does in a session, wherever the focus is. */
export type SessionKey = 'newTab' | 'closeTab' | 'nextTab' | 'previousTab' | 'leave'
/** What a key does in a terminal in place of going to the VM. */
export type TerminalKey = 'search' | 'copy' | 'paste' | 'bigger' | 'smaller' | 'usual'

type Keys = Pick<Press, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** The command of a key press, or null: it goes to the VM. AltGr arrives as Ctrl and Alt on Windows and types letters. */
export function sessionKeyOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Keys): SessionKey | null {
  if (altKey || metaKey || !ctrlKey) return null
  switch (key.toLowerCase()) {
    case 't':
      return shiftKey ? 'newTab' : null
    case 'w':
      return shiftKey ? 'closeTab' : null
    case 'tab':
      return shiftKey ? 'previousTab' : 'nextTab'
    case 'pageup':
      return 'previousTab'
    case 'pagedown':
      return 'nextTab'
    case 'f6':
      return 'leave'
    default:
      return null
  }
}

/** As above for what only a terminal knows. On a Mac the command key never goes to the VM. */
export function terminalKeyOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Keys): TerminalKey | null {
  if (altKey || ctrlKey === metaKey) return null
  const name = key.toLowerCase()
  if (shiftKey || metaKey) {
    if (name === 'f') return 'search'
    if (name === 'c') return 'copy'
    if (name === 'v') return 'paste'
  }
  if (name === '+' || name === '=') return 'bigger'
  // With Shift it is a character of its own, which shells take as “undo”.
  if (name === '-' && !shiftKey) return 'smaller'
  return name === '0' && !shiftKey ? 'usual' : null
}
