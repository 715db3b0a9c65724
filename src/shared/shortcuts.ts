/** What a key does wherever the focus is. */
export type Shortcut = 'palette' | 'help' | 'previousStep' | 'nextStep' | 'pause'

export type Press = {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  /** The focus is in a field that takes text. */
  isTyping: boolean
}

/**
 * The command of a key press, or null. Nothing is bound where Alt is held: AltGr arrives as Ctrl and Alt on Windows, and types letters
 * on many keyboards.
 */
export function shortcutOf({ key, ctrlKey, metaKey, altKey, shiftKey, isTyping }: Press): Shortcut | null {
  if (altKey) return null
  const isCommand = ctrlKey || metaKey
  if (!isCommand) {
    if (key === 'F1') return 'help'
    return key === '?' && !isTyping ? 'help' : null
  }
  switch (key.toLowerCase()) {
    case 'k':
      return shiftKey ? null : 'palette'
    case 'p':
      return shiftKey ? 'pause' : null
    case 'pageup':
      return 'previousStep'
    case 'pagedown':
      return 'nextStep'
    default:
      return null
  }
}
