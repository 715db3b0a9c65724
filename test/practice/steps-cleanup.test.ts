import { beforeAll, describe, expect, it } from 'vitest'
import { blobFacts } from '../../src/main/azure/blobs'
import type { OutputOf } from '../../src/shared/outputs'
import { smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised({ target: 'pageBlob' })
  disk = { file: await smallDisk() }
}, 120_000)

const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }

async function uploaded(): Promise<{ run: string; url: string }> {
  const run = await practice.begin({ ...account, 'disk.choose': disk })
  expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
  const { blobUrl } = await practice.outputOf(run, 'disk.upload')
  return { run, url: blobUrl! }
}

describe('clean-up', () => {
  it('takes our blob and leaves a stranger’s beside it', { timeout: 60_000 }, async () => {
    const { run, url } = await uploaded()
    const cloud = await practice.studio.cloudOf(run)
    const theirs = `${url}-theirs.vhd`
    await (await cloud.pageBlob(theirs)).create(512, { metadata: { owner: 'somebody' } })
    const { removed, left } = await practice.studio.engine.cleanUp(run)
    expect({ removed, left }).toEqual({ removed: [url], left: [] })
    expect(await blobFacts(cloud, url)).toBeNull()
    expect(await blobFacts(cloud, theirs)).not.toBeNull()
  })

  it('leaves what the journal names but the cloud marks as another’s, and says so', { timeout: 60_000 }, async () => {
    const { run, url } = await uploaded()
    const client = await (await practice.studio.cloudOf(run)).pageBlob(url)
    await client.setMetadata({ createdby: 'batch-image-studio', run: 'another' })
    const { removed, left } = await practice.studio.engine.cleanUp(run)
    expect(removed).toEqual([])
    expect(left).toMatchObject([{ id: url, error: { code: 'cloud.foreign-resource' } }])
    expect(await blobFacts(await practice.studio.cloudOf(run), url)).not.toBeNull()
  })

  it('counts what is gone already as removed', { timeout: 60_000 }, async () => {
    const { run, url } = await uploaded()
    const client = await (await practice.studio.cloudOf(run)).pageBlob(url)
    await client.delete()
    expect(await practice.studio.engine.cleanUp(run)).toEqual({ removed: [url], left: [] })
    expect((await practice.stateOf(run)).resources.map(({ id }) => id)).not.toContain(url)
  })

  it(
    'goes on past what it may not remove, and removes products only when they are named',
    { timeout: 90_000 },
    async () => {
      const { run, url } = await uploaded()
      const made = (await practice.stateOf(run)).resources
      const [group, gallery, definition, version] = [
        'resource group',
        'gallery',
        'image definition',
        'image version',
      ].map((what) => made.find((resource) => resource.what === what)!.id)
      await practice.incident({ kind: 'forbid', match: 'DELETE .*\\.vhd', count: 1, action: 'blobs/delete' })
      const first = await practice.studio.engine.cleanUp(run, { alsoRemove: [version!] })
      expect(first.removed).toEqual([version])
      expect(first.left).toMatchObject([{ id: url, error: { code: 'cloud.forbidden' } }])
      const second = await practice.studio.engine.cleanUp(run, { alsoRemove: [group!, gallery!, definition!] })
      expect(second.removed).toEqual([definition, gallery, url])
      expect(second.left).toMatchObject([{ id: group, error: { code: 'cloud.group-not-empty' } }])
      const { blobEndpoint } = (await practice.stateOf(run)).steps['prepare.storage']
        .output as OutputOf<'prepare.storage'>
      const cloud = await practice.studio.cloudOf(run)
      const theirs = `${blobEndpoint}vhds/theirs.vhd`
      await (await cloud.pageBlob(theirs)).create(512)
      const storage = made.find((resource) => resource.what === 'storage account')!.id
      const refused = await practice.studio.engine.cleanUp(run, { alsoRemove: [storage] })
      expect(refused).toMatchObject({ removed: [], left: [{ id: storage, error: { code: 'cloud.foreign-resource' } }] })
      await (await cloud.pageBlob(theirs)).delete()
      const third = await practice.studio.engine.cleanUp(run, { alsoRemove: made.map(({ id }) => id) })
      expect(third.removed).toEqual(expect.arrayContaining([group]))
      expect((await practice.stateOf(run)).resources).toEqual([])
      const names = (await practice.stats()).resources.map((id) => id.toLowerCase())
      expect(names.filter((id) => id.startsWith(group!.toLowerCase()))).toEqual([])
      expect(names.filter((id) => id.endsWith('/galleries/practice_gallery'))).toHaveLength(1)
    },
  )
})
