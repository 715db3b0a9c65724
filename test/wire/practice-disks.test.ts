import { readFileSync } from 'node:fs'
import { AnonymousCredential, PageBlobClient, newPipeline } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, clients, emptyVhdFooter, startCloud, subscription, uploadEmptyVhd } from './practice'

const group = 'practice-shared'
const gallery = 'practice_gallery'
const quick = { updateIntervalInMs: 20 }
const mebibyte = 1024 * 1024
const dataBytes = 20 * mebibyte
const lists = { id: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/disks` }
let cloud: RunningPractice
let azure: ReturnType<typeof clients>

beforeAll(async () => {
  cloud = await startCloud()
  azure = clients(cloud)
}, 60_000)
afterAll(() => cloud.close())

const upload = {
  location: 'westeurope',
  osType: 'Linux',
  hyperVGeneration: 'V2',
  sku: { name: 'Standard_LRS' },
  creationData: { createOption: 'Upload', uploadSizeBytes: dataBytes + 512 },
} as const

/** The page blob behind an address with a signature; it does not try again by itself. */
function pages(address: string): PageBlobClient {
  const options = { retryOptions: { maxTries: 1 }, tlsOptions: { ca: readFileSync(cloud.profile.caFile!, 'utf8') } }
  return new PageBlobClient(address, newPipeline(new AnonymousCredential(), options))
}

async function opened(name: string): Promise<PageBlobClient> {
  await azure.compute.disks.createOrUpdate(group, name, upload, quick)
  return pages(await written(name))
}

async function written(name: string, access: 'Read' | 'Write' = 'Write', durationInSeconds = 3600): Promise<string> {
  const answer = await azure.compute.disks.grantAccess(group, name, { access, durationInSeconds }, quick)
  return answer.accessSAS!
}

async function state(name: string): Promise<string | undefined> {
  return (await azure.compute.disks.get(group, name)).diskState
}

async function uploaded(name: string): Promise<void> {
  const blob = await opened(name)
  await blob.uploadPages(emptyVhdFooter(), dataBytes, 512)
  await azure.compute.disks.revokeAccess(group, name, quick)
}

function incident(body: object) {
  return ask(cloud.profile, 'POST', '/practice/faults', { body })
}

describe('a managed disk', () => {
  it('goes from ready to upload through an upload to unattached', async () => {
    const made = await azure.compute.disks.createOrUpdate(group, 'whole', upload, quick)
    expect(made).toMatchObject({ provisioningState: 'Succeeded', diskState: 'ReadyToUpload', diskSizeGB: 1 })
    expect(made.creationData).toMatchObject({ createOption: 'Upload', uploadSizeBytes: dataBytes + 512 })
    const blob = pages(await written('whole'))
    expect(await state('whole')).toBe('ActiveUpload')
    expect((await blob.getProperties()).contentLength).toBe(dataBytes + 512)
    await blob.uploadPages(Buffer.alloc(4096, 7), 8192, 4096)
    await blob.uploadPages(emptyVhdFooter(), dataBytes, 512)
    const ranges = []
    for await (const { start, end } of blob.listPageRanges()) ranges.push([start, end])
    expect(ranges).toEqual([
      [8192, 12287],
      [dataBytes, dataBytes + 511],
    ])
    await azure.compute.disks.revokeAccess(group, 'whole', quick)
    expect(await state('whole')).toBe('Unattached')
    await expect(blob.uploadPages(Buffer.alloc(512, 1), 0, 512)).rejects.toMatchObject({ statusCode: 403 })
    const read = pages(await written('whole', 'Read'))
    expect((await read.downloadToBuffer(8192, 4096)).equals(Buffer.alloc(4096, 7))).toBe(true)
    expect(await state('whole')).toBe('ActiveSAS')
    await expect(read.uploadPages(Buffer.alloc(512), 0, 512)).rejects.toMatchObject({ statusCode: 403 })
  })

  it('takes no creation, deletion, metadata or resizing at its address', async () => {
    const blob = await opened('narrow')
    const refused = [blob.create(512), blob.delete(), blob.setMetadata({ owner: 'me' }), blob.resize(1024)]
    const outcomes = await Promise.allSettled(refused)
    expect(
      outcomes.map((one) => (one.status === 'rejected' ? (one.reason as { statusCode: number }).statusCode : 0)),
    ).toEqual([403, 403, 403, 403])
    await expect(pages(blob.url.replace(/sig=[^&]+/, 'sig=AAAA')).getProperties()).rejects.toMatchObject({
      statusCode: 403,
    })
    await expect(pages(blob.url.split('?')[0]!).getProperties()).rejects.toMatchObject({ statusCode: 403 })
    await expect(blob.uploadPages(Buffer.alloc(4 * mebibyte + 512), 0, 4 * mebibyte + 512)).rejects.toMatchObject({
      statusCode: 413,
    })
  })

  it('stays in upload when access ends before a whole VHD stands in it, and goes on with fresh access', async () => {
    const first = await opened('half')
    await first.uploadPages(Buffer.alloc(512, 1), 0, 512)
    // AzureStorageExplorer issue 6654.
    await expect(azure.compute.disks.revokeAccess(group, 'half', quick)).rejects.toMatchObject({
      message: expect.stringContaining("Disk is expected to have cookie value 'conectix'"),
    })
    expect(await state('half')).toBe('ActiveUpload')
    await expect(first.getProperties()).rejects.toMatchObject({ statusCode: 403 })
    const second = pages(await written('half'))
    await second.uploadPages(emptyVhdFooter(), dataBytes, 512)
    await azure.compute.disks.revokeAccess(group, 'half', quick)
    expect(await state('half')).toBe('Unattached')
  })

  it('refuses sizes that are no fixed VHD of whole MiB, in the service’s words', async () => {
    const sized = (uploadSizeBytes: number) =>
      azure.compute.disks.createOrUpdate(
        group,
        'sized',
        { ...upload, creationData: { createOption: 'Upload', uploadSizeBytes } },
        quick,
      )
    await expect(sized(dataBytes + 1024)).rejects.toMatchObject({
      statusCode: 400,
      code: 'InvalidParameter',
      message:
        'The upload size in bytes 20972544 - 512 bytes for the VHD footer (20972032 in this case) must be a multiple of MiB.',
    })
    await expect(sized(19 * mebibyte + 512)).rejects.toMatchObject({ statusCode: 400 })
    await azure.compute.disks.createOrUpdate(group, 'sized', upload, quick)
    await expect(sized(dataBytes + mebibyte + 512)).rejects.toMatchObject({ code: 'PropertyChangeNotAllowed' })
  })

  it('is not deleted while its bytes are open to somebody, and then with its bytes', async () => {
    const blob = await opened('doomed')
    await expect(azure.compute.disks.delete(group, 'doomed', quick)).rejects.toMatchObject({ statusCode: 409 })
    await azure.compute.disks.revokeAccess(group, 'doomed', quick).then(
      () => undefined,
      () => undefined,
    )
    await azure.compute.disks.delete(group, 'doomed', quick)
    await expect(azure.compute.disks.get(group, 'doomed')).rejects.toMatchObject({ code: 'ResourceNotFound' })
    await expect(blob.getProperties()).rejects.toMatchObject({ statusCode: 404 })
  })

  it('is found in lists, and keeps tags', async () => {
    await azure.compute.disks.createOrUpdate(group, 'tagged', { ...upload, tags: { run: 'a' } }, quick)
    await azure.compute.disks.update(group, 'tagged', { tags: { run: 'b' } }, quick)
    const found = []
    for await (const one of azure.compute.disks.list()) found.push(one)
    expect(found.find(({ name }) => name === 'tagged')).toMatchObject({ id: `${lists.id}/tagged`, tags: { run: 'b' } })
  })
})

describe('incidents around a managed disk', () => {
  it('access that has run out is refused and can be had again', async () => {
    const blob = await opened('expiring')
    await incident({ kind: 'expire-access', match: 'PUT /md-.*comp=page', count: 1 })
    await expect(blob.uploadPages(Buffer.alloc(512, 1), 0, 512)).rejects.toMatchObject({ statusCode: 403 })
    await expect(blob.getProperties()).rejects.toMatchObject({ statusCode: 403 })
    const fresh = pages(await written('expiring'))
    await fresh.uploadPages(Buffer.alloc(512, 1), 0, 512)
  })

  it('one call alone may be forbidden, in ARM and at the address', async () => {
    await azure.compute.disks.createOrUpdate(group, 'forbidden', upload, quick)
    await incident({ kind: 'forbid', match: 'beginGetAccess', count: 1 })
    await expect(written('forbidden')).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationFailed' })
    const blob = pages(await written('forbidden'))
    await incident({ kind: 'forbid', match: 'PUT /md-', count: 1 })
    await expect(blob.uploadPages(Buffer.alloc(512, 1), 0, 512)).rejects.toMatchObject({
      code: 'AuthorizationPermissionMismatch',
    })
    await blob.uploadPages(Buffer.alloc(512, 1), 0, 512)
  })

  it('the number of disks may be used up', async () => {
    await incident({ kind: 'refuse', match: 'PUT .*/disks/', count: 1, action: 'disk-quota' })
    await expect(azure.compute.disks.createOrUpdate(group, 'many', upload, quick)).rejects.toMatchObject({
      statusCode: 409,
      code: 'OperationNotAllowed',
      message: expect.stringContaining('exceeding approved StandardDiskCount quota'),
    })
  })
})

describe('an image version', () => {
  const put = (name: string, osDiskImage: object, dataDiskImages: { lun: number; source: object }[] = []) =>
    azure.compute.galleryImageVersions.createOrUpdate(
      group,
      gallery,
      'ubuntu-base',
      name,
      {
        location: 'westeurope',
        publishingProfile: { targetRegions: [{ name: 'West Europe', regionalReplicaCount: 1 }] },
        storageProfile: { osDiskImage, dataDiskImages },
      },
      quick,
    )

  it('is made of managed disks and blobs with their numbers', async () => {
    await uploaded('system')
    await uploaded('data')
    const account = await azure.storage.storageAccounts.getProperties(group, 'practicestorage')
    await azure.storage.blobContainers.create(group, 'practicestorage', 'vhds', {})
    const uri = `${account.primaryEndpoints!.blob}vhds/data.vhd`
    await uploadEmptyVhd(cloud, uri)
    const made = await put('3.0.0', { source: { id: `${lists.id}/system` } }, [
      { lun: 0, source: { id: `${lists.id}/data` } },
      { lun: 5, source: { storageAccountId: account.id, uri } },
    ])
    expect(made.provisioningState).toBe('Succeeded')
    expect(made.storageProfile!.osDiskImage).toMatchObject({ sizeInGB: 1, source: { id: `${lists.id}/system` } })
    expect(made.storageProfile!.dataDiskImages).toMatchObject([
      { lun: 0, source: { id: `${lists.id}/data` } },
      { lun: 5, source: { uri } },
    ])
    // What is made of them lives on without them.
    await azure.compute.disks.delete(group, 'system', quick)
    const after = await azure.compute.galleryImageVersions.get(group, gallery, 'ubuntu-base', '3.0.0')
    expect(after.provisioningState).toBe('Succeeded')
  })

  it('is not made of a disk whose upload has not ended, or of another machine', async () => {
    await opened('open')
    await expect(put('3.1.0', { source: { id: `${lists.id}/open` } })).rejects.toMatchObject({ statusCode: 409 })
    await expect(put('3.1.0', { source: { id: `${lists.id}/nothing` } })).rejects.toMatchObject({ statusCode: 404 })
    await azure.compute.disks.createOrUpdate(group, 'old', { ...upload, hyperVGeneration: 'V1' }, quick)
    await pages(await written('old')).uploadPages(emptyVhdFooter(), dataBytes, 512)
    await azure.compute.disks.revokeAccess(group, 'old', quick)
    await expect(put('3.1.0', { source: { id: `${lists.id}/old` } })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("has a different Hypervisor generation ['V1']"),
    })
    await uploaded('twice')
    const source = { id: `${lists.id}/twice` }
    await expect(
      put('3.1.0', { source }, [
        { lun: 1, source },
        { lun: 1, source },
      ]),
    ).rejects.toMatchObject({ statusCode: 400 })
  })
})
