import { expect, test } from '@playwright/test'
import { copyFileSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, practiceRequest, type RunningApp } from '../support/app'
import { systemDisk } from '../support/disks'
import { HomePage } from './pages/home-page'
import type { RunPage } from './pages/run-page'
import { titleOf, words, type TestLanguage } from './words'

for (const language of ['en', 'de'] as const) {
  test.describe(`a fault shows its remedy (${language})`, () => {
    test('a person without the right learns which action is missing, and goes on as the owner', async () => {
      const running = await launchApp({ language })
      const run = await atSignIn(running, language, 'Rechte')
      await run.signIn('Rafael Reader')
      await run.perform('connect.scope')
      await expect(run.heading).toHaveText(titleOf(language, 'prepare.preflight'))
      await expect(run.page.getByRole('main')).toContainText('Microsoft.Resources/subscriptions/resourceGroups/write')
      await expect(run.primary).toBeDisabled()
      await run.go('connect.signIn')
      await run.button(words(language).step.again).click()
      await choosePerson(running, 'Olivia Owner')
      await run.done('connect.signIn')
      await run.go('connect.scope')
      await run.perform('connect.scope')
      await run.perform('prepare.preflight')
      await closeApp(running)
    })

    test('files that are no fixed VHD are refused by name before anything is sent', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bis-faults-'))
      const empty = join(folder, 'empty.vhd')
      writeFileSync(empty, '')
      const cut = join(folder, 'cut.vhd')
      copyFileSync(await systemDisk({ sizeMiB: 64, systemMiB: 4 }), cut)
      truncateSync(cut, 20 * 1024 * 1024 + 512)
      const vhdx = join(folder, 'disk.vhdx')
      writeFileSync(vhdx, Buffer.concat([Buffer.from('vhdxfile'), Buffer.alloc(2 * 1024 * 1024)]))
      const running = await launchApp({ language })
      const run = await new HomePage(running.page, language).startPractice('Dateien')
      for (const [file, said] of [
        [empty, 'empty.vhd'],
        [vhdx, 'VHDX'],
      ] as const) {
        await pickFile(running, file)
        await run.go('disk.choose')
        await run.button(messages[language].forms['disk.choose'][file === empty ? 'button' : 'another']).click()
        await run.primary.click()
        await expect(running.page.getByRole('main')).toContainText(said)
      }
      expect(running.problems).toEqual([])
      await closeApp(running)
    })

    test('the practice cloud answers 503 and 429 for a while, and the step goes on by itself', async () => {
      const running = await launchApp({ language })
      const run = await atSignIn(running, language, 'Geduld')
      await run.signIn('Olivia Owner')
      await practiceRequest(running, 'POST', '/practice/faults', {
        kind: 'unavailable',
        match: 'PUT .*resourcegroups',
        count: 1,
        retryAfter: 1,
      })
      await practiceRequest(running, 'POST', '/practice/faults', {
        kind: 'throttle',
        match: 'GET .*resourcegroups',
        count: 1,
        retryAfter: 1,
      })
      await run.perform('connect.scope')
      await run.perform('prepare.preflight')
      await closeApp(running)
    })
  })
}

async function atSignIn(running: RunningApp, language: TestLanguage, name: string): Promise<RunPage> {
  const run = await new HomePage(running.page, language).startPractice(name)
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  return run
}

async function choosePerson(running: RunningApp, person: string): Promise<void> {
  const signInWindow = await running.page.context().waitForEvent('page')
  await signInWindow.getByRole('button', { name: person }).click()
}
