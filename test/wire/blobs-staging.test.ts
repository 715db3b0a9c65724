import { createHash, randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSeam, type Seam } from '../../src/main/net/seam'
import type { DirectRequest } from '../../src/main/net/direct'
import type { RunningPractice } from '../../src/main/practice/start'
import type { UploadParts } from '../../src/main/upload/perform'
import type { TargetSpec, UploadSpec } from '../../src/main/upload/spec'
import { fixedVhd, mebibyte, patch, sha256, sparseFile } from '../support/disks'
import { perform, specFor } from '../support/uploads'
import { blobService } from './blob-clients'
import { clients, newFolder, serviceToken, startCloud } from './practice'

const dataBytes = 9 * mebibyte + 4096
const folder = newFolder()
let cloud: RunningPractice
let seam: Seam
let container: ContainerClient
let file: string

beforeAll(async () => {
  cloud = await startCloud({ folder: path.join(folder, 'cloud') })
  seam = createSeam(cloud.profile)
  const account = await clients(cloud).storage.storageAccounts.getProperties('practice-shared', 'practicestorage')
  container = blobService(cloud, account.primaryEndpoints!.blob!).getContainerClient('staging')
  await container.createIfNotExists()
  const raw = await sparseFile(path.join(folder, 'disk.raw'), 24 * mebibyte)
  await patch(raw, 3 * mebibyte, randomBytes(9 * mebibyte))
  await patch(raw, 20 * mebibyte, randomBytes(4096))
  file = await fixedVhd(raw, path.join(folder, 'disk.vhd'))
}, 60_000)
afterAll(async () => {
  seam.close()
  await cloud.close()
  await rm(folder, { recursive: true })
})

function target(name: string): TargetSpec {
  return {
    kind: 'staged',
    url: container.getBlobClient(name).url,
    staging: container.getBlobClient(`${name}.data`).url,
  }
}

function specOf(name: string, over: Partial<UploadSpec> = {}): Promise<UploadSpec> {
  return specFor(file, target(name), path.join(folder, `journals-${name}`), { profile: cloud.profile, ...over })
}

/** An upload with the owner's tokens; `asked`: every request of it. */
function throughSeam(spec: UploadSpec, asked: DirectRequest[], over: Partial<UploadParts> = {}) {
  return perform(spec, {
    send(request) {
      asked.push(request)
      return seam.direct(request)
    },
    access: {
      renewUrl: () => Promise.resolve(null),
      async token() {
        const token = await serviceToken(cloud, cloud.profile.storageScope)
        return { token, expiresOnTimestamp: Date.now() + 3_600_000 }
      },
    },
    ...over,
  })
}

async function stored(name: string): Promise<string> {
  const bytes = await container.getBlobClient(name).downloadToBuffer()
  return createHash('sha256').update(bytes).digest('hex')
}

const bytesIn = (requests: DirectRequest[]) => requests.reduce((sum, { body }) => sum + (body?.length ?? 0), 0)

it.each(['none', 'md5', 'crc64'] as const)(
  'a staged disk travels once and becomes the page blob that the service made of it, with checksum %s',
  async (checksum) => {
    const name = `${checksum}.vhd`
    const asked: DirectRequest[] = []
    const result = await throughSeam(await specOf(name, { checksum }), asked)
    expect(await stored(name)).toBe(await sha256(file))
    expect(result).toMatchObject({ nonZeroBytes: dataBytes, sentBytes: dataBytes + 512, resentBytes: 0 })
    // No page carries bytes: each, the footer too, tells where they lie.
    const copied = asked.filter(({ headers }) => headers['x-ms-page-write'] === 'update')
    expect(bytesIn(copied)).toBe(0)
    expect(copied.every(({ headers }) => headers['x-ms-copy-source']?.includes(`${name}.data`))).toBe(true)
    expect(copied.map(({ headers }) => Boolean(headers[`x-ms-source-content-${checksum}`]))).toEqual(
      copied.map(() => checksum !== 'none'),
    )
    expect((await container.getBlobClient(`${name}.data`).getProperties()).contentLength).toBe(dataBytes + 512)
  },
)

it('cut short in the middle of either half, it goes on there, and a second time has nothing to do', async () => {
  const asked: DirectRequest[] = []
  const cutAt = async (stage: 'sending' | 'copying', shareAbove: number) => {
    const abort = new AbortController()
    const onProgress: UploadParts['onProgress'] = (progress) =>
      progress.stage === stage && progress.share > shareAbove && abort.abort()
    const spec = await specOf('cut.vhd', { connections: 1 })
    await expect(throughSeam(spec, asked, { onProgress, signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
  }
  await cutAt('sending', 0.3)
  await cutAt('copying', 0.3)
  await throughSeam(await specOf('cut.vhd', { connections: 1 }), asked)
  expect(await stored('cut.vhd')).toBe(await sha256(file))
  // One request at a time may have been under way at the first cut.
  const blocks = asked.filter(({ url }) => url.includes('comp=block&'))
  expect(bytesIn(blocks)).toBeLessThanOrEqual(dataBytes + 512 + 4 * mebibyte)
  asked.length = 0
  const again = await throughSeam(await specOf('cut.vhd'), asked)
  expect(again).toMatchObject({ sentBytes: 0 })
  expect(bytesIn(asked)).toBe(0)
})
