import { expect, test, type Locator, type Page } from '@playwright/test'
import { messages } from '../../../src/shared/messages/messages'
import type { RunningApp } from '../../support/app'
import type { RealSshd } from '../../support/sshd'
import type { TestLanguage } from '../words'

/** The session with a VM or host: tabs, terminals, questions. */
export class SessionPage {
  readonly words: (typeof messages)['en']['session']
  readonly tabs: Locator
  readonly state: Locator
  readonly chip: Locator
  readonly dialog: Locator
  readonly search: Locator

  constructor(
    readonly page: Page,
    readonly language: TestLanguage = 'en',
  ) {
    this.words = messages[language].session
    this.tabs = page.getByRole('tab')
    this.state = page.getByRole('contentinfo').getByRole('status')
    this.chip = page.getByRole('main').getByTitle(/SHA256:/)
    this.dialog = page.getByRole('dialog')
    this.search = page.getByRole('search').getByRole('textbox')
  }

  /** By the dialog of the list of runs, with a key file where one is given, else with whatever way is named. */
  open(running: RunningApp, to: Pick<RealSshd, 'port' | 'user'>, keyFile: string): Promise<void> {
    return test.step('open a session to a host', async () => {
      const { open } = this.words
      await this.page.getByRole('button', { name: open.command, exact: true }).click()
      await this.dialog.getByLabel(open.host).fill('127.0.0.1')
      await this.dialog.getByLabel(open.port, { exact: true }).fill(String(to.port))
      await this.dialog.getByLabel(open.user).fill(to.user)
      await this.dialog.getByRole('radio', { name: open.key.label }).check()
      await running.app.evaluate(({ dialog }, path) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
      }, keyFile)
      await this.dialog.getByRole('button', { name: open.pickKey }).click()
      await this.dialog.getByRole('button', { name: open.button, exact: true }).click()
    })
  }

  /** Says yes to the host's key. */
  trust(): Promise<void> {
    return test.step('trust the host key', async () => {
      await this.dialog.getByRole('button', { name: this.words.questions.hostKey.trust }).click()
      await expect(this.state).toContainText(this.words.footer.state.ready)
    })
  }

  /** What the terminal in front shows. */
  get screen(): Locator {
    return this.page.getByRole('tabpanel').locator('.xterm-rows')
  }

  /** Types a line into the terminal in front, as soon as its shell has said something. */
  type(line: string): Promise<void> {
    return test.step(`type ${line}`, async () => {
      await expect(this.screen).toHaveText(/\S/)
      await this.page.getByRole('tabpanel').locator('textarea').focus()
      await this.page.keyboard.type(line)
      await this.page.keyboard.press('Enter')
    })
  }

  /** Clicks the beginning of a line of the terminal; what is drawn there takes no clicks itself. */
  clickLine(text: RegExp, nth: number): Promise<void> {
    return test.step('click a line', async () => {
      const line = this.screen.locator('div').filter({ hasText: text }).nth(nth)
      await expect(line).toBeVisible()
      const box = (await line.boundingBox())!
      await this.page.mouse.move(box.x + 40, box.y + 6)
      await this.page.mouse.move(box.x + 12, box.y + 8)
      await this.page.mouse.click(box.x + 12, box.y + 8)
    })
  }

  /** Puts a text on the clipboard and pastes it by the keyboard. */
  paste(running: RunningApp, text: string): Promise<void> {
    return test.step('paste', async () => {
      await running.app.evaluate(({ clipboard }, put) => clipboard.writeText(put), text)
      await this.page.getByRole('tabpanel').locator('textarea').focus()
      await this.page.keyboard.press('Control+Shift+V')
    })
  }
}
