import fc from 'fast-check'
import { link, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openNtfs } from '../../../../src/main/disks/guest/ntfs-nodes'
import type { VolumeNode } from '../../../../src/main/disks/guest/walk'
import { bytesAt, openFile, sourceOfBytes, type ByteSource } from '../../../../src/main/disks/source'
import { mebibyte } from '../../../support/disks'
import { ntfsOf } from '../../../support/ntfs'

let folder: string
let tree: string
let volumeFile: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-ntfs-nodes-'))
  tree = path.join(folder, 'tree')
  await mkdir(path.join(tree, 'many/deep/er'), { recursive: true })
  await Promise.all(
    Array.from({ length: 700 }, (_one, index) =>
      writeFile(path.join(tree, 'many', `a file of number ${index}.txt`), `${index}`),
    ),
  )
  await writeFile(path.join(tree, 'many/deep/er/Größe.bin'), Buffer.alloc(3 * mebibyte, 'bytes that repeat '))
  await writeFile(path.join(tree, 'empty'), '')
  await writeFile(path.join(tree, 'small'), 'lies in its own record')
  await writeFile(path.join(tree, 'linked'), Buffer.alloc(20_000, 'linked '))
  // So many names do not fit into one record of 1 KiB: the file gets an attribute list.
  const names = Array.from({ length: 30 }, (_one, index) => `another long name of the same file, number ${index}`)
  for (const name of names) await link(path.join(tree, 'linked'), path.join(tree, name))
  volumeFile = await ntfsOf(tree, path.join(folder, 'volume'), 16)
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

test('every file has the content that was put in, however it is stored', async () => {
  const source = await openFile(volumeFile)
  const volume = (await openNtfs(source))!
  const found = await everything(volume.root, '')
  await source.close()
  expect(volume).toMatchObject({ isDirty: false, damage: { isFound: false }, foldCase: true })
  const expected = new Map<string, string>()
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const bytes = entry.isFile() ? await readFile(file) : null
    expected.set(path.relative(tree, file), bytes ? digest(bytes) : 'folder')
  }
  expect(expected.size).toBe(700 + 3 + 3 + 31)
  expect([...found].filter(([name]) => !name.startsWith('$')).sort()).toEqual([...expected].sort())
})

test('the head of a long file is read without the rest of it', async () => {
  const { source, read } = counted(sourceOfBytes(await readFile(volumeFile)))
  const volume = (await openNtfs(source))!
  const node = await child(await child(await child(volume.root, 'many'), 'deep'), 'er')
  const file = (await (await node.entries())[0]!.open())!
  const before = read()
  expect((await bytesAt(file.content(), 0, 18)).toString()).toBe('bytes that repeat ')
  expect(read() - before).toBe(18)
  expect(before).toBeLessThan(mebibyte)
})

test('a volume that was not unmounted is dirty', async () => {
  const bytes = await readFile(volumeFile)
  // $VOLUME_INFORMATION: version 3.1 and flags, behind eight bytes of zero.
  const version = bytes.indexOf(Buffer.from('00000000000000000301', 'hex'), bytes.indexOf('$\0V\0o\0l\0u\0m\0e\0'))
  bytes[version + 10]! |= 1
  expect(await openNtfs(sourceOfBytes(bytes))).toMatchObject({ isDirty: true })
})

test('what is no NTFS volume is none', async () => {
  expect(await openNtfs(sourceOfBytes(Buffer.alloc(4096)))).toBeNull()
  expect(await openNtfs(sourceOfBytes(Buffer.alloc(10)))).toBeNull()
})

test('whatever is changed in a volume: an answer, soon, from a bounded part of it', async () => {
  const whole = await readFile(volumeFile)
  const table = whole.indexOf('FILE0')
  const change = fc.record({
    at: fc.oneof(
      fc.nat(512),
      fc.nat(64 * 1024).map((at) => table + at),
      fc.nat(whole.length - 1),
    ),
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 30 }), async (changes) => {
      const kept = changes.map(({ at }) => [at, whole[at]!] as const)
      for (const { at, value } of changes) whole[at] = value
      const { source, read } = counted(sourceOfBytes(whole))
      await look(source)
      for (const [at, value] of kept.reverse()) whole[at] = value
      expect(read()).toBeLessThan(24 * mebibyte)
    }),
    { numRuns: 200 },
  )
})

/** What the checks do: into a folder, and the heads of some files. */
async function look(source: ByteSource): Promise<void> {
  const volume = await openNtfs(source)
  const entries = (await volume?.root.entries()) ?? []
  for (const { open } of entries.slice(0, 30)) {
    const node = await open()
    expect((await node?.entries())?.length ?? 0).toBeLessThan(100_000)
    expect((await bytesAt(node?.content() ?? sourceOfBytes(Buffer.alloc(0)), 0, 4096)).length).toBeLessThanOrEqual(4096)
  }
}

async function everything(node: VolumeNode, at: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const { name, open } of await node.entries()) {
    // The root folder lists itself.
    if (name === '.') continue
    const inside = (await open())!
    found.set(at + name, inside.kind === 'folder' ? 'folder' : digest(await bytesAt(inside.content(), 0, 2 ** 25)))
    for (const [below, content] of await everything(inside, `${at}${name}/`)) found.set(below, content)
  }
  return found
}

async function child(node: VolumeNode, name: string): Promise<VolumeNode> {
  const entry = (await node.entries()).find((one) => one.name === name)
  return (await entry!.open())!
}

function digest(bytes: Buffer): string {
  return bytes.length < 100 ? bytes.toString('latin1') : `${bytes.length} ${bytes.toString('base64')}`
}

function counted(whole: ByteSource) {
  let readBytes = 0
  const source: ByteSource = {
    size: whole.size,
    async read(buffer, offset) {
      readBytes += buffer.length
      await whole.read(buffer, offset)
    },
  }
  return { source, read: () => readBytes }
}
