// The peer of the start-up: the least that Electron can show. Bundled to CommonJS, as our own main process is.
import { app, BrowserWindow } from 'electron'

const page = '<!doctype html><html lang="en"><title>Empty</title><p>Empty</p></html>'

app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 820, show: false })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(`data:text/html,${encodeURIComponent(page)}`)
})
