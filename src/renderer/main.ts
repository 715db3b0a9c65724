import { mount } from 'svelte'
import App from './App.svelte'
import { call } from './lib/api'
import { shell } from './lib/shell.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
window.addEventListener('error', (event) => report(String(event.error ?? event.message)))
window.addEventListener('unhandledrejection', (event) => report(String(event.reason)))
// What is dropped beside the drop zone must not replace the page.
window.addEventListener('dragover', (event) => event.preventDefault())
window.addEventListener('drop', (event) => event.preventDefault())
await shell.start()
mount(App, { target })

function report(message: string) {
  call('log.write', { level: 'error', message: message.slice(0, 4000) }).catch(() => undefined)
}
