import { expect, test, type Locator } from '@playwright/test'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { recipes, type StepId } from '../../src/shared/terms'
import { closeApp, launchApp, pickFile, practiceRequest, programsOf, type RunningApp } from '../support/app'
import { systemDisk } from '../support/disks'
import { startProxy } from '../support/proxies'
import { HomePage } from './pages/home-page'
import type { RunPage } from './pages/run-page'
import { words, type TestLanguage } from './words'

const steps = recipes['from-disk']
const offline = messages.en.offline
/** Long enough for a browser's first errands, had it any. */
const watchMs = 6_000

test('nothing leaves before a person lets it: not at the start, not from any form or screen', async () => {
  test.setTimeout(120_000)
  const proxy = await startProxy({ places: {}, refuses: 502 })
  const running = await launchApp({ language: 'en', proxy: proxy.url })
  const started = Date.now()
  const run = await realRun(running)
  for (const step of steps) {
    await run.go(step)
    await expect(run.entry(step)).toHaveAttribute('aria-current', 'step')
  }
  await running.page
    .getByRole('banner')
    .getByRole('button', { name: words('en').settings.title })
    .click()
  await running.page.keyboard.press('Escape')
  await expect.poll(() => Date.now() - started, { timeout: 2 * watchMs }).toBeGreaterThan(watchMs)
  expect(proxy.asked).toEqual([])

  for (const step of ['decide.image', 'connect.cloud'] as const) {
    await run.go(step)
    await run.perform(step)
  }
  expect(proxy.asked).toEqual([])
  await run.go('connect.signIn')
  await run.primary.click()
  await expectWaiting(run, 'connect.signIn', 'en')
  expect([...new Set(proxy.asked)]).toEqual(['login.microsoftonline.com:443'])
  await closeApp(running)
  await proxy.close()
})

test('planned without a network, kept over a restart, and done when the cloud answers', async () => {
  test.setTimeout(240_000)
  let running = await launchApp({ language: 'en' })
  await pickFile(running, await systemDisk({ sizeMiB: 64, systemMiB: 4 }))
  let run = await new HomePage(running.page).startPractice('On the train')

  await test.step('the disk is looked into before there is any cloud', async () => {
    await run.go('disk.choose')
    await run.button(messages.en.forms['disk.choose'].button).click()
    await run.primary.click()
    await run.done('disk.inspect')
  })
  await test.step('every form opens and says where its lists come from', async () => {
    for (const step of steps) {
      await run.go(step)
      await expect(run.entry(step)).toHaveAttribute('aria-current', 'step')
    }
    await run.go('connect.scope')
    await expect(noteOf(run, offline.source.none.subscriptions)).toBeVisible()
    await run.go('pool.create')
    await expect(noteOf(run, startOf(offline.source.catalog))).toHaveCount(2)
    const size = field(run, messages.en.forms['pool.create'].vmSize)
    await size.fill('Standard_D2s_v6')
    await size.press('Enter')
    const unfit = fill(messages.en.picking.unfit.generation, { found: 'V2', wanted: 'V1' }, 'en')
    await expect(run.page.getByRole('status').filter({ hasText: unfit })).toBeVisible()
    await size.fill('Standard_D4s_v3')
    await size.press('Enter')
    await expect.poll(() => journalOf(running)).toContain('Standard_D4s_v3')
  })
  expect(programsOf(running).filter((line) => line.includes('practice.cjs'))).toEqual([])
  expect(existsSync(join(running.userData, 'state', 'practice'))).toBe(false)

  await closeApp(running)
  running = await launchApp({ userData: running.userData })
  run = await new HomePage(running.page).open('On the train')
  await run.go('pool.create')
  await expect(field(run, messages.en.forms['pool.create'].vmSize)).toHaveValue('Standard_D4s_v3')

  for (const step of ['decide.image', 'connect.cloud'] as const) {
    await run.go(step)
    await run.perform(step)
  }
  await practiceRequest(running, 'POST', '/practice/faults', { kind: 'cut' })
  await run.go('connect.signIn')
  await run.primary.click()
  await expectWaiting(run, 'connect.signIn', 'en')
  const opened = running.page.context().waitForEvent('page')
  await practiceRequest(running, 'DELETE', '/practice/faults')
  await run.button(offline.queue.tryNow).click()
  await (await opened).getByRole('button', { name: 'Olivia Owner' }).click()
  await run.done('connect.signIn')

  for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account'] as const) {
    await run.go(step)
    await run.perform(step)
  }
  await run.go('disk.upload')
  await run.button(words('en').step.continueAll).click()
  await expect(run.report).toBeVisible({ timeout: 120_000 })
  expect(running.problems).toEqual([])
  await closeApp(running)
})

test('a waiting run in German: on its page, on the list, and no longer when nobody wants to wait', async () => {
  test.setTimeout(120_000)
  const running = await launchApp({ language: 'de', theme: 'dark' })
  const home = new HomePage(running.page, 'de')
  const run = await home.startPractice('Im Zug')
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  await practiceRequest(running, 'POST', '/practice/faults', { kind: 'cut' })
  await run.primary.click()
  await expectWaiting(run, 'connect.signIn', 'de')
  await run.home()
  await expect(home.runs.getByText(new RegExp(messages.de.offline.queue.row.split('{at}')[1]!.trim()))).toBeVisible()
  await home.open('Im Zug')
  await run.button(messages.de.offline.queue.stop).click()
  await expect(run.alert).toContainText(messages.de.errors.offline.todo)
  await run.go('connect.scope')
  await expect(noteOf(run, messages.de.offline.source.none.resourceGroups)).toBeVisible()
  await run.go('pool.create')
  await expect(noteOf(run, startOf(messages.de.offline.source.catalog))).toHaveCount(2)
  await closeApp(running)
})

/** Says so on the page, in the checklist and in the activity bar. */
async function expectWaiting(run: RunPage, step: StepId, language: TestLanguage): Promise<void> {
  const { queue } = messages[language].offline
  await expect(run.page.locator('main').getByText(queue.title, { exact: true })).toBeVisible({ timeout: 60_000 })
  await expect(run.entry(step)).toHaveAttribute('title', queue.word)
  const bar = run.page.getByRole('contentinfo')
  await expect(bar).toContainText(queue.bar.split('{step}')[1]!.split('{at}')[0]!.trim())
}

function noteOf(run: RunPage, text: string): Locator {
  return run.page.locator('main').getByText(text)
}

/** What stands before the first hole of a text. */
function startOf(text: string): string {
  return text.split('{')[0]!.trim()
}

function field(run: RunPage, label: string): Locator {
  return run.page.getByRole('combobox', { name: label })
}

/** A run for the public cloud, registered like a company's. */
async function realRun(running: RunningApp): Promise<RunPage> {
  await running.page.evaluate(async () => {
    const { bridge } = window as unknown as {
      bridge: { call(name: string, input: unknown): Promise<{ value: { run: string } }> }
    }
    const { value } = await bridge.call('run.create', { recipe: 'from-disk', name: 'Real', cloud: 'public' })
    const input = { cloud: 'public', clientId: '11111111-1111-4111-8111-111111111111', tenant: 'contoso.example' }
    await bridge.call('step.input', { run: value.run, step: 'connect.cloud', input })
    await bridge.call('step.input', { run: value.run, step: 'connect.signIn', input: { method: 'deviceCode' } })
  })
  return new HomePage(running.page).open('Real')
}

function journalOf(running: RunningApp): string {
  const runs = join(running.userData, 'state', 'runs')
  return readdirSync(runs)
    .map((name) => readFileSync(join(runs, name, 'journal.jsonl'), 'utf8'))
    .join('')
}
