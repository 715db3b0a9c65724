import { expect, test } from '@playwright/test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { startSshd, type RealSshd } from '../support/sshd'
import { SessionPage } from './pages/session-page'

test.describe('a session with a host of one’s own', () => {
  // One story: what is trusted and typed first is there for what follows.
  test.describe.configure({ mode: 'serial' })
  let sshd: RealSshd
  let running: RunningApp
  let session: SessionPage
  let folder: string

  test.beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'studio-session-'))
    sshd = await startSshd()
    writeFileSync(join(folder, 'key'), sshd.key, { mode: 0o600 })
    running = await launchApp({ theme: 'dark' })
    session = new SessionPage(running.page)
  })
  test.afterAll(async () => {
    await closeApp(running)
    await sshd.close()
    rmSync(folder, { recursive: true })
  })

  test('shows the fingerprint that OpenSSH tells before it sends anything, and remembers the answer', async () => {
    await session.open(running, sshd, join(folder, 'key'))
    await expect(session.dialog).toContainText(sshd.fingerprint)
    expect(await axeFindings(running.page)).toEqual([])
    await session.trust()
    await expect(session.chip).toHaveText(new RegExp(session.words.hostKey.firstUse))
  })

  test('types into the shell and shows what it answers', async () => {
    const file = join(folder, 'typed')
    await session.type(`printf 'gr\\303\\274\\303\\237e %s\\n' $((6 * 7)) | tee ${file}`)
    await expect(session.screen).toContainText('grüße 42')
    expect(readFileSync(file, 'utf8')).toBe('grüße 42\n')
    expect(await axeFindings(running.page)).toEqual([])
  })

  test('finds what scrolled by', async () => {
    await session.type('seq 1 400 | sed s/^/line-/')
    await expect(session.screen).toContainText('line-400')
    await running.page.keyboard.press('Control+Shift+F')
    await expect(session.search).toBeFocused()
    await running.page.keyboard.type('line-77')
    await expect(running.page.getByRole('search').getByRole('status')).toHaveText('1 of 1')
    await expect(session.screen).toContainText('line-77')
    await session.search.press('Escape')
    await expect(session.search).toBeHidden()
  })

  test('asks before several lines run, and cannot be tricked by control characters', async () => {
    const file = join(folder, 'pasted')
    await session.type("bind 'set enable-bracketed-paste off'; clear; printf '%s\\n' ready")
    await expect(session.screen).toContainText(/^\s*ready/)
    await session.paste(running, `echo one >> ${file}\necho two\u001b[201~ >> ${file}\n`)
    await expect(session.dialog).toContainText('␛[201~')
    await session.dialog.getByRole('button', { name: session.words.terminal.paste.button }).click()
    await expect.poll(() => readdirSync(folder)).toContain('pasted')
    await expect.poll(() => readFileSync(file, 'utf8')).toBe('one\ntwo[201~\n')
  })

  test('opens web addresses only, and only after a question', async () => {
    await running.app.evaluate(({ shell }) => {
      const opened: string[] = []
      Object.assign(globalThis, { opened })
      shell.openExternal = (url) => Promise.resolve(void opened.push(url))
    })
    const linked = (address: string) => `printf '\\033]8;;${address}\\033\\\\there\\033]8;;\\033\\\\\\n'`
    await session.type(
      `clear; ${linked('https://example.com/page')}; ${linked('file:///etc/passwd')}; ${linked('javascript:alert(1)')}`,
    )
    for (const nth of [1, 2]) {
      await session.clickLine(/^there\s*$/, nth)
      await expect(session.dialog).toBeHidden()
    }
    await session.clickLine(/^there\s*$/, 0)
    await expect(session.dialog).toContainText('https://example.com/page')
    await session.dialog.getByRole('button', { name: session.words.terminal.link.button }).click()
    expect(await running.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)).toEqual([
      'https://example.com/page',
    ])
  })

  test('lets nothing that the host prints onto the clipboard', async () => {
    await running.app.evaluate(({ clipboard }) => clipboard.writeText('mine'))
    await session.type("clear; printf '\\033]52;c;ZXZpbA==\\007'; echo printed")
    await expect(session.screen).toContainText('printed')
    expect(await running.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('mine')
  })

  test('answers what a program asks of the terminal, and never with words of the host', async () => {
    const file = join(folder, 'answers')
    // ctlseqs of xterm: a title, and the questions for it (CSI 21 t, 20 t); DECRQSS; ENQ; last the question what terminal it is.
    const asked = "printf '\\033]0;evil\\007\\033[21t\\033[20t\\033P$qevil\\033\\\\\\005\\033[c'"
    await session.type(`clear; stty raw -echo min 0 time 10; ${asked}; cat > ${file}; stty sane; echo as''ked`)
    await expect(session.screen).toContainText('asked')
    const answers = readFileSync(file, 'latin1')
    // VT100 with advanced video, as xterm.js says of itself: the answers were caught.
    expect(answers).toContain('\u001b[?1;2c')
    expect(answers).not.toMatch(/evil|[\r\n]/)
  })

  test('outlives a line of 10 MB and bytes that are no text', async () => {
    await session.type(
      "head -c 10000000 /dev/zero | tr '\\0' x; head -c 200000 /dev/urandom; printf '\\033c'; echo alive-$((1 + 1))",
    )
    await expect(session.screen).toContainText('alive-2')
    await session.type('clear; echo still-$((3 + 3))')
    await expect(session.screen).toContainText('still-6')
  })

  test('has several terminals, and a way out of them by keyboard', async () => {
    await running.page.keyboard.press('Control+Shift+T')
    await expect(session.tabs).toHaveCount(2)
    await session.type('echo second-$((1 + 1))')
    await expect(session.screen.last()).toContainText('second-2')
    await running.page.keyboard.press('Control+F6')
    await expect(session.tabs.last()).toBeFocused()
    await running.page.keyboard.press('Control+F6')
    await running.page.keyboard.press('Control+PageUp')
    await expect(session.tabs.first()).toHaveAttribute('aria-selected', 'true')
    await running.page.keyboard.press('Control+Tab')
    await running.page.keyboard.press('Control+Shift+W')
    await expect(session.tabs).toHaveCount(1)
  })

  test('says how a shell ended and begins another', async () => {
    await session.type('exit 3')
    await expect(running.page.getByText('The shell ended with exit code 3.')).toBeVisible()
    await running.page.getByRole('button', { name: session.words.terminal.newShell }).click()
    await session.type('echo again-$((2 + 2))')
    await expect(session.screen).toContainText('again-4')
  })

  test('says that its connection was lost, tries again by itself and at once when asked to, and goes on', async () => {
    const { state, tryNow } = session.words
    await sshd.stop()
    await session.type('clear; kill -9 $PPID')
    await expect(session.state).toContainText(session.words.footer.state.lost)
    const notice = running.page.getByRole('note').filter({ hasText: state.lost })
    await expect(notice).toContainText(`127.0.0.1 answers, but nothing listens on port ${sshd.port}.`)
    await expect(session.screen).toContainText(messages.en.terminal.lost)
    expect(await axeFindings(running.page)).toEqual([])
    await sshd.restart()
    await notice.getByRole('button', { name: tryNow }).click()
    await expect(session.screen).toContainText(messages.en.terminal.back)
    await expect(notice).toBeHidden()
    await session.type('echo after-$((3 + 3))')
    await expect(session.screen).toContainText('after-6')

    await session.type('clear')
    await expect(session.screen).not.toContainText('after-6')
    await session.type('kill -9 $PPID')
    await expect(session.screen).toContainText(messages.en.terminal.back)
    await session.type('echo once-more-$((4 + 4))')
    await expect(session.screen).toContainText('once-more-8')
  })

  test('keeps its shells while another screen is shown, and complains about nothing', async () => {
    await session.type('kept=yes')
    await running.page.getByRole('banner').getByRole('button', { name: 'Home' }).click()
    await session.open(running, sshd, join(folder, 'key'))
    await session.type('echo kept-$kept')
    await expect(session.screen).toContainText('kept-yes')
    expect(running.problems).toEqual([])
  })
})
