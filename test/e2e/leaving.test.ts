import { expect, test, type Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeApp, electronProgram, launchApp, pickFile, root, type RunningApp } from '../support/app'
import { startChangedServer } from '../support/lying-server'
import { DiskPage } from './pages/disk-page'
import { FilesPage } from './pages/files-page'
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

test('the app asks before it leaves files behind that are on their way, names them and keeps what has arrived', async () => {
  // SSH_FXP_WRITE is 6: the server writes and answers nothing any more, as one behind a line that stands still.
  const server = await startChangedServer(({ asked, bytes }) => (asked === 6 ? Buffer.alloc(0) : bytes))
  const folder = mkdtempSync(join(tmpdir(), 'studio-leaving-'))
  mkdirSync(join(folder, 'vm'))
  writeFileSync(join(folder, 'scene.blend'), Buffer.alloc(8_000_000, 1))
  writeFileSync(join(folder, 'key'), server.key, { mode: 0o600 })
  const running = await launchApp()
  await running.app.evaluate(({ dialog }) => {
    const asked: string[][] = []
    Object.assign(globalThis, { asked, choice: 0 })
    dialog.showMessageBox = ((_window: unknown, { message, detail, buttons }: Electron.MessageBoxOptions) => {
      asked.push([message, ...(detail ?? '').split('\n'), ...(buttons ?? [])])
      return Promise.resolve({ response: (globalThis as unknown as { choice: number }).choice })
    }) as unknown as typeof dialog.showMessageBox
  })
  await pickFile(running, join(folder, 'key'))
  const files = new FilesPage(running.page)
  await files.connect(server)
  await files.goTo(join(folder, 'vm'))
  await new DiskPage(running.page).drop(files.list, join(folder, 'scene.blend'))
  const half = join(folder, 'vm', 'scene.blend.batch-studio-part')
  await expect.poll(() => statSync(half, { throwIfNoEntry: false })?.size ?? 0).toBeGreaterThan(1_000_000)

  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
  const asked = () => running.app.evaluate(() => (globalThis as unknown as { asked: string[][] }).asked)
  await expect.poll(asked).toHaveLength(1)
  expect((await asked())[0]).toEqual([
    '1 transfer is not finished',
    `↑ scene.blend to ${join(folder, 'vm')}`,
    '',
    'They end with the app. What has arrived is kept: copy the same files again later, and it goes on from there.',
    'Wait',
    'Leave',
  ])
  await expect(files.transfers.getByText('scene.blend')).toBeVisible()

  const gone = once(running.app.process(), 'exit')
  await running.app.evaluate(({ app }) => {
    Object.assign(globalThis, { choice: 1 })
    app.quit()
  })
  expect(await gone).toEqual([0, null])
  expect(statSync(half).size).toBeGreaterThan(1_000_000)
  server.close()
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
