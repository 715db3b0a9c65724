import { expect, test, type Page } from '@playwright/test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, practiceRequest, type RunningApp } from '../support/app'
import { HomePage } from './pages/home-page'
import type { RunPage } from './pages/run-page'
import { words, type TestLanguage } from './words'

const clientId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'

for (const language of ['en', 'de'] as const) {
  const { signIn, forms, errors } = messages[language]
  const again = words(language).step.again

  test.describe(`signing in (${language})`, () => {
    test('two accounts stand side by side, are chosen without a question, and one is signed out', async () => {
      const running = await launchApp({ language })
      const run = await atSignIn(running, language)
      await run.signIn('Olivia Owner')
      await run.go('connect.signIn')
      await radio(run, signIn.accounts.another.label).check()
      await answer(running, run, 'Rafael Reader')
      await run.go('connect.signIn')
      await expect(radio(run, 'reader@practice.example')).toBeChecked()
      await radio(run, 'owner@practice.example').check()
      await run.primary.click()
      await movedOn(run)
      await run.go('connect.signIn')
      const main = running.page.getByRole('main')
      await expect(main).toContainText(
        fill(forms['connect.signIn'].signedIn, { user: 'owner@practice.example' }, language),
      )
      await expect(main).toContainText(fill(signIn.inTenant, { tenant: 'Practice tenant' }, language))
      await run.button(fill(signIn.accounts.signOutOf, { user: 'owner@practice.example' }, language)).click()
      await expect(radio(run, 'owner@practice.example')).toHaveCount(0)
      await expect(radio(run, 'reader@practice.example')).toBeVisible()
      expect(running.problems).toEqual([])
      await closeApp(running)
    })

    test('the tenant is chosen where the account is a guest, and its subscription says so', async () => {
      const running = await launchApp({ language })
      const run = await atSignIn(running, language)
      await run.signIn('Olivia Owner')
      await run.go('connect.signIn')
      const tenant = running.page.getByRole('main').getByRole('combobox', { name: signIn.tenant })
      await tenant.click()
      await running.page.getByRole('option', { name: /Partner tenant/ }).click()
      await run.primary.click()
      await run.done('connect.signIn')
      await expect(running.page.getByRole('main').getByRole('combobox').first()).toHaveValue(/Partner subscription/)
      await closeApp(running)
    })

    test('without consent the administrator’s step is named, with page and text to send', async () => {
      const running = await launchApp({ language })
      const run = await atSignIn(running, language)
      await practiceRequest(running, 'POST', '/practice/faults', { kind: 'refuse-sign-in', action: '65001', count: 1 })
      await start(running, run, 'Olivia Owner')
      await expect(run.alert).toContainText(errors['signIn.consent'].what)
      const main = running.page.getByRole('main')
      await expect(main).toContainText(signIn.consent.title)
      await expect(main).toContainText(/\/adminconsent\?client_id=/)
      await main.getByRole('button', { name: signIn.consent.copyText }).click()
      const copied = await running.app.evaluate(({ clipboard }) => clipboard.readText())
      expect(copied).toContain('user_impersonation')
      expect(copied).toContain('/adminconsent?client_id=')
      const opened = running.page.context().waitForEvent('page')
      await run.button(words(language).error.remedies.signIn).click()
      await (await opened).getByRole('button', { name: 'Olivia Owner' }).click()
      await run.done('connect.signIn')
      await closeApp(running)
    })

    test('a code is shown with its time, can be copied while it waits, and stopped and begun again at once', async () => {
      const running = await launchApp({ language })
      const run = await atSignIn(running, language)
      await radio(run, forms['connect.signIn'].deviceCode.label).check()
      await run.primary.click()
      const main = running.page.getByRole('main')
      await expect(main).toContainText(signIn.waiting.codeTitle)
      await expect(main).toContainText(
        fill(signIn.waiting.until, { at: '', minutes: 15 }, language).split('…')[1]!.trim(),
      )
      await main.getByRole('button', { name: signIn.waiting.copyCode }).click()
      const copied = await running.app.evaluate(({ clipboard }) => clipboard.readText())
      expect(copied).toMatch(/^[A-Z0-9]{9}$/)
      await expect(main).toContainText(copied)
      await run.button(words(language).step.stop).click()
      await expect(main).not.toContainText(signIn.waiting.codeTitle)
      await radio(run, forms['connect.signIn'].browser.label).check()
      await start(running, run, 'Olivia Owner')
      await run.done('connect.signIn')
      await closeApp(running)
    })

    test('a cloud profile that is wrong is refused with its fields as soon as it is picked', async () => {
      const file = join(mkdtempSync(join(tmpdir(), 'bis-profile-')), 'cloud.json')
      writeFileSync(file, JSON.stringify({ name: 'ours', authority: 'https://login.example', armEndpoint: 'x' }))
      const running = await launchApp({ language })
      const run = await new HomePage(running.page, language).startPractice('Profil')
      await expect(run.primary).toBeVisible()
      await pickFile(running, file)
      const answer = await running.page.evaluate(() => {
        const { bridge } = window as unknown as { bridge: { call(name: string, input: object): Promise<unknown> } }
        return bridge.call('file.pick', { run: 'any', kind: 'profile' })
      })
      expect(answer).toMatchObject({ ok: false, error: { code: 'profile.invalid', params: { file } } })
      expect(JSON.stringify(answer)).toMatch(/armEndpoint.*armScope.*batchScope/)
      await closeApp(running)
    })

    test('the settings keep the registration of a cloud, and explain how to make one', async () => {
      const running = await launchApp({ language })
      await openSettings(running.page, language)
      const help = await openHelp(running.page, language)
      await help.getByRole('radio', { name: forms['connect.cloud'].usgov.label }).check()
      await help.getByRole('radio', { name: signIn.help.bash }).check()
      await expect(help).toContainText('az cloud set --name AzureUSGovernment')
      await help.getByRole('radio', { name: forms['connect.cloud'].china.label }).check()
      await help.getByRole('radio', { name: signIn.help.powershell }).check()
      await expect(help).toContainText('az cloud set --name AzureChinaCloud')
      await expect(help).toContainText('$appId = az ad app create')
      await help.getByRole('button', { name: signIn.help.close }).click()
      const section = entryOf(running.page, forms['connect.cloud'].usgov.label)
      await section.getByLabel(signIn.settings.clientId).fill('no id')
      await expect(section.getByRole('button', { name: signIn.settings.save })).toBeDisabled()
      await section.getByLabel(signIn.settings.clientId).fill(clientId)
      await section.getByRole('button', { name: signIn.settings.save }).click()
      await expect(section).toContainText(signIn.settings.saved)
      await closeApp(running)
      const next = await launchApp({ language, userData: running.userData })
      await openSettings(next.page, language)
      await expect(
        entryOf(next.page, forms['connect.cloud'].usgov.label).getByLabel(signIn.settings.clientId),
      ).toHaveValue(clientId)
      expect([...running.problems, ...next.problems]).toEqual([])
      await closeApp(next)
    })

    test('the settings list who is signed in to the practice cloud and sign that account out', async () => {
      const running = await launchApp({ language })
      const run = await atSignIn(running, language)
      await run.signIn('Rafael Reader')
      await openSettings(running.page, language)
      const section = entryOf(running.page, forms['connect.cloud'].practice.label)
      await section
        .getByRole('button', { name: fill(signIn.accounts.signOutOf, { user: 'reader@practice.example' }, language) })
        .click()
      await expect(section).toContainText(signIn.accounts.none)
      await closeApp(running)
    })

    test('asking again asks the person again', async () => {
      const running = await launchApp({ language })
      const run = await atSignIn(running, language)
      await run.signIn('Olivia Owner')
      await run.go('connect.signIn')
      const opened = running.page.context().waitForEvent('page')
      await run.button(again).click()
      const page = await opened
      await expect(page.getByRole('button', { name: 'Olivia Owner' })).toBeVisible()
      await page.close()
      await expect(running.page.getByRole('main')).toContainText(errors.cancelled.what)
      await start(running, run, 'Olivia Owner')
      await run.done('connect.signIn')
      await closeApp(running)
    })
  })
}

async function atSignIn(running: RunningApp, language: TestLanguage): Promise<RunPage> {
  const run = await new HomePage(running.page, language).startPractice('Konten')
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  return run
}

/** Presses the step's button and chooses a person in the window that opens. */
async function start(running: RunningApp, run: RunPage, person: string): Promise<void> {
  const opened = running.page.context().waitForEvent('page')
  await run.primary.click()
  await (await opened).getByRole('button', { name: person }).click()
}

async function answer(running: RunningApp, run: RunPage, person: string): Promise<void> {
  await start(running, run, person)
  await movedOn(run)
}

/** The step was done before as well, so only the next one tells that it is over. */
async function movedOn(run: RunPage): Promise<void> {
  await expect(run.entry('connect.scope')).toHaveAttribute('aria-current', 'step')
}

function radio(run: RunPage, name: string) {
  return run.page.getByRole('main').getByRole('radio', { name, exact: true })
}

async function openSettings(page: Page, language: TestLanguage): Promise<void> {
  await page
    .getByRole('banner')
    .getByRole('button', { name: words(language).settings.title })
    .click()
}

async function openHelp(page: Page, language: TestLanguage) {
  await page.getByRole('button', { name: messages[language].signIn.help.open }).click()
  return page.getByRole('dialog')
}

/** What the settings say about one cloud. */
function entryOf(page: Page, label: string) {
  return page
    .getByRole('main')
    .getByRole('region')
    .filter({ has: page.getByRole('heading', { name: label, level: 3 }) })
    .last()
}
