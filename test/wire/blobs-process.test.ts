import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startAzurite } from '../../src/main/practice/azurite'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, azuriteProgram, clients, newFolder, serviceToken } from './practice'

type Ready = Pick<RunningPractice, 'profile' | 'owner'>
const programs = newFolder()
const program = join(programs, 'practice.cjs')
const started: ChildProcess[] = []

/** The practice cloud as its own program, as the app runs it. */
async function launch(folder: string): Promise<{ child: ChildProcess; cloud: RunningPractice }> {
  const child = fork(program, ['--state', folder, '--speed', 'jump'], { execArgv: [], stdio: 'ignore' })
  started.push(child)
  const [ready] = (await once(child, 'message')) as [Ready]
  return { child, cloud: ready as RunningPractice }
}

function azuriteOf(folder: string): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args=']).toString().split('\n')
  return lines.filter((line) => line.includes(join(folder, 'blobs'))).map((line) => Number.parseInt(line, 10))
}

async function blobUrl(cloud: RunningPractice): Promise<string> {
  const found = await clients(cloud).storage.storageAccounts.getProperties('practice-shared', 'practicestorage')
  return `${found.primaryEndpoints!.blob!}vhds/disk.vhd`
}

async function put(
  cloud: RunningPractice,
  url: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<number> {
  const token = await serviceToken(cloud, cloud.profile.storageScope)
  const length = { 'content-length': String(body.length), 'x-ms-version': '2026-02-06' }
  return (await ask(cloud.profile, 'PUT', url, { token, body, headers: { ...length, ...headers } })).status
}

const page = randomBytes(4096)

async function writePage(cloud: RunningPractice): Promise<string> {
  const url = await blobUrl(cloud)
  await clients(cloud).storage.blobContainers.create('practice-shared', 'practicestorage', 'vhds', {})
  const create = { 'x-ms-blob-type': 'PageBlob', 'x-ms-blob-content-length': '1048576' }
  expect(await put(cloud, url, create, Buffer.alloc(0))).toBe(201)
  const range = { 'x-ms-page-write': 'update', 'x-ms-range': 'bytes=0-4095' }
  expect(await put(cloud, `${url}?comp=page`, range, page)).toBe(201)
  return url
}

beforeAll(async () => {
  copyFileSync(azuriteProgram(), join(programs, 'azurite.cjs'))
  await build({
    entryPoints: ['src/main/practice/index.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': 'ownUrl' },
    // ssh2 does without its native parts, as in the app.
    external: ['*.node', 'cpu-features', 'node-liblzma', '@mongodb-js/zstd'],
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href" },
  })
})
afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
})

describe('the program practice', () => {
  it('that is killed leaves no Azurite behind, and every acknowledged page is there when it starts again', async () => {
    const folder = newFolder()
    const first = await launch(folder)
    const url = await writePage(first.cloud)
    expect(azuriteOf(folder)).toHaveLength(1)
    const left = azuriteOf(folder)
    first.child.kill('SIGKILL')
    const second = await launch(folder)
    expect(azuriteOf(folder)).not.toContain(left[0])
    const token = await serviceToken(second.cloud, second.cloud.profile.storageScope)
    const read = await ask(second.cloud.profile, 'GET', `${url}?comp=pagelist`, {
      token,
      headers: { 'x-ms-version': '2026-02-06' },
    })
    expect(read.text).toContain('<Start>0</Start><End>4095</End>')
    second.child.kill('SIGKILL')
    await vi.waitFor(() => expect(azuriteOf(folder)).toEqual([]), { timeout: 10_000, interval: 50 })
  })

  it('whose parent goes away stops by itself', async () => {
    const folder = newFolder()
    const { child } = await launch(folder)
    const ended = once(child, 'exit')
    child.disconnect()
    expect(await ended).toEqual([0, null])
    expect(azuriteOf(folder)).toEqual([])
  })
})

describe('Azurite', () => {
  it('that crashes is started again, and the log says so', async () => {
    const lines: string[] = []
    const folder = newFolder()
    const azurite = await startAzurite({
      program: azuriteProgram(),
      folder: join(folder, 'blobs'),
      accounts: { someone: [randomBytes(64).toString('base64')] },
      log: (line) => lines.push(line),
    })
    const before = azuriteOf(folder)
    process.kill(before[0]!, 'SIGKILL')
    await vi.waitFor(() => expect(lines.join()).toContain('azurite ended unexpectedly'), { timeout: 10_000 })
    const { port } = await azurite.address()
    expect((await fetch(`http://127.0.0.1:${port}/someone?comp=list`)).status).toBe(403)
    await azurite.close()
    expect(azuriteOf(folder)).toEqual([])
  })
})
