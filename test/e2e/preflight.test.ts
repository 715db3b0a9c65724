import { expect, test, type Locator } from '@playwright/test'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, practiceRequest, type RunningApp } from '../support/app'
import { systemDisk } from '../support/disks'
import { HomePage } from './pages/home-page'
import type { RunPage } from './pages/run-page'
import { words, type TestLanguage } from './words'

const subscription = '/subscriptions/0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'

for (const language of ['en', 'de'] as const) {
  test(`a person with half the rights waits for the admin and then gets through (${language})`, async () => {
    test.setTimeout(240_000)
    const text = messages[language].preflight
    const running = await launchApp({ language, theme: language === 'en' ? 'light' : 'dark' })
    await pickFile(running, await systemDisk({ sizeMiB: 64, systemMiB: 4 }))
    const run = await atPreflight(running, language, 'Berta Batch')
    const card = run.page.getByRole('region', { name: text.region })
    await expect(card.getByRole('status')).toHaveText(text.titleBlock)
    await expect(card).toContainText('Microsoft.Compute/disks/write')
    // What she may do already is not asked for.
    await expect(card.getByText('Microsoft.Batch/batchAccounts/write')).toHaveCount(0)
    await expect(card).toContainText(text.byItself.split('{')[0]!.trim())
    await expect(run.primary).toBeDisabled()
    await shoot(running, `${language}-blocked`)
    await expectLetter(run, card)
    await shoot(running, `${language}-letter`)
    await grant(running, 'Contributor')
    await grant(running, 'Storage Blob Data Contributor')
    // Nobody presses anything: it looks again by itself until the new roles act.
    await expect(card.getByRole('status')).toHaveText(text.titleUnknown, { timeout: 90_000 })
    await expect(run.primary).toBeEnabled()
    await shoot(running, `${language}-granted`)
    await run.perform('prepare.preflight')
    await run.perform('prepare.account')
    await run.button(messages[language].forms['disk.choose'].button).click()
    await run.perform('disk.choose')
    await run.done('disk.inspect')
    await run.primary.click()
    await expect(run.entry('disk.upload')).toHaveAttribute('aria-current', 'step')
    await run.button(words(language).step.continueAll).click()
    await expect(run.report).toBeVisible({ timeout: 90_000 })
    expect(running.problems).toEqual([])
    await closeApp(running)
  })
}

test('a risk that was named can be taken deliberately', async () => {
  const running = await launchApp({ language: 'en' })
  const text = messages.en.preflight
  const run = await atPreflight(running, 'en', 'Olivia Owner')
  const card = run.page.getByRole('region', { name: text.region })
  await expect(card.getByRole('status')).toHaveText(text.titleUnknown)
  const passed = card.getByText('No end is announced for standard_d2s_v3')
  await expect(passed).toBeHidden()
  await card.getByText(/^Show \d+ passed/).click()
  await expect(passed).toBeVisible()
  await run.go('image.version')
  const region = run.page.getByRole('combobox', { name: messages.en.forms['image.version'].region })
  await region.fill('north')
  await region.press('Enter')
  await expect(region).toHaveValue('North Europe')
  await run.go('prepare.preflight')
  await expect(card).toContainText('The image gets no replica in westeurope, where the nodes are made')
  await expect(run.entry('prepare.preflight')).toContainText(fill(text.noteMend, { n: 1 }, 'en'))
  await expect(run.primary).toBeDisabled()
  await run.page.getByRole('checkbox', { name: fill(text.risk.label, { n: 1 }, 'en') }).check()
  await expect(run.primary).toBeEnabled()
  await run.perform('prepare.preflight')
  expect(running.problems).toEqual([])
  await closeApp(running)
})

async function atPreflight(running: RunningApp, language: TestLanguage, person: string): Promise<RunPage> {
  const run = await new HomePage(running.page, language).startPractice('Preflight')
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  await run.signIn(person)
  await run.perform('connect.scope')
  await expect(run.entry('prepare.preflight')).toHaveAttribute('aria-current', 'step')
  return run
}

/** The letter names who and what, in the language of the window and then in the other one. */
async function expectLetter(run: RunPage, card: Locator): Promise<void> {
  const text = messages[run.language].preflight
  await card.getByRole('button', { name: text.admin.open }).click()
  const letter = run.page.getByRole('region', { name: text.admin.title })
  for (const language of [run.language, run.language === 'en' ? 'de' : 'en'] as const) {
    await letter.getByRole('radio', { name: text.admin.languages[language] }).check()
    await expect(letter).toContainText(messages[language].preflight.letter.actions)
    await expect(letter).toContainText('batch@practice.example')
    await expect(letter).toContainText('az role assignment create')
  }
}

async function grant(running: RunningApp, role: string): Promise<void> {
  await practiceRequest(running, 'POST', '/practice/grants', {
    user: 'batch@practice.example',
    role,
    scope: subscription,
  })
}

async function shoot(running: RunningApp, name: string): Promise<void> {
  await running.page.screenshot({ path: test.info().outputPath(`${name}.png`) })
}
