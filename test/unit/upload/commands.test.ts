import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runInspect } from '../../../src/main/commands/inspect'
import { runUpload } from '../../../src/main/commands/upload'
import { startBlobService, type BlobService } from '../../support/blob-service'
import { systemDisk } from '../../support/disks'
import { startProxy } from '../../support/proxies'

let folder: string
let service: BlobService
let file: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-commands-'))
  service = await startBlobService()
  file = await systemDisk({ sizeMiB: 64, systemMiB: 1 })
}, 120_000)
afterAll(async () => {
  await service.close()
  await rm(folder, { recursive: true })
})

type Command = typeof runUpload
async function call(
  command: Command,
  argv: string[],
  given: { env?: Record<string, string>; stdin?: string; signal?: AbortSignal } = {},
) {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const { env = {}, stdin = '', signal = new AbortController().signal } = given
  // A state of its own: the default one is this computer's.
  const state = command === runUpload && !argv.includes('--state') ? ['--state', path.join(folder, 'state')] : []
  const code = await command([...argv, ...state], {
    stdout,
    stderr,
    stdin: Readable.from([stdin]),
    env,
    signal,
    language: 'en',
  })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

test.each([
  ['no file', []],
  ['two files', ['a.vhd', 'b.vhd']],
  ['an unknown option', ['a.vhd', '--fast']],
])('inspect with %s is refused with its usage', async (_what, argv) => {
  const { code, err } = await call(runInspect, argv)
  expect(code).toBe(2)
  expect(err).toContain('inspect FILE')
})

test.each([
  ['no target', ['disk.vhd'], 'target'],
  ['an address without SAS', ['disk.vhd', 'https://x.blob.core.windows.net/vhds/disk.vhd'], 'SAS'],
  ['plain http to elsewhere', ['disk.vhd', 'http://x.blob.core.windows.net/vhds/disk.vhd?sig=1'], 'https'],
  ['a variable that is not set', ['disk.vhd', 'env:NOWHERE'], 'SAS'],
  ['another type of blob', ['disk.vhd', 'env:T', '--blob-type', 'append'], '--blob-type'],
  ['a disk that is a block blob', ['disk.vhd', 'env:T', '--disk', '--blob-type', 'block'], '--disk'],
  ['another checksum', ['disk.vhd', 'env:T', '--checksum', 'sha1'], 'crc64'],
  ['no connections', ['disk.vhd', 'env:T', '--connections', '0'], '--connections'],
  ['a limit of words', ['disk.vhd', 'env:T', '--limit', 'fast'], '--limit'],
])('upload with %s is refused with the reason', async (_what, argv, reason) => {
  const { code, err } = await call(runUpload, argv)
  expect(code).toBe(2)
  expect(err).toContain(reason)
})

test('inspect prints one object with the documented keys', async () => {
  const { code, out } = await call(runInspect, [file, '--json'])
  expect(code).toBe(0)
  expect(Object.keys(JSON.parse(out) as object)).toEqual([
    'file',
    'format',
    'verdict',
    'virtualSize',
    'dataBytes',
    'uploadBytes',
    'partitionTable',
    'generation',
    'os',
    'generalized',
    'encrypted',
    'nodeAgent',
    'findings',
    'passed',
    'unknown',
    'ms',
  ])
})

test('what must not be uploaded ends with 2, before anything is sent', async () => {
  const text = path.join(folder, 'text.vhd')
  await writeFile(text, 'no disk')
  expect((await call(runInspect, [text])).code).toBe(2)
  const env = { T: await service.sasUrl('text.vhd') }
  const { code, err } = await call(runUpload, [text, 'env:T'], { env })
  expect(code).toBe(2)
  expect(err).toContain('disk.format.unknown')
  expect(await service.container.getBlobClient('text.vhd').exists()).toBe(false)
  expect((await call(runInspect, [path.join(folder, 'absent.vhd')])).err).toContain('file.not-found')
})

test('upload takes the address from stdin, a variable or the command line, and warns of the last', async () => {
  const address = await service.sasUrl('three.vhd')
  const first = await call(runUpload, [file, '-', '--json'], { stdin: `${address}\n` })
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(Object.keys(JSON.parse(first.out) as object)).toEqual(
    expect.arrayContaining([
      'virtualBytes',
      'nonZeroBytes',
      'sentBytes',
      'skippedBytes',
      'resentBytes',
      'requests',
      'seconds',
    ]),
  )
  const second = await call(runUpload, [file, 'env:T', '--checksum', 'none'], { env: { T: address } })
  expect(second.code).toBe(0)
  expect(second.out).toContain('0 B sent')
  const third = await call(runUpload, [file, address])
  expect(third.code).toBe(0)
  expect(third.err).toContain('can read the access key')
  expect(third.err + third.out).not.toContain('sig=')
})

test('a cancelled upload ends with 130', async () => {
  const env = { T: await service.sasUrl('cancelled.vhd') }
  expect((await call(runUpload, [file, 'env:T'], { env, signal: AbortSignal.abort() })).code).toBe(130)
})

test('a foreign blob ends with 2 and stays', async () => {
  await service.container.getBlockBlobClient('foreign.vhd').upload('text', 4)
  const { code, err } = await call(runUpload, [file, 'env:T'], { env: { T: await service.sasUrl('foreign.vhd') } })
  expect(code).toBe(2)
  expect(err).toContain('upload.target-foreign')
})

test('a name with control characters cannot write to the terminal by an error', async () => {
  const { code, err } = await call(runInspect, [path.join(folder, 'a\u001b]0;title\u0007b.vhd')])
  expect(code).toBe(2)
  expect(err).toContain('b.vhd')
  expect(err).not.toContain('\u001b')
  expect(err).not.toContain('\u0007')
})

test('upload goes through the proxy of the settings, with its password from the environment', async () => {
  const proxy = await startProxy({ places: {}, authorization: 'Basic dGVzdDpodXNo', refuses: 403 })
  const state = await mkdtemp(path.join(folder, 'state-'))
  const network = { proxy: 'manual', url: proxy.url, user: 'test', systemAuthorities: false }
  await writeFile(path.join(state, 'settings.json'), JSON.stringify({ network }))
  const target = 'https://acc.blob.contoso.example/vhds/disk.vhd?sig=1'
  const { code, err } = await call(runUpload, [file, 'env:T', '--state', state], {
    env: { T: target, BIS_PROXY_PASSWORD: 'hush' },
  })
  await proxy.close()
  expect(code).toBe(1)
  expect(err).toContain('proxy.refused')
  expect(err).not.toContain('hush')
  expect(proxy.asked).toEqual(['acc.blob.contoso.example:443'])
})
