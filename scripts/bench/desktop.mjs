import { build } from 'esbuild'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../setup/paths.mjs'
import { row } from './numbers.mjs'
import { withApp } from './running-app.mjs'

const logins = 5
/** A picture with content has more; a black screen has one. */
const fewColours = 10

/**
 * Remote desktops of FreeRDP's server with NLA on loopback: from the click to a picture with content, the first time with the loading of
 * the client and the person's word for the certificate in it, and with another desktop open beside it.
 */
export async function createDesktops({ program, env, studio, folder }) {
  const outfile = join(folder, 'rdp-servers.mjs')
  const entryPoints = [join(root, 'test/support/rdp-servers.ts')]
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
  const { startShadow } = await import(pathToFileURL(outfile).href)
  const first = []
  const again = []
  const beside = []

  async function measure(app, servers) {
    const one = await openDesktop(app, servers[0])
    first.push(await signIn(one, servers[0]))
    for (let n = 0; n < logins; n++) again.push(await reconnect(one))
    const other = await openDesktop(app, servers[1])
    await signIn(other, servers[1])
    beside.push(await reconnect(other), await reconnect(one))
  }

  return {
    async round() {
      const servers = [await startShadow(), await startShadow()]
      try {
        await withApp({ program, env, studio, folder }, [], (app) => measure(app, servers))
      } finally {
        for (const server of servers) await server.close()
      }
    },
    rows: () => [
      row('desktop, NLA login to picture', again, 's', { most: 2, note: 'loopback' }),
      row('  the first time', first, 's', { note: 'loads the client' }),
      row('  with two open at once', beside, 's', { most: 2 }),
    ],
  }
}

async function openDesktop(app, { port, user }) {
  const window = await app.firstWindow()
  await window.waitForLoadState('domcontentloaded')
  const opened = app.waitForEvent('window')
  await window.evaluate(
    async (target) => {
      const { value } = await window.bridge.call('desktop.open', { target })
      const bounds = { x: 0, y: 80, width: 1280, height: 700 }
      await window.bridge.call('desktop.place', { ...value, bounds })
    },
    { kind: 'host', host: '127.0.0.1', port, user },
  )
  return opened
}

async function signIn(page, { password }) {
  await page.getByLabel('Password').fill(password)
  return timed(page, async () => {
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByRole('button', { name: 'Trust and connect' }).click()
  })
}

async function reconnect(page) {
  await page.getByRole('button', { name: 'Disconnect' }).click()
  return timed(page, () => page.getByRole('button', { name: 'Reconnect' }).click())
}

/** Seconds from the click until the canvas shows something. */
async function timed(page, click) {
  const begun = performance.now()
  await click()
  await page.waitForFunction((least) => {
    const canvas = globalThis.document.querySelector('iron-remote-desktop')?.shadowRoot?.querySelector('canvas')
    if (!canvas || canvas.width === 0) return false
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const seen = new Set()
    for (let at = 0; at < data.length; at += 4 * 997) seen.add(data[at] * 65536 + data[at + 1] * 256 + data[at + 2])
    return seen.size > least
  }, fewColours)
  return (performance.now() - begun) / 1000
}
