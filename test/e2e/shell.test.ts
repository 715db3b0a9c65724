import { expect, test } from '@playwright/test'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, electronProgram, launchApp, root, type RunningApp } from '../support/app'
import { HomePage } from './pages/home-page'
import { words } from './words'

test.describe('the window', () => {
  test('is sandboxed, isolated and refuses scripts, frames and foreign pages', async () => {
    const running = await launchApp()
    const { app, page } = running
    expect(await page.evaluate(() => typeof (window as unknown as { require?: unknown }).require)).toBe('undefined')
    expect(await page.evaluate(() => Object.keys((window as unknown as { bridge: object }).bridge).sort())).toEqual([
      'call',
      'pathOf',
    ])
    const contents = await app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0]!
      return (
        window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      ).getLastWebPreferences()
    })
    expect(contents).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false })
    await page.evaluate(() => {
      window.open('https://example.com/')
      const script = document.createElement('script')
      script.textContent = 'window.wasRun = true'
      document.body.append(script)
    })
    expect(app.windows()).toHaveLength(1)
    expect(await page.evaluate(() => (window as unknown as { wasRun?: boolean }).wasRun)).toBeUndefined()
    expect(
      await page.evaluate(() => navigator.permissions.query({ name: 'geolocation' }).then((given) => given.state)),
    ).toBe('denied')
    // Asked from main: a navigation that never comes would keep the page's own protocol waiting.
    const after = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
        'location.href = "https://example.com/"; new Promise((done) => setTimeout(() => done(location.href), 500))',
      ),
    )
    expect(after).toMatch(/^app:\/\/studio\//)
    // The refused script is told on the console by the content security policy: that is the one expected complaint.
    expect(running.problems.filter((text) => !text.includes('Content Security Policy'))).toEqual([])
    await closeApp(running)
  })

  test('may ask only what the contract lists', async () => {
    const running = await launchApp()
    const ask = (name: string, input: unknown) =>
      running.page.evaluate(
        ([name, input]) =>
          (window as unknown as { bridge: { call(name: unknown, input: unknown): Promise<unknown> } }).bridge.call(
            name,
            input,
          ),
        [name, input] as const,
      )
    for (const [name, input] of [
      ['constructor', {}],
      ['app.facts', { extra: 1 }],
      ['run.remove', { run: '../..' }],
      ['step.perform', { run: 'x', step: 'rm -rf' }],
      ['file.drop', { run: 'x', path: 42 }],
      ['file.drop', { run: 'x', path: '/etc/shadow' }],
      ['run.create', { recipe: 'from-disk', name: 'x', cloud: '/etc/passwd' }],
      ['link.open', { url: 'file:///etc/passwd' }],
      ['link.open', { url: 'vscode://open?url=x' }],
    ] as const) {
      expect(await ask(name, input), name).toMatchObject({ ok: false, error: { code: 'contract.refused' } })
    }
    expect(await ask('run.rename', { run: 'nobody', name: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'run.not-found' },
    })
    await closeApp(running)
  })

  test('names no file that nobody picked', async () => {
    const running = await launchApp()
    await new HomePage(running.page).startPractice('Hostile')
    const answer = await running.page.evaluate(async () => {
      const { bridge } = window as unknown as {
        bridge: { call(name: string, input: unknown): Promise<{ value: { run: string } }> }
      }
      const { value } = await bridge.call('run.create', { recipe: 'from-disk', name: 'x' })
      return bridge.call('step.input', { run: value.run, step: 'disk.choose', input: { file: '/etc/shadow' } })
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'contract.refused' } })
    await closeApp(running)
  })

  test('after a crash of its page offers to reload, and the run is still there', async () => {
    const running = await launchApp()
    const home = new HomePage(running.page)
    await home.startPractice('Survivor')
    const crashed = running.page.waitForEvent('crash')
    await running.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer(),
    )
    await crashed
    const url = () =>
      running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getURL())
    await expect.poll(url).toContain('/crashed')
    const evaluate = (script: string) =>
      running.app.evaluate(
        ({ BrowserWindow }, script) =>
          BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(script) as Promise<unknown>,
        script,
      )
    await expect.poll(() => evaluate('document.querySelector("h1")?.textContent')).toBe('The window stopped working')
    await evaluate('document.querySelector("a").click()')
    await expect.poll(url).toContain('/index.html')
    await expect.poll(() => evaluate('document.body.textContent')).toContain('Survivor')
    await closeApp(running)
  })

  test('keeps its size, and language and theme switch while it runs', async () => {
    const first = await launchApp({ language: 'en', theme: 'light' })
    await first.page.getByRole('button', { name: words('en').settings.title }).click()
    await first.page.getByRole('radio', { name: 'Deutsch' }).check()
    await first.page.getByRole('button', { name: messages.de.settings.back, exact: true }).click()
    await expect(new HomePage(first.page, 'de').practice).toBeVisible()
    await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setSize(1000, 700))
    const size = await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getSize())
    await closeApp(first)
    const second = await launchApp({ userData: first.userData })
    await expect(new HomePage(second.page, 'de').practice).toBeVisible()
    expect(await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getSize())).toEqual(size)
    await closeApp(second)
  })

  test('damaged settings are kept aside and the app starts', async () => {
    const first = await launchApp()
    await closeApp(first)
    writeFileSync(join(first.userData, 'state', 'settings.json'), '{"theme": "da')
    const second = await launchApp({ userData: first.userData })
    await expect(second.page.getByRole('heading', { level: 1 })).toBeVisible()
    await closeApp(second)
  })

  test('a second start brings the first window to the front and ends', async () => {
    const running = await launchApp()
    const code = await secondStart(running)
    expect(code).toBe(0)
    expect(running.app.windows()).toHaveLength(1)
    expect(readFileSync(join(running.userData, 'state', 'logs', 'app.log'), 'utf8').match(/"started"/g)).toHaveLength(1)
    await closeApp(running)
  })
})

async function secondStart(running: RunningApp): Promise<number | null> {
  const args = ['.', '--no-sandbox', `--user-data-dir=${running.userData}`]
  const child = spawn(electronProgram(), args, { cwd: root, stdio: 'ignore' })
  return new Promise((resolve) => child.once('exit', resolve))
}
