import { expect, test, type Locator, type Page } from '@playwright/test'
import { messages } from '../../../src/shared/messages/messages'
import type { TestLanguage } from '../words'

/** The tab of a session with the VM's files, and the way to it. */
export class FilesPage {
  readonly panel: Locator
  readonly list: Locator
  readonly transfers: Locator

  constructor(
    readonly page: Page,
    readonly language: TestLanguage = 'en',
  ) {
    const { files } = messages[language]
    this.panel = page.getByRole('region', { name: files.label })
    this.list = this.panel.getByRole('grid')
    this.transfers = this.panel.getByRole('region', { name: files.transfers.label })
  }

  /** Opens a session to a host of this computer, whose key file the system's dialog answers with, and shows its files. */
  connect({ port, user }: { port: number; user: string }): Promise<void> {
    return test.step('open a session and show its files', async () => {
      const { open, questions, tabs } = messages[this.language].session
      const dialog = this.page.getByRole('dialog')
      await this.page.keyboard.press('Control+k')
      await this.page.getByRole('combobox').fill(open.command)
      await this.page.keyboard.press('Enter')
      await dialog.getByLabel(open.host).fill('127.0.0.1')
      await dialog.getByLabel(open.user).fill(user)
      await dialog.getByLabel(open.port).fill(String(port))
      await dialog.getByRole('radio', { name: open.key.label }).check()
      await dialog.getByRole('button', { name: open.pickKey }).click()
      await dialog.getByRole('button', { name: open.button }).click()
      await dialog.getByRole('button', { name: questions.hostKey.trust }).click()
      await this.page.getByRole('button', { name: tabs.files, exact: true }).click()
      await expect(this.list).toBeVisible()
    })
  }

  /** Types a path and goes there. */
  goTo(path: string): Promise<void> {
    return test.step('go to a folder', async () => {
      const words = messages[this.language].files.path
      await this.panel.getByRole('button', { name: words.type }).click()
      await this.panel.getByRole('textbox', { name: words.field }).fill(path)
      await this.page.keyboard.press('Enter')
      const crumb = this.panel.getByRole('button', { name: path.split('/').at(-1)!, exact: true })
      await expect(crumb).toHaveAttribute('aria-current', 'location')
    })
  }

  row(name: string): Locator {
    return this.list.getByRole('row').filter({ hasText: name })
  }
  button(name: keyof (typeof messages)['en']['files']['actions']): Locator {
    return this.panel.getByRole('button', { name: messages[this.language].files.actions[name], exact: true })
  }
}
