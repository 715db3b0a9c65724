import { expect, test, type Page } from '@playwright/test'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, killApp, launchApp, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { HomePage } from './pages/home-page'
import { RunPage } from './pages/run-page'
import { SessionPage } from './pages/session-page'
import { words, type TestLanguage } from './words'

const tongue = { light: 'en', dark: 'de' } as const

for (const theme of ['light', 'dark'] as const) {
  const language = tongue[theme]
  test(`from a Marketplace image to an idle node by terminal and recipe (${language})`, async () => {
    test.setTimeout(300_000)
    const running = await launchApp({ theme, language })
    const { page } = running
    const run = await startFromVm(running, language, 'Farm')
    await walkToVm(run)
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
  await walkToVm(run)
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

function journalOf({ userData }: RunningApp): string {
  const runs = join(userData, 'state', 'runs')
  return readFileSync(join(runs, readdirSync(runs)[0]!, 'journal.jsonl'), 'utf8')
}

/** Without a keyring a sign-in does not outlive the app. */
async function signInAgain(run: RunPage) {
  await run.go('connect.signIn')
  const opened = run.page.context().waitForEvent('page')
  await run.button(words('en').step.again).click()
  await (await opened).getByRole('button', { name: 'Olivia Owner' }).click()
  await run.done('connect.signIn')
}

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

/** The checks first, then the button that is held. */
async function generalize(run: RunPage) {
  await test.step('generalize', async () => {
    const { page, language } = run
    const form = messages[language].forms['vm.generalize']
    await run.go('vm.generalize')
    await run.primary.click()
    await expect(page.getByRole('region', { name: form.checks })).toContainText('✓', { timeout: 60_000 })
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: form.hold }).press('Space', { delay: 1_500 })
    await run.done('vm.generalize', 90_000)
    await expect(page.getByRole('region', { name: form.evidence })).toBeVisible()
  })
}

async function startFromVm(running: RunningApp, language: TestLanguage, name: string): Promise<RunPage> {
  const { home, newRun } = words(language)
  const { page } = running
  await page.getByRole('button', { name: home.practiceButton }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill(name)
  await dialog.getByRole('radio', { name: newRun.recipes['from-vm'].label }).check()
  await dialog.getByRole('button', { name: newRun.create }).click()
  return new HomePage(page, language).run()
}

/** Everything up to the build VM as it is proposed. */
async function walkToVm(run: RunPage) {
  for (const step of ['decide.image', 'connect.cloud'] as const) await run.perform(step)
  await run.signIn('Olivia Owner')
  for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account', 'vm.plan'] as const) {
    await run.perform(step)
  }
}
