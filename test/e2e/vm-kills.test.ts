import { expect, test, type Page } from '@playwright/test'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, killApp, launchApp, practiceRequest, type PracticeStats, type RunningApp } from '../support/app'
import { HomePage } from './pages/home-page'
import { SessionPage } from './pages/session-page'
import { journalOf, signInAgain, startFromVm, walkToPlan } from './pages/vm-steps'

const { recipePanel: panel, forms } = messages.en
/** The first time it does not come to its end. */
const second = 'cd /home/azureuser; [ -e begun ] || { touch begun; sleep 600; }; echo through > second'

test('killed while the VM is created and while a part runs: it stands where it was, and nothing is made or run twice', async () => {
  test.setTimeout(300_000)
  let running = await launchApp()
  let run = await startFromVm(running, 'en', 'Killed')
  await walkToPlan(run)
  await run.perform('vm.plan')
  await run.primary.click()
  await expect
    .poll(() => journalOf(running), { intervals: [20], timeout: 60_000 })
    .toContain('"what":"virtual machine"')
  await killApp(running)

  ;({ running, run } = await again(running, 'vm.create'))
  await run.go('vm.create')
  await run.primary.click()
  await run.done('vm.create', 90_000)
  await expectMadeOnce(running)

  const session = await openSession(running.page)
  await test.step('a part that is through, and one that is not', async () => {
    await addPart(running.page, 'First', 'echo once >> /home/azureuser/ran')
    await addPart(running.page, 'Second', second)
    await recipeOf(running.page).getByRole('button', { name: panel.runAll }).click()
    await session.type('until [ -e begun ]; do sleep 0.1; done; echo it-$((1 + 1))-has-begun')
    await expect(session.screen).toContainText('it-2-has-begun', { timeout: 60_000 })
  })
  await killApp(running)

  ;({ running, run } = await again(running, 'vm.install'))
  await run.go('vm.install')
  await openSession(running.page)
  const parts = recipeOf(running.page).getByRole('listitem')
  await expect(parts.filter({ hasText: 'First' })).toContainText(`, ${panel.state.done}`)
  await expect(parts.filter({ hasText: 'Second' })).toContainText(`, ${panel.state.failed}`)
  await recipeOf(running.page).getByRole('button', { name: panel.goOn }).click()
  await expect(parts.filter({ hasText: 'Second' })).toContainText(`, ${panel.state.done}`, { timeout: 60_000 })
  const anew = new SessionPage(running.page)
  await anew.type('cat ran second | sort | uniq -c')
  await expect(anew.screen).toContainText('1 once')
  await expect(anew.screen).toContainText('1 through')
  await expectMadeOnce(running)
  await closeApp(running)
})

/** The list of runs says what was broken off. Without a keyring a sign-in does not outlive the app: the step says so, and goes on after it. */
async function again({ userData }: RunningApp, step: 'vm.create' | 'vm.install') {
  return test.step('start again', async () => {
    const running = await launchApp({ userData })
    const home = new HomePage(running.page)
    const { short } = messages.en.steps[step]
    await expect(home.runs.getByRole('listitem')).toContainText(`${short} was interrupted.`)
    const run = await home.open('Killed')
    await expect(run.alert).toContainText(messages.en.errors['signIn.needed'].what, { timeout: 60_000 })
    await expect(run.entry(step)).toHaveAttribute('aria-current', 'step')
    await signInAgain(run)
    return { running, run }
  })
}

/** One VM was asked for, and whatever is there in its resource group was written down before. */
async function expectMadeOnce(running: RunningApp) {
  const stats = JSON.parse(await practiceRequest(running, 'GET', '/practice/stats')) as PracticeStats & {
    resources: string[]
  }
  const made = Object.entries(stats.requests).filter(([request]) => /^PUT .*\/virtualMachines\/\{\}$/.test(request))
  expect(made.map(([, count]) => count)).toEqual([1])
  const journal = journalOf(running).toLowerCase()
  const own = stats.resources.filter((id) => /resourcegroups\/killed-build/i.test(id))
  expect(own.length).toBeGreaterThan(5)
  expect(own.filter((id) => !journal.includes(`"${id.toLowerCase()}"`))).toEqual([])
}

async function openSession(page: Page): Promise<SessionPage> {
  await page.getByRole('main').getByRole('button', { name: forms['vm.install'].open }).click()
  const session = new SessionPage(page)
  await expect(session.state).toContainText(session.words.footer.state.ready, { timeout: 60_000 })
  return session
}

function recipeOf(page: Page) {
  return page.getByRole('complementary', { name: panel.title })
}

async function addPart(page: Page, name: string, script: string) {
  await test.step(`add ${name}`, async () => {
    await recipeOf(page).getByRole('button', { name: panel.add, exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(panel.dialog.name, { exact: true }).fill(name)
    await dialog.getByLabel(panel.dialog.script).fill(script)
    await dialog.getByRole('button', { name: panel.add, exact: true }).click()
    await expect(dialog).toBeHidden()
  })
}
