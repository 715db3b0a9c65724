import { beforeAll, describe, expect, it } from 'vitest'
import { blobFacts, blobUrl } from '../../src/main/azure/blobs'
import { smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised({ target: 'pageBlob' })
  disk = { file: await smallDisk() }
}, 120_000)

const shared = 'practice-shared'
const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: shared } }

describe('a name that somebody else has', () => {
  it('of a storage account is refused before anything is sent', async () => {
    const run = await practice.begin({ ...account, 'prepare.storage': { mode: 'create', name: 'practicestorage' } })
    const before = await practice.stats()
    expect(await practice.go(run)).toMatchObject({
      step: 'prepare.storage',
      error: { code: 'cloud.name-taken', params: { kind: 'storage account', name: 'practicestorage' } },
    })
    expect((await practice.stats()).resourceCounts['Microsoft.Storage/storageAccounts']).toBe(
      before.resourceCounts['Microsoft.Storage/storageAccounts'],
    )
  })

  it('of a Batch account is refused', async () => {
    const run = await practice.begin({ 'prepare.account': { mode: 'create', name: 'practicebatch' } })
    expect(await practice.go(run)).toMatchObject({ step: 'prepare.account', error: { code: 'cloud.name-taken' } })
  })

  it('of a gallery in the same group is refused and the gallery left alone', { timeout: 60_000 }, async () => {
    const run = await practice.begin({
      ...account,
      'connect.scope': { resourceGroup: shared },
      'prepare.storage': { mode: 'choose', name: 'practicestorage', resourceGroup: shared },
      'disk.choose': disk,
      'image.gallery': { mode: 'create', name: 'practice_gallery' },
    })
    expect(await practice.go(run)).toMatchObject({ step: 'image.gallery', error: { code: 'cloud.foreign-resource' } })
    expect((await practice.stateOf(run)).resources.map(({ what }) => what)).not.toContain('gallery')
  })

  it('of a blob is refused and the blob left alone', { timeout: 60_000 }, async () => {
    const run = await practice.begin({
      ...account,
      'prepare.storage': { mode: 'choose', name: 'practicestorage', resourceGroup: shared, container: 'theirs' },
      'disk.choose': disk,
      'disk.upload': { blobName: 'their.vhd' },
    })
    await practice.go(run, 'prepare.storage')
    const storage = await practice.outputOf(run, 'prepare.storage')
    const cloud = await practice.studio.cloudOf(run)
    const url = blobUrl(storage.blobEndpoint, 'theirs', 'their.vhd')
    await (await cloud.pageBlob(url)).create(1024, { metadata: { owner: 'somebody' } })
    expect(await practice.go(run)).toMatchObject({ step: 'disk.upload', error: { code: 'upload.target-foreign' } })
    expect(await blobFacts(cloud, url)).toMatchObject({ sizeBytes: 1024, metadata: { owner: 'somebody' } })
  })

  it('of a pool is refused and the pool left alone', { timeout: 90_000 }, async () => {
    const run = await practice.begin({
      ...account,
      'disk.choose': disk,
      'pool.create': { name: 'render-marketplace' },
    })
    expect(await practice.go(run)).toMatchObject({ step: 'pool.create', error: { code: 'cloud.foreign-resource' } })
  })
})

describe('what was chosen', () => {
  it('must exist', async () => {
    const run = await practice.begin({ 'prepare.account': { mode: 'choose', name: 'nobodys' } })
    expect(await practice.go(run)).toMatchObject({ step: 'prepare.account', error: { code: 'cloud.not-found' } })
  })

  it('must lie in the region of the run', async () => {
    const run = await practice.begin({ ...account, 'connect.scope': { region: 'northeurope' } })
    expect(await practice.go(run)).toMatchObject({
      step: 'prepare.account',
      error: { code: 'cloud.region-mismatch', params: { region: 'westeurope', wanted: 'northeurope' } },
    })
  })

  it('may not leave out the region where the nodes run', { timeout: 60_000 }, async () => {
    const regions = [{ name: 'northeurope', replicas: 1 }]
    const run = await practice.begin({ ...account, 'disk.choose': disk, 'image.version': { regions } })
    expect(await practice.go(run)).toMatchObject({ step: 'image.version', error: { code: 'image.no-replica' } })
  })

  it('is a size that Batch offers, with an agent that fits the system', { timeout: 60_000 }, async () => {
    const run = await practice.begin({ ...account, 'disk.choose': disk, 'pool.create': { vmSize: 'standard_huge' } })
    expect(await practice.go(run)).toMatchObject({ error: { code: 'input.invalid', params: { fields: 'vmSize' } } })
    const typed = (await practice.stateOf(run)).steps['pool.create'].typed
    const wrong = { ...typed, vmSize: 'standard_d2s_v3', nodeAgentSku: 'batch.node.windows amd64' }
    await practice.studio.engine.setInput(run, 'pool.create', wrong)
    expect(await practice.go(run)).toMatchObject({
      error: { code: 'input.invalid', params: { fields: 'nodeAgentSku' } },
    })
    await practice.studio.engine.setInput(run, 'pool.create', { ...typed, vmSize: 'standard_d2s_v3' })
    expect(await practice.go(run)).toMatchObject({ is: 'finished' })
  })
})
