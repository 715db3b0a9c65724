import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { blobFacts } from '../../src/main/azure/blobs'
import type { Cloud } from '../../src/main/azure/cloud'
import { deleteDisk, endWriting, getDisk } from '../../src/main/azure/disks'
import { getVersion } from '../../src/main/azure/image-versions'
import type { OutputOf } from '../../src/shared/outputs'
import { countOf } from '../support/command'
import { mebibyte, partition, sparseFile } from '../support/disks'
import { smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'
import { subscription } from '../wire/practice'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised()
  disk = { file: await smallDisk() }
}, 120_000)

const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }

async function kindsOf(run: string): Promise<string[]> {
  return (await practice.stateOf(run)).resources.map(({ what }) => what)
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'studio-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A disk without any system. */
async function dataDisk(): Promise<string> {
  const file = await sparseFile(path.join(await temporaryFolder(), 'data.img'), 24 * mebibyte)
  await partition(file, 'label: gpt\n,,L\n')
  return file
}

describe('a disk goes into a managed disk', () => {
  it('without any storage account, and the managed disk goes at clean-up', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
    const { steps } = await practice.stateOf(run)
    expect(steps['prepare.storage']).toMatchObject({ status: 'skipped', attempts: 0 })
    expect(await kindsOf(run)).toEqual([
      'resource group',
      'managed disk',
      'gallery',
      'image definition',
      'image version',
    ])
    const { target, diskId, blobUrl } = await practice.outputOf(run, 'disk.upload')
    expect({ target, blobUrl }).toEqual({ target: 'disk', blobUrl: undefined })
    const cloud = await practice.studio.cloudOf(run)
    expect(await getDisk(cloud, diskId!)).toMatchObject({ diskState: 'Unattached', tags: { run } })
    const { id } = await practice.outputOf(run, 'image.version')
    expect(await getVersion(cloud, id)).toMatchObject({ source: diskId })
    expect(await practice.studio.engine.cleanUp(run)).toEqual({ removed: [diskId], left: [] })
    expect(await getDisk(cloud, diskId!)).toBeNull()
    expect(await getVersion(cloud, id)).toMatchObject({ state: 'Succeeded' })
  })
})

describe('a disk goes into a blob', () => {
  it.each(['pageBlob', 'blockBlob'])(
    'by %s, for which a storage account is made',
    { timeout: 60_000 },
    async (target) => {
      const run = await practice.begin({ ...account, 'disk.choose': disk, 'disk.upload': { target } })
      expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
      const { steps } = await practice.stateOf(run)
      expect(steps['prepare.storage'].status).toBe('done')
      expect(await kindsOf(run)).toEqual([
        'resource group',
        'storage account',
        'page blob',
        'gallery',
        'image definition',
        'image version',
      ])
      const { blobUrl } = await practice.outputOf(run, 'disk.upload')
      const cloud = await practice.studio.cloudOf(run)
      expect(await blobFacts(cloud, blobUrl!)).toMatchObject({ type: 'PageBlob' })
      expect(await blobFacts(cloud, `${blobUrl}.blocks`)).toBeNull()
    },
  )
})

describe('data disks', () => {
  it(
    'travel beside the system and become disks of the version, each under its number',
    { timeout: 90_000 },
    async () => {
      const dataDisks = [
        { lun: 5, file: await dataDisk() },
        { lun: 0, file: await dataDisk() },
      ]
      const run = await practice.begin({ ...account, 'disk.choose': { ...disk, dataDisks } })
      expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
      const { steps, resources } = await practice.stateOf(run)
      const inspected = steps['disk.inspect'].output as OutputOf<'disk.inspect'>
      expect(inspected.dataDisks?.map(({ lun, format, virtualSize }) => ({ lun, format, virtualSize }))).toEqual([
        { lun: 0, format: 'raw', virtualSize: 24 * mebibyte },
        { lun: 5, format: 'raw', virtualSize: 24 * mebibyte },
      ])
      const { diskId, dataDisks: sent } = await practice.outputOf(run, 'disk.upload')
      expect(sent?.map(({ lun, diskId: id }) => ({ lun, id }))).toEqual([
        { lun: 0, id: `${diskId}-lun0` },
        { lun: 5, id: `${diskId}-lun5` },
      ])
      const cloud = await practice.studio.cloudOf(run)
      const { id, dataDisks: luns } = await practice.outputOf(run, 'image.version')
      expect(luns).toEqual([0, 5])
      expect(await getVersion(cloud, id)).toMatchObject({ source: diskId, luns: [0, 5] })
      const disks = resources.filter(({ what }) => what === 'managed disk').map((one) => one.id)
      const { removed, left } = await practice.studio.engine.cleanUp(run)
      expect({ removed: removed.toSorted(), left }).toEqual({ removed: disks.toSorted(), left: [] })
      expect(disks).toHaveLength(3)
    },
  )

  it('are refused by name where Azure would refuse them', { timeout: 60_000 }, async () => {
    const small = await sparseFile(path.join(await temporaryFolder(), 'small.img'), 5 * mebibyte)
    await partition(small, 'label: gpt\n,,L\n')
    const run = await practice.begin({ ...account, 'disk.choose': { ...disk, dataDisks: [{ lun: 1, file: small }] } })
    expect(await practice.go(run, 'disk.inspect')).toMatchObject({
      is: 'failed',
      error: { code: 'disk.size', params: { file: 'small.img' } },
    })
  })
})

describe('a managed disk in trouble', () => {
  /** A run whose upload cannot send anything until the incidents end; `act` does its work meanwhile. */
  async function meanwhile(act: (id: string, cloud: Cloud) => Promise<void>) {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'disk.inspect')
    await practice.incident({ kind: 'throttle', match: 'PUT /md-' })
    const begun = new Promise<void>((resolve) =>
      practice.onFact((fact) => fact.kind === 'ticket' && fact.step === 'disk.upload', resolve),
    )
    const before = await pagesPut()
    const ended = practice.go(run, 'disk.upload')
    await begun
    const id = (await practice.stateOf(run)).resources.find(({ what }) => what === 'managed disk')!.id
    const cloud = await practice.studio.cloudOf(run)
    await expect.poll(pagesPut, { timeout: 20_000 }).toBeGreaterThan(before)
    await act(id, cloud)
    await practice.clear()
    return { run, outcome: await ended }
  }

  const pagesPut = async () => countOf(await practice.stats(), /^PUT \/blob\/.*comp=page/)
  const name = (id: string) => id.slice(id.lastIndexOf('/') + 1)

  async function remove(id: string, cloud: Cloud): Promise<void> {
    await endWriting(cloud, id).catch(() => undefined)
    await deleteDisk(cloud, id)
    await expect.poll(() => getDisk(cloud, id), { timeout: 20_000 }).toBeNull()
  }

  it('whose access somebody ended is asked for it again, and nothing is lost', { timeout: 60_000 }, async () => {
    const { run, outcome } = await meanwhile((id, cloud) => endWriting(cloud, id).catch(() => undefined))
    expect(outcome).toMatchObject({ is: 'done' })
    expect((await practice.outputOf(run, 'disk.upload')).sentBytes).toBeGreaterThan(0)
  })

  it('that somebody deleted is named, and made anew when the upload is done again', { timeout: 60_000 }, async () => {
    const { run, outcome } = await meanwhile(remove)
    const { id } = (await practice.stateOf(run)).resources.find(({ what }) => what === 'managed disk')!
    expect(outcome).toMatchObject({ is: 'failed', error: { code: 'upload.disk-gone', params: { disk: name(id) } } })
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
    expect((await kindsOf(run)).filter((what) => what === 'managed disk')).toHaveLength(1)
  })

  it('whose access runs out on the way gets a fresh one', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.incident({ kind: 'expire-access', match: 'PUT /md-.*comp=page', count: 1 })
    expect(await practice.go(run, 'disk.upload')).toMatchObject({ is: 'done' })
    const grants = countOf(await practice.stats(), /^POST .*beginGetAccess/)
    expect(grants).toBeGreaterThan(1)
  })

  it.each([
    {
      what: 'one refused call for access',
      incident: { kind: 'forbid', match: 'beginGetAccess', count: 1 },
      error: { code: 'cloud.forbidden', params: { action: 'Microsoft.Compute/disks/beginGetAccess/action' } },
    },
    {
      what: 'a number of disks that is used up',
      incident: { kind: 'refuse', match: 'PUT .*/disks/', count: 1, action: 'disk-quota' },
      error: { code: 'quota.disks', params: { limit: 50000, used: 50000 } },
    },
    {
      what: 'a creation that fails',
      incident: { kind: 'fail-operation', match: 'PUT .*/disks/', count: 1 },
      error: { code: 'cloud.operation-failed', params: { kind: 'managed disk' } },
    },
    {
      what: 'access that fails',
      incident: { kind: 'fail-operation', match: 'POST .*beginGetAccess', count: 1 },
      error: { code: 'cloud.operation-failed', params: { kind: 'managed disk' } },
    },
    {
      what: 'an end of access that is refused',
      incident: { kind: 'forbid', match: 'endGetAccess', count: 1 },
      error: { code: 'cloud.forbidden', params: { action: 'Microsoft.Compute/disks/endGetAccess/action' } },
    },
  ])(
    '$what is told, and done again it goes on with the same disk',
    { timeout: 60_000 },
    async ({ incident, error }) => {
      const run = await practice.begin({ ...account, 'disk.choose': disk })
      await practice.incident(incident)
      expect(await practice.go(run, 'disk.upload')).toMatchObject({ is: 'failed', step: 'disk.upload', error })
      expect(await practice.go(run, 'disk.upload')).toMatchObject({ is: 'done' })
      const disks = (await practice.stateOf(run)).resources.filter(({ what }) => what === 'managed disk')
      expect(disks).toHaveLength(1)
      const cloud = await practice.studio.cloudOf(run)
      expect(await getDisk(cloud, disks[0]!.id)).toMatchObject({ diskState: 'Unattached' })
    },
  )

  it('that somebody reads just now becomes no version until they are done', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.definition')
    const { diskId } = await practice.outputOf(run, 'disk.upload')
    const cloud = await practice.studio.cloudOf(run)
    const client = await cloud.compute(subscription)
    const [group, disk_] = [/resourceGroups\/([^/]+)/.exec(diskId!)![1]!, name(diskId!)]
    await client.disks.grantAccess(group, disk_, { access: 'Read', durationInSeconds: 600 })
    expect(await practice.go(run, 'image.version')).toMatchObject({
      is: 'failed',
      error: { code: 'upload.disk-in-use', params: { disk: disk_ } },
    })
    await client.disks.revokeAccess(group, disk_)
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
  })

  it(
    'that is given up in the middle is open to nobody, stays listed, and goes at clean-up',
    { timeout: 60_000 },
    async () => {
      const run = await practice.begin({ ...account, 'disk.choose': disk })
      await practice.incident({ kind: 'throttle', match: 'PUT /md-' })
      const ended = practice.go(run, 'disk.upload')
      await expect.poll(() => kindsOf(run), { timeout: 20_000 }).toContain('managed disk')
      const { id } = (await practice.stateOf(run)).resources.find(({ what }) => what === 'managed disk')!
      const cloud = await practice.studio.cloudOf(run)
      await expect.poll(async () => (await getDisk(cloud, id))?.diskState, { timeout: 20_000 }).toBe('ActiveUpload')
      await practice.studio.engine.cancel(run)
      expect(await ended).toMatchObject({ is: 'cancelled' })
      await practice.clear()
      // Azure deletes no disk that somebody may write to: that it goes at once proves that access has ended.
      await deleteDisk(cloud, id)
      await expect.poll(() => getDisk(cloud, id), { timeout: 20_000 }).toBeNull()
      expect(await practice.studio.engine.cleanUp(run)).toEqual({ removed: [id], left: [] })
    },
  )
})
