import { expect, test } from '@playwright/test'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messages } from '../../src/shared/messages/messages'
import { axeFindings } from '../support/axe'
import { closeApp, launchApp, pickFile } from '../support/app'
import { startLine } from '../support/files-host'
import { startSshd } from '../support/sshd'
import { DiskPage } from './pages/disk-page'
import { FilesPage } from './pages/files-page'

test('files go to the VM by dropping them and come back by the button, both proved', async () => {
  const sshd = await startSshd()
  const line = await startLine(sshd.port)
  const folder = mkdtempSync(join(tmpdir(), 'studio-files-'))
  const [vm, here, back] = ['vm', 'here', 'back'].map((name) => join(folder, name)) as [string, string, string]
  for (const one of [vm, here, back, join(here, 'assets')]) mkdirSync(one)
  writeFileSync(join(here, 'scene.blend'), 'a scene')
  writeFileSync(join(here, 'assets', 'Grüße 🚀.txt'), 'hello')
  writeFileSync(join(folder, 'key'), sshd.key, { mode: 0o600 })
  const running = await launchApp()
  const { page } = running
  const files = new FilesPage(page)
  const words = messages.en.files

  await pickFile(running, join(folder, 'key'))
  await files.connect({ ...sshd, port: line.port })
  await files.goTo(vm)
  await expect(files.panel.getByText(words.list.empty)).toBeVisible()

  await new DiskPage(page).drop(files.list, join(here, 'assets'), join(here, 'scene.blend'))
  await expect(files.transfers.getByText(words.transfers.verified)).toBeVisible()
  await expect(files.row('scene.blend')).toBeVisible()
  expect(readFileSync(join(vm, 'assets', 'Grüße 🚀.txt'), 'utf8')).toBe('hello')

  await test.step('by keys: into a folder and out, a new name, a new folder, away with it', async () => {
    await files.row('assets').click()
    await page.keyboard.press('Enter')
    await expect(files.row('Grüße')).toBeVisible()
    await page.keyboard.press('Backspace')
    await expect(files.row('assets')).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('F2')
    await page.keyboard.type('shot')
    await page.keyboard.press('Enter')
    await expect(files.row('shot.blend')).toHaveAttribute('aria-selected', 'true')
    await files.button('newFolder').click()
    await page.keyboard.type('empty')
    await page.keyboard.press('Enter')
    await expect(files.row('empty')).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Delete')
    await page.getByRole('dialog').getByRole('button', { name: words.remove.confirm }).click()
    await expect(files.row('empty')).toHaveCount(0)
    expect(readdirSync(vm).sort()).toEqual(['assets', 'shot.blend'])
  })

  await pickFile(running, back)
  await files.list.focus()
  await page.keyboard.press('Control+a')
  await files.button('download').click()
  await expect(files.transfers.getByText(words.transfers.verified)).toHaveCount(2)
  expect(readFileSync(join(back, 'shot.blend'), 'utf8')).toBe('a scene')
  expect(readFileSync(join(back, 'assets', 'Grüße 🚀.txt'), 'utf8')).toBe('hello')
  expect(await axeFindings(page)).toEqual([])

  await test.step('a connection that was lost and came back shows what the folder holds by then', async () => {
    writeFileSync(join(vm, 'made meanwhile.txt'), 'by somebody else')
    await expect(files.row('made meanwhile.txt')).toHaveCount(0)
    line.cut()
    await expect(files.row('made meanwhile.txt')).toBeVisible()
  })

  await test.step('names that hide, turn or break their line are shown as what they are, also twice', async () => {
    for (const name of ['invoice\u202Egpj.exe', 'two\nlines', 'esc\u001b[31m', 'zero\u200bwidth']) {
      writeFileSync(join(vm, name), '')
    }
    // No UTF-8: the names of both are the same two signs to whoever reads them as text.
    for (const byte of [0xfe, 0xff]) writeFileSync(Buffer.concat([Buffer.from(`${vm}/?`), Buffer.of(byte)]), '')
    await files.button('reload').click()
    for (const shown of ['invoice⟨U+202E⟩gpj.exe', 'two␊lines', 'esc␛[31m', 'zero⟨U+200B⟩width']) {
      await expect(files.row(shown)).toBeVisible()
    }
    await expect(files.row('?\ufffd')).toHaveCount(2)
  })
  expect(running.problems).toEqual([])
  await closeApp(running)
  line.close()
  await sshd.close()
})
