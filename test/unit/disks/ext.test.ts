import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openExt } from '../../../src/main/disks/ext'
import { openFile, sourceOfBytes } from '../../../src/main/disks/source'
import { mebibyte, sparseFile } from '../../support/disks'

let folder: string
let tree: string
const longText = Array.from({ length: 60_000 }, (_, index) => `line ${index}\n`).join('')

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-ext-'))
  tree = path.join(folder, 'tree')
  await mkdir(path.join(tree, 'many'), { recursive: true })
  await Promise.all(
    Array.from({ length: 1500 }, (_, index) => writeFile(path.join(tree, 'many', `file-${index}`), `${index}`)),
  )
  await writeFile(path.join(tree, 'long.txt'), longText)
  await writeFile(path.join(tree, 'empty'), '')
  await symlink('long.txt', path.join(tree, 'link'))
})
afterAll(() => rm(folder, { recursive: true }))

async function make(type: string, options: string[]): Promise<string> {
  const file = await sparseFile(path.join(folder, `${type}-${options.join('')}`), 64 * mebibyte)
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }
  await promisify(execFile)('mke2fs', ['-q', '-F', '-t', type, ...options, '-d', tree, file], { env })
  return file
}

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zeros', Buffer.alloc(4096)],
  [
    'a magic number and nothing else',
    Buffer.concat([Buffer.alloc(1024 + 56), Buffer.from([0x53, 0xef]), Buffer.alloc(3000)]),
  ],
])('%s is no ext file system', async (_what, bytes) => {
  expect(await openExt(sourceOfBytes(bytes))).toBeNull()
})

test.each([
  ['ext2', ['-b', '1024']],
  ['ext2', ['-b', '4096']],
  ['ext3', ['-b', '1024']],
  ['ext4', ['-b', '1024']],
  ['ext4', ['-b', '4096', '-O', '64bit']],
  ['ext4', ['-b', '4096', '-O', '^64bit,^extent']],
  ['ext4', ['-I', '128']],
])('files in %s made with %j are read as they were written', async (type, options) => {
  const source = await openFile(await make(type, options))
  const ext = (await openExt(source))!
  expect(ext.isDirty).toBe(false)
  expect(await ext.text('long.txt', mebibyte)).toBe(longText)
  expect(await ext.text('long.txt', 10)).toBe(longText.slice(0, 10))
  expect(await ext.text('empty', 10)).toBe('')
  expect(await ext.text('many/file-1499', 10)).toBe('1499')
  expect(await ext.text('absent', 10)).toBeNull()
  expect(await ext.text('many', 10)).toBeNull()
  expect(await ext.text('link', 10)).toBeNull()
  expect(await ext.isThere('link')).toBe(true)
  expect(await ext.isThere('long.txt/more')).toBe(false)
  const names = (await ext.list('many')).map(({ name }) => name).sort()
  expect(names).toEqual(Array.from({ length: 1500 }, (_, index) => `file-${index}`).sort())
  expect(await ext.list('')).toContainEqual({ name: 'many', isFolder: true })
  await source.close()
})
