import { expect, test, type Page } from '@playwright/test'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fill } from '../../src/shared/messages/format'
import { checkTitle, findingTexts } from '../../src/shared/messages/finding-text'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { copyOf, systemDisk } from '../support/disks'
import { keepPicture } from '../support/pictures'
import { DiskPage } from './pages/disk-page'
import { HomePage } from './pages/home-page'
import { words, type TestLanguage } from './words'

const small = { sizeMiB: 96, systemMiB: 4 }
const good = () => systemDisk(small)
/** Never generalized: what stands in it was written by the recipe of the image. */
const notGeneralized = () => systemDisk({ ...small, isGeneralized: false })
const namedByLetter = () => systemDisk({ ...small, files: { 'etc/fstab': '/dev/sda1 / ext4 errors=remount-ro 0 1\n' } })

const card = messages.en.forms['disk.inspect']
const english = findingTexts.en

test.describe('what is inside a disk', () => {
  test('stands there as soon as it is named, without signing in, and a disk that cannot start shows why', async () => {
    const { running, disk } = await opened(await notGeneralized())
    await disk.run.go('disk.choose')
    await disk.run.button(messages.en.forms['disk.choose'].button).click()
    await expect(disk.findings.getByText(fill(card.toFix, { n: 1 }, 'en'))).toBeVisible()

    await disk.run.primary.click()
    await expect(disk.run.heading).toHaveText(card.titleBlock)
    const finding = disk.finding(english['linux.generalized'].title)
    await expect(finding).toContainText('var/lib/waagent/provisioned')
    await expect(finding).toContainText(english['linux.generalized'].why)
    await expect(finding).toContainText(english['linux.generalized'].remedy)
    await expect(finding).toContainText('S12')
    await expect(disk.run.entry('disk.inspect')).toContainText('1 to fix')
    // The card says it all: no second red card above it, and no way to the upload.
    await expect(disk.run.alert).toHaveCount(0)
    await expect(disk.run.primary).toBeDisabled()
    await expect(disk.run.primary).toContainText(messages.en.steps['disk.upload'].short)
    await expect(disk.run.button(card.anotherFile)).toBeVisible()
    expect(running.problems).toEqual([])
    await closeApp(running)
  })

  test('is one look away where something deserves it, and the way on is open', async () => {
    const { running, disk } = await opened(await namedByLetter())
    await disk.choose()
    await expect(disk.run.heading).toHaveText(card.titleWarn)
    await expect(disk.finding(english['linux.fstab'].title)).toContainText('/dev/sda1')
    await disk.run.done('disk.inspect')
    await expect(disk.run.primary).toBeEnabled()
    await closeApp(running)
  })

  test('tells generation, system and node agent of a disk that is ready', async () => {
    const { running, disk } = await opened(await systemDisk({ ...small, generation: 'V2' }))
    await disk.choose()
    await expect(disk.run.heading).toHaveText(card.titleOk)
    await expect(disk.fact(card.generation)).toHaveText('V2 (UEFI)')
    await expect(disk.fact(card.system)).toContainText('Debian')
    await expect(disk.fact(messages.en.xray.agent)).toHaveText('debian 12')
    await expect(disk.fact(messages.en.xray.architecture)).toHaveText('x64')
    await closeApp(running)
  })
})

test('a disk that cannot start is mended by keyboard alone: its commands are on the clipboard', async () => {
  const { running, disk } = await opened(await notGeneralized())
  await disk.choose()
  await expect(disk.run.heading).toBeFocused()
  const title = english['linux.generalized'].title
  await reach(running.page, fill(messages.en.xray.copyFor, { finding: title }, 'en'))
  await running.page.keyboard.press('Enter')
  await expect(disk.finding(title).getByRole('button')).toContainText(words('en').common.copied)
  const copied = await running.app.evaluate(({ clipboard }) => clipboard.readText())
  // As Azure's own pages say ("Remove machine specific information by deprovisioning").
  expect(copied.split('\n')).toContain('sudo waagent -force -deprovision+user')

  await reach(running.page, card.anotherFile)
  await running.page.keyboard.press('Enter')
  await expect(disk.run.entry('disk.choose')).toHaveAttribute('aria-current', 'step')
  await closeApp(running)
})

test.describe('a disk that changes', () => {
  test('is noticed, and scanned again it is ready', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bis-changed-'))
    const file = await copyOf(await notGeneralized(), folder)
    const { running, disk } = await opened(file)
    await disk.choose()
    await expect(disk.run.heading).toHaveText(card.titleBlock)

    const mended = await copyOf(await good(), folder, 'mended.vhd')
    await rename(mended, file)
    const notice = disk.page.getByRole('note').filter({ hasText: messages.en.xray.changed })
    await notice.getByRole('button', { name: messages.en.xray.again }).click()
    await disk.run.done('disk.inspect')
    await expect(disk.run.heading).toHaveText(card.titleOk)
    await expect(notice).toHaveCount(0)

    await rm(file)
    await expect(disk.page.getByRole('note').filter({ hasText: messages.en.xray.gone })).toBeVisible()
    expect(running.problems).toEqual([])
    await closeApp(running)
    await rm(folder, { recursive: true })
  })
})

test.describe('dropping', () => {
  test('one file chooses it; several, and a folder, are refused with a word why', async () => {
    const file = await good()
    const other = await namedByLetter()
    const folder = mkdtempSync(join(tmpdir(), 'bis-folder-'))
    mkdirSync(join(folder, 'machine.vhd'))
    const { running, disk } = await opened(file)
    const choose = messages.en.forms['disk.choose']
    await disk.run.go('disk.choose')
    const zone = disk.page.getByText(choose.drop)
    await disk.drop(zone, file, other)
    await expect(disk.page.getByText(choose.refusedMany)).toBeVisible()
    await disk.drop(zone, join(folder, 'machine.vhd'))
    await expect(disk.page.getByText(choose.refusedFolder)).toBeVisible()
    await disk.drop(zone, file)
    await expect(disk.findings).toBeVisible()
    await expect(disk.page.getByText(choose.refusedFolder)).toHaveCount(0)
    expect(running.problems).toEqual([])
    await closeApp(running)
    await rm(folder, { recursive: true })
  })

  test('several files on the data disks adds them, each with a number of its own', async () => {
    const file = await good()
    const data = [await namedByLetter(), await notGeneralized()]
    const { running, disk } = await opened(file)
    const choose = messages.en.forms['disk.choose']
    await disk.run.go('disk.choose')
    await disk.run.button(choose.button).click()
    await expect(disk.findings).toBeVisible()
    await disk.page.getByText(choose.data.title).click()
    await disk.drop(disk.page.getByText(choose.data.drop), ...data)
    const list = disk.page.getByRole('list', { name: choose.data.title })
    await expect(list.getByRole('listitem')).toHaveCount(2)
    const luns = list.getByRole('textbox', { name: choose.data.lun })
    await expect(luns.nth(0)).toHaveValue('0')
    await expect(luns.nth(1)).toHaveValue('1')
    await luns.nth(1).fill('0')
    await expect(disk.page.getByText(messages.en.names.lun).first()).toBeVisible()
    await luns.nth(1).fill('7')
    await disk.drop(disk.page.getByText(choose.data.drop), file)
    await expect(disk.page.getByText(choose.data.known)).toBeVisible()
    await expect(list.getByRole('listitem')).toHaveCount(2)
    expect(running.problems).toEqual([])
    await closeApp(running)
  })

  test('a file on the first screen starts a run with it', async () => {
    const running = await launchApp({ language: 'en' })
    const home = new HomePage(running.page)
    await expect(home.practice).toBeVisible()
    const disk = new DiskPage(running.page)
    await disk.drop(home.heading, await good())
    const dialog = running.page.getByRole('dialog')
    await dialog.getByRole('button', { name: words('en').newRun.create }).click()
    await expect(disk.run.entry('disk.choose')).toHaveAttribute('aria-current', 'step')
    await expect(disk.findings).toBeVisible()
    expect(running.problems).toEqual([])
    await closeApp(running)
  })
})

test('what passed and what could not be read is told under the findings', async () => {
  const { running, disk } = await opened(await good())
  await disk.choose()
  const fold = disk.findings.locator('summary')
  await fold.click()
  const checks = disk.findings.getByRole('listitem')
  await expect(checks.filter({ hasText: checkTitle('linux.agent', 'en') })).toContainText(messages.en.xray.passed)
  // No kernel modules stand in the small tree of the image: nobody can tell whether the drivers are among them.
  const drivers = checks.filter({ hasText: checkTitle('linux.hyperv.kernel', 'en') })
  await expect(drivers).toContainText(messages.en.xray.couldNotRead)
  await closeApp(running)
})

for (const [language, theme] of [
  ['en', 'light'],
  ['de', 'dark'],
] as const) {
  test(`a red, an amber and a green card have no finding of axe, and fit a small window (${language}, ${theme})`, async () => {
    const { running, disk } = await opened(await notGeneralized(), language, theme)
    const form = messages[language].forms['disk.inspect']
    const cards = [
      { name: 'red', file: await notGeneralized(), title: form.titleBlock },
      { name: 'amber', file: await namedByLetter(), title: form.titleWarn },
      { name: 'green', file: await good(), title: form.titleOk },
    ]
    for (const { name, file, title } of cards) {
      await pickFile(running, file)
      await disk.run.go('disk.choose')
      await disk.pick()
      expect(await axeFindings(running.page), `${name}, chosen`).toEqual([])
      await keepPicture(`choose-${name}-${language}-${theme}`, await running.page.screenshot())
      await disk.run.primary.click()
      await expect(disk.run.heading).toHaveText(title)
      await disk.findings.locator('summary').click()
      expect(await axeFindings(running.page), name).toEqual([])
      await disk.findings.locator('summary').click()
      await keepPicture(`xray-${name}-${language}-${theme}`, await running.page.screenshot())
    }
    await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setSize(720, 520))
    await expect.poll(() => running.page.evaluate(() => window.innerWidth)).toBeLessThanOrEqual(720)
    await keepPicture(`xray-small-${language}-${theme}`, await running.page.screenshot())
    expect(await widerThanWindow(running.page)).toBe(0)
    await running.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows()
      window!.setSize(1280, 820)
      window!.webContents.setZoomFactor(2)
    })
    await expect.poll(() => running.page.evaluate(() => window.innerWidth)).toBeLessThanOrEqual(640)
    await keepPicture(`xray-zoomed-${language}-${theme}`, await running.page.screenshot())
    expect(await widerThanWindow(running.page)).toBe(0)
    await closeApp(running)
  })
}

/** How far the page could be scrolled sideways. */
function widerThanWindow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const main = document.querySelector('main')!
    return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth, 0)
  })
}

async function opened(file: string, language: TestLanguage = 'en', theme: 'light' | 'dark' = 'light') {
  const running: RunningApp = await launchApp({ language, theme })
  await pickFile(running, file)
  await new HomePage(running.page, language).startPractice('Look inside')
  return { running, disk: new DiskPage(running.page, language) }
}

/** Tabs on until the button of that name has the focus. */
async function reach(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    if ((await button.and(page.locator(':focus')).count()) === 1) return
  }
  throw new Error(`${name} cannot be reached by keyboard`)
}
