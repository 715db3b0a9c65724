import { expect, test, type Page } from '@playwright/test'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { RunPage } from './pages/run-page'
import { SessionPage } from './pages/session-page'
import { generalize, startFromVm, walkToPlan } from './pages/vm-steps'
import { words, type TestLanguage } from './words'

test('from a Windows image to an idle node: the script is read, and with no desktop to paste it on Azure runs it (en)', async () => {
  test.setTimeout(300_000)
  const running = await launchApp({ theme: 'light', language: 'en' })
  const run = await startFromVm(running, 'en', 'Render Windows')
  await planWindows(run)
  await run.perform('vm.create', 90_000)
  await run.go('vm.install')
  await readScript(run)
  await openChannelInSession(running.page)
  await installSoftware(running.page, 'en')
  await toIdleNode(run)
  expect(running.problems).toEqual([])
  await closeApp(running)
})

test('from a Windows image to an idle node: Azure was chosen to open the way from the beginning (de)', async () => {
  test.setTimeout(300_000)
  const running = await launchApp({ theme: 'dark', language: 'de' })
  const run = await startFromVm(running, 'de', 'Rendern Windows')
  await planWindows(run)
  const form = messages.de.forms['vm.create']
  await running.page.getByRole('radio', { name: form.byAzure.label }).check()
  await run.perform('vm.create', 90_000)
  await run.go('vm.install')
  const install = messages.de.forms['vm.install']
  await expect(run.button(install.open)).toBeVisible()
  await expect(running.page.getByRole('region', { name: install.channel.title })).toBeHidden()
  await run.button(install.open).click()
  await installSoftware(running.page, 'de')
  await toIdleNode(run)
  expect(running.problems).toEqual([])
  await closeApp(running)
})

async function planWindows(run: RunPage) {
  await walkToPlan(run)
  await run.pick(messages[run.language].forms['vm.plan'].image, '2022-datacenter-g2')
  await run.perform('vm.plan')
}

/** Before anything is run in the VM, a person sees all that would be. */
async function readScript(run: RunPage) {
  await test.step('read the script', async () => {
    const words = messages.en.forms['vm.install'].channel
    await run.button(words.load).click()
    const script = run.page.getByLabel(words.script, { exact: true })
    await expect(script).toContainText('Add-WindowsCapability -Online -Name')
    await expect(script).toContainText('administrators_authorized_keys')
    await expect(script).toContainText('PasswordAuthentication no')
    expect(await axeFindings(run.page)).toEqual([])
    await run.button(messages.en.forms['vm.install'].open).click()
  })
}

/** A practice VM shows no desktop: the session says so, and offers the way that needs none. */
async function openChannelInSession(page: Page) {
  await test.step('open the channel', async () => {
    const { session, desktop, forms } = messages.en
    const notice = page.getByRole('region', { name: session.channel.title })
    await expect(notice).toBeVisible()
    await page.getByRole('button', { name: session.tabs.desktop, exact: true }).click()
    await expect(page.getByRole('heading', { name: desktop.panel.noneTitle })).toBeVisible()
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: session.tabs.close.replace('{name}', session.tabs.desktop) }).click()
    await notice.getByRole('button', { name: forms['vm.install'].channel.letAzure }).click()
  })
}

/** A line that is kept as a part, and the part, both by the control channel. */
async function installSoftware(page: Page, language: TestLanguage) {
  await test.step('install software', async () => {
    const session = new SessionPage(page, language)
    const panel = messages[language].recipePanel
    await expect(session.state).toContainText(session.words.footer.state.ready, { timeout: 60_000 })
    await expect(session.chip).toContainText(session.words.hostKey.byAzure)
    await session.type('$env:OS')
    await expect(session.screen).toContainText('Windows_NT')
    const line = 'Install-WindowsFeature Web-Server'
    await page.getByRole('textbox', { name: panel.bar.label }).fill(line)
    await page.getByRole('button', { name: panel.bar.run, exact: true }).click()
    await expect(page.getByText(messages[language].recipe.kept.kept)).toBeVisible({ timeout: 60_000 })
    const recipe = page.getByRole('complementary', { name: panel.title })
    await recipe.getByRole('button', { name: panel.runAll }).click()
    await expect(recipe.getByRole('listitem')).toContainText(`, ${panel.state.done}`, { timeout: 60_000 })
    await recipe.getByRole('button', { name: panel.done }).click()
    await new RunPage(page, language).done('vm.install')
  })
}

async function toIdleNode(run: RunPage) {
  const { language, page } = run
  await run.go('vm.snapshot')
  await run.perform('vm.snapshot')
  await generalize(run)
  const { evidence, values } = messages[language].forms['vm.generalize']
  await expect(page.getByRole('region', { name: evidence })).toContainText(values.IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE)
  await run.go('vm.deallocate')
  await run.button(words(language).step.continueAll).click()
  await expect(run.report).toBeVisible({ timeout: 120_000 })
  await expect(run.heading).toHaveText(words(language).result.title)
}
