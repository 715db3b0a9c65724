import { expect, test } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, electronProgram, launchApp, practiceRequest, practiceStats, root } from '../support/app'
import { countOf, start, type Line } from '../support/command'
import { noise, systemDisk } from '../support/disks'
import { keepPicture } from '../support/pictures'
import { HomePage } from './pages/home-page'
import { words, type TestLanguage } from './words'

const isTicket = ({ kind, step }: Line) => kind === 'ticket' && step === 'disk.upload'
/** Of the plan. */
const name = 'Example image'

test('a second start brings the first window back to the front and ends', async () => {
  const running = await launchApp()
  const isShown = () =>
    running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))
  // Until its first picture is there it is about to show itself.
  await expect.poll(isShown).toEqual([true])
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.hide())
  expect(await isShown()).toEqual([false])
  const args = ['.', '--no-sandbox', `--user-data-dir=${running.userData}`]
  const second = spawn(electronProgram(), args, { cwd: root, stdio: 'ignore' })
  expect(await once(second, 'exit')).toEqual([0, null])
  await expect.poll(isShown).toEqual([true])
  await closeApp(running)
})

for (const language of ['en', 'de'] as const) {
  test(`a run of the command line is looked at live and taken over when that is killed (${language})`, async () => {
    test.setTimeout(240_000)
    const userData = newFolder(language)
    const command = start(await commandArguments(join(userData, 'state')))
    await command.line(isTicket)
    // The version then stays in the making until the incident ends: there the command will be killed.
    await practiceRequest({ userData }, 'POST', '/practice/faults', {
      kind: 'hang-operation',
      match: 'PUT .*/versions/[^/]+$',
      count: 1,
    })
    const running = await launchApp({ userData })
    const home = new HomePage(running.page, language)
    await expect(home.runs).toContainText(words(language).home.row.elsewhere)
    const run = await home.open(name)
    const { elsewhere } = messages[language].plans
    await expect(run.page.getByText(elsewhere.title)).toBeVisible()
    await run.done('disk.upload')
    await run.done('image.definition')
    await expect(run.entry('image.version')).toHaveAttribute('title', words(language).state.running)
    await run.go('pool.create')
    await expect(run.page.getByText(elsewhere.title)).toBeVisible()
    await expect(run.page.locator('main').getByRole('textbox').first()).toBeDisabled()
    await keepPicture(`elsewhere.${language}`, await running.page.screenshot())

    command.child.kill('SIGKILL')
    await command.ended
    await expect(run.page.getByText(elsewhere.title)).toBeHidden({ timeout: 30_000 })
    await run.go('image.version')
    await expect(run.entry('image.version')).toHaveAttribute('title', words(language).state.interrupted)
    await keepPicture(`interrupted.${language}`, await running.page.screenshot())
    await run.primary.click()
    await expect(run.alert).toContainText(messages[language].errors['signIn.needed'].todo)
    await practiceRequest(running, 'DELETE', '/practice/faults')
    const opened = run.page.context().waitForEvent('page')
    await run.button(words(language).error.remedies.signIn).click()
    const signInWindow = await opened
    await signInWindow.getByRole('button', { name: 'Olivia Owner' }).click()
    // Another account than the command's: it looks at every step again on the way, and makes nothing anew.
    await expect(run.report).toBeVisible({ timeout: 90_000 })
    const stats = await practiceStats(running)
    expect(stats.repeatedPutTotal).toBe(0)
    for (const made of ['disks', 'galleries', 'images', 'versions', 'pools']) {
      expect(countOf(stats, new RegExp(`^PUT /subscriptions/.*/${made}/\\{\\}$`)), made).toBe(1)
    }
    expect(running.problems).toEqual([])
    await closeApp(running)
  })
}

/** Settings as a person keeps them; the limit leaves time to look at the upload. */
function newFolder(language: TestLanguage): string {
  const userData = mkdtempSync(join(tmpdir(), 'bis-two-'))
  mkdirSync(join(userData, 'state'))
  const settings = { theme: language === 'en' ? 'light' : 'dark', language, uploadLimitMbit: 50 }
  writeFileSync(join(userData, 'state', 'settings.json'), JSON.stringify(settings))
  return userData
}

async function commandArguments(state: string): Promise<string[]> {
  const disk = await systemDisk({ sizeMiB: 96, systemMiB: 0, files: { 'srv/data.bin': noise(40) } })
  const place = ['--cloud', 'practice', '--state', state, '--set', `disk.choose.file=${disk}`]
  return ['run', 'examples/from-disk.yaml', ...place]
}
