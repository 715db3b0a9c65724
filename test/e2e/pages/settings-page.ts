import { expect, test, type Locator, type Page } from '@playwright/test'
import { messages } from '../../../src/shared/messages/messages'
import type { TestLanguage } from '../words'

type Section = keyof (typeof messages)['en']['settings']['sections']

/** The settings, one section after the other. */
export class SettingsPage {
  readonly words: (typeof messages)['en']['settings']
  readonly back: Locator
  readonly list: Locator
  readonly alert: Locator

  constructor(
    readonly page: Page,
    readonly language: TestLanguage,
  ) {
    this.words = messages[language].settings
    this.list = page.getByRole('navigation', { name: this.words.list })
    this.back = this.list.getByRole('button', { name: this.words.back })
    this.alert = page.getByRole('alert')
  }

  /** From any screen, by the sign in the bar at the top. */
  static open(page: Page, language: TestLanguage): Promise<SettingsPage> {
    return test.step('open the settings', async () => {
      const settings = new SettingsPage(page, language)
      await page.getByRole('banner').getByRole('button', { name: settings.words.title, exact: true }).click()
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(settings.words.title)
      return settings
    })
  }

  section(id: Section): Locator {
    return this.page.getByRole('region', { name: this.words.sections[id], exact: true })
  }

  /** By the list beside the sections. */
  go(id: Section): Promise<Locator> {
    return test.step(`go to ${id}`, async () => {
      await this.list.getByRole('button', { name: this.words.sections[id], exact: true }).click()
      await expect(this.section(id).getByRole('heading', { level: 2 })).toBeFocused()
      return this.section(id)
    })
  }
}
