import { expect, test, type Locator, type Page } from '@playwright/test'
import { messages } from '../../../src/shared/messages/messages'
import type { TestLanguage } from '../words'

/** All pools and the images they use. */
export class PoolsPage {
  readonly heading: Locator
  readonly table: Locator
  readonly images: Locator
  readonly refresh: Locator
  readonly filter: Locator
  readonly words: (typeof messages)['en']['pools']

  constructor(
    readonly page: Page,
    readonly language: TestLanguage = 'en',
  ) {
    this.words = messages[language].pools
    const { words } = this
    this.heading = page.getByRole('heading', { level: 1 })
    this.table = page.getByRole('table', { name: words.table })
    this.images = page.getByRole('table', { name: words.images.table })
    this.refresh = page.getByRole('button', { name: words.refresh })
    this.filter = page.getByRole('button', { name: words.filter.button, exact: true })
  }

  open(): Promise<void> {
    return test.step('open the pools', () =>
      this.page.getByRole('banner').getByRole('button', { name: this.words.title, exact: true }).click())
  }

  /** Chooses the practice cloud and signs in to it. */
  signIn(person: string): Promise<void> {
    return test.step(`sign in as ${person}`, async () => {
      await this.page.getByRole('button', { name: this.words.empty.noPlace.button }).click()
      const opened = this.page.context().waitForEvent('page')
      await this.page.getByRole('dialog').getByRole('button', { name: this.words.place.signIn, exact: true }).click()
      await (await opened).getByRole('button', { name: person }).click()
      await expect(this.table).toBeVisible({ timeout: 60_000 })
    })
  }

  /** The button of a pool in the first column. */
  pool(name: string): Locator {
    return this.table.getByRole('button', { name, exact: true })
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('button', { name, exact: true }) })
  }

  details(name: string): Locator {
    return this.page.getByRole('complementary', { name: this.words.panel.label.replace('{name}', name) })
  }

  select(name: string): Promise<Locator> {
    return test.step(`look at ${name}`, async () => {
      await this.pool(name).click()
      await expect(this.details(name)).toBeVisible()
      return this.details(name)
    })
  }

  /** Reads everything again and waits until it is shown. */
  again(): Promise<void> {
    return test.step('read again', async () => {
      const age = this.page.getByRole('contentinfo')
      await this.refresh.click()
      await expect(this.refresh).toBeEnabled({ timeout: 30_000 })
      await expect(age).toBeVisible()
    })
  }

  view(name: 'pools' | 'images'): Promise<void> {
    return test.step(`show ${name}`, () =>
      this.page
        .getByRole('group', { name: this.words.views.label })
        .getByRole('button', { name: this.words.views[name], exact: true })
        .click())
  }
}
