import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openExt } from '../../../../src/main/disks/guest/ext'
import { walked } from '../../../../src/main/disks/guest/walk'
import { bytesAt, openFile, sourceOfBytes } from '../../../../src/main/disks/source'
import { mebibyte, sparseFile } from '../../../support/disks'

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
  await symlink('/many/../link', path.join(tree, 'absolute'))
  await symlink('many', path.join(tree, 'folder-link'))
  await symlink('loop', path.join(tree, 'loop'))
  await symlink('/dev/null', path.join(tree, 'masked'))
  await symlink('x'.repeat(200), path.join(tree, 'long-link'))
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
  const volume = (await openExt(source))!
  expect(volume.isDirty).toBe(false)
  const guest = walked(volume)
  const limitBytes = mebibyte
  const files = (await guest.files({
    read: ['long.txt', 'empty', 'many/file-1499', 'absolute', 'folder-link/file-7', 'absent', 'many', 'loop'].map(
      (path) => ({
        path,
        limitBytes,
      }),
    ),
    list: ['*', 'many/*', 'folder-link/file-1*', 'long.txt/more', 'loop/more'],
  }))!
  expect(files.text('long.txt')).toBe(longText)
  expect(files.text('empty')).toBe('')
  expect(files.text('many/file-1499')).toBe('1499')
  expect(files.text('absolute')).toBe(longText)
  expect(files.text('folder-link/file-7')).toBe('7')
  expect(files.text('absent')).toBeNull()
  expect(files.text('many')).toBeNull()
  expect(files.text('loop')).toBeNull()
  expect(files.isThere('loop')).toBe(true)
  expect(files.isThere('long.txt/more')).toBe(false)
  expect(files.linkTo('masked')).toBe('/dev/null')
  expect(files.linkTo('long-link')).toBe('x'.repeat(200))
  expect(files.linkTo('long.txt')).toBeNull()
  const names = files.list('many').map(({ name }) => name)
  expect(names.sort()).toEqual(Array.from({ length: 1500 }, (_, index) => `file-${index}`).sort())
  expect(files.paths('folder-link/file-149*')).toHaveLength(11)
  expect(files.list('')).toContainEqual({ name: 'many', isFolder: true, sizeBytes: expect.any(Number) as number })
  expect(files.list('')).toContainEqual({ name: 'absolute', isFolder: false, sizeBytes: longText.length })
  const content = (await guest.content('link'))!
  expect((await bytesAt(content, 300_000, 100)).toString()).toBe(longText.slice(300_000, 300_100))
  await source.close()
})

test('a file longer than its limit is there, but not read', async () => {
  const source = await openFile(await make('ext4', ['-b', '2048']))
  const files = await walked((await openExt(source))!).files({
    read: [{ path: 'long.txt', limitBytes: longText.length - 1 }],
    list: [],
  })
  expect(files!.isThere('long.txt')).toBe(true)
  expect(files!.text('long.txt')).toBeNull()
  await source.close()
})
