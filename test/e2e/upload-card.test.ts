import { expect, test, type Locator } from '@playwright/test'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { noise, systemDisk } from '../support/disks'
import { keepPicture } from '../support/pictures'
import { DiskPage } from './pages/disk-page'
import { HomePage } from './pages/home-page'
import { words, type TestLanguage } from './words'

// Bytes that must travel, so that a limit leaves time to look at them.
const filled = () => systemDisk({ sizeMiB: 96, systemMiB: 0, files: { 'srv/data.bin': noise(40) } })

for (const [language, theme] of [
  ['en', 'light'],
  ['de', 'dark'],
] as const) {
  test(`an upload is slowed, paused, taken up and ended on its card (${language}, ${theme})`, async () => {
    const running = await launched(language, theme, { uploadLimitMbit: 8 })
    const { disk, upload } = await toUpload(running, language)
    const form = messages[language].forms['disk.upload']
    const ui = words(language)
    await disk.run.primary.click()
    await expect(upload).toContainText(form.sentBytes)
    const bandwidth = running.page.getByRole('region', { name: form.bandwidth.title })
    await expect(bandwidth).toContainText(/8 Mbit\/s/)
    await expect(upload.getByRole('img')).toBeVisible()
    expect(await axeFindings(running.page)).toEqual([])
    await keepPicture(`upload-running-${language}-${theme}`, await running.page.screenshot())

    await disk.run.button(ui.step.background).click()
    const bar = running.page.getByRole('contentinfo', { name: ui.activity.title })
    await bar.getByRole('button', { name: fill(ui.activity.uploading, { run: 'Maya' }, language) }).click()

    await bandwidth.getByRole('button', { name: form.bandwidth.change }).click()
    await expect(bandwidth.getByRole('checkbox').first()).toBeFocused()
    await bandwidth.getByRole('textbox').fill('2')
    await expect(bandwidth).toContainText(/2 Mbit\/s/)
    await expect.poll(() => settingsOf(running)).toMatchObject({ uploadLimitMbit: 2 })
    expect(await axeFindings(running.page)).toEqual([])
    await bandwidth.getByRole('button', { name: form.bandwidth.close }).click()

    await disk.run.button(messages[language].runPage.pause).click()
    await expect(disk.run.button(ui.step.goOn)).toBeVisible()
    await expect(upload).toContainText(form.sentBytes)
    await keepPicture(`upload-paused-${language}-${theme}`, await running.page.screenshot())

    await disk.run.button(ui.step.goOn).click()
    // What had arrived before the pause is not sent again.
    await expect(upload).toContainText(form.before.split('{')[0]!.trim())
    await keepPicture(`upload-resumed-${language}-${theme}`, await running.page.screenshot())
    await bandwidth.getByRole('button', { name: form.bandwidth.change }).click()
    await bandwidth.getByRole('checkbox').first().uncheck()
    await disk.run.done('disk.upload')
    await expect(upload).toContainText('100')
    await expect(bandwidth).toHaveCount(0)
    await keepPicture(`upload-done-${language}-${theme}`, await running.page.screenshot())
    expect(running.problems).toEqual([])
    await closeApp(running)
  })
}

async function launched(language: TestLanguage, theme: 'light' | 'dark', more: object): Promise<RunningApp> {
  const userData = mkdtempSync(join(tmpdir(), 'bis-upload-'))
  mkdirSync(join(userData, 'state'))
  writeFileSync(join(userData, 'state', 'settings.json'), JSON.stringify({ language, theme, ...more }))
  return launchApp({ userData, language })
}

/** A practice run up to its upload. */
async function toUpload(running: RunningApp, language: TestLanguage): Promise<{ disk: DiskPage; upload: Locator }> {
  await pickFile(running, await filled())
  const run = await new HomePage(running.page, language).startPractice('Maya')
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  await run.signIn('Olivia Owner')
  for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account'] as const) await run.perform(step)
  const disk = new DiskPage(running.page, language)
  await disk.choose()
  await run.done('disk.inspect')
  await run.go('disk.upload')
  return { disk, upload: running.page.locator('main').getByRole('region').first() }
}

function settingsOf({ userData }: RunningApp): object {
  return JSON.parse(readFileSync(join(userData, 'state', 'settings.json'), 'utf8')) as object
}
