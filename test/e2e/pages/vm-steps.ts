import { expect, test } from '@playwright/test'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { messages } from '../../../src/shared/messages/messages'
import type { RunningApp } from '../../support/app'
import { axeFindings } from '../../support/axe'
import { words, type TestLanguage } from '../words'
import { HomePage } from './home-page'
import type { RunPage } from './run-page'

/** A run that makes its image from a build VM, in the practice cloud. */
export async function startFromVm(running: RunningApp, language: TestLanguage, name: string): Promise<RunPage> {
  const { home, newRun } = words(language)
  const { page } = running
  await page.getByRole('button', { name: home.practiceButton }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill(name)
  await dialog.getByRole('radio', { name: newRun.recipes['from-vm'].label }).check()
  await dialog.getByRole('button', { name: newRun.create }).click()
  return new HomePage(page, language).run()
}

/** Everything up to the plan of the build VM, as it is proposed. */
export async function walkToPlan(run: RunPage) {
  for (const step of ['decide.image', 'connect.cloud'] as const) await run.perform(step)
  await run.signIn('Olivia Owner')
  for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account'] as const) {
    await run.perform(step)
  }
}

/** The checks first, then the button that is held. */
export async function generalize(run: RunPage) {
  await test.step('generalize', async () => {
    const { page, language } = run
    const form = messages[language].forms['vm.generalize']
    await run.go('vm.generalize')
    await page.getByRole('button', { name: new RegExp(`^(${form.look}|${form.lookAgain})$`) }).click()
    await expect(page.getByRole('region', { name: form.checks })).toContainText('✓', { timeout: 60_000 })
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: form.hold }).press('Space', { delay: 1_500 })
    await run.done('vm.generalize', 90_000)
    await expect(page.getByRole('region', { name: form.evidence })).toBeVisible()
  })
}

/** Without a keyring a sign-in does not outlive the app. */
export async function signInAgain(run: RunPage) {
  await run.go('connect.signIn')
  const opened = run.page.context().waitForEvent('page')
  await run.button(words('en').step.again).click()
  await (await opened).getByRole('button', { name: 'Olivia Owner' }).click()
  await run.done('connect.signIn')
}

/** Facts that the only run of an app has written down. */
export function journalOf({ userData }: RunningApp): string {
  const runs = join(userData, 'state', 'runs')
  return readFileSync(join(runs, readdirSync(runs)[0]!, 'journal.jsonl'), 'utf8')
}
