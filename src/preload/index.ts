import { contextBridge, ipcRenderer, webUtils } from 'electron'

contextBridge.exposeInMainWorld('bridge', {
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke('call', name, input),
  pathOf: (file: File): string => webUtils.getPathForFile(file),
})

// A MessagePort cannot cross the context bridge, so the window posts it here and it is handed on to main.
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== window) return
  const message = event.data as { kind?: unknown; name?: unknown; input?: unknown } | null
  if (message?.kind !== 'open-stream' || !event.ports[0]) return
  ipcRenderer.postMessage('open-stream', { name: message.name, input: message.input }, [event.ports[0]])
})
