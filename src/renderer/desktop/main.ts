import { mount } from 'svelte'
import App from './App.svelte'
import { DesktopSession } from './desktop-session.svelte'
import { routeWebSockets } from './port-socket'

const target = document.getElementById('app')
if (!target) throw new Error('desktop.html has no #app')

routeWebSockets((token) => {
  const { port1, port2 } = new MessageChannel()
  window.postMessage({ kind: 'bytes', token }, '*', [port2])
  return port1
})
const link = new MessageChannel()
const session = new DesktopSession(link.port1)
window.postMessage({ kind: 'link' }, '*', [link.port2])
mount(App, { target, props: { session } })
