import { ipcRenderer } from 'electron'

// The page of a remote desktop is offered nothing but two kinds of port: one to talk, one for the bytes of a connection.
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== window || !event.ports[0]) return
  const message = event.data as { kind?: unknown; token?: unknown } | null
  if (message?.kind === 'link') ipcRenderer.postMessage('link', null, [event.ports[0]])
  if (message?.kind === 'bytes') ipcRenderer.postMessage('bytes', String(message.token), [event.ports[0]])
})
