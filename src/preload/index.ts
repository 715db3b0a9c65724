import { contextBridge, ipcRenderer, webUtils } from 'electron'

// Paths of files that a person really dropped: a page that was taken over can make a File, but none with a path.
const dropped = new Set<unknown>()

contextBridge.exposeInMainWorld('bridge', {
  call: (name: string, input: unknown): Promise<unknown> => {
    const { path, paths } = (input ?? {}) as { path?: unknown; paths?: unknown }
    const isForged =
      (name === 'file.drop' && !dropped.has(path)) ||
      (name === 'files.upload' && !(Array.isArray(paths) && paths.every((one) => dropped.has(one))))
    // A name that nobody offers is refused like every other.
    return ipcRenderer.invoke('call', isForged ? `${name} of a file that nobody dropped` : name, input)
  },
  pathOf: (file: File): string => {
    const path = webUtils.getPathForFile(file)
    if (path !== '') dropped.add(path)
    return path
  },
})

// A MessagePort cannot cross the context bridge, so the window posts it here and it is handed on to main.
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== window) return
  const message = event.data as { kind?: unknown; name?: unknown; input?: unknown } | null
  if (message?.kind !== 'open-stream' || !event.ports[0]) return
  ipcRenderer.postMessage('open-stream', { name: message.name, input: message.input }, [event.ports[0]])
})
