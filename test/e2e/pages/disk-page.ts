import { expect, test, type Locator, type Page } from '@playwright/test'
import { fill } from '../../../src/shared/messages/format'
import { messages } from '../../../src/shared/messages/messages'
import { RunPage } from './run-page'
import type { TestLanguage } from '../words'

/** The steps of the disk within a run: choosing a file, what is inside it, its way to Azure. */
export class DiskPage {
  readonly run: RunPage
  readonly findings: Locator
  readonly again: Locator
  readonly passed: Locator

  constructor(
    readonly page: Page,
    readonly language: TestLanguage = 'en',
  ) {
    const { forms, xray } = messages[language]
    this.run = new RunPage(page, language)
    this.findings = page.getByRole('region', { name: forms['disk.inspect'].findings })
    this.again = this.findings.getByRole('button', { name: xray.again })
    this.passed = this.findings.getByRole('group')
  }

  /** Picks the file that the system's dialog answers with and goes on to what is inside it. */
  choose(): Promise<void> {
    return test.step('choose the disk', async () => {
      await this.run.go('disk.choose')
      await this.pick()
      await this.run.primary.click()
      await expect(this.run.entry('disk.inspect')).toHaveAttribute('aria-current', 'step')
    })
  }

  /** Picks the file that the system's dialog answers with, in place of the one before where there is one. */
  async pick(): Promise<void> {
    const { button, another } = messages[this.language].forms['disk.choose']
    await this.page.getByRole('main').getByRole('button', { name: button }).or(this.run.button(another)).click()
    await expect(this.findings).toBeVisible()
  }

  /** One finding by its title. */
  finding(title: string): Locator {
    return this.findings.getByRole('article').filter({ has: this.page.getByRole('heading', { name: title }) })
  }

  /** A figure of the disk, such as its generation. */
  fact(label: string): Locator {
    return this.findings.locator('dl div').filter({ hasText: label }).getByRole('definition')
  }

  /** Presses what copies the commands of a finding. */
  copy(title: string): Promise<void> {
    const name = fill(messages[this.language].xray.copyFor, { finding: title }, this.language)
    return this.findings.getByRole('button', { name }).click()
  }

  /** Lets files go over a part of the window, as if dragged from the system's file manager. */
  drop(target: Locator, ...files: string[]): Promise<void> {
    return test.step('drop files', async () => {
      // The buttons at the bottom stay over what lies below them.
      await target.evaluate((element) => element.scrollIntoView({ block: 'center' }))
      const box = (await target.boundingBox())!
      const client = await this.page.context().newCDPSession(this.page)
      const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
      const data = { items: [], files, dragOperationsMask: 1 }
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await client.send('Input.dispatchDragEvent', { type, ...at, data })
      }
      await client.detach()
    })
  }
}
