import { expect, test, type Page } from '@playwright/test'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, killApp, launchApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { HomePage } from './pages/home-page'
import { RunPage } from './pages/run-page'
import { SessionPage } from './pages/session-page'
import { generalize, journalOf, signInAgain, startFromVm, walkToPlan } from './pages/vm-steps'
import { words, type TestLanguage } from './words'

const tongue = { light: 'en', dark: 'de' } as const

for (const theme of ['light', 'dark'] as const) {
  const language = tongue[theme]
  test(`from a Marketplace image to an idle node by terminal and recipe (${language})`, async () => {
    test.setTimeout(300_000)
    const running = await launchApp({ theme, language })
    const { page } = running
    const run = await startFromVm(running, language, 'Farm')
    await walkToPlan(run)
    await run.perform('vm.plan')
    await run.perform('vm.create', 90_000)
    await install(page, language)
    await run.go('vm.snapshot')
    await run.perform('vm.snapshot')
    await generalize(run)
    await run.go('vm.deallocate')
    await run.button(words(language).step.continueAll).click()
    await expect(run.report).toBeVisible({ timeout: 120_000 })
    await expect(run.heading).toHaveText(words(language).result.title)
    expect(running.problems).toEqual([])
    await closeApp(running)
  })
}

test('killed while the system is generalized, goes on, and comes back from the snapshot', async () => {
  test.setTimeout(240_000)
  let running = await launchApp()
  let run = await startFromVm(running, 'en', 'Back again')
  await walkToPlan(run)
  await run.perform('vm.plan')
  await run.perform('vm.create', 90_000)
  await run.go('vm.install')
  await run.page.getByRole('checkbox', { name: messages.en.forms['vm.install'].done }).check()
  await run.primary.click()
  await run.done('vm.install')
  await run.go('vm.snapshot')
  await run.perform('vm.snapshot')
  await run.go('vm.generalize')
  await run.page.getByRole('button', { name: messages.en.forms['vm.generalize'].hold }).press('Space', { delay: 1_500 })
  await expect.poll(() => journalOf(running), { intervals: [20], timeout: 60_000 }).toContain('"begun"')
  await killApp(running)

  running = await launchApp({ userData: running.userData })
  run = await new HomePage(running.page).open('Back again')
  await signInAgain(run)
  await run.go('vm.generalize')
  await run.primary.click()
  await run.done('vm.generalize', 90_000)
  const restore = messages.en.forms['vm.restore']
  await run.go('vm.restore')
  await run.button(restore.button).click()
  await running.page.getByRole('dialog').getByRole('button', { name: restore.button }).click()
  await run.done('vm.restore', 90_000)
  await expect(run.entry('vm.generalize')).not.toHaveAttribute('title', words('en').state.done)
  await generalize(run)
  await closeApp(running)
})

/** A terminal, a line that is kept as a part, and the way back. */
async function install(page: Page, language: TestLanguage) {
  await test.step('install software', async () => {
    const session = new SessionPage(page, language)
    const panel = messages[language].recipePanel
    await page.getByRole('main').getByRole('button', { name: messages[language].forms['vm.install'].open }).click()
    await expect(session.state).toContainText(session.words.footer.state.ready, { timeout: 60_000 })
    await expect(session.chip).toContainText(session.words.hostKey.serialLog)
    await session.type('uname -s')
    await expect(session.screen).toContainText('Linux')
    await reboot(session, language)
    await page.getByRole('textbox', { name: panel.bar.label }).fill('sudo apt-get install -y ffmpeg')
    await page.getByRole('button', { name: panel.bar.run, exact: true }).click()
    await expect(page.getByText(messages[language].recipe.kept.kept)).toBeVisible({ timeout: 60_000 })
    expect(await axeFindings(page)).toEqual([])
    const recipe = page.getByRole('complementary', { name: panel.title })
    await recipe.getByRole('button', { name: panel.runAll }).click()
    await expect(recipe.getByRole('listitem')).toContainText(`, ${panel.state.done}`, { timeout: 60_000 })
    await recipe.getByRole('button', { name: panel.done }).click()
    await new RunPage(page, language).done('vm.install')
  })
}

/** Typed by hand: it is announced, waited for, and a new shell says that it was one. */
async function reboot(session: SessionPage, language: TestLanguage) {
  await test.step('reboot', async () => {
    const { restarting, restarted, lost } = messages[language].terminal
    await session.type('sudo reboot')
    await expect(session.screen).toContainText(restarted, { timeout: 60_000 })
    await expect(session.screen).toContainText(restarting)
    await expect(session.screen).not.toContainText(lost)
    await expect(session.state).toContainText(session.words.footer.state.ready)
    await session.type('uptime')
    await expect(session.screen).toContainText('up 0 min')
  })
}
