import { expect, test, type Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, pickFile, practiceRequest, root, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { SessionPage } from './pages/session-page'

const list = messages.en.machines.list
const door = messages.en.machines.door
const doors = messages.en.machines.doors
const open = messages.en.session.open

test.describe('a session to a virtual machine that the app knows nothing of', () => {
  // One story: the machine is found, entered, lost and left.
  test.describe.configure({ mode: 'serial' })
  let running: RunningApp
  let session: SessionPage
  let page: Page
  let key: string

  test.beforeAll(async () => {
    test.setTimeout(180_000)
    const userData = mkdtempSync(join(tmpdir(), 'bis-e2e-'))
    key = join(userData, 'key')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    machineIn(join(userData, 'state'), readFileSync(`${key}.pub`, 'utf8').trim())
    running = await launchApp({ userData })
    page = running.page
    session = new SessionPage(page)
  })
  test.afterAll(() => closeApp(running))

  test('is found in the list of its subscription, by keyboard alone', async () => {
    await page.getByRole('button', { name: open.command, exact: true }).press('Enter')
    await page.getByRole('radio', { name: list.toMachine.label }).press('Space')
    const opened = page.context().waitForEvent('page')
    await page.getByRole('button', { name: list.signIn, exact: true }).press('Enter')
    await (await opened).getByRole('button', { name: 'Olivia Owner' }).click()
    await page.getByRole('textbox', { name: list.search, exact: true }).fill('westeurope linux')
    await session.dialog.getByRole('radio', { name: 'lab', exact: true }).press('Space')
    await expect(page.getByLabel(open.host)).toHaveValue(/^203\.0\.113\.\d+$/)
    await expect(page.getByLabel(open.user)).toHaveValue('builder')
    expect(await axeFindings(page)).toEqual([])
  })

  test('is entered once its network lets this computer in, as the dialog says in full', async () => {
    await expect(session.dialog).toContainText('DenyAllInBound')
    await expect(session.dialog).toContainText('session-lab-198-51-100-7-22')
    await page.getByRole('checkbox', { name: door.wanted }).press('Space')
    await page.getByRole('radio', { name: open.key.label }).press('Space')
    await pickFile(running, key)
    await page.getByRole('button', { name: open.pickKey }).press('Enter')
    await page.getByRole('button', { name: open.button, exact: true }).press('Enter')
    await expect(session.state).toContainText(messages.en.session.footer.state.ready, { timeout: 60_000 })
    await session.type('hostname')
    await expect(session.screen).toContainText('lab')
  })

  test('says why it is lost when this computer gets another address, and lets that one in', async () => {
    test.setTimeout(90_000)
    await practiceRequest(running, 'POST', '/practice/faults', { kind: 'other-address', action: '203.0.113.77' })
    await practiceRequest(running, 'DELETE', '/practice/connections')
    await expect(page.getByRole('note').filter({ hasText: '203.0.113.77' })).toBeVisible({ timeout: 60_000 })
    await page.getByRole('button', { name: door.ask }).click()
    await expect(session.dialog).toContainText('session-lab-203-0-113-77-22')
    await session.dialog.getByRole('button', { name: door.confirm }).click()
    await expect(session.state).toContainText(messages.en.session.footer.state.ready, { timeout: 60_000 })
  })

  test('lists what lets this computer in, and leaves nothing of it behind when it is closed', async () => {
    await page.getByRole('banner').getByRole('button', { name: 'Home' }).click()
    const listed = page.getByRole('region', { name: doors.title })
    await expect(listed.getByRole('listitem')).toHaveCount(2)
    const former = { rule: 'session-lab-198-51-100-7-22', group: 'lab-nsg' }
    await listed.getByRole('button', { name: fill(doors.shutOne, former, 'en') }).click()
    await expect(listed.getByRole('listitem')).toHaveCount(1)
    // The same host is the same session, however it is named.
    await page.getByRole('button', { name: open.command, exact: true }).click()
    await page.getByLabel(open.host).fill('203.0.113.10')
    await page.getByLabel(open.user).fill('builder')
    await page.getByRole('button', { name: open.button, exact: true }).click()
    await page.getByRole('button', { name: messages.en.session.close }).click()
    await expect(page.getByRole('button', { name: open.command, exact: true })).toBeVisible()
    await expect(listed).toBeHidden({ timeout: 20_000 })
    expect(running.problems).toEqual([])
  })
})

/** A Linux VM in the practice cloud of a state folder, made by a run that is not there any more. */
function machineIn(state: string, publicKey: string) {
  mkdirSync(state, { recursive: true })
  writeFileSync(join(state, 'settings.json'), JSON.stringify({ theme: 'light', language: 'en' }))
  const values = {
    'prepare.account.mode': 'choose',
    'prepare.account.name': 'practicebatch',
    'prepare.account.resourceGroup': 'practice-shared',
    'vm.create.name': 'lab',
    'vm.create.adminUser': 'builder',
    'vm.create.auth': 'ownKey',
    'vm.create.publicKey': publicKey,
  }
  const set = Object.entries(values).flatMap(([field, value]) => ['--set', `${field}=${value}`])
  const args = ['run', 'examples/from-vm.yaml', '--cloud', 'practice', '--trust-plan', '--state', state]
  const program = join(root, 'out', 'main', 'cli.cjs')
  execFileSync(process.execPath, [program, ...args, '--stop-after', 'vm.create', ...set], {
    cwd: root,
    stdio: 'ignore',
  })
  rmSync(join(state, 'runs'), { recursive: true })
}
