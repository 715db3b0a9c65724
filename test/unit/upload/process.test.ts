import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createNetwork, environmentNetwork, type Network } from '../../../src/main/net/network'
import type { UploadProgress } from '../../../src/main/upload/meter'
import { createPace, unlimited, type Pace } from '../../../src/main/upload/pace'
import { startUpload, type UploadCallbacks, type UploadProcess } from '../../../src/main/upload/process'
import type { UploadSpec } from '../../../src/main/upload/spec'
import { createUploads } from '../../../src/main/upload/uploads'
import { defaultNetwork } from '../../../src/shared/settings'
import { start } from '../../support/command'
import { fixedVhd, mebibyte, patch, sha256, sparseFile } from '../../support/disks'
import { childrenOf, isAlive } from '../../support/process-tree'
import { startSink, type Sink } from '../../support/sink'
import { nobody, specFor } from '../../support/uploads'

let folder: string
let sink: Sink
let file: string
let count = 0
let name: string
const network = environmentNetwork({})

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-process-'))
  sink = await startSink({ store: true })
  const raw = await sparseFile(path.join(folder, 'disk.raw'), 64 * mebibyte)
  await patch(raw, 0, randomBytes(24 * mebibyte))
  file = await fixedVhd(raw, path.join(folder, 'disk.vhd'))
}, 60_000)
afterAll(async () => {
  await sink.close()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  name = `disk-${++count}.vhd`
  await sink.setFaults({})
  await sink.reset()
})

function spec(over: Partial<UploadSpec> = {}): Promise<UploadSpec> {
  return specFor(file, { kind: 'page', url: sink.url(name) }, path.join(folder, `journals-${count}`), over)
}

const callbacks: UploadCallbacks = {
  ...nobody,
  network,
  pace: unlimited,
  signal: new AbortController().signal,
  onProgress: () => undefined,
}

async function begin(over: Partial<UploadCallbacks> = {}, of: Partial<UploadSpec> = {}): Promise<UploadProcess> {
  return startUpload(await spec(of), { ...callbacks, ...over })
}

async function stored(blob = name): Promise<string> {
  return sha256((await sink.blob(blob))!.file!)
}

test('progress comes from the other process, no faster than ten times a second', async () => {
  const seen: { atMs: number; progress: UploadProgress }[] = []
  await sink.setFaults({ mbits: 200 })
  const upload = await begin({ onProgress: (progress) => seen.push({ atMs: performance.now(), progress }) })
  const result = await upload.result
  expect(result).toMatchObject({ virtualBytes: 64 * mebibyte, sentBytes: 24 * mebibyte + 512 })
  expect(seen.at(-1)?.progress).toMatchObject({ share: 1, stage: 'sending' })
  expect(seen.length / (result.seconds + 1)).toBeLessThan(15)
  expect(await stored()).toBe(await sha256(file))
})

test('what fails there arrives as the error it was', async () => {
  await sink.setFaults({ refusals: [{ status: 404, code: 'ContainerNotFound' }] })
  const upload = await begin()
  await expect(upload.result).rejects.toMatchObject({
    code: 'upload.target-missing',
    details: { status: 404, serviceCode: 'ContainerNotFound' },
  })
})

test('paused before the first page, it sends none until it is resumed', async () => {
  const seen: UploadProgress[] = []
  const upload = await begin({ onProgress: (progress) => seen.push(progress) })
  upload.pause()
  await vi.waitFor(() => expect(seen.at(-1)).toMatchObject({ waiting: 'paused', bytesPerSecond: 0 }), 20_000)
  expect((await sink.stats()).byKind['put-page']).toBeUndefined()
  upload.resume()
  await upload.result
  expect(seen.at(-1)?.waiting).toBeNull()
  expect(await stored()).toBe(await sha256(file))
})

test('two uploads keep to one limit together, and go on at once when it is lifted', async () => {
  let limit: number | null = 8 * mebibyte
  let granted = 0
  const limited = createPace(() => limit)
  const pace: Pace = {
    limit: limited.limit,
    async take(bytes, signal) {
      await limited.take(bytes, signal)
      granted += bytes
      if (granted > 12 * mebibyte) limit = null
    },
  }
  const started = performance.now()
  const target = { kind: 'page' as const, url: sink.url(`beside-${name}`) }
  const [first, second] = [await begin({ pace }), await begin({ pace }, { target })]
  await Promise.all([first.result, second.result])
  // A quarter of a second may go at once.
  expect(performance.now() - started).toBeGreaterThan(1000)
  expect(await stored()).toBe(await sha256(file))
  expect(await stored(`beside-${name}`)).toBe(await sha256(file))
})

test('a SAS that has ended is asked for across the processes', async () => {
  const target = { kind: 'page' as const, url: sink.url(name, { endsInMs: -60_000 }) }
  const asked: string[] = []
  const renewUrl = (url: string) => {
    asked.push(url)
    return Promise.resolve(sink.url(name))
  }
  const upload = await begin({ renewUrl }, { target })
  await upload.result
  expect(asked).toEqual([target.url])
  expect(await stored()).toBe(await sha256(file))
})

test('its certificates are those of the settings', async () => {
  const secure = await startSink({ tls: true, store: true })
  const authorities = [await readFile(secure.caFile!, 'utf8')]
  const settings = { ...defaultNetwork, systemAuthorities: false }
  const knowing = (known: string[]): Network =>
    createNetwork({
      settings: () => ({ ...settings, authorities: known }),
      password: () => Promise.resolve(null),
      environment: {},
    })
  const target = { kind: 'page' as const, url: secure.url(name) }
  const stranger = await begin({ network: knowing([]) }, { target })
  await expect(stranger.result).rejects.toMatchObject({ code: 'tls.untrusted' })
  const friend = await begin({ network: knowing(authorities) }, { target })
  await friend.result
  expect(await sha256((await secure.blob(name))!.file!)).toBe(await sha256(file))
  await secure.close()
})

test('a process that is killed is told as such, and the next one goes on', async () => {
  await sink.setFaults({ holdAfterBytes: 8 * mebibyte })
  const before = await childrenOf(process.pid)
  const upload = await begin()
  const ended = expect(upload.result).rejects.toMatchObject({ code: 'upload.process-ended' })
  await sink.acknowledged(8 * mebibyte)
  const [child] = (await childrenOf(process.pid)).filter((pid) => !before.includes(pid))
  process.kill(child!, 'SIGKILL')
  await ended
  await sink.setFaults({})
  await sink.reset()
  const result = await (await begin()).result
  expect(result.presentBytes).toBeGreaterThanOrEqual(8 * mebibyte)
  expect((await sink.stats()).creations).toBe(0)
  expect(await stored()).toBe(await sha256(file))
})

test('it does not outlive the program that started it', async () => {
  await sink.setFaults({ holdAfterBytes: 8 * mebibyte })
  const state = path.join(folder, 'orphan')
  const running = start(['upload', file, 'env:TARGET', '--state', state], { TARGET: sink.url(name) })
  await sink.acknowledged(8 * mebibyte)
  const [child] = await childrenOf(running.child.pid!)
  running.child.kill('SIGKILL')
  await running.ended
  await vi.waitFor(() => expect(isAlive(child!)).toBe(false), 20_000)
})

test('cancelled, it is gone before that is told', async () => {
  const abort = new AbortController()
  const before = await childrenOf(process.pid)
  await sink.setFaults({ holdAfterBytes: 4 * mebibyte })
  const upload = await begin({ signal: abort.signal })
  await sink.acknowledged(4 * mebibyte)
  abort.abort()
  await expect(upload.result).rejects.toMatchObject({ code: 'cancelled' })
  expect((await childrenOf(process.pid)).filter((pid) => !before.includes(pid))).toEqual([])
})

test('uploads are listed by name, paused by name, and only one may have it', async () => {
  const uploads = createUploads({ journalFolder: path.join(folder, 'named'), pace: unlimited, network })
  const changes: { name: string; isPaused: boolean }[][] = []
  uploads.subscribe(() => changes.push(uploads.list()))
  const { journalFolder: _folder, ...described } = await spec()
  const { pace: _pace, network: _network, ...asked } = callbacks
  const result = uploads.run('run-1', described, asked)
  await expect(uploads.run('run-1', described, asked)).rejects.toMatchObject({ code: 'run.busy' })
  expect([uploads.pause('run-1'), uploads.pause('run-2'), uploads.resume('run-1')]).toEqual([true, false, true])
  await result
  const one = { name: 'run-1', isPaused: false }
  expect(changes).toEqual([[one], [{ ...one, isPaused: true }], [one], []])
})
