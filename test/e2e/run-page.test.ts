import { expect, test } from '@playwright/test'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, practiceRequest, type RunningApp } from '../support/app'
import { systemDisk } from '../support/disks'
import { madeOf } from '../support/run'
import type { Stats } from '../support/command'
import { HomePage } from './pages/home-page'
import type { RunPage } from './pages/run-page'
import { words, type TestLanguage } from './words'

const more = messages.en.runPage

test('an upload is paused, says what is kept, and goes on; closing the window asks first', async () => {
  test.setTimeout(180_000)
  const running = await launchApp({ speed: '60' })
  await pickFile(running, await systemDisk({ sizeMiB: 1024, systemMiB: 120 }))
  await watchElectron(running)
  const run = await new HomePage(running.page).startPractice('Pause it')
  await walkToInspection(run)
  await run.go('disk.upload')
  await run.primary.click()
  await expect.poll(() => uploadPercent(run), { timeout: 60_000, intervals: [50] }).toBeGreaterThan(10)
  await hold(running)
  await expect(run.page.getByText(more.closing.waits)).toBeVisible()
  await expect.poll(() => run.page.title()).toMatch(/^\d+ % – Pause it/)
  await expect.poll(async () => (await seenByElectron(running)).bars.at(-1)?.mode).toBe('normal')

  await test.step('closing the window asks, and remembers when told to', async () => {
    await answerDialogs(running, { response: 2, checkboxChecked: false })
    await closeWindow(running)
    await expect.poll(async () => (await seenByElectron(running)).dialogs).toHaveLength(1)
    const [dialog] = (await seenByElectron(running)).dialogs
    expect(dialog).toMatchObject({
      message: more.closeWindow.title,
      buttons: [more.closeWindow.background, more.closeWindow.quit, more.closeWindow.stay],
      checkboxLabel: more.closeWindow.never,
    })
    await answerDialogs(running, { response: 0, checkboxChecked: true })
    await closeWindow(running)
    await expect.poll(async () => (await seenByElectron(running)).minimized).toBe(1)
    await closeWindow(running)
    await expect.poll(async () => (await seenByElectron(running)).minimized).toBe(2)
    expect((await seenByElectron(running)).dialogs).toHaveLength(2)
  })

  await run.button(more.pause).click()
  await expect(run.entry('disk.upload')).toHaveAttribute('title', more.paused.word)
  const percent = await uploadPercent(run)
  expect(percent).toBeGreaterThan(10)
  await expect(run.page.getByText(fill(more.paused.percent, { percent }, 'en'))).toBeVisible()
  await expect
    .poll(async () => (await seenByElectron(running)).bars.at(-1))
    .toEqual({ share: percent / 100, mode: 'paused' })
  await release(running)
  await expect(run.primary).toHaveText(words('en').step.goOn)
  await run.primary.click()
  await run.done('disk.upload')
  const [present] = [...(await run.page.locator('main').innerText()).matchAll(/when you came back (\d+) %/g)]
  expect(Number(present?.[1])).toBeGreaterThan(10)
  expect(running.problems).toEqual([])

  await test.step('cancelling removes everything the run made, and says so', async () => {
    await openRunMenu(run, more.menu.cancel)
    const dialog = run.page.getByRole('dialog', { name: more.cancel.title })
    await expect(dialog.getByText(more.cancel.costs.storage).first()).toBeVisible()
    await dialog.getByRole('checkbox', { name: more.cancel.all }).check()
    await dialog.getByRole('button', { name: more.cancel.button }).click()
    await expect(run.heading).toHaveText(more.cancelled.clean, { timeout: 60_000 })
    const stats = JSON.parse(await practiceRequest(running, 'GET', '/practice/stats')) as Stats
    expect(madeOf(stats)).toEqual({})
  })

  await test.step('a cancelled run can be looked at and duplicated', async () => {
    await run.go('image.version')
    await expect(run.primary).toBeDisabled()
    await run.checklist.getByRole('button', { name: more.cancelled.checklist }).click()
    await run.button(more.cancelled.duplicate).click()
    const dialog = run.page.getByRole('dialog', { name: more.copy.titles.duplicate })
    await expect(dialog.getByRole('textbox')).toHaveValue('Pause it (2)')
    await dialog.getByRole('button', { name: more.copy.buttons.duplicate }).click()
    await expect(run.page.getByRole('banner').getByText('Pause it (2)')).toBeVisible()
    await expect(run.entry('decide.image')).toHaveAttribute('title', words('en').state.next)
    const home = await run.home()
    await expect(home.runs.getByRole('listitem')).toHaveCount(2)
    await expect(home.runs.getByText(/^Cancelled .* cleaned up\.$/)).toBeVisible()
  })
  expect(running.problems).toEqual([])
  await closeApp(running)
})

test('a run ends at the image, is told of, and is used for real up to the sign-in', async () => {
  test.setTimeout(180_000)
  const running = await launchApp()
  await pickFile(running, await systemDisk({ sizeMiB: 64, systemMiB: 4 }))
  await watchElectron(running)
  const run = await new HomePage(running.page).startPractice('Practised')
  await walkToInspection(run)

  await test.step('the pool is left out with a reason, and with it what needs it', async () => {
    await run.go('pool.create')
    await run.button(words('en').step.skip).click()
    const dialog = run.page.getByRole('dialog', { name: words('en').step.skipTitle })
    await expect(dialog.getByRole('listitem')).toHaveText(['pool.canary', 'finish.verify'].map(shortOf))
    await expect(dialog.getByText(more.skip.ends['pool.create'])).toBeVisible()
    await expect(dialog.getByRole('button', { name: words('en').step.skipButton })).toBeDisabled()
    await dialog.getByRole('textbox').fill('Only the image is wanted')
    await dialog.getByRole('button', { name: words('en').step.skipButton }).click()
    await expect(run.entry('pool.canary')).toHaveAttribute('title', words('en').state.skipped)
    await expect(run.page.getByText('Only the image is wanted')).toBeVisible()
  })

  await test.step('the rest runs by itself, and a notification tells of the end', async () => {
    await run.go('disk.upload')
    await run.button(words('en').step.continueAll).click()
    await expect(run.heading).toHaveText(words('en').result.titleNoPool, { timeout: 90_000 })
    await expect
      .poll(async () => (await seenByElectron(running)).notices)
      .toContainEqual({ title: 'Practised', body: more.notice.finished })
    await clickNotice(running)
    await expect(run.page.getByRole('banner').getByText('Practised')).toBeVisible()
  })

  await test.step('used for real: same inputs, another cloud, and what must be chosen anew', async () => {
    await run.page.locator('main').getByRole('button', { name: more.menu.useForReal }).click()
    const dialog = run.page.getByRole('dialog', { name: more.copy.titles.real })
    await expect(dialog.getByText(more.copy.fields.subscriptionId)).toBeVisible()
    await expect(dialog.getByText(more.copy.fields.clientId)).toBeVisible()
    await dialog.getByRole('button', { name: more.copy.buttons.real }).click()
    await expect(run.page.getByRole('banner').getByText('Practised (2)')).toBeVisible()
    await expect(run.practiceMark).toHaveCount(0)
    await run.go('disk.choose')
    await expect(
      run.page
        .locator('main')
        .getByText(/\.vhd|\.img|\.raw/)
        .first(),
    ).toBeVisible()
    await run.go('decide.image')
    await run.perform('decide.image')
    await run.perform('connect.cloud')
    await run.primary.click()
    await expect(run.alert.getByText(messages.en.errors['signIn.client-missing'].todo.slice(0, 20))).toBeVisible()
  })
  const home = await run.home()
  await expect(home.runs.getByRole('listitem')).toHaveCount(2)
  expect(running.problems).toEqual([])
  await closeApp(running)
})

test('in German: dialogs of the run, palette and shortcuts by keyboard', async () => {
  const running = await launchApp({ language: 'de', theme: 'dark' })
  const { page } = running
  const german = messages.de.runPage
  const run = await new HomePage(page, 'de').startPractice('Übung')
  await expect(run.entry('decide.image')).toHaveAttribute('aria-current', 'step')
  for (const [entry, title] of [
    [german.menu.duplicate, german.copy.titles.duplicate],
    [german.menu.useForReal, german.copy.titles.real],
    [german.menu.cancel, german.cancel.title],
  ] as const) {
    await openRunMenu(run, entry, 'de')
    await expect(page.getByRole('dialog', { name: title })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }

  await page.keyboard.press('Control+PageDown')
  await expect(run.entry('connect.cloud')).toHaveAttribute('aria-current', 'step')
  await page.keyboard.press('Control+PageUp')
  await expect(run.entry('decide.image')).toHaveAttribute('aria-current', 'step')
  await page.keyboard.press('F1')
  await expect(page.getByRole('dialog', { name: german.help.title })).toBeVisible()
  await page.keyboard.press('Escape')

  await page.keyboard.press('Control+k')
  const palette = page.getByRole('combobox', { name: german.palette.title })
  await expect(palette).toBeFocused()
  await page.keyboard.type(messages.de.steps['disk.upload'].short)
  await page.keyboard.press('Enter')
  await expect(run.entry('disk.upload')).toHaveAttribute('aria-current', 'step')
  // AltGr with a letter types; it never opens anything.
  await page.keyboard.press('Control+Alt+k')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(running.problems).toEqual([])
  await closeApp(running)
})

test('a run that cannot be read says so, and the screen before stays', async () => {
  const userData = mkdtempSync(join(tmpdir(), 'bis-damaged-'))
  const folder = join(userData, 'state', 'runs', '20261125-damaged')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(userData, 'state', 'settings.json'), '{"language":"en"}')
  writeFileSync(join(folder, 'journal.jsonl'), 'no\njournal\nat all\n')
  const running = await launchApp({ userData })
  const { page } = running
  const run = await new HomePage(page).startPractice('Sound')
  await expect(run.entry('decide.image')).toHaveAttribute('aria-current', 'step')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: messages.en.runPage.palette.title }).fill('20261125-damaged')
  await page.keyboard.press('Enter')
  await expect(page.getByText(messages.en.errors['journal.damaged'].what)).toBeVisible()
  await expect(run.entry('decide.image')).toHaveAttribute('aria-current', 'step')
  await closeApp(running)
})

function shortOf(step: string): string {
  return messages.en.steps[step as keyof typeof messages.en.steps].short
}

async function openRunMenu(run: RunPage, entry: string, language: TestLanguage = 'en'): Promise<void> {
  await run.checklist.getByRole('button', { name: messages[language].runPage.menu.label }).click()
  await run.page.getByRole('menuitem', { name: entry }).click()
}

/** One click a step, with the values proposed, until the disk has been inspected. */
async function walkToInspection(run: RunPage): Promise<void> {
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  await run.signIn('Olivia Owner')
  await run.perform('connect.scope')
  await run.perform('prepare.preflight')
  await run.perform('prepare.account')
  await run.button(messages.en.forms['disk.choose'].button).click()
  await run.perform('disk.choose')
  await run.done('disk.inspect')
}

async function uploadPercent(run: RunPage): Promise<number> {
  const text = (await run.entry('disk.upload').textContent()) ?? ''
  return Number(/(\d+)\s*%/.exec(text)?.[1] ?? 0)
}

/** The cloud asks to slow down on every page: the upload stays where it is. */
async function hold(running: RunningApp): Promise<void> {
  await practiceRequest(running, 'POST', '/practice/faults', { kind: 'throttle', match: 'PUT /md-', retryAfter: 1 })
}
async function release(running: RunningApp): Promise<void> {
  await practiceRequest(running, 'DELETE', '/practice/faults')
}

type Seen = {
  bars: { share: number; mode?: string }[]
  dialogs: { message: string; buttons: string[]; checkboxLabel: string }[]
  notices: { title: string; body: string }[]
  minimized: number
}
type Spy = Seen & { answer: { response: number; checkboxChecked: boolean }; last: { emit(name: string): void } | null }

/** Notes what the app asks of Electron, whose windows and notifications a test machine cannot show. */
async function watchElectron(running: RunningApp): Promise<void> {
  await running.app.evaluate(({ BrowserWindow, Notification, dialog }) => {
    const spy: Spy = {
      bars: [],
      dialogs: [],
      notices: [],
      minimized: 0,
      answer: { response: 2, checkboxChecked: false },
      last: null,
    }
    Object.assign(globalThis, { spy })
    const window = BrowserWindow.getAllWindows()[0]!
    window.isFocused = () => false
    window.minimize = () => void (spy.minimized += 1)
    window.setProgressBar = (share, options) =>
      void spy.bars.push({ share, ...(options?.mode ? { mode: options.mode } : {}) })
    dialog.showMessageBox = ((_window: unknown, options: Seen['dialogs'][number]) => {
      spy.dialogs.push(options)
      return Promise.resolve(spy.answer)
    }) as unknown as typeof dialog.showMessageBox
    Notification.isSupported = () => true
    Notification.prototype.show = function (this: Electron.Notification) {
      spy.notices.push({ title: this.title, body: this.body })
      spy.last = this as unknown as Spy['last']
    }
  })
}
function seenByElectron(running: RunningApp): Promise<Seen> {
  return running.app.evaluate(() => {
    const { bars, dialogs, notices, minimized } = (globalThis as unknown as { spy: Spy }).spy
    return {
      bars,
      notices,
      minimized,
      dialogs: dialogs.map(({ message, buttons, checkboxLabel }) => ({ message, buttons, checkboxLabel })),
    }
  })
}
async function answerDialogs(running: RunningApp, answer: Spy['answer']): Promise<void> {
  await running.app.evaluate((_electron, given) => {
    ;(globalThis as unknown as { spy: Spy }).spy.answer = given
  }, answer)
}
async function clickNotice(running: RunningApp): Promise<void> {
  await running.app.evaluate(() => (globalThis as unknown as { spy: Spy }).spy.last?.emit('click'))
}
async function closeWindow(running: RunningApp): Promise<void> {
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
}
