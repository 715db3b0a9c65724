// Loaded into Electron before the app (`--require`): writes down when the first window was painted and shown, and leaves.
import { app } from 'electron'
import { writeFileSync } from 'node:fs'
import Module from 'node:module'

// Both clocks are wall clocks with fractions, so that they compare over processes.
const now = () => performance.timeOrigin + performance.now()
const firstContent = `new Promise((resolve) => {
  const found = (entries) => entries.find((entry) => entry.name === 'first-contentful-paint')
  new PerformanceObserver((list) => {
    const entry = found(list.getEntries())
    if (entry) resolve(performance.timeOrigin + entry.startTime)
  }).observe({ type: 'paint', buffered: true })
})`

app.once('browser-window-created', (_event, window) => {
  const made = now()
  const shown = new Promise((resolve) => window.once('show', () => resolve(now())))
  window.webContents.once('dom-ready', async () => {
    const painted = await window.webContents.executeJavaScript(firstContent)
    const loaded = Object.keys(Module._cache)
    // A painted window that is not yet shown is not yet seen.
    writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ made, at: Math.max(painted, await shown), loaded }))
    app.exit(0)
  })
})
