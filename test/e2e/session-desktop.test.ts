import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, type RunningApp } from '../support/app'
import { startShadow } from '../support/rdp-servers'
import { DesktopPage } from './pages/desktop-page'
import { SessionPage } from './pages/session-page'
import { startFromVm, walkToPlan } from './pages/vm-steps'

test('the desktop tab of a session: another computer in it, the keyboard, other tabs, other screens, and the end with the tab', async () => {
  test.setTimeout(240_000)
  const server = await startShadow()
  const running = await launchApp()
  const { page } = running
  const session = new SessionPage(page)
  const { tabs } = session.words
  const desktopTab = session.tabs.filter({ hasText: tabs.desktop })
  await openWindowsSession(running)
  await page.getByRole('button', { name: tabs.desktop, exact: true }).click()
  const { panel } = messages.en.desktop
  await expect(page.getByRole('heading', { name: panel.noneTitle })).toBeVisible()

  const desktop = await test.step('any computer that speaks RDP opens in the tab', async () => {
    const opened = running.app.waitForEvent('window')
    await page.getByLabel(panel.host).fill('127.0.0.1')
    await page.getByLabel(panel.port, { exact: true }).fill(String(server.port))
    await page.getByRole('button', { name: panel.open, exact: true }).click()
    const shown = new DesktopPage(await opened, '')
    await shown.page.getByLabel(messages.en.desktop.credentials.user).fill(server.user)
    await shown.signIn(server.password)
    await shown.trustIt()
    await shown.isConnected()
    await expect.poll(() => shown.colours()).toBeGreaterThan(10)
    return shown
  })
  await test.step('it is drawn where the tab has its place', async () => {
    await expect.poll(() => coloursInTab(running)).toBeGreaterThan(50)
  })
  await test.step('keys go there, and the way out leads to its bar and then to the window', async () => {
    await desktop.type('typed in the tab')
    await expect.poll(() => readFileSync(server.typed, 'utf8')).toContain('typed in the tab')
    await desktop.wayOut(running)
    await expect(desktop.page.getByRole('toolbar')).toBeFocused()
    await desktop.wayOut(running)
    await expect.poll(() => hasFocus(running)).toBe(true)
  })
  await test.step('another tab hides it, a dialog too, and another screen leaves it connected', async () => {
    await page.keyboard.press('Control+PageUp')
    await expect(session.tabs.first()).toHaveAttribute('aria-selected', 'true')
    await expect.poll(() => coloursInTab(running)).toBeLessThan(20)
    await page.keyboard.press('Control+PageDown')
    await expect.poll(() => coloursInTab(running)).toBeGreaterThan(50)
    await page.keyboard.press('Control+K')
    await expect(session.dialog).toBeVisible()
    await expect.poll(() => coloursInTab(running)).toBeLessThan(20)
    await page.keyboard.press('Escape')
    await page.getByRole('banner').getByRole('button', { name: 'Desk' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(messages.en.steps['vm.install'].title)
    await page.getByRole('main').getByRole('button', { name: messages.en.forms['vm.install'].open }).click()
    await desktopTab.click()
    await expect.poll(() => coloursInTab(running)).toBeGreaterThan(50)
    await desktop.type('still there')
    await expect.poll(() => readFileSync(server.typed, 'utf8')).toContain('typed in the tab\nstill there\n')
  })
  await test.step('closing the tab ends the connection', async () => {
    expect(connectionsTo(server.port)).toBeGreaterThan(0)
    const gone = desktop.page.waitForEvent('close')
    await page.getByRole('button', { name: tabs.close.replace('{name}', tabs.desktop) }).click()
    await gone
    await expect.poll(() => connectionsTo(server.port)).toBe(0)
    await expect(desktopTab).toBeHidden()
    await page.getByRole('button', { name: tabs.desktop, exact: true }).click()
    await expect(page.getByRole('heading', { name: panel.noneTitle })).toBeVisible()
  })
  expect(running.problems).toEqual([])
  await closeApp(running)
  await server.close()
})

/** A session with a Windows VM of the practice cloud, which shows no desktop itself. */
async function openWindowsSession(from: RunningApp) {
  const run = await startFromVm(from, 'en', 'Desk')
  await walkToPlan(run)
  await run.pick(messages.en.forms['vm.plan'].image, '2022-datacenter-g2')
  await run.perform('vm.plan')
  await from.page.getByRole('radio', { name: messages.en.forms['vm.create'].byAzure.label }).check()
  await run.perform('vm.create', 90_000)
  await run.go('vm.install')
  await run.button(messages.en.forms['vm.install'].open).click()
  const session = new SessionPage(from.page)
  await expect(session.state).toContainText(session.words.footer.state.ready, { timeout: 60_000 })
}

/** How many strong colours the screen shows where the tab has its place: the picture has hundreds, the app's own parts hardly any. */
async function coloursInTab({ app, page }: RunningApp): Promise<number> {
  const place = (await page.getByRole('tabpanel').boundingBox())!

  return app.evaluate(async ({ BrowserWindow, desktopCapturer, screen }, { x, y, width, height }) => {
    const { size } = screen.getPrimaryDisplay()
    const [source] = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize: size })
    const origin = BrowserWindow.getAllWindows()[0]!.getContentBounds()
    const area = { x: origin.x + x, y: origin.y + y, width, height }
    const rounded = Object.fromEntries(Object.entries(area).map(([side, value]) => [side, Math.round(value)]))
    const pixels = source!.thumbnail.crop(rounded as typeof area).toBitmap()
    const seen = new Set<number>()
    for (let at = 0; at < pixels.length; at += 4 * 7) {
      const [blue, green, red] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!]
      if (Math.max(red, green, blue) - Math.min(red, green, blue) > 80) seen.add(red * 65536 + green * 256 + blue)
    }
    return seen.size
  }, place)
}

async function hasFocus({ app }: RunningApp): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.isFocused())
}

/** Open TCP connections of this computer to a port of it, as the kernel lists them: state 01 is ESTABLISHED (proc(5)). */
function connectionsTo(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n')
  return lines.filter((line) => new RegExp(`^\\s*\\d+: \\S+ \\w{8}:${hex} 01 `).test(line)).length
}
