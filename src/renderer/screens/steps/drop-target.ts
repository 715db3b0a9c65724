import type { Attachment } from 'svelte/attachments'

/** What was let go: files, or nothing but the fact that a folder was among it. `all`: files and folders alike. */
export type Dropped = { files: File[]; hasFolder: boolean; all: File[] }

/**
 * Lets files be dropped on the element, or anywhere on the screen that holds it. Where one target lies within another, the inner
 * one takes them.
 */
export function dropTarget(
  onover: (isOver: boolean) => void,
  ondrop: (dropped: Dropped) => void,
  reach: 'screen' | 'element' = 'screen',
): Attachment {
  return (element) => {
    const zone = (reach === 'screen' && element.closest('main')) || element
    const ended = new AbortController()
    const listen = (name: string, act: (event: DragEvent) => void) =>
      zone.addEventListener(name, (event) => act(event as DragEvent), { signal: ended.signal })
    listen('dragover', (event) => {
      const isTaken = event.defaultPrevented || !event.dataTransfer?.types.includes('Files')
      onover(!isTaken)
      if (!isTaken) event.preventDefault()
    })
    listen('dragleave', (event) => {
      if (!zone.contains(event.relatedTarget as Node | null)) onover(false)
    })
    listen('drop', (event) => {
      onover(false)
      if (event.defaultPrevented || !event.dataTransfer) return
      event.preventDefault()
      ondrop(droppedIn(event.dataTransfer))
    })
    return () => ended.abort()
  }
}

function droppedIn({ items, files }: DataTransfer): Dropped {
  const hasFolder = [...items].some((item) => item.webkitGetAsEntry()?.isDirectory ?? false)
  return { files: hasFolder ? [] : [...files], hasFolder, all: [...files] }
}
