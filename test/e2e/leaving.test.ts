import { expect, test, type Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeApp, electronProgram, launchApp, root, type RunningApp } from '../support/app'
import { HomePage } from './pages/home-page'
import type { RunPage } from './pages/run-page'

/** A run whose sign-in waits: its page is open, and nobody has chosen a person yet. */
async function waitingForPerson(running: RunningApp): Promise<{ run: RunPage; signInWindow: Page }> {
  const run = await new HomePage(running.page).startPractice('Nobody signs in')
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  const opened = running.page.context().waitForEvent('page')
  await run.primary.click()
  const signInWindow = await opened
  await expect(signInWindow.getByRole('button', { name: 'Olivia Owner' })).toBeVisible()
  return { run, signInWindow }
}

test('a sign-in that is stopped in the app takes its page along', async () => {
  const running = await launchApp()
  const { run, signInWindow } = await waitingForPerson(running)
  const closed = signInWindow.waitForEvent('close')
  await run.button('Stop').click()
  await closed
  await expect(run.entry('connect.signIn')).toHaveAttribute('title', 'stopped by you')
  await closeApp(running)
})

test('the app quits while a sign-in waits', async () => {
  const running = await launchApp()
  await waitingForPerson(running)
  const gone = once(running.app.process(), 'exit')
  await running.app.evaluate(({ app }) => app.quit())
  // Without a limit of its own: quitting that hangs ends this test by the test's limit.
  expect(await gone).toEqual([0, null])
})

test('an app that cannot start says why and ends', async () => {
  const userData = mkdtempSync(join(tmpdir(), 'bis-e2e-'))
  writeFileSync(join(userData, 'state'), 'a file where the folder should be')
  const args = [root, `--user-data-dir=${userData}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const child = spawn(electronProgram(), args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  expect(await once(child, 'close')).toEqual([1, null])
  expect(said).toContain(`Nothing can be kept in the folder ${join(userData, 'state')}`)
})
