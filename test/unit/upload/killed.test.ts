import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBlobService, startNetwork, type BlobService, type Cuttable } from '../../support/blob-service'
import { mebibyte, sha256, systemDisk } from '../../support/disks'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const connections = 2
let folder: string
let program: string
let service: BlobService
let network: Cuttable
let file: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-killed-'))
  service = await startBlobService()
  network = await startNetwork(service.port)
  file = await systemDisk({ sizeMiB: 200, systemMiB: 24 })
  program = path.join(folder, 'upload.cjs')
  await build({
    stdin: {
      contents: `
        import { runUpload } from './src/main/commands/upload'
        const { stdout, stderr, stdin, env, argv } = process
        const signal = new AbortController().signal
        void runUpload(argv.slice(2), { stdout, stderr, stdin, env, signal, language: 'en' }).then((code) => { process.exitCode = code })
      `,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: program,
    logLevel: 'error',
  })
}, 180_000)
afterAll(async () => {
  await network.close()
  await service.close()
  await rm(folder, { recursive: true })
})

async function start(blob: string): Promise<ChildProcess> {
  const env = { ...process.env, TARGET: await service.sasUrl(blob, { port: network.port }) }
  const given = [file, 'env:TARGET', '--connections', String(connections), '--json']
  return spawn(process.execPath, [program, ...given], { env, stdio: ['ignore', 'pipe', 'inherit'] })
}

async function finish(child: ChildProcess): Promise<Record<string, number>> {
  let text = ''
  child.stdout!.on('data', (part: Buffer) => (text += part.toString()))
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(0)
  return JSON.parse(text) as Record<string, number>
}

test('killed twice from outside and begun again, it sends at most one request per connection and kill twice', async () => {
  const blob = 'killed.vhd'
  const before = network.sentBytes()
  // Ten MiB a session with at most two requests of 4 MiB under way: something is stored by each.
  for (const afterMiB of [10, 20]) {
    const child = await start(blob)
    network.onceSent(before + afterMiB * mebibyte, () => child.kill('SIGKILL'))
    const [, signal] = (await once(child, 'exit')) as [number, string]
    expect(signal).toBe('SIGKILL')
  }
  const footer = await service.container.getBlobClient(blob).downloadToBuffer(200 * mebibyte, 512)
  expect(footer.every((byte) => byte === 0)).toBe(true)

  const result = await finish(await start(blob))
  const dataBytes = result['presentBytes']! + result['sentBytes']!
  expect(result['presentBytes']).toBeGreaterThan(0)
  expect(result['resentBytes']).toBe(0)
  // Heads of requests count too: under 2 KiB each.
  const allowed = dataBytes + 2 * connections * 4 * mebibyte + 1000 * 2048
  expect(network.sentBytes() - before).toBeLessThanOrEqual(allowed)

  const stored = await service.container.getBlobClient(blob).downloadToBuffer()
  expect(createHash('sha256').update(stored).digest('hex')).toBe(await sha256(file))

  const again = await finish(await start(blob))
  expect(again['sentBytes']).toBe(0)
}, 180_000)
