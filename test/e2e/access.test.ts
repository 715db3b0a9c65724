import { expect, test, type Page } from '@playwright/test'
import { recipes } from '../../src/shared/terms'
import { closeApp, launchApp, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { HomePage } from './pages/home-page'
import { PoolsPage } from './pages/pools-page'
import { words, type TestLanguage } from './words'

type Screen = { name: string; open(): Promise<void> }

const tongue = { light: 'en', dark: 'de' } as const

for (const theme of ['light', 'dark'] as const) {
  test(`no screen has a finding of axe (${theme})`, async () => {
    const language = tongue[theme]
    const running = await launchApp({ theme, language })
    const home = new HomePage(running.page, language)
    await expect(home.practice).toBeVisible()
    // Light and dark are different colours: what is measured must be the theme that the title names.
    await expect(running.page.locator('html')).toHaveCSS('color-scheme', theme)
    await home.practice.click()
    await expect(running.page.getByRole('dialog')).toBeVisible()
    expect(await axeFindings(running.page)).toEqual([])
    await running.page.getByRole('button', { name: words(language).common.cancel }).click()
    for (const screen of screensOf(running, language)) {
      await screen.open()
      expect(await axeFindings(running.page), screen.name).toEqual([])
    }
    await closeApp(running)
  })
}

test('at 200 % zoom nothing is cut off at the side', async () => {
  const running = await launchApp({ language: 'de' })
  for (const screen of screensOf(running, 'de')) {
    await screen.open()
    await zoom(running, 2)
    await expect.poll(() => cutOff(running.page), screen.name).toEqual([])
    await zoom(running, 1)
  }
  await closeApp(running)
})

test.describe('by keyboard', () => {
  for (const colours of ['none', 'active'] as const) {
    test(`whatever has the focus shows it (forced colours: ${colours})`, async () => {
      const running = await launchApp({ language: 'en' })
      await running.page.emulateMedia({ forcedColors: colours })
      for (const screen of screensOf(running, 'en')) {
        await screen.open()
        expect(await unseenFocus(running.page), screen.name).toEqual([])
      }
      await closeApp(running)
    })
  }
})

/** Every screen of the app, in an order in which each can be opened from the one before. */
function screensOf({ page }: RunningApp, language: TestLanguage): Screen[] {
  const ui = words(language)
  const home = new HomePage(page, language)
  const banner = page.getByRole('banner')
  const heading = page.getByRole('heading', { level: 1 })
  return [
    { name: 'home', open: () => expect(home.practice).toBeVisible() },
    {
      name: 'settings',
      async open() {
        await banner.getByRole('button', { name: ui.settings.title }).click()
        await expect(heading).toHaveText(ui.settings.title)
      },
    },
    {
      name: 'pools',
      async open() {
        await banner.getByRole('button', { name: ui.app.home }).click()
        const pools = new PoolsPage(page, language)
        await pools.open()
        await pools.signIn('Olivia Owner')
        await pools.select('maya-pinned')
      },
    },
    ...recipes['from-disk'].map((step, at) => ({
      name: step,
      async open() {
        if (at === 0) {
          await banner.getByRole('button', { name: ui.app.home }).click()
          await home.startPractice('Access')
        }
        const run = home.run()
        await run.go(step)
        await expect(run.entry(step)).toHaveAttribute('aria-current', 'step')
      },
    })),
  ]
}

function zoom({ app }: RunningApp, factor: number): Promise<void> {
  return app.evaluate(
    ({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]!.webContents.setZoomFactor(to),
    factor,
  )
}

/** What is wider than its place without a way to scroll there. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const names = (element: Element) => `${element.tagName.toLowerCase()}.${element.className}`
    const wide = [...document.querySelectorAll<HTMLElement>('body *')].filter((element) => {
      const { right, width, height } = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      const isHidden = width <= 1 || height <= 1 || style.visibility === 'hidden' || style.clipPath !== 'none'
      if (isHidden || right <= window.innerWidth + 1) return false
      return !element.closest('[data-scrolls-sideways], table, pre, [role="listbox"]')
    })
    return wide.map(names)
  })
}

/** Tabs through the whole screen and names what does not look different with the focus on it. */
async function unseenFocus(page: Page): Promise<string[]> {
  const unseen: string[] = []
  const seen = new Set<string>()
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab')
    const { name, isShown } = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const marked = [element, element.closest('label'), element.nextElementSibling].filter((it) => it !== null)
      const isMarked = (it: Element) => {
        const { boxShadow, outlineStyle, outlineWidth } = getComputedStyle(it)
        return boxShadow !== 'none' || (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0)
      }
      const all = [...document.querySelectorAll('*')]
      return {
        name: `${all.indexOf(element)} ${element.tagName.toLowerCase()} ${element.textContent?.trim().slice(0, 40)}`,
        isShown: element === document.body || marked.some(isMarked),
      }
    })
    if (seen.has(name)) break
    seen.add(name)
    if (!isShown) unseen.push(name)
  }
  expect(seen.size).toBeGreaterThanOrEqual(3)
  return unseen
}
