import { expect, test } from '@playwright/test'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { makeAuthority } from '../support/authority'
import { HomePage } from './pages/home-page'
import { SettingsPage } from './pages/settings-page'
import { words, type TestLanguage } from './words'

const looks = [
  ['en', 'light'],
  ['de', 'dark'],
] as const

const stored = (running: RunningApp) => readFileSync(join(running.userData, 'state', 'settings.json'), 'utf8')
const everythingStored = (running: RunningApp) =>
  ['settings.json', 'logs/app.log']
    .map((name) => readFileSync(join(running.userData, 'state', name), 'utf8'))
    .join('\n')

async function openApp(language: TestLanguage, theme: 'light' | 'dark' = 'light') {
  const running = await launchApp({ language, theme })
  const settings = await SettingsPage.open(running.page, language)
  return { running, page: running.page, settings, words: settings.words }
}

for (const [language, theme] of looks) {
  test(`the settings have no finding of axe, and lead back to where they were opened (${language}, ${theme})`, async () => {
    const running = await launchApp({ language, theme })
    const run = await new HomePage(running.page, language).startPractice('Here')
    await expect(run.checklist).toBeVisible()
    const settings = await SettingsPage.open(running.page, language)
    await settings.section('network').getByRole('radio', { name: settings.words.network.proxies.manual.label }).check()
    await expect(settings.section('log').getByRole('region', { name: settings.words.log.lines })).toBeVisible()
    await settings.section('support').getByRole('button', { name: settings.words.support.preview }).click()
    await expect(settings.section('support').getByRole('textbox')).toBeVisible()
    await expect(running.page.locator('html')).toHaveCSS('color-scheme', theme)
    expect(await axeFindings(running.page)).toEqual([])
    await settings.back.click()
    await expect(run.checklist).toBeVisible()
    expect(running.problems).toEqual([])
    await closeApp(running)
  })

  test(`language and appearance change at once (${language})`, async () => {
    const { running, page, settings, words } = await openApp(language, theme)
    const look = await settings.go('look')
    await look.getByRole('radio', { name: words.look.themes[theme === 'dark' ? 'light' : 'dark'], exact: true }).check()
    await expect(page.locator('html')).toHaveCSS('color-scheme', theme === 'dark' ? 'light' : 'dark')
    const other = language === 'en' ? 'de' : 'en'
    await look.getByRole('radio', { name: words.look.languages[other], exact: true }).check()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(messages[other].settings.title)
    expect(JSON.parse(stored(running))).toMatchObject({ language: other })
    await closeApp(running)
  })

  test(`the password of a proxy is kept out of the settings file and the log, and goes when the address changes (${language})`, async () => {
    const { running, settings, words } = await openApp(language, theme)
    const network = await settings.go('network')
    await network.getByRole('radio', { name: words.network.proxies.manual.label, exact: true }).check()
    await network.getByLabel(words.network.url).fill('proxy.contoso.example:8080')
    await network.getByLabel(words.network.user).fill('ole')
    await network.getByLabel(words.network.password).fill('hush-hush')
    await network.getByRole('button', { name: words.network.save }).click()
    await expect(network.getByText(words.network.passwordKept)).toBeVisible()
    await expect(network.getByLabel(words.network.password)).toHaveValue('')
    expect(JSON.parse(stored(running))).toMatchObject({
      network: { proxy: 'manual', url: 'http://proxy.contoso.example:8080', user: 'ole' },
    })
    expect(everythingStored(running)).not.toContain('hush-hush')
    await network.getByLabel(words.network.url).fill('http://other.example:8080')
    await network.getByRole('button', { name: words.network.save }).click()
    await expect(network.getByText(words.network.saved)).toBeVisible()
    await expect(network.getByText(words.network.passwordKept)).toBeHidden()
    await network.getByLabel(words.network.url).fill('ftp://nowhere')
    await network.getByRole('button', { name: words.network.save }).click()
    await expect(settings.alert).toContainText(messages[language].errors['proxy.invalid'].what.split('{')[0]!)
    await closeApp(running)
  })

  test(`a root certificate is shown, refused with its reason, and removed (${language})`, async () => {
    const { running, settings, words } = await openApp(language, theme)
    const authority = await makeAuthority('Contoso Inspection CA')
    const [good, bad] = ['good.pem', 'bad.pem'].map((name) => join(running.userData, name))
    writeFileSync(good!, authority.pem)
    writeFileSync(bad!, authority.pem + authority.key)
    const network = await settings.go('network')
    await pickFile(running, bad!)
    await network.getByRole('button', { name: words.network.add }).click()
    await expect(settings.alert).toContainText('bad.pem')
    await expect(network.getByText(words.network.noAuthorities)).toBeVisible()
    await pickFile(running, good!)
    await network.getByRole('button', { name: words.network.add }).click()
    await expect(network.getByRole('listitem')).toContainText('Contoso Inspection CA')
    await expect(settings.alert).toBeHidden()
    await network.getByRole('listitem').getByRole('button').click()
    await expect(network.getByText(words.network.noAuthorities)).toBeVisible()
    await closeApp(running)
  })
}

test('the connection test reaches the practice cloud directly and names who signed its certificate', async () => {
  const { running, settings, words } = await openApp('en')
  const network = await settings.go('network')
  await network.getByLabel(words.network.test.cloud).selectOption('practice')
  await network.getByRole('button', { name: words.network.test.button }).click()
  await expect(network.getByText(words.network.test.well)).toBeVisible({ timeout: 60_000 })
  const rows = network.getByRole('list', { name: words.network.test.title }).getByRole('listitem')
  await expect(rows).toHaveCount(2)
  await expect(rows.first()).toContainText(
    /Reached in \d+ ms, directly, certificate from Batch Image Studio practice cloud/,
  )
  await closeApp(running)
})

test('a limit for uploads is kept, counts in megabits, and off is off', async () => {
  const { running, settings, words } = await openApp('en')
  const uploads = await settings.go('uploads')
  await uploads.getByRole('checkbox', { name: words.uploads.isLimited }).check()
  await uploads.getByRole('textbox').fill('12,5')
  await expect.poll(() => JSON.parse(stored(running)) as object).toMatchObject({ uploadLimitMbit: 12.5 })
  await expect(uploads.getByText('1.5 MiB per second')).toBeVisible()
  await uploads.getByRole('textbox').fill('fast')
  await expect(uploads.getByText(words.uploads.problem)).toBeVisible()
  await uploads.getByRole('checkbox', { name: words.uploads.isLimited }).uncheck()
  await expect.poll(() => stored(running)).not.toContain('uploadLimitMbit')
  await closeApp(running)
})

test('another limit in office hours is kept with its times, and goes when it is not wanted', async () => {
  const { running, settings, words } = await openApp('en')
  const uploads = await settings.go('uploads')
  await uploads.getByRole('checkbox', { name: words.uploads.hasHours }).check()
  await uploads.getByLabel(words.uploads.from, { exact: true }).fill('07:30')
  await uploads.getByLabel(words.uploads.to, { exact: true }).fill('16:15')
  await uploads.getByRole('textbox', { name: words.uploads.hoursLimit }).fill('4')
  const uploadHours = { from: 450, to: 975, mbit: 4 }
  await expect.poll(() => JSON.parse(stored(running)) as object).toMatchObject({ uploadHours })
  await uploads.getByRole('checkbox', { name: words.uploads.hasHours }).uncheck()
  await expect.poll(() => stored(running)).not.toContain('uploadHours')
  await closeApp(running)
})

test('a cloud profile is remembered, proposed for new runs where chosen, and can be removed', async () => {
  const { running, settings, words } = await openApp('en')
  const file = join(running.userData, 'contoso.json')
  const host = (name: string) => `https://${name}.contoso.example`
  writeFileSync(
    file,
    JSON.stringify({
      name: 'contoso',
      authority: host('login'),
      knownAuthorities: [],
      clientId: '',
      armEndpoint: host('arm'),
      armScope: `${host('arm')}/.default`,
      batchScope: `${host('batch')}/.default`,
      batchSuffix: 'batch.contoso.example',
      storageScope: `${host('storage')}/.default`,
      storageSuffix: 'contoso.example',
    }),
  )
  const clouds = await settings.go('clouds')
  await pickFile(running, file)
  await clouds.getByRole('button', { name: words.clouds.add }).click()
  await expect(clouds.getByRole('listitem')).toContainText('arm.contoso.example')
  await clouds.getByLabel(words.clouds.defaultCloud).selectOption(file)
  await expect.poll(() => JSON.parse(stored(running)) as object).toMatchObject({ defaultCloud: file })
  await clouds.getByRole('listitem').getByRole('button').click()
  await expect(clouds.getByText(words.clouds.noProfiles)).toBeVisible()
  expect(stored(running)).not.toContain('contoso.json')
  await closeApp(running)
})

test('the practice cloud is reset only when asked twice, and its old state is kept', async () => {
  const { running, page, settings, words } = await openApp('en')
  const network = await settings.go('network')
  await network.getByLabel(words.network.test.cloud).selectOption('practice')
  await network.getByRole('button', { name: words.network.test.button }).click()
  await expect(network.getByText(words.network.test.well)).toBeVisible({ timeout: 60_000 })
  const folders = await settings.go('folders')
  await folders.getByRole('button', { name: words.folders.reset }).click()
  await page.getByRole('dialog').getByRole('button', { name: messages.en.ui.common.cancel }).click()
  expect(readdirSync(join(running.userData, 'state'))).toContain('practice')
  await folders.getByRole('button', { name: words.folders.reset }).click()
  await page.getByRole('dialog').getByRole('button', { name: words.folders.resetButton }).click()
  await expect(folders.getByRole('status')).toContainText('practice.kept-', { timeout: 30_000 })
  expect(readdirSync(join(running.userData, 'state'))).not.toContain('practice')
  await network.getByRole('button', { name: words.network.test.button }).click()
  await expect(network.getByText(words.network.test.well)).toBeVisible({ timeout: 60_000 })
  await closeApp(running)
})

test('the log is shown newest first, by level, and can be cleared', async () => {
  const { running, page, settings, words } = await openApp('en')
  const log = await settings.go('log')
  const lines = log.getByRole('region', { name: words.log.lines })
  await expect(lines).toContainText('started')
  await log.getByLabel(words.log.level).selectOption('error')
  await expect(lines).toHaveText(words.log.none)
  await log.getByRole('button', { name: words.log.clear }).click()
  await page.getByRole('dialog').getByRole('button', { name: words.log.clearButton }).click()
  await log.getByLabel(words.log.level).selectOption('info')
  await expect(lines).toHaveText(words.log.none)
  await closeApp(running)
})

test('the support bundle is saved exactly as it was shown, and says nobody’s name', async () => {
  const running = await launchApp({ language: 'en' })
  const run = await new HomePage(running.page).startPractice('Nightingale')
  await expect(run.checklist).toBeVisible()
  const settings = await SettingsPage.open(running.page, 'en')
  const support = await settings.go('support')
  await support.getByRole('checkbox', { name: 'Nightingale' }).check()
  await support.getByRole('button', { name: settings.words.support.preview }).click()
  const shown = await support.getByRole('textbox').inputValue()
  expect(shown).toContain('"kind":"run"')
  expect(shown).not.toContain('Nightingale')
  const file = join(running.userData, 'bundle.txt')
  await running.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
  }, file)
  await support.getByRole('button', { name: settings.words.support.save }).click()
  await expect(support.getByRole('status')).toContainText('bundle.txt')
  expect(readFileSync(file, 'utf8')).toBe(shown)
  await closeApp(running)
})

test('settings that were damaged are told with the place of the old file, once', async () => {
  const first = await launchApp({ language: 'en' })
  await closeApp(first)
  writeFileSync(join(first.userData, 'state', 'settings.json'), '{"theme": "da')
  const second = await launchApp({ userData: first.userData })
  const told = second.page.getByRole('note').filter({ hasText: 'settings.json.damaged-' })
  await expect(told).toBeVisible()
  await told.getByRole('button', { name: words('en').common.close }).click()
  await expect(told).toBeHidden()
  await closeApp(second)
  const third = await launchApp({ userData: first.userData })
  await expect(new HomePage(third.page).practice).toBeVisible()
  await expect(third.page.getByRole('note')).toHaveCount(0)
  await closeApp(third)
})
