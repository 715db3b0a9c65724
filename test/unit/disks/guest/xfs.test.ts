import fc from 'fast-check'
import { mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { VolumeNode } from '../../../../src/main/disks/guest/walk'
import { openXfs } from '../../../../src/main/disks/guest/xfs'
import { bytesAt, sourceOfBytes, type ByteSource } from '../../../../src/main/disks/source'
import { isLogCleanBy, makeXfs, xfsDebug } from '../../../support/xfs'

let folder: string
let tree: string
let expected: Map<string, string>

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-xfs-'))
  tree = path.join(folder, 'tree')
  await mkdir(path.join(tree, 'etc/empty'), { recursive: true })
  await mkdir(path.join(tree, 'few'))
  await mkdir(path.join(tree, 'block'))
  await mkdir(path.join(tree, 'leaf'))
  await mkdir(path.join(tree, 'node'))
  await writeFile(path.join(tree, 'etc/nothing'), '')
  await writeFile(path.join(tree, 'etc/fstab'), 'UUID=1 / xfs defaults 0 0\n')
  await writeFile(path.join(tree, 'etc/large'), Buffer.alloc(3_000_001, 'bytes that repeat '))
  await symlink('../usr/lib/os-release', path.join(tree, 'etc/os-release'))
  await symlink(`/${'long/'.repeat(180)}end`, path.join(tree, 'etc/far'))
  await symlink('fstab', path.join(tree, 'etc/Grüße'))
  const counts = { few: 5, block: 60, leaf: 300, node: 2600 }
  for (const [name, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index++) {
      await writeFile(
        path.join(tree, name, `a-name-of-some-length-${index}`),
        index % 7 === 0 ? `${name} ${index}` : '',
      )
    }
  }
  expected = await contentsOf(tree)
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

const layouts: [what: string, sizeMiB: number, options: string[]][] = [
  ['version 5 as made today', 64, []],
  ['version 5 with inodes of 1 KiB and blocks of 2 KiB', 64, ['-b', 'size=2048', '-i', 'size=1024']],
  ['version 5 with folder blocks of 16 KiB', 64, ['-n', 'size=16384']],
  ['version 5 with reverse maps and large counters', 64, ['-m', 'rmapbt=1', '-i', 'nrext64=1']],
  ['version 4', 64, ['-m', 'crc=0', '-n', 'ftype=1']],
  [
    'version 4 of long ago: inodes of 256 bytes, folders without kinds',
    64,
    ['-m', 'crc=0', '-i', 'size=256', '-n', 'ftype=0'],
  ],
  ['version 5 with three groups', 80, ['-d', 'agcount=3']],
]

test.each(layouts)('every file and link is read as it was put in: %s', async (_what, sizeMiB, options) => {
  const file = await makeXfs(tree, path.join(folder, 'volume'), sizeMiB, options)
  const volume = (await openXfs(sourceOfBytes(withLinkHead(await readFile(file)))))!
  const found = await everything(volume.root, '')
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
  expect([...found].filter(([name, content]) => expected.get(name) !== content)).toEqual([])
  expect(volume).toMatchObject({ isDirty: false, damage: { isFound: false }, foldCase: false })
})

test('every form of folder and of map was among them', async () => {
  const file = await makeXfs(tree, path.join(folder, 'forms'), 64, ['-b', 'size=1024'])
  const forms = await Promise.all(
    ['few', 'block', 'leaf', 'node'].map(async (name) => {
      const printed = await xfsDebug(file, `path /${name}`, 'print core.format core.nextents')
      return /core\.format = \d \((\w+)\)/.exec(printed)?.[1]
    }),
  )
  expect(forms).toEqual(['local', 'extents', 'extents', 'btree'])
})

test('a log whose last record is no unmount makes the volume dirty, as xfs_logprint says', async () => {
  const file = await makeXfs(path.join(tree, 'few'), path.join(folder, 'dirty'), 64)
  const bytes = await readFile(file)
  expect([(await openXfs(sourceOfBytes(bytes)))!.isDirty, await isLogCleanBy(file)]).toEqual([false, true])
  const log = /logstart = (\d+)[\s\S]*agblocks = (\d+)[\s\S]*agblklog = (\d+)/.exec(
    await xfsDebug(file, 'sb 0', 'print logstart agblocks agblklog'),
  )!
  const [start, groupBlocks, groupBits] = log.slice(1).map(Number) as [number, number, number]
  const at = (Math.floor(start / 2 ** groupBits) * groupBlocks + (start % 2 ** groupBits)) * 4096
  // The operation behind the record's head: bit 5 of its flags says that it is an unmount.
  bytes[at + 512 + 9]! &= ~0x20
  await writeFile(file, bytes)
  expect([(await openXfs(sourceOfBytes(bytes)))!.isDirty, await isLogCleanBy(file)]).toEqual([true, false])
})

test('what is no XFS, or uses what is not known, is none', async () => {
  const file = await makeXfs(path.join(tree, 'few'), path.join(folder, 'unknown'), 64)
  const bytes = await readFile(file)
  expect(await openXfs(sourceOfBytes(bytes))).not.toBeNull()
  bytes.writeUInt32BE(0x80000000, 216)
  expect(await openXfs(sourceOfBytes(bytes))).toBeNull()
  expect(await openXfs(sourceOfBytes(Buffer.alloc(65_536)))).toBeNull()
  expect(await openXfs(sourceOfBytes(Buffer.from('XFSB')))).toBeNull()
})

test('whatever is changed in a volume: an answer, soon, from a bounded part of it', async () => {
  const whole = withLinkHead(await readFile(await makeXfs(tree, path.join(folder, 'mutated'), 64, ['-b', 'size=1024'])))
  const inodes = whole.indexOf('IN')
  const blocks = [whole.indexOf('XDB3'), whole.indexOf('XDD3'), whole.indexOf('BMA3'), whole.indexOf('XSLM')]
  expect(Math.min(inodes, ...blocks)).toBeGreaterThan(0)
  const near = (start: number, length: number) => fc.nat(length).map((at) => start + at)
  const change = fc.record({
    at: fc.oneof(near(0, 272), near(inodes, 32_768), ...blocks.map((start) => near(start, 1024))),
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 30 }), async (changes) => {
      const kept = changes.map(({ at }) => [at, whole[at]!] as const)
      for (const { at, value } of changes) whole[at] = value
      const { source, read } = counted(sourceOfBytes(whole))
      const volume = await openXfs(source)
      if (volume) await look(volume.root, 2)
      for (const [at, value] of kept.reverse()) whole[at] = value
      expect(read()).toBeLessThan(64 * 1024 * 1024)
    }),
    { numRuns: 300 },
  )
})

async function look(node: VolumeNode, depth: number): Promise<void> {
  expect((await bytesAt(node.content(), 0, 4096)).length).toBeLessThanOrEqual(4096)
  const entries = await node.entries()
  for (const { open } of depth > 0 ? entries.slice(0, 12) : []) {
    const inside = await open()
    if (inside) await look(inside, depth - 1)
  }
}

async function everything(node: VolumeNode, at: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const { name, open } of await node.entries()) {
    if (name === '.' || name === '..') continue
    const inside = (await open())!
    const bytes = inside.kind === 'folder' ? Buffer.alloc(0) : await bytesAt(inside.content(), 0, 2 ** 25)
    found.set(at + name, `${inside.kind} ${bytes.toString('utf8')}`)
    for (const [below, content] of await everything(inside, `${at}${name}/`)) found.set(below, content)
  }
  return found
}

async function contentsOf(top: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const entry of await readdir(top, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const content = entry.isDirectory()
      ? 'folder '
      : entry.isSymbolicLink()
        ? `link ${await readlink(file)}`
        : `file ${await readFile(file, 'utf8')}`
    found.set(path.relative(top, file), content)
  }
  return found
}

/** mkfs.xfs leaves out the head that a long link has in version 5 ("XFS Algorithms & Data Structures", remote symbolic links). */
function withLinkHead(bytes: Buffer): Buffer {
  const at = bytes.indexOf('/long/long/long/')
  if ((bytes.readUInt16BE(100) & 15) === 4) return bytes
  const target = Buffer.from(bytes.subarray(at, bytes.indexOf(0, at)))
  const head = Buffer.alloc(56)
  head.write('XSLM')
  head.writeUInt32BE(target.length, 8)
  Buffer.concat([head, target]).copy(bytes, at)
  return bytes
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
