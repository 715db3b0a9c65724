import { open } from 'node:fs/promises'
import type { BlobServiceClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { debianRelease, mebibyte, systemDisk, type SystemDiskOptions } from '../support/disks'
import { blobService } from './blob-clients'
import { ask, clients, serviceToken, startCloud, subscription } from './practice'

const group = 'practice-shared'
const gallery = 'practice_gallery'
const quick = { updateIntervalInMs: 20 }
const small = { sizeMiB: 160, systemMiB: 4, osRelease: debianRelease }
let cloud: RunningPractice
let azure: ReturnType<typeof clients>
let service: BlobServiceClient
let storageAccountId: string

beforeAll(async () => {
  cloud = await startCloud()
  azure = clients(cloud)
  const account = await azure.storage.storageAccounts.getProperties(group, 'practicestorage')
  storageAccountId = account.id!
  service = blobService(cloud, account.primaryEndpoints!.blob!)
  await service.getContainerClient('vhds').create()
})
afterAll(() => cloud.close())

/** Sends the parts of a file that are not zero, in 4 MiB pages, as any uploader does. */
async function upload(file: string, name: string): Promise<string> {
  const handle = await open(file, 'r')
  const { size } = await handle.stat()
  const blob = service.getContainerClient('vhds').getPageBlobClient(name)
  await blob.create(size)
  const buffer = Buffer.alloc(4 * mebibyte)
  const zeros = Buffer.alloc(buffer.length)
  for (let offset = 0; offset < size; offset += buffer.length) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset)
    const part = buffer.subarray(0, bytesRead)
    const isZero = part.equals(zeros.subarray(0, bytesRead))
    await (isZero ? Promise.resolve() : blob.uploadPages(part, offset, bytesRead))
  }
  await handle.close()
  return blob.url
}

async function imageOf(name: string, disk: SystemDiskOptions, generation: 'V1' | 'V2'): Promise<string> {
  const uri = await upload(await systemDisk({ ...small, ...disk }), `${name}.vhd`)
  await azure.compute.galleryImages.createOrUpdate(
    group,
    gallery,
    name,
    {
      location: 'westeurope',
      osType: 'Linux',
      osState: 'Generalized',
      hyperVGeneration: generation,
      identifier: { publisher: 'test', offer: 'debian', sku: name },
      features: [{ name: 'SecurityType', value: 'Standard' }],
    },
    quick,
  )
  const body = { location: 'westeurope', storageProfile: { osDiskImage: { source: { storageAccountId, uri } } } }
  const made = await azure.compute.galleryImageVersions.createOrUpdate(group, gallery, name, '1.0.0', body, quick)
  expect(made.provisioningState).toBe('Succeeded')
  return made.id!
}

/** The state in which the first node of a new pool stays. */
async function nodeOf(pool: string, id: string, nodeAgentSkuId: string): Promise<string> {
  const version = '?api-version=2025-06-01'
  const path = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Batch/batchAccounts/practicebatch/pools/${pool}`
  const virtualMachineConfiguration = { imageReference: { id }, nodeAgentSkuId }
  const fixedScale = { targetDedicatedNodes: 1 }
  const deploymentConfiguration = { virtualMachineConfiguration }
  const properties = { vmSize: 'STANDARD_D2S_V3', deploymentConfiguration, scaleSettings: { fixedScale } }
  const put = await ask(cloud.profile, 'PUT', path + version, {
    token: await serviceToken(cloud),
    body: { properties },
  })
  expect(put.status).toBe(200)
  const token = await serviceToken(cloud, cloud.profile.batchScope)
  const states: string[] = []
  for (let reads = 0; reads < 8; reads++) {
    const { json } = await ask(cloud.profile, 'GET', `/batch/practicebatch/pools/${pool}/nodes${version}`, { token })
    states.push((json as { value: { state: string }[] }).value[0]!.state)
  }
  return states.at(-1)!
}

describe('a node made of uploaded bytes', () => {
  it('becomes idle on a generalized Debian 12 with the agent for it, and only with that', async () => {
    const id = await imageOf('debian-v1', {}, 'V1')
    expect(await nodeOf('debian-good', id, 'batch.node.debian 12')).toBe('idle')
    expect(await nodeOf('debian-11', id, 'batch.node.debian 11')).toBe('unusable')
    expect(await nodeOf('debian-windows', id, 'batch.node.windows amd64')).toBe('unusable')
  })

  it('becomes idle on a second-generation disk, too', async () => {
    const id = await imageOf('debian-v2', { generation: 'V2' }, 'V2')
    expect(await nodeOf('debian-gpt', id, 'batch.node.debian 12')).toBe('idle')
  })

  it('never reports when the definition has the other generation', async () => {
    const id = await imageOf('debian-wrong', {}, 'V2')
    expect(await nodeOf('debian-wrong', id, 'batch.node.debian 12')).toBe('unusable')
  })

  it('never reports when the system has no agent or was not generalized', async () => {
    const bare = await imageOf('debian-bare', { hasAgent: false }, 'V1')
    expect(await nodeOf('debian-bare', bare, 'batch.node.debian 12')).toBe('unusable')
    const used = await imageOf('debian-used', { isGeneralized: false }, 'V1')
    expect(await nodeOf('debian-used', used, 'batch.node.debian 12')).toBe('unusable')
  })
})
