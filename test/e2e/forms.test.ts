import { expect, test, type Locator } from '@playwright/test'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, practiceStats, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { systemDisk } from '../support/disks'
import { HomePage } from './pages/home-page'
import type { RunPage } from './pages/run-page'
import { words, type TestLanguage } from './words'

type Started = { running: RunningApp; run: RunPage }

test('a picker is used by keyboard alone, and every letter can be typed into it', async () => {
  const { running, run } = await atScope('en')
  const { page } = running
  const region = box(run, messages.en.forms['connect.scope'].region)
  await region.focus()
  await page.keyboard.press('ArrowDown')
  const list = page.getByRole('listbox', { name: messages.en.forms['connect.scope'].region })
  await expect(list.getByRole('option')).toHaveCount(3)
  expect(await axeFindings(running.page)).toEqual([])
  await page.keyboard.press('End')
  await expect(region).toHaveAttribute('aria-activedescendant', /-2$/)
  await page.keyboard.press('Home')
  await expect(region).toHaveAttribute('aria-activedescendant', /-0$/)
  await page.keyboard.press('PageDown')
  await expect(region).toHaveAttribute('aria-activedescendant', /-2$/)
  await page.keyboard.press('Escape')
  await expect(list).toBeHidden()
  await expect(region).toHaveValue('West Europe')
  await region.fill('germ cent')
  await expect(list.getByRole('option')).toHaveCount(1)
  await expect(list.locator('mark').first()).toHaveText('Germ')
  await page.keyboard.press('Enter')
  await expect(list).toBeHidden()
  await expect(region).toHaveValue('Germany West Central')

  const group = box(run, messages.en.forms['connect.scope'].resourceGroup)
  await group.fill('')
  await typeWithAltGr(group, '@\\{')
  await expect(group).toHaveValue('@\\{')
  await expect(run.page.getByText(messages.en.names.resourceGroup)).toBeVisible()
  expect(running.problems).toEqual([])
  await closeApp(running)
})

test('a name is checked once nobody types, and only if it obeys the rules', async () => {
  const { running, run } = await atScope('en')
  await run.perform('connect.scope')
  await run.perform('prepare.preflight')
  await run.perform('prepare.account')
  await run.go('disk.upload')
  await run.sendInto('pageBlob')
  await run.go('prepare.storage')
  const before = await namesAsked(running)
  const name = box(run, messages.en.forms['prepare.storage'].mode)
  await name.fill('practicestorage1')
  await running.page.keyboard.press('Enter')
  await expect(said('free', 'practicestorage1', run)).toBeVisible()
  await name.fill('practicestorag')
  await name.fill('practicestorage')
  await running.page.keyboard.press('ArrowDown')
  await running.page.keyboard.press('Escape')
  await name.fill('Practice')
  await expect(run.page.getByText(messages.en.names.storageAccount)).toBeVisible()
  await running.page.keyboard.press('Enter')
  expect((await namesAsked(running)) - before).toBeLessThanOrEqual(3)
  await name.fill('otherstorage42')
  await running.page.keyboard.press('Enter')
  await expect(said('free', 'otherstorage42', run)).toBeVisible()
  await run.perform('prepare.storage')
  await closeApp(running)
})

for (const language of ['en', 'de'] as const) {
  test(`a finished step is changed with a word on what that undoes (${language})`, async () => {
    const { running, run } = await atScope(language)
    const t = messages[language]
    const { changing } = t
    await run.go('disk.upload')
    await run.sendInto('pageBlob')
    await run.go('connect.scope')
    for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account', 'prepare.storage'] as const) {
      await run.perform(step)
    }
    await run.go('connect.scope')
    await run.button(words(language).step.change).click()
    const region = box(run, t.forms['connect.scope'].region)
    await region.fill('germany')
    await running.page.keyboard.press('Enter')
    await run.primary.click()
    const dialog = running.page.getByRole('dialog')
    await expect(dialog).toContainText(changing.lead)
    await expect(dialog).toContainText(t.steps['prepare.account'].short)
    await expect(dialog.getByText(changing.fates.reused)).toHaveCount(1)
    await expect(dialog.getByText(changing.fates.unused)).toHaveCount(2)
    expect(await axeFindings(running.page)).toEqual([])
    await dialog.getByRole('button', { name: changing.keep }).click()
    await expect(region).toHaveValue('West Europe')
    await expect(run.entry('prepare.account')).toHaveAttribute('title', words(language).state.done)

    await run.button(words(language).step.change).click()
    await region.fill('germany')
    await running.page.keyboard.press('Enter')
    await run.primary.click()
    await dialog.getByRole('checkbox').last().check()
    await dialog.getByRole('button', { name: changing.confirm, exact: true }).click()
    await expect(dialog).toBeHidden()
    await run.done('connect.scope')
    for (const step of ['prepare.preflight', 'prepare.account', 'prepare.storage'] as const) await run.perform(step)
    const { resources } = await stats(running)
    expect(made(resources, 'Microsoft.Storage/storageAccounts')).toBe(2)
    expect(made(resources, 'Microsoft.Batch/batchAccounts')).toBe(2)
    await run.go('finish.cleanup')
    await expect(run.page.getByRole('heading', { name: t.forms['finish.cleanup'].willGo })).toBeVisible()
    await expect(run.page.getByText(changing.unused)).toHaveCount(1)
    expect(running.problems).toEqual([])
    await closeApp(running)
  })
}

test('going on stops at a change that somebody only began, shows what it undoes, and goes on once that is agreed', async () => {
  const { running, run } = await atScope('en')
  const { changing } = messages.en
  await pickFile(running, await systemDisk({ sizeMiB: 64, systemMiB: 4 }))
  for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account'] as const) {
    await run.perform(step)
  }
  await run.button(messages.en.forms['disk.choose'].button).click()
  await run.perform('disk.choose')
  await run.done('disk.inspect')
  await run.go('connect.scope')
  await run.button(words('en').step.change).click()
  const region = box(run, messages.en.forms['connect.scope'].region)
  await region.fill('germany')
  await running.page.keyboard.press('Enter')
  await run.go('disk.upload')
  await run.button(words('en').step.continueAll).click()
  const dialog = running.page.getByRole('dialog')
  await expect(dialog).toContainText(changing.lead)
  await expect(dialog).toContainText(messages.en.steps['prepare.account'].short)
  expect(made((await stats(running)).resources, 'Microsoft.Batch/batchAccounts')).toBe(1)
  await dialog.getByRole('button', { name: changing.back, exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(region).toHaveValue('Germany West Central')
  await run.go('disk.upload')
  await run.button(words('en').step.continueAll).click()
  await dialog.getByRole('button', { name: changing.confirm, exact: true }).click()
  await expect(run.report).toBeVisible({ timeout: 90_000 })
  expect(made((await stats(running)).resources, 'Microsoft.Batch/batchAccounts')).toBe(2)
  expect(running.problems).toEqual([])
  await closeApp(running)
})

/** Signed in and looking at the form of subscription, region and group, its lists loaded. */
async function atScope(language: TestLanguage): Promise<Started> {
  const running = await launchApp({ language })
  const run = await new HomePage(running.page, language).startPractice('Übung Größe')
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  await run.signIn('Olivia Owner')
  await expect(box(run, messages[language].forms['connect.scope'].region)).toHaveValue('West Europe')
  return { running, run }
}

function box(run: RunPage, label: string): Locator {
  return run.page.locator('main').getByRole('combobox', { name: label, exact: true })
}

function said(is: 'free' | 'taken', name: string, run: RunPage): Locator {
  return run.page.getByText(fill(messages.en.picking.names[is], { name }, 'en'))
}

/** Holds AltGr, as for `@` on a German keyboard; as Windows sends it, AltGr is Ctrl and Alt together, and nobody may take that. */
async function typeWithAltGr(field: Locator, letters: string): Promise<void> {
  const { keyboard } = field.page()
  await keyboard.down('AltGraph')
  await keyboard.type(letters)
  await keyboard.up('AltGraph')
  const isLeftAlone = await field.evaluate((element, keys) => {
    const press = { ctrlKey: true, altKey: true, bubbles: true, cancelable: true }
    return keys.every((key) => element.dispatchEvent(new KeyboardEvent('keydown', { key, ...press })))
  }, letters.split(''))
  expect(isLeftAlone).toBe(true)
}

async function stats(running: RunningApp) {
  return (await practiceStats(running)) as unknown as { resources: string[]; requests: Record<string, number> }
}

async function namesAsked(running: RunningApp): Promise<number> {
  const { requests } = await stats(running)
  const asked = Object.entries(requests).filter(([name]) => /checkNameAvailability/i.test(name))
  return asked.reduce((sum, [, count]) => sum + count, 0)
}

function made(resources: string[], type: string): number {
  const own = resources.filter((id) => !/\/resourceGroups\/practice-shared\//i.test(id))
  return own.filter((id) => id.toLowerCase().split('/').slice(-3, -1).join('/') === type.toLowerCase()).length
}
