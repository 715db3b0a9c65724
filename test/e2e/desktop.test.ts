import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { closeApp, launchApp, type RunningApp } from '../support/app'
import { startShadow, type RdpServer } from '../support/rdp-servers'
import { startXrdpSession } from '../support/xrdp-session'
import { call, DesktopPage } from './pages/desktop-page'

let server: RdpServer
let running: RunningApp
test.beforeAll(async () => {
  server = await startShadow()
  running = await launchApp()
})
test.afterAll(async () => {
  await closeApp(running)
  await server.close()
})

test('a desktop is signed in to, shown, typed into, lost and found again', async () => {
  const desktop = await DesktopPage.open(running, server)

  await test.step('its page may run WebAssembly, but neither text as code nor anything from elsewhere', async () => {
    const policy = await desktop.page.evaluate(async () =>
      (await fetch(location.href)).headers.get('content-security-policy'),
    )
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';")
    expect(policy).toContain("connect-src 'self';")
    expect(policy).not.toContain("'unsafe-eval'")
    const meta = desktop.page.locator('meta[http-equiv="Content-Security-Policy"]')
    await expect(meta).toHaveAttribute('content', /script-src 'self' 'wasm-unsafe-eval';.*connect-src 'self';/)
    const shown = await running.page.evaluate(async () =>
      (await fetch(location.href)).headers.get('content-security-policy'),
    )
    expect(shown).not.toContain('unsafe')
  })
  await test.step('a wrong password is said, after the certificate was asked about', async () => {
    await desktop.signIn('wrong')
    await desktop.trustIt()
    // FreeRDP's server says nothing: it hangs up when it has seen the proof.
    await expect(desktop.alert).toContainText('hung up when it had seen the proof of user name and password.')
  })
  await test.step('the right one shows the picture', async () => {
    await desktop.page.getByRole('button', { name: 'Sign in differently' }).click()
    await desktop.signIn(server.password)
    await desktop.isConnected()
    await expect.poll(() => desktop.colours()).toBeGreaterThan(10)
  })
  await test.step('keys arrive there, and the way out gives the keyboard back', async () => {
    await desktop.type('typed in the app')
    await expect.poll(() => readFileSync(server.typed, 'utf8')).toContain('typed in the app')
    await expect(desktop.page.getByText('Keyboard goes to')).toBeAttached()
    await desktop.wayOut(running)
    await expect(desktop.page.getByRole('toolbar')).toBeFocused()
    await desktop.page.keyboard.type('not for the VM')
  })
  await test.step('a lost connection comes back by itself', async () => {
    await server.stop()
    await expect(desktop.state).toHaveText('Reconnecting')
    await server.restart()
    await desktop.isConnected()
    await desktop.type('and again')
    await expect.poll(() => readFileSync(server.typed, 'utf8')).toContain('typed in the app\nand again\n')
  })
  await test.step('leaving is no loss, and one click leads back', async () => {
    await desktop.page.getByRole('button', { name: 'Disconnect' }).click()
    await expect(desktop.page.getByText('Disconnected from 127.0.0.1')).toBeVisible()
    await desktop.page.getByRole('button', { name: 'Reconnect' }).click()
    await desktop.isConnected()
  })
  await test.step('a page that breaks down is offered anew, and connects', async () => {
    const gone = desktop.page.waitForEvent('crash')
    await crash(running)
    await gone
    await call(running, 'desktop.reopen', { desktop: desktop.id })
    // What drives the page in tests does not find it again after that.
    await expect.poll(() => stateOnPage(running), { timeout: 60_000 }).toBe('Connected')
  })
  expect(running.problems).toEqual([])
})

test('a changed certificate is refused with both fingerprints until the person knows why', async () => {
  const renewed = await startShadow()
  const desktop = await DesktopPage.open(running, renewed)
  await desktop.signIn(renewed.password)
  await desktop.trustIt()
  await desktop.isConnected()
  await desktop.page.getByRole('button', { name: 'Disconnect' }).click()
  renewed.renew()
  await renewed.stop()
  await renewed.restart()
  await desktop.page.getByRole('button', { name: 'Reconnect' }).click()
  await expect(desktop.alert).toContainText('127.0.0.1 shows another certificate than before. Nothing was sent to it.')
  await expect(desktop.alert.getByRole('code')).toHaveText([
    /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/,
    /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/,
  ])
  await desktop.page.getByRole('button', { name: 'I know why: look at the new one' }).click()
  await expect(desktop.trust).toBeVisible()
  await desktop.page.getByRole('button', { name: 'Do not connect' }).click()
  await expect(desktop.page.getByText('Disconnected from 127.0.0.1')).toBeVisible()
  await renewed.close()
})

test('text goes to the other clipboard and comes from it when a button says so', async () => {
  const session = await startXrdpSession()
  const desktop = await DesktopPage.open(running, { port: session.port, user: 'builder' })
  await desktop.signIn('not asked for')
  await desktop.trustIt()
  await desktop.isConnected()
  await test.step('a server that has none yet is said to', async () => {
    await desktop.page.getByRole('button', { name: 'Paste to VM' }).click()
    await expect(desktop.page.getByText('The remote computer offers no clipboard')).toBeVisible()
  })
  await test.step('to the other computer', async () => {
    // Enter in its login box.
    await desktop.type('')
    await running.app.evaluate(({ clipboard }) => clipboard.writeText('von hier: Grüße für 1 €\n世界'))
    await expect(async () => {
      await desktop.page.getByRole('button', { name: 'Paste to VM' }).click()
      await expect(desktop.page.getByText('Handed over: paste it there with Ctrl+V')).toBeVisible({ timeout: 500 })
    }).toPass({ timeout: 15_000 })
    await expect.poll(() => session.paste()).toBe('von hier: Grüße für 1 €\n世界')
  })
  await test.step('from the other computer', async () => {
    session.copy('von dort: Äpfel für 2 €\n你好')
    await expect(async () => {
      await desktop.page.getByRole('button', { name: 'Copy from VM' }).click()
      await expect(desktop.page.getByText('On this computer’s clipboard')).toBeVisible({ timeout: 500 })
    }).toPass({ timeout: 15_000 })
    const taken = await running.app.evaluate(({ clipboard }) => clipboard.readText())
    expect(taken).toBe('von dort: Äpfel für 2 €\n你好')
  })
  await session.close()
})

/** Ends the newest page's process as a fault of its own would. */
async function crash({ app }: RunningApp) {
  await app.evaluate(({ webContents }) => {
    const page = webContents.getAllWebContents().find((it) => it.getURL().startsWith('app://desktop'))
    page?.forcefullyCrashRenderer()
  })
}

async function stateOnPage({ app }: RunningApp): Promise<string> {
  return app.evaluate(async ({ webContents }) => {
    const page = webContents.getAllWebContents().find((it) => it.getURL().startsWith('app://desktop'))
    return String(await page?.executeJavaScript("document.querySelector('[role=toolbar] [role=status]')?.textContent"))
  })
}
