import { expect, test, type Locator } from '@playwright/test'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, killApp, launchApp, pickFile, practiceStats, programsOf, type RunningApp } from '../support/app'
import { countDecisions, type Decisions } from '../support/decisions'
import { systemDisk } from '../support/disks'
import { HomePage } from './pages/home-page'
import { RunPage } from './pages/run-page'
import { titleOf, words } from './words'

// The biggest part of the tests' time: a partitioned disk of 1 GiB with a Debian tree, real bytes all the way.
const disk = () => systemDisk({ sizeMiB: 1024, systemMiB: 120 })

test.describe('from a disk image to an idle node', () => {
  test('by mouse in English with everything new, in at most 25 decisions', async () => {
    const file = await disk()
    const running = await launchApp({ language: 'en' })
    await pickFile(running, file)
    const decisions = await countDecisions(running)
    const run = await new HomePage(running.page).startPractice('Blender farm')
    await expect(run.practiceMark).toBeVisible()
    await walkToInspection(run)
    await run.primary.click()
    await expect(run.entry('disk.upload')).toHaveAttribute('aria-current', 'step')
    await run.button(words('en').step.continueAll).click()
    await expect(run.report).toBeVisible({ timeout: 90_000 })
    await expectFew(decisions, file)
    await expect(run.heading).toHaveText(words('en').result.title)
    await expect(running.page.getByRole('definition').filter({ hasText: /^idle$/ })).toBeVisible()
    expect(reportOf(running)).toContain('Blender farm')
    expect(running.problems).toEqual([])
    await closeApp(running)
  })

  test('by mouse in English with account and gallery that exist, in at most 25 decisions', async () => {
    const file = await disk()
    const running = await launchApp({ language: 'en' })
    await pickFile(running, file)
    const decisions = await countDecisions(running)
    const run = await new HomePage(running.page).startPractice('Render nodes')
    await walkToAccount(run)
    await run.pick(messages.en.forms['prepare.account'].mode, 'practicebatch')
    await run.perform('prepare.account')
    await inspectDisk(run)
    await run.primary.click()
    await expect(run.entry('disk.upload')).toHaveAttribute('aria-current', 'step')
    await run.primary.click()
    await run.done('disk.upload')
    await run.primary.click()
    await expect(run.entry('image.gallery')).toHaveAttribute('aria-current', 'step')
    await run.pick(messages.en.forms['image.gallery'].mode, 'practice_gallery')
    await run.button(words('en').step.continueAll).click()
    await expect(run.report).toBeVisible({ timeout: 90_000 })
    await expectFew(decisions, file)
    const made = journalOf(running)
    for (const what of ['storage account', 'Batch account', 'gallery']) expect(made).not.toContain(`"what":"${what}"`)
    expect(running.problems).toEqual([])
    await closeApp(running)
  })

  test('by keyboard in German', async () => {
    const file = await disk()
    const running = await launchApp({ language: 'de', theme: 'dark' })
    await pickFile(running, file)
    const { page } = running
    const run = await startByKeyboard(running)
    for (const step of ['decide.image', 'connect.cloud'] as const) {
      await expect(run.heading).toHaveText(titleOf('de', step))
      await pressPrimary(run)
      await run.done(step)
    }
    const opened = page.context().waitForEvent('page')
    await expect(run.heading).toHaveText(titleOf('de', 'connect.signIn'))
    await pressPrimary(run)
    const signInWindow = await opened
    const owner = signInWindow.getByRole('button', { name: 'Olivia Owner' })
    await owner.focus()
    await owner.press('Enter')
    await run.done('connect.signIn')
    for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account'] as const) {
      await expect(run.heading).toHaveText(titleOf('de', step))
      await pressPrimary(run)
      await run.done(step)
    }
    await tabTo(run, run.button(chooseFile.de))
    await page.keyboard.press('Enter')
    await expect(run.primary).toBeEnabled()
    await pressPrimary(run)
    await run.done('disk.inspect')
    await pressPrimary(run)
    await expect(run.entry('disk.upload')).toHaveAttribute('aria-current', 'step')
    await tabTo(run, run.button(words('de').step.continueAll))
    await page.keyboard.press('Enter')
    await expect(run.report).toBeVisible({ timeout: 90_000 })
    await expect(run.heading).toHaveText(words('de').result.title)
    expect(running.problems).toEqual([])
    await closeApp(running)
  })

  test('killed during the upload and during the image version, goes on where it was', async () => {
    test.setTimeout(240_000)
    const file = await disk()
    let running = await launchApp({ language: 'en', speed: '60' })
    await pickFile(running, file)
    let run = await new HomePage(running.page).startPractice('Killed twice')
    await walkToInspection(run)
    await run.go('disk.upload')
    await run.primary.click()
    await expect.poll(() => uploadPercent(run), { timeout: 60_000, intervals: [50] }).toBeGreaterThan(15)
    await killApp(running)

    running = await restart(running)
    run = await goOnSignedIn(running, 'Killed twice')
    await run.go('disk.upload')
    await run.primary.click()
    await run.done('disk.upload')
    await run.go('image.gallery')
    await run.perform('image.gallery')
    await run.go('image.definition')
    await run.perform('image.definition')
    await run.go('image.version')
    await run.primary.click()
    await expect.poll(() => journalOf(running).includes('"what":"image version"')).toBe(true)
    await killApp(running)
    await expect.poll(() => programsOf(running), { timeout: 20_000 }).toEqual([])

    running = await restart(running)
    run = await goOnSignedIn(running, 'Killed twice')
    await run.go('image.version')
    await run.primary.click()
    await run.done('image.version', 120_000)
    await run.go('pool.create')
    await run.button(words('en').step.continueAll).click()
    await expect(run.report).toBeVisible({ timeout: 120_000 })
    const stats = await practiceStats(running)
    expect(stats.repeatedPutTotal).toBeLessThanOrEqual(2)
    for (const what of ['Batch account', 'gallery', 'image definition', 'image version', 'pool', 'managed disk']) {
      expect(journalOf(running).split(`"what":"${what}"`).length - 1, what).toBe(1)
    }
    await closeApp(running)
  })
})

test('a run that is given up takes its uploaded disk along', async () => {
  const running = await launchApp({ language: 'en' })
  await pickFile(running, await systemDisk({ sizeMiB: 64, systemMiB: 4 }))
  const run = await new HomePage(running.page).startPractice('Given up')
  await walkToInspection(run)
  await run.go('disk.upload')
  await run.primary.click()
  await run.done('disk.upload')
  const home = await run.home()
  const row = home.runs.getByRole('listitem').filter({ hasText: 'Given up' })
  await row.getByRole('button', { name: fill(words('en').home.more, { name: 'Given up' }, 'en') }).click()
  await running.page.getByRole('menuitem', { name: words('en').home.remove }).click()
  const dialog = running.page.getByRole('dialog')
  await dialog.getByRole('button', { name: words('en').removeRun.cleanUpButton }).click()
  await expect(row).toHaveCount(0)
  const { requests } = await practiceStats(running)
  expect(Object.keys(requests).filter((name) => /^DELETE .*\/disks\//i.test(name))).toHaveLength(1)
  expect(running.problems).toEqual([])
  await closeApp(running)
})

const chooseFile = { en: messages.en.forms['disk.choose'].button, de: messages.de.forms['disk.choose'].button }

/** One click a step, with the values proposed, until the disk has been inspected. */
async function walkToInspection(run: RunPage): Promise<void> {
  await walkToAccount(run)
  await run.perform('prepare.account')
  await inspectDisk(run)
}

async function walkToAccount(run: RunPage): Promise<void> {
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  await run.signIn('Olivia Owner')
  await run.perform('connect.scope')
  await run.perform('prepare.preflight')
}

async function inspectDisk(run: RunPage): Promise<void> {
  await run.button(chooseFile.en).click()
  await run.perform('disk.choose')
  await run.done('disk.inspect')
}

function restart(running: RunningApp): Promise<RunningApp> {
  return launchApp({ userData: running.userData, speed: '60' })
}

/** Opens the run from home and signs in again: without a keyring a sign-in does not outlive the app. */
async function goOnSignedIn(running: RunningApp, name: string): Promise<RunPage> {
  const run = await new HomePage(running.page).open(name)
  await run.go('connect.signIn')
  await run.button(words('en').step.again).click()
  const signInWindow = await running.page.context().waitForEvent('page')
  await signInWindow.getByRole('button', { name: 'Olivia Owner' }).click()
  await run.done('connect.signIn')
  return run
}

async function startByKeyboard(running: RunningApp): Promise<RunPage> {
  const { page } = running
  const home = new HomePage(page, 'de')
  await expect(home.practice).toBeVisible()
  await tabUntilFocused(page, home.practice)
  await page.keyboard.press('Enter')
  const box = page.getByRole('dialog').getByRole('textbox')
  await expect(box).toBeFocused()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('Übungslauf @ 1')
  await page.keyboard.press('Enter')
  return new RunPage(page, 'de')
}

async function pressPrimary(run: RunPage): Promise<void> {
  await expect(run.primary).toBeEnabled()
  await tabTo(run, run.primary)
  await run.page.keyboard.press('Enter')
}

async function tabTo(run: RunPage, target: Locator): Promise<void> {
  await tabUntilFocused(run.page, target)
}

/** A person without a mouse: Tab until the thing has the focus. */
async function tabUntilFocused(page: RunningApp['page'], target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let presses = 0; presses < 80; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error('not reachable by Tab')
}

/** All that a person decided, in every window and dialog; the report of the tests shows it. */
async function expectFew(decisions: Decisions, file: string): Promise<void> {
  const list = await decisions.list()
  test.info().annotations.push({ type: 'decisions', description: `${list.length}: ${list.join(' · ')}` })
  console.log(`${list.length} decisions: ${list.join(' · ')}`)
  expect(list).toContain(`file ${file}`)
  expect(list).toContainEqual(expect.stringContaining('Olivia Owner'))
  expect(list.length).toBeLessThanOrEqual(25)
}

async function uploadPercent(run: RunPage): Promise<number> {
  const text = (await run.entry('disk.upload').textContent()) ?? ''
  return Number(/(\d+)\s*%/.exec(text)?.[1] ?? 0)
}

function runFolder(running: RunningApp): string {
  const runs = join(running.userData, 'state', 'runs')
  return join(
    runs,
    readdirSync(runs).find((name) => !name.startsWith('.'))!,
  )
}

function journalOf(running: RunningApp): string {
  return readFileSync(join(runFolder(running), 'journal.jsonl'), 'utf8')
}

function reportOf(running: RunningApp): string {
  return readFileSync(join(runFolder(running), 'report.html'), 'utf8')
}
