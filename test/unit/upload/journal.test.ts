import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fixedVhdView, type FixedVhdView } from '../../../src/main/disks/azure-vhd'
import { openDisk } from '../../../src/main/disks/open'
import { openUploadJournal } from '../../../src/main/upload/journal'
import { pageBlobTarget } from '../../../src/main/upload/page-blob'
import { stampOf } from '../../../src/main/upload/stamp'
import { mebibyte, patch, sparseFile } from '../../support/disks'
import { blobAt } from '../../support/uploads'

let folder: string
let source: FixedVhdView
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-upload-journal-'))
  const raw = await sparseFile(path.join(folder, 'disk.img'), 2 * mebibyte)
  await patch(raw, 510, Buffer.from([0x55, 0xaa]))
  source = await fixedVhdView(await openDisk(raw))
})
afterEach(async () => {
  await source.disk.close()
  await rm(folder, { recursive: true })
})

const url = 'https://acc.blob.core.windows.net/vhds/disk.vhd'
function open(run = 'run-1', at = `${url}?sv=1&sig=hush`) {
  return openUploadJournal(path.join(folder, 'uploads'), source, pageBlobTarget(blobAt(at), stampOf(source, run)))
}

async function journalFile(): Promise<string> {
  const [name] = await readdir(path.join(folder, 'uploads'))
  return path.join(folder, 'uploads', name!)
}

async function filled(): Promise<void> {
  const journal = await open()
  await journal.sent([{ start: 0, end: 4096 }])
  await journal.sent([{ start: 8192, end: 12288 }])
  await journal.close()
}

test('what was acknowledged is there again, joined, under another SAS as well', async () => {
  await filled()
  const journal = await open('run-1', `${url}?sv=1&sig=fresh`)
  await journal.sent([{ start: 4096, end: 8192 }])
  expect(journal.acknowledged()).toEqual([{ start: 0, end: 12288 }])
  await journal.close()
  const again = await open()
  expect(again.acknowledged()).toEqual([{ start: 0, end: 12288 }])
  expect(again.finishedAs()).toBeNull()
  await again.close()
})

test('no SAS gets into the file', async () => {
  await filled()
  const text = await readFile(await journalFile(), 'utf8')
  expect(text).toContain(url)
  expect(text).not.toContain('sig')
  expect(text).not.toContain('hush')
})

test.each([
  ['a torn last line', (text: string) => text.slice(0, -10), [{ start: 0, end: 4096 }]],
  ['a changed figure in the last line', (text: string) => text.replace('12288', '16384'), [{ start: 0, end: 4096 }]],
  ['a damaged first line', (text: string) => text.replace('begun', 'began'), []],
  ['nothing', () => '', []],
])('%s is cut off, and further lines follow what is whole', async (_what, damage, left) => {
  await filled()
  const file = await journalFile()
  await writeFile(file, damage(await readFile(file, 'utf8')))
  const journal = await open()
  expect(journal.acknowledged()).toEqual(left)
  await journal.sent([{ start: 65536, end: 131072 }])
  await journal.close()
  const again = await open()
  expect(again.acknowledged()).toEqual([...left, { start: 65536, end: 131072 }])
  await again.close()
})

test('another run, another address and a target that was made anew know nothing of it', async () => {
  await filled()
  const elsewhere = await open('run-1', 'https://acc.blob.core.windows.net/vhds/other.vhd?sig=x')
  expect(elsewhere.acknowledged()).toEqual([])
  await elsewhere.close()
  const anew = await open()
  await anew.restart()
  expect(anew.acknowledged()).toEqual([])
  await anew.close()
  await filled()
  const other = await open('run-2')
  expect(other.acknowledged()).toEqual([])
  await other.close()
})

test('a finished upload remembers as what', async () => {
  const journal = await open()
  await journal.finished('"0x8D1"')
  await journal.close()
  const again = await open()
  expect(again.finishedAs()).toBe('"0x8D1"')
  await again.close()
})

test('a finished upload keeps one line for all that it sent, and still knows it', async () => {
  const journal = await open()
  for (let at = 0; at < 200; at++) await journal.sent([{ start: at * 4096, end: (at + 1) * 4096 }])
  await journal.finished('"0x8D1"')
  await journal.close()
  expect((await readFile(await journalFile(), 'utf8')).trim().split('\n')).toHaveLength(3)
  expect(await readdir(path.join(folder, 'uploads'))).toHaveLength(1)
  const again = await open()
  expect(again.acknowledged()).toEqual([{ start: 0, end: 200 * 4096 }])
  expect(again.finishedAs()).toBe('"0x8D1"')
  await again.close()
})

test('journals that nobody wrote to for three months are removed, and nothing else', async () => {
  await filled()
  const old = await journalFile()
  const foreign = path.join(folder, 'uploads', 'notes.txt')
  await writeFile(foreign, 'mine')
  const then = new Date(Date.now() - 91 * 24 * 60 * 60_000)
  await Promise.all([old, foreign].map((file) => utimes(file, then, then)))
  const elsewhere = await open('run-1', 'https://acc.blob.core.windows.net/vhds/other.vhd?sig=x')
  await elsewhere.close()
  const left = await readdir(path.join(folder, 'uploads'))
  expect(left).toContain('notes.txt')
  expect(left).toHaveLength(2)
  expect(left).not.toContain(path.basename(old))
})
