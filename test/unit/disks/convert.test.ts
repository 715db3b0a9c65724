import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, link, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runConvert } from '../../../src/main/commands/convert'
import { AppError } from '../../../src/shared/errors'
import { bundle } from '../../support/bundle'
import { collectingIo } from '../../support/command-io'
import { diskIn, formats, hashByQemu, type FormatName } from '../../support/disk-formats'
import { differencingVhd } from '../../support/vhd-chain'
import { mebibyte, partition, patch, qemuImage, sha256, sparseFile } from '../../support/disks'

let folder: string
let out: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-convert-'))
  out = path.join(folder, 'out.vhd')
})
afterEach(() => rm(folder, { recursive: true }))

const names: FormatName[] = [
  'raw',
  'fixed VHD',
  'dynamic VHD of rounded size',
  'VHDX',
  'qcow2 packed with zstd',
  'stream-optimized VMDK',
]

test.each(names)(
  'a %s becomes a fixed VHD that qemu-img finds equal, with holes',
  async (name) => {
    const file = await diskIn(name)
    const [qemu] = formats[name]
    const io = collectingIo()
    expect({ code: await runConvert([file, out, '--json'], io), said: io.err() }).toEqual({
      code: 0,
      said: expect.any(String),
    })
    const result = JSON.parse(io.out()) as Record<string, unknown>
    const { size, blocks } = await stat(out)
    expect(result).toEqual({ bytes: size, sha256OfData: await hashByQemu(qemu, file), ms: expect.any(Number) })
    expect(size % mebibyte).toBe(512)
    await qemuImage('compare', '-f', qemu, '-F', 'vpc', file, out)
    const info = JSON.parse(await qemuImage('info', '--output=json', '-f', 'vpc', out)) as { 'virtual-size': number }
    expect(info['virtual-size']).toBe(size - 512)
    expect(blocks * 512).toBeLessThan(size)
    expect(await readdir(folder)).toEqual(['out.vhd'])
  },
  60_000,
)

test('a disk whose parts are written at very different speeds is written whole', async () => {
  const file = await sparseFile(path.join(folder, 'uneven.raw'), 256 * mebibyte)
  for (let at = 0; at < 256; at += 12) await patch(file, at * mebibyte, randomBytes(4 * mebibyte))
  await partition(file, 'label: dos\nstart=2048, type=83\n')
  const io = collectingIo()
  expect(await runConvert([file, out, '--json'], io)).toBe(0)
  expect(JSON.parse(io.out())).toMatchObject({ sha256OfData: await sha256(file) })
  await qemuImage('compare', '-f', 'raw', '-F', 'vpc', file, out)
})

test('a file that is there stays as it is, and is replaced when that is asked for', async () => {
  await writeFile(out, 'mine')
  const file = await diskIn('VHDX')
  const refused = collectingIo()
  expect(await runConvert([file, out], refused)).toBe(2)
  expect(refused.err()).toContain('file.exists')
  expect(await readFile(out, 'utf8')).toBe('mine')
  expect(await runConvert([file, out, '--force'], collectingIo())).toBe(0)
  expect((await stat(out)).size).toBe(64 * mebibyte + 512)
})

test('neither the disk itself nor its parent is ever written over, by whatever name', async () => {
  const parent = path.join(folder, 'parent.vhd')
  await cp(await diskIn('dynamic VHD'), parent)
  const child = path.join(folder, 'child.vhd')
  await differencingVhd(child, parent, new Map())
  const other = path.join(folder, 'other.vhd')
  await link(parent, other)
  const before = await Promise.all([child, parent].map(sha256))
  for (const target of [child, parent, other, path.join(folder, '.', 'x', '..', 'parent.vhd')]) {
    const io = collectingIo()
    expect(await runConvert([child, target, '--force'], io)).toBe(2)
    expect(io.err()).toContain('file.own-source')
  }
  expect(await Promise.all([child, parent].map(sha256))).toEqual(before)
})

test('cancelled, it leaves nothing behind', async () => {
  const cancel = new AbortController()
  const io = collectingIo(cancel.signal)
  io.stderr.on('data', () => cancel.abort(new AppError('cancelled')))
  expect(await runConvert([await diskIn('VHDX'), out], io)).toBe(130)
  expect(await readdir(folder)).toEqual([])
})

test('what no disk can be read from is refused with its findings, a disk without a system is not', async () => {
  const text = path.join(folder, 'notes.txt')
  await writeFile(text, 'no disk')
  const io = collectingIo()
  expect(await runConvert([text, out], io)).toBe(2)
  expect(io.err()).toContain('disk.format.unknown')
  const data = await sparseFile(path.join(folder, 'data.qcow2'), 0)
  await qemuImage('create', '-q', '-f', 'qcow2', data, '32M')
  expect(await runConvert([data, out], collectingIo())).toBe(0)
  expect((await stat(out)).size).toBe(32 * mebibyte + 512)
})

test('a folder that is not there and a name that is a folder are refused', async () => {
  const file = await diskIn('VHDX')
  const absent = collectingIo()
  expect(await runConvert([file, path.join(folder, 'absent', 'out.vhd')], absent)).toBe(2)
  expect(absent.err()).toContain('file.unwritable')
  const isFolder = collectingIo()
  expect(await runConvert([file, folder, '--force'], isFolder)).toBe(2)
  expect(isFolder.err()).toContain('file.unwritable')
})

// Windows has no such limit for one process.
test.runIf(process.platform !== 'win32')('on a full disk it says so and leaves nothing behind', async () => {
  const child = await bundle(
    'test/support/convert-child.ts',
    await mkdtemp(path.join(os.tmpdir(), 'bis-convert-child-')),
  )
  const script = `ulimit -f 20000 && exec "${process.execPath}" "${child}" "${await diskIn('VHDX')}" "${out}"`
  const ended = await promisify(execFile)('bash', ['-c', script]).catch((error: unknown) => error)
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('no-space') })
  expect(await readdir(folder)).toEqual([])
})
