import { test, type Locator, type Page } from '@playwright/test'
import { words, type TestLanguage } from '../words'
import { RunPage } from './run-page'

/** The list of runs and the ways to start one. */
export class HomePage {
  readonly practice: Locator
  readonly runs: Locator
  readonly heading: Locator

  constructor(
    readonly page: Page,
    readonly language: TestLanguage = 'en',
  ) {
    const { home } = words(language)
    this.practice = page.getByRole('button', { name: home.practiceButton })
    this.runs = page.getByRole('list', { name: home.runs })
    this.heading = page.getByRole('heading', { level: 1 })
  }

  /** Opens the practice cloud and names the run. */
  startPractice(name: string): Promise<RunPage> {
    return test.step('start a practice run', async () => {
      await this.practice.click()
      const dialog = this.page.getByRole('dialog')
      await dialog.getByRole('textbox').fill(name)
      await dialog.getByRole('button', { name: words(this.language).newRun.create }).click()
      return this.run()
    })
  }

  /** The run that is open. */
  run(): RunPage {
    return new RunPage(this.page, this.language)
  }

  /** The one button in the row of a run, whatever it says now. */
  open(name: string): Promise<RunPage> {
    return test.step('open the run', async () => {
      const row = this.runs.getByRole('listitem').filter({ hasText: name })
      await row.getByRole('button').first().click()
      return new RunPage(this.page, this.language)
    })
  }
}
