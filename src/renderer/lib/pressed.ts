import { shortcutOf, type Shortcut } from '../../shared/shortcuts'

/** The command of a key press that nobody took, or null. */
export function pressed(event: KeyboardEvent): Shortcut | null {
  if (event.defaultPrevented) return null
  const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event
  const isTyping =
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  return shortcutOf({ key, ctrlKey, metaKey, altKey, shiftKey, isTyping })
}
