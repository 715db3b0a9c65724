import type { Attachment } from 'svelte/attachments'

/** Lets one file be dropped anywhere on the step that holds the element. */
export function dropTarget(onover: (isOver: boolean) => void, ondrop: (file: File) => Promise<void>): Attachment {
  return (element) => {
    const zone = element.closest('main') ?? element
    const ended = new AbortController()
    const listen = (name: string, act: (event: DragEvent) => void) =>
      zone.addEventListener(name, (event) => act(event as DragEvent), { signal: ended.signal })
    listen('dragover', (event) => {
      event.preventDefault()
      onover(true)
    })
    listen('dragleave', (event) => {
      if (!zone.contains(event.relatedTarget as Node | null)) onover(false)
    })
    listen('drop', (event) => {
      event.preventDefault()
      onover(false)
      const file = event.dataTransfer?.files[0]
      if (file) void ondrop(file)
    })
    return () => ended.abort()
  }
}
