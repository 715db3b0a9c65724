import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { createServer, type Server } from 'node:tls'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createNetwork } from '../../../src/main/net/network'
import type { UploadProgress } from '../../../src/main/upload/meter'
import { unlimited } from '../../../src/main/upload/pace'
import { startUpload } from '../../../src/main/upload/process'
import type { UploadResult } from '../../../src/main/upload/spec'
import { defaultNetwork, type NetworkSettings } from '../../../src/shared/settings'
import { makeAuthority, type Authority } from '../../support/authority'
import { fixedVhd, mebibyte, patch, sha256, sparseFile } from '../../support/disks'
import { startInspector, startProxy, type Places } from '../../support/proxies'
import { startSink, type Sink } from '../../support/sink'
import { nobody, specFor } from '../../support/uploads'

const host = 'acc.blob.contoso.example'
let folder: string
let file: string
let sink: Sink
let cloud: Authority
let front: Server
let places: Places
let connections = 0
let count = 0
let name: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-settings-change-'))
  sink = await startSink({ store: true })
  const raw = await sparseFile(path.join(folder, 'disk.raw'), 32 * mebibyte)
  await patch(raw, 0, randomBytes(24 * mebibyte))
  file = await fixedVhd(raw, path.join(folder, 'disk.vhd'))
  cloud = await makeAuthority('Contoso Cloud CA')
  front = createServer(await cloud.issue(host), (socket) => {
    connections++
    const inner = connect(sink.port, '127.0.0.1')
    socket.pipe(inner).pipe(socket)
    socket.on('error', () => inner.destroy())
    inner.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  places = { [host]: (front.address() as AddressInfo).port }
}, 60_000)
afterAll(async () => {
  front.close()
  await sink.close()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  name = `disk-${++count}.vhd`
  connections = 0
  await sink.setFaults({ mbits: 32 })
  await sink.reset()
})

/** An upload to a host that only a proxy finds; `settings` are asked for all the time. */
async function upload(
  settings: () => Partial<NetworkSettings>,
  onProgress: (progress: UploadProgress) => void,
): Promise<UploadResult> {
  const url = sink.url(name).replace(`http://127.0.0.1:${sink.port}`, `https://${host}`)
  const network = createNetwork({
    settings: () => ({ ...defaultNetwork, systemAuthorities: false, proxy: 'manual', ...settings() }),
    password: () => Promise.resolve(null),
    environment: {},
  })
  const spec = await specFor(file, { kind: 'page', url }, path.join(folder, `journals-${count}`), {
    connections: 2,
  })
  const signal = new AbortController().signal
  return startUpload(spec, { ...nobody, network, pace: unlimited, signal, onProgress }).result
}

test('an upload goes on through another proxy that inspects, once its authority was added', async () => {
  const company = await makeAuthority('Fabrikam Inspection CA')
  const first = await startProxy({ places })
  const second = await startInspector({ places, authority: company, upstream: cloud })
  let now: Partial<NetworkSettings> = { url: first.url, authorities: [cloud.pem] }
  let moved: Promise<void> | null = null
  const result = await upload(
    () => now,
    ({ sentBytes }) => {
      if (sentBytes < 4 * mebibyte || moved) return
      now = { url: second.url, authorities: [cloud.pem, company.pem] }
      moved = Promise.all([first.close(), sink.setFaults({})]).then(() => undefined)
    },
  )
  await moved
  expect(result.sentBytes).toBe(24 * mebibyte + 512)
  expect(second.asked).toContain(`${host}:443`)
  expect((await sink.stats()).creations).toBe(1)
  expect(await sha256((await sink.blob(name))!.file!)).toBe(await sha256(file))
  await second.close()
})

test('an authority added on the way counts for new connections, and cuts none on which something is sent', async () => {
  const proxy = await startProxy({ places })
  const further = await makeAuthority('Fabrikam Inspection CA')
  let authorities = [cloud.pem]
  let before = Infinity
  const result = await upload(
    () => ({ url: proxy.url, authorities }),
    ({ sentBytes }) => {
      if (sentBytes < 4 * mebibyte) return
      authorities = [cloud.pem, further.pem]
      before = Math.min(before, connections)
      if (connections > before) void sink.setFaults({})
    },
  )
  expect(connections).toBeGreaterThan(before)
  expect(result).toMatchObject({ sentBytes: 24 * mebibyte + 512, resentBytes: 0 })
  expect(await sha256((await sink.blob(name))!.file!)).toBe(await sha256(file))
  await proxy.close()
})
