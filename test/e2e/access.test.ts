import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { recipes } from '../../src/shared/terms'
import { closeApp, launchApp, type RunningApp } from '../support/app'
import { HomePage } from './pages/home-page'
import { words } from './words'

for (const theme of ['light', 'dark'] as const) {
  test(`home and every form have no finding of axe (${theme})`, async () => {
    const running = await launchApp({ theme, language: theme === 'light' ? 'en' : 'de' })
    const language = theme === 'light' ? 'en' : 'de'
    const home = new HomePage(running.page, language)
    await expect(home.practice).toBeVisible()
    // Light and dark are different colours: what is measured must be the theme that the title names.
    await expect(running.page.locator('html')).toHaveCSS('color-scheme', theme)
    expect(await findings(running)).toEqual([])
    await home.practice.click()
    await expect(running.page.getByRole('dialog')).toBeVisible()
    expect(await findings(running)).toEqual([])
    await running.page.getByRole('button', { name: words(language).common.cancel }).click()
    const run = await home.startPractice('Access')
    for (const step of recipes['from-disk']) {
      await run.go(step)
      await expect(run.entry(step)).toHaveAttribute('aria-current', 'step')
      expect(await findings(running), step).toEqual([])
    }
    await closeApp(running)
  })
}

/** Rules of WCAG 2.2 A and AA that the window breaks now, with the places. */
async function findings({ page }: RunningApp): Promise<string[]> {
  // Electron has no way to open the second page that the default mode works in.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}
