import type { Locator, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from '../../support/app'
import type { RdpServer } from '../../support/rdp-servers'

/** The page of one remote desktop. */
export class DesktopPage {
  readonly state: Locator
  readonly alert: Locator
  readonly trust: Locator
  readonly picture: Locator

  constructor(
    readonly page: Page,
    readonly id: string,
  ) {
    this.state = page.getByRole('toolbar', { name: 'Remote desktop' }).getByRole('status').first()
    this.alert = page.getByRole('alert')
    this.trust = page.getByRole('button', { name: 'Trust and connect' })
    this.picture = page.locator('iron-remote-desktop canvas')
  }

  /** Opens a desktop in the app's window, below its head. */
  static async open(running: RunningApp, { port, user }: Pick<RdpServer, 'port' | 'user'>): Promise<DesktopPage> {
    return test.step('open the desktop', async () => {
      const opened = running.app.waitForEvent('window')
      const target = { kind: 'host', host: '127.0.0.1', port, user }
      const { desktop } = (await call(running, 'desktop.open', { target })) as { desktop: string }
      const bounds = { x: 0, y: 80, width: 1200, height: 680 }
      await call(running, 'desktop.place', { desktop, bounds })
      return new DesktopPage(await opened, desktop)
    })
  }

  async signIn(password: string): Promise<void> {
    await test.step('sign in', async () => {
      await this.page.getByLabel('Password').fill(password)
      await this.page.getByRole('button', { name: 'Connect', exact: true }).click()
    })
  }

  async trustIt(): Promise<void> {
    await test.step('trust the certificate', () => this.trust.click())
  }

  async isConnected(): Promise<void> {
    await expect(this.state).toHaveText('Connected', { timeout: 60_000 })
  }

  /** How many colours a sample of the picture has. */
  colours(): Promise<number> {
    return this.picture.evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      const seen = new Set<number>()
      for (let at = 0; at < data.length; at += 4 * 997)
        seen.add(data[at]! * 65536 + data[at + 1]! * 256 + data[at + 2]!)
      return seen.size
    })
  }

  /** Types a line and Enter where the keyboard goes. */
  async type(line: string): Promise<void> {
    await test.step(`type ${line}`, async () => {
      await this.picture.click()
      await this.page.keyboard.type(line)
      await this.page.keyboard.press('Enter')
    })
  }

  /** As a keyboard would: the app's own look at keys comes before the page, and after what drives the page in tests. */
  async wayOut({ app }: RunningApp): Promise<void> {
    await app.evaluate(({ webContents }) => {
      const page = webContents.getAllWebContents().find((it) => it.getURL().startsWith('app://desktop'))
      page?.sendInputEvent({ type: 'keyDown', keyCode: 'Home', modifiers: ['control', 'alt'] })
    })
  }

  async more(entry: string): Promise<void> {
    await test.step(entry, async () => {
      await this.page.getByRole('button', { name: 'More' }).click()
      await this.page.getByRole('menuitem', { name: entry }).click()
    })
  }
}

/** Asks main as the window does. */
export async function call(running: RunningApp, name: string, input: object): Promise<unknown> {
  return running.page.evaluate(
    async ([asked, given]) => {
      const { bridge } = window as unknown as {
        bridge: { call(name: string, input: object): Promise<{ value: unknown }> }
      }
      return (await bridge.call(asked, given)).value
    },
    [name, input] as const,
  )
}
