import {
  appendFile,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inspect } from '../../../src/main/disks/inspect'
import { openDisk } from '../../../src/main/disks/open'
import { diskIn, hashByQemu, hashOf } from '../../support/disk-formats'
import { mebibyte, patch, qemuImage, qemuIo, sha256, sparseFile } from '../../support/disks'
import { differencingVhd } from '../../support/vhd-chain'
import { vhdxFile } from '../../support/vhdx-file'

let folder: string
const at = (name: string) => path.join(folder, name)
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-chains-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function contentOf(file: string): Promise<Buffer> {
  const disk = await openDisk(file)
  const bytes = Buffer.alloc(disk.virtualSize)
  // In pieces that begin and end within sectors.
  for (let offset = 0; offset < bytes.length; offset += 1_000_003)
    await disk.read(bytes.subarray(offset, offset + 1_000_003), offset)
  await disk.close()
  return bytes
}

function sector(value: number): Buffer {
  return Buffer.alloc(512, value)
}

/** Sectors far apart, alone, in a row, at the end of a block and at the start of the next. */
const changed = new Map([0, 5, 6, 7, 4095, 4096, 20_000, 131_071].map((number) => [number, sector(number % 251)]))

function withSectors(disk: Buffer, sectors: Map<number, Buffer>): Buffer {
  const bytes = Buffer.from(disk)
  for (const [number, content] of sectors) content.copy(bytes, number * 512)
  return bytes
}

async function vhdParent(): Promise<Buffer> {
  await copyFile(await diskIn('dynamic VHD'), at('parent.vhd'))
  await qemuImage('convert', '-f', 'vpc', '-O', 'raw', at('parent.vhd'), at('raw'))
  const raw = await readFile(at('raw'))
  await rm(at('raw'))
  return raw
}

describe('a differencing VHD', () => {
  test('is read with its parents: from each sector the youngest that has it', async () => {
    const raw = await vhdParent()
    const second = new Map([6, 7, 8, 50_000].map((number) => [number, sector(0xee)]))
    await differencingVhd(at('child.vhd'), at('parent.vhd'), changed)
    await differencingVhd(at('grandchild.vhd'), at('child.vhd'), second, { locator: 'none' })
    const expected = withSectors(withSectors(raw, changed), second)
    expect((await contentOf(at('grandchild.vhd'))).equals(expected)).toBe(true)
    const disk = await openDisk(at('grandchild.vhd'))
    expect(disk.files.map(({ file }) => path.basename(file))).toEqual(['grandchild.vhd', 'child.vhd', 'parent.vhd'])
    await disk.close()
    const seen = await inspect(at('grandchild.vhd'))
    expect(seen.findings.filter(({ id }) => id === 'disk.differencing')).toMatchObject([
      { severity: 'warn', params: { parent: 'child.vhd' } },
      { severity: 'warn', params: { parent: 'parent.vhd' } },
    ])
  })

  test.each([
    ['whose parent is not there', { parentName: 'absent.vhd' }, 'absent.vhd'],
    ['whose parent is another disk', { parentId: 'ab'.repeat(16) }, 'parent.vhd'],
    [
      'whose parent lies elsewhere',
      { parentName: '..\\elsewhere\\secret.vhd', locator: 'W2ku' as const },
      'secret.vhd',
    ],
  ])('%s is refused by the name of the parent', async (_what, options, parent) => {
    await vhdParent()
    await mkdir(at('images'))
    await mkdir(at('elsewhere'))
    await copyFile(at('parent.vhd'), at('elsewhere/secret.vhd'))
    await rename(at('parent.vhd'), at('images/parent.vhd'))
    await differencingVhd(at('images/child.vhd'), at('images/parent.vhd'), changed, options)
    const seen = await inspect(at('images/child.vhd'))
    expect(seen).toMatchObject({ format: 'vhd-differencing', verdict: 'unreadable' })
    expect(seen.findings).toMatchObject([{ id: 'disk.differencing', severity: 'block', params: { parent } }])
    expect(seen.findings[0]!.commands).toMatchObject([{ on: 'windows', text: expect.stringContaining('Convert-VHD') }])
  })

  test('does not follow a link to its parent out of the folder', async () => {
    await vhdParent()
    await differencingVhd(at('child.vhd'), at('parent.vhd'), changed)
    await mkdir(at('elsewhere'))
    await rename(at('parent.vhd'), at('elsewhere/parent.vhd'))
    await symlink(at('elsewhere/parent.vhd'), at('parent.vhd'))
    await expect(openDisk(at('child.vhd'))).rejects.toMatchObject({ code: 'disk.blocked' })
  })

  test('that leads back to itself, or on and on, ends', async () => {
    await vhdParent()
    const own = Buffer.from('circle.vhd'.padEnd(16)).toString('hex')
    await differencingVhd(at('circle.vhd'), at('parent.vhd'), changed, { parentName: 'circle.vhd', parentId: own })
    expect((await inspect(at('circle.vhd'))).findings).toMatchObject([{ id: 'disk.differencing', variant: 'depth' }])
    let parent = at('parent.vhd')
    for (let child = 1; child <= 17; child++) {
      await differencingVhd(at(`${child}.vhd`), parent, new Map())
      parent = at(`${child}.vhd`)
    }
    expect((await inspect(at('16.vhd'))).verdict).toBe('warn')
    expect((await inspect(at('17.vhd'))).findings).toMatchObject([{ id: 'disk.differencing', variant: 'depth' }])
  })

  test('is watched with its parent: a change of either is noticed, and reading changes neither', async () => {
    await vhdParent()
    await differencingVhd(at('child.vhd'), at('parent.vhd'), changed)
    const before = await Promise.all(
      ['child.vhd', 'parent.vhd'].map(async (name) => [await sha256(at(name)), (await stat(at(name))).mtimeMs]),
    )
    const disk = await openDisk(at('child.vhd'))
    await disk.assertUnchanged()
    await contentOf(at('child.vhd'))
    expect(
      await Promise.all(
        ['child.vhd', 'parent.vhd'].map(async (name) => [await sha256(at(name)), (await stat(at(name))).mtimeMs]),
      ),
    ).toEqual(before)
    await utimes(at('parent.vhd'), 1, 1)
    await expect(disk.assertUnchanged()).rejects.toMatchObject({ code: 'file.changed', params: { file: 'parent.vhd' } })
    await disk.close()
  })
})

describe('a differencing VHDX', () => {
  const mark = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
  const linkage = '{3C2D1E0F-5A4B-7869-8796-A5B4C3D2E1F0}'
  const sizeBytes = 64 * mebibyte

  test('is read with its parent, bit by bit', async () => {
    const stored = new Map([0, 1, 4000, 90_000].map((number) => [number, sector(0x77)]))
    await vhdxFile(at('parent.vhdx'), { sizeBytes, sectors: stored, writtenAs: mark })
    await vhdxFile(at('child.avhdx'), { sizeBytes, sectors: changed, parent: { name: 'parent.vhdx', linkage } })
    const expected = withSectors(withSectors(Buffer.alloc(sizeBytes), stored), changed)
    expect((await contentOf(at('parent.vhdx'))).equals(withSectors(Buffer.alloc(sizeBytes), stored))).toBe(true)
    expect((await contentOf(at('child.avhdx'))).equals(expected)).toBe(true)
  })

  test('is refused when its parent was written to since, or is no VHDX', async () => {
    await vhdxFile(at('parent.vhdx'), { sizeBytes, writtenAs: 'ff'.repeat(16) })
    await vhdxFile(at('child.vhdx'), { sizeBytes, sectors: changed, parent: { name: 'parent.vhdx', linkage } })
    const refused = {
      verdict: 'unreadable',
      findings: [{ id: 'disk.differencing', severity: 'block', params: { parent: 'parent.vhdx' } }],
    }
    expect(await inspect(at('child.vhdx'))).toMatchObject(refused)
    await writeFile(at('parent.vhdx'), 'text')
    expect(await inspect(at('child.vhdx'))).toMatchObject(refused)
  })
})

describe('a qcow2 on top of another file', () => {
  async function overlay(base: string, format: string): Promise<string> {
    await qemuImage('create', '-q', '-f', 'qcow2', '-b', base, '-F', format, at('overlay.qcow2'), '70M')
    await qemuIo(at('overlay.qcow2'), 'write -P 1 0 4k', 'write -P 2 30M 300k', 'write -z 10M 1M', 'write -P 3 69M 64k')
    return at('overlay.qcow2')
  }

  test.each([
    ['qcow2', 'qcow2'],
    ['raw', 'raw'],
  ] as const)('of the kind %s is read as qemu-img reads it, also where the overlay is longer', async (kind, format) => {
    await cp(await diskIn(kind), at('base'))
    const file = await overlay('base', format)
    expect(await hashOf(file)).toBe(await hashByQemu('qcow2', file))
    expect((await inspect(file)).findings).toContainEqual(
      expect.objectContaining({ id: 'disk.differencing', severity: 'warn' }),
    )
  })

  test('that is raw is never read as what its guest made it look like', async () => {
    await cp(await diskIn('qcow2'), at('looks-like'))
    const file = await overlay('looks-like', 'raw')
    expect(await hashOf(file)).toBe(await hashByQemu('qcow2', file))
  })

  test.each([
    '../../../../../../../../etc/hostname',
    'nbd://127.0.0.1/disk',
    'json:{"driver":"host_device"}',
    '/dev/zero',
  ])('named %s is not opened', async (name) => {
    await cp(await diskIn('qcow2'), at('base'))
    const file = await overlay('base', 'qcow2')
    const bytes = await readFile(file)
    const place = Number(bytes.readBigUInt64BE(8))
    await patch(file, place, Buffer.from(name.padEnd(200, '\0')))
    await patch(file, 16, Buffer.from([0, 0, 0, name.length]))
    expect((await inspect(file)).findings).toContainEqual(
      expect.objectContaining({ id: 'disk.differencing', severity: 'block' }),
    )
  })
})

describe('a VMDK of several files', () => {
  const descriptor = (extent: string, more = '') =>
    `# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\n${more}\n${extent}\n`

  test.each([
    '../secret.img',
    '/etc/hostname',
    '..\\secret.img',
    'sub/secret.img',
    'link.img',
    'C:secret.img',
    'absent.img',
  ])('whose part is named %s is refused without opening it', async (name) => {
    await sparseFile(at('secret.img'), 64 * mebibyte)
    await mkdir(at('images'))
    await mkdir(at('images/sub'))
    await copyFile(at('secret.img'), at('images/sub/secret.img'))
    await symlink(at('secret.img'), at('images/link.img'))
    await writeFile(at('images/disk.vmdk'), descriptor(`RW 131072 FLAT "${name}" 0`))
    expect((await inspect(at('images/disk.vmdk'))).findings).toMatchObject([{ id: 'disk.truncated', variant: 'part' }])
  })

  test('joins flat, empty and offset parts', async () => {
    await writeFile(at('one.img'), Buffer.alloc(mebibyte, 1))
    await writeFile(at('two.img'), Buffer.concat([Buffer.alloc(512, 9), Buffer.alloc(mebibyte, 2)]))
    await writeFile(at('disk.vmdk'), descriptor('RW 2048 FLAT "one.img" 0\nRW 2048 ZERO\nRW 2048 FLAT "two.img" 1'))
    const expected = Buffer.concat([Buffer.alloc(mebibyte, 1), Buffer.alloc(mebibyte), Buffer.alloc(mebibyte, 2)])
    expect((await contentOf(at('disk.vmdk'))).equals(expected)).toBe(true)
  })

  test('is refused when it is a snapshot, by the name of its base', async () => {
    await cp(await diskIn('VMDK'), at('base.vmdk'))
    await qemuImage('create', '-q', '-f', 'vmdk', '-b', 'base.vmdk', '-F', 'vmdk', at('snapshot.vmdk'))
    const { findings } = await inspect(at('snapshot.vmdk'))
    expect(findings).toMatchObject([{ id: 'disk.differencing', severity: 'block', params: { parent: 'base.vmdk' } }])
  })

  test('is watched in all its parts', async () => {
    await writeFile(at('one.img'), Buffer.alloc(mebibyte, 1))
    await writeFile(at('disk.vmdk'), descriptor('RW 2048 FLAT "one.img" 0'))
    const disk = await openDisk(at('disk.vmdk'))
    await appendFile(at('one.img'), 'more')
    await expect(disk.assertUnchanged()).rejects.toMatchObject({ code: 'file.changed' })
    await disk.close()
  })
})
