import { expect, test, type Page } from '@playwright/test'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, type RunningApp } from '../support/app'
import { HomePage } from './pages/home-page'
import { PoolsPage } from './pages/pools-page'
import { SettingsPage } from './pages/settings-page'

test('from screen to screen the window is never empty, not even the first time', async () => {
  const running = await launchApp()
  const { page } = running
  const home = new HomePage(page)
  await expect(home.practice).toBeVisible()
  await watchEmptiness(page)
  const run = await home.startPractice('First look')
  await expect(run.entry('decide.image')).toHaveAttribute('aria-current', 'step')
  const pools = new PoolsPage(page)
  await pools.open()
  await expect(pools.heading).toHaveText(pools.words.title)
  const settings = await SettingsPage.open(page, 'en')
  await settings.back.click()
  await expect(pools.heading).toHaveText(pools.words.title)
  expect(await page.evaluate(() => document.documentElement.dataset['empty'])).toBeUndefined()
  expect(running.problems).toEqual([])
  await closeApp(running)
})

test('whoever has no run yet is offered the practice cloud in sight, also in the smallest window', async () => {
  const running = await launchApp({ language: 'de' })
  await resize(running, 720, 520)
  await expect(new HomePage(running.page, 'de').practice).toBeInViewport({ ratio: 1 })
  await closeApp(running)
})

for (const language of ['en', 'de'] as const) {
  test(`all steps and the time that is left fit into the checklist without scrolling (${language})`, async () => {
    const running = await launchApp({ language, speed: '1' })
    const run = await new HomePage(running.page, language).startPractice('Whole list')
    await resize(running, 1280, 790)
    const rest = messages[language].runPage.time.restNotRunning.split('{left}').at(-1)!.trim()
    await expect(run.checklist.getByText(rest)).toBeInViewport({ ratio: 1 })
    await expect(run.entry('finish.report')).toBeInViewport({ ratio: 1 })
    const overflow = await run.checklist.evaluate((nav) => nav.scrollHeight - nav.clientHeight)
    expect(overflow).toBeLessThanOrEqual(0)
    await closeApp(running)
  })
}

test('details of a pool can be closed in a narrow window', async () => {
  const running = await launchApp({ language: 'de', theme: 'dark' })
  const pools = new PoolsPage(running.page, 'de')
  await pools.open()
  await pools.signIn('Olivia Owner')
  await resize(running, 720, 520)
  const details = await pools.select('maya-pinned')
  const close = details.getByRole('button', { name: pools.words.panel.close })
  await expect(close).toBeInViewport({ ratio: 1 })
  const wider = await running.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(wider).toBeLessThanOrEqual(0)
  await close.click()
  await expect(details).toHaveCount(0)
  await closeApp(running)
})

/** Marks the document as soon as no screen is shown between the bars. */
function watchEmptiness(page: Page): Promise<void> {
  return page.evaluate(() => {
    const look = () => {
      if (!document.querySelector('main')) document.documentElement.dataset['empty'] = 'yes'
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}

async function resize({ app, page }: RunningApp, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]!.setContentSize(w!, h!),
    [width, height],
  )
  await expect.poll(() => page.evaluate(() => [window.innerWidth, window.innerHeight])).toEqual([width, height])
}
