import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { UploadProgress } from '../../../src/main/upload/meter'
import type { UploadSpec } from '../../../src/main/upload/spec'
import { command, program } from '../../support/command'
import { copyOf, fixedVhd, mebibyte, patch, sha256, sparseFile } from '../../support/disks'
import { startSink, type Sink } from '../../support/sink'
import { attempt, blobAt, nobody, perform, specFor } from '../../support/uploads'

let folder: string
let sink: Sink
let file: string
let count = 0
let name: string
let journals: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-faults-'))
  sink = await startSink({ store: true })
  file = await disk('disk')
}, 60_000)
afterAll(async () => {
  await sink.close()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  name = `disk-${++count}.vhd`
  journals = path.join(folder, `journals-${count}`)
  await sink.setFaults({})
  await sink.reset()
})

/** 64 MiB: noise up to 20 MiB, and sixty single blocks behind it that are too far apart to be sent together. */
async function disk(of: string): Promise<string> {
  const raw = await sparseFile(path.join(folder, `${of}.raw`), 64 * mebibyte)
  await patch(raw, 0, randomBytes(20 * mebibyte))
  for (let at = 0; at < 60; at++) await patch(raw, 24 * mebibyte + at * 512 * 1024, randomBytes(4096))
  return fixedVhd(raw, path.join(folder, `${of}.vhd`))
}

function spec(over: Partial<UploadSpec> = {}, of = file): Promise<UploadSpec> {
  return specFor(of, { kind: 'page', url: sink.url(name) }, journals, over)
}

/** After whatever went wrong, the same description ends well, and the blob was made once. */
async function goesOn(over: Partial<UploadSpec> = {}): Promise<void> {
  await sink.setFaults({})
  await perform(await spec(over))
  const { creations } = await sink.stats()
  expect(creations).toBe(1)
  expect(await sha256((await sink.blob(name))!.file!)).toBe(await sha256(file))
}

/** Does something once, as soon as bytes have gone. */
function onceSent(act: () => unknown): { onProgress(progress: UploadProgress): void; done(): unknown } {
  let acted: unknown = null
  return {
    onProgress({ sentBytes }) {
      if (sentBytes > 0) acted ??= act()
    },
    done: () => acted,
  }
}

test('connections that break at random lose nothing', async () => {
  await sink.setFaults({ resetShare: 0.1 })
  await perform(await spec())
  await goesOn()
})

test('requests that stall are given up and sent again', async () => {
  await sink.setFaults({ stallShare: 0.1, stallMs: 60_000 })
  const result = await perform(await spec({ stallMs: 500 }))
  expect(result.resentBytes).toBeGreaterThan(0)
  await goesOn()
})

test.each([
  ['503 at every tenth', { status: 503, code: 'ServerBusy', share: 0.1 }],
  ['500 at every tenth', { status: 500, code: 'InternalError', share: 0.1 }],
])('%s is waited out', async (_what, refusal) => {
  await sink.setFaults({ refusals: [refusal] })
  await perform(await spec())
  await goesOn()
})

test.each([
  [
    'a right that is missing for one call',
    { status: 403, code: 'AuthorizationPermissionMismatch', nth: 5 },
    'cloud.forbidden',
  ],
  ['a lease that somebody holds', { status: 412, code: 'LeaseIdMissing', nth: 5 }, 'upload.target-leased'],
  ['a container that is gone', { status: 404, code: 'ContainerNotFound', nth: 5 }, 'upload.target-missing'],
  ['a firewall', { status: 403, code: 'AuthorizationFailure', nth: 5 }, 'storage.firewall'],
  ['an access that ended', { status: 403, code: 'AuthenticationFailed', nth: 5 }, 'upload.access-expired'],
])('%s ends the upload by name, and it goes on later', async (_what, refusal, code) => {
  await sink.setFaults({ refusals: [{ ...refusal, kind: 'put-page' }] })
  await expect(perform(await spec())).rejects.toMatchObject({ code })
  await goesOn()
})

test('an access that ends on the way is renewed once for all connections', async () => {
  let asked = 0
  const renewUrl = () => {
    asked += 1
    return Promise.resolve(sink.url(name))
  }
  await sink.setFaults({ refusals: [{ status: 403, code: 'AuthenticationFailed', kind: 'put-page', times: 1 }] })
  await perform(await spec(), { access: { ...nobody, renewUrl } })
  expect(asked).toBe(1)
  await goesOn()
})

test('a signature that is refused because this clock is wrong says so', async () => {
  await sink.setFaults({ clockAheadMs: 2 * 3_600_000 })
  await expect(perform(await spec())).rejects.toMatchObject({ code: 'clock.wrong', params: { minutes: 120 } })
  await goesOn()
})

test('a blob that somebody deleted is told, and made anew by the next upload only', async () => {
  const { onProgress, done } = onceSent(() => blobAt(sink.url(name)).ask({ method: 'DELETE' as 'PUT' }, attempt()))
  await expect(perform(await spec({ connections: 1 }), { onProgress })).rejects.toMatchObject({
    code: 'upload.target-changed',
  })
  await done()
  await sink.reset()
  await goesOn()
})

test.each([
  ['replaced', (copy: string) => copyOf(file, folder, 'new.vhd').then((other) => rename(other, copy)), 'file.changed'],
  ['grown', (copy: string) => appendFile(copy, Buffer.alloc(512)), 'file.changed'],
  ['gone', (copy: string) => unlink(copy), 'file.not-found'],
])('a file that is %s meanwhile ends the upload, and nothing of it passes for a disk', async (_how, change, code) => {
  const copy = await copyOf(file, folder, `copy-${count}.vhd`)
  const { onProgress, done } = onceSent(() => change(copy))
  await expect(perform(await spec({ connections: 1 }, copy), { onProgress })).rejects.toMatchObject({ code })
  await done()
  const { pages, lengthBytes } = (await sink.blob(name))!
  expect(pages.filter(({ end }) => end > lengthBytes - 512)).toEqual([])
})

test('two uploaders of one disk end with that disk, and one of another disk is kept out', async () => {
  const twice = [spec(), spec({ journalFolder: path.join(journals, 'second') })]
  await Promise.all(twice.map(async (one) => perform(await one)))
  expect((await sink.stats()).creations).toBe(1)
  const other = await spec({ journalFolder: path.join(journals, 'other') }, await disk('other'))
  await expect(perform(other)).rejects.toMatchObject({ code: 'file.changed' })
  await goesOn()
})

test('a page of a finished disk that somebody changed is noticed', async () => {
  await perform(await spec())
  const headers = { 'x-ms-page-write': 'update', 'x-ms-range': 'bytes=0-4095' }
  await blobAt(sink.url(name)).ask(
    { method: 'PUT', query: { comp: 'page' }, headers, body: randomBytes(4096) },
    attempt(),
  )
  const elsewhere = { journalFolder: path.join(journals, 'elsewhere') }
  await expect(perform(await spec(elsewhere))).rejects.toMatchObject({ code: 'upload.target-changed' })
})

test('where no journal can be kept, nothing is sent', async () => {
  await writeFile(journals, 'a file in the place of the folder')
  await expect(perform(await spec())).rejects.toMatchObject({ code: 'state.unwritable', params: { folder: journals } })
  expect((await sink.stats()).requests).toBe(0)
})

test('a disk that is full of other things ends the upload by name, and it goes on once there is room', async () => {
  const state = path.join(folder, 'full')
  const given = ['upload', file, 'env:TARGET', '--state', state]
  const line = `ulimit -f 2 && exec ${[process.execPath, program, ...given].map((word) => `'${word}'`).join(' ')}`
  const env = { TARGET: sink.url(name) }
  const child = spawn('bash', ['-c', line], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  expect(await once(child, 'close')).toEqual([1, null])
  expect(said).toContain('disk-full')
  expect((await command(given, env)).code).toBe(0)
  expect((await sink.stats()).creations).toBe(1)
  expect(await sha256((await sink.blob(name))!.file!)).toBe(await sha256(file))
})
