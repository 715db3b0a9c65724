const modal = 'dialog[open]'
const floating = '[role="menu"], [role="listbox"], [role="dialog"], [role="alertdialog"], [role="tooltip"]'

/**
 * Tells whenever what lies over an element may have changed, or where it is: another page is drawn over it, which would hide dialogs
 * and menus. Returns the way to stop that.
 */
export function watchPlace(element: HTMLElement, onChange: () => void): () => void {
  const resized = new ResizeObserver(onChange)
  resized.observe(element)
  const changed = new MutationObserver(onChange)
  const attributeFilter = ['open', 'hidden', 'data-state', 'style', 'class']
  changed.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter })
  window.addEventListener('resize', onChange)
  document.addEventListener('scroll', onChange, true)
  onChange()
  return () => {
    resized.disconnect()
    changed.disconnect()
    window.removeEventListener('resize', onChange)
    document.removeEventListener('scroll', onChange, true)
  }
}

/** Where an element is, whole pixels; null while it is not shown or something lies over it. */
export function freePlace(element: HTMLElement): { x: number; y: number; width: number; height: number } | null {
  const { left, top, right, bottom } = element.getBoundingClientRect()
  const isHidden = right - left < 1 || bottom - top < 1
  const covers = (other: Element) => {
    const over = other.getBoundingClientRect()
    return over.width > 0 && over.left < right && over.right > left && over.top < bottom && over.bottom > top
  }
  if (isHidden || document.querySelector(modal) || [...document.querySelectorAll(floating)].some(covers)) return null
  const [x, y] = [Math.round(left), Math.round(top)]
  return { x, y, width: Math.round(right) - x, height: Math.round(bottom) - y }
}
