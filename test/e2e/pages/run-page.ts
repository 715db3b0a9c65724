import { expect, test, type Locator, type Page } from '@playwright/test'
import type { StepId, UploadTargetKind } from '../../../src/shared/terms'
import { messages } from '../../../src/shared/messages/messages'
import { HomePage } from './home-page'
import { words, type TestLanguage } from '../words'

/** One run: checklist, step, explanation, activity. */
export class RunPage {
  readonly heading: Locator
  readonly checklist: Locator
  readonly primary: Locator
  readonly practiceMark: Locator
  readonly alert: Locator
  readonly report: Locator

  constructor(
    readonly page: Page,
    readonly language: TestLanguage = 'en',
  ) {
    const ui = words(language)
    this.heading = page.getByRole('heading', { level: 1 })
    this.checklist = page.getByRole('navigation', { name: ui.checklist.title })
    // The step's own button stands last, below whatever its form offers.
    this.primary = page.locator('main button.primary').last()
    this.practiceMark = page.getByRole('banner').getByText(new RegExp(`^◆?\\s*${ui.practice.mark}$`))
    this.alert = page.getByRole('alert')
    this.report = page.getByRole('button', { name: ui.result.report })
  }

  /** The entry of a step in the checklist; its name ends with the state in words. */
  entry(step: StepId): Locator {
    const { short } = messages[this.language].steps[step]
    return this.checklist.getByRole('button', { name: new RegExp(`^${short}( |$)`) })
  }

  go(step: StepId): Promise<void> {
    return test.step(`go to ${step}`, () => this.entry(step).click())
  }

  home(): Promise<HomePage> {
    return test.step('back to home', async () => {
      await this.page
        .getByRole('banner')
        .getByRole('button', { name: words(this.language).app.home })
        .click()
      return new HomePage(this.page, this.language)
    })
  }

  button(name: string): Locator {
    return this.page.locator('main').getByRole('button', { name, exact: true })
  }

  /** Chooses what takes the disks, in the form of the upload. */
  async sendInto(target: UploadTargetKind): Promise<void> {
    const form = messages[this.language].forms['disk.upload']
    await this.page.locator('summary').filter({ hasText: form.advanced }).click()
    await this.page.getByLabel(form.to, { exact: true }).selectOption(target)
  }

  /** Waits until a step counts as done in the checklist. */
  done(step: StepId, limitMs = 60_000): Promise<void> {
    return test.step(`${step} is done`, async () => {
      const state = words(this.language).state.done
      await expect(this.entry(step)).toHaveAttribute('title', state, { timeout: limitMs })
    })
  }

  /** Presses the step's main button and waits for the next step to show. */
  perform(step: StepId, limitMs = 60_000): Promise<void> {
    return test.step(`perform ${step}`, async () => {
      await expect(this.entry(step)).toHaveAttribute('aria-current', 'step')
      await this.primary.click()
      await this.done(step, limitMs)
    })
  }

  /** Opens the picker of a field and presses what is to be taken. */
  pick(label: string, option: string): Promise<void> {
    return test.step(`pick ${option}`, async () => {
      const main = this.page.locator('main')
      await main.getByRole('combobox', { name: label, exact: true }).click()
      const list = this.page.getByRole('listbox', { name: label })
      await list.getByRole('option').filter({ hasText: option }).first().click()
      await expect(list).toBeHidden()
    })
  }

  /** Presses sign-in, chooses a person in the window that opens, and waits for the end. */
  signIn(person: string): Promise<void> {
    return test.step(`sign in as ${person}`, async () => {
      const opened = this.page.context().waitForEvent('page')
      await this.primary.click()
      const signInWindow = await opened
      await signInWindow.getByRole('button', { name: person }).click()
      await this.done('connect.signIn')
    })
  }
}
