import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deleteVersion, getVersion } from '../../src/main/azure/image-versions'
import { deletePool, getPool, listPools, resizePool } from '../../src/main/azure/pools'
import { sendJson } from '../../src/main/azure/raw'
import type { PlanInputs } from '../../src/main/plan'
import type { ErrorCode } from '../../src/shared/errors'
import { errorText } from '../../src/shared/messages/messages'
import type { StepId } from '../../src/shared/terms'
import { countOf } from '../support/command'
import { smallDisk } from '../support/run'
import { practised, type Incident, type Practiced } from '../support/studio'

let practice: Practiced
let disk: { file: string }
beforeAll(async () => {
  practice = await practised({ target: 'pageBlob' })
  disk = { file: await smallDisk() }
}, 120_000)

const shared = 'practice-shared'
const subscription = '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'
const account: PlanInputs = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: shared } }
const put = (path: string) => `PUT .*/${path}[^/]+$`

// Cores of one family are few: the nodes of one test must not stand in the way of the next.
let begun: string | null = null
afterEach(async () => {
  const cloud = begun && (await practice.studio.cloudOf(begun).catch(() => null))
  if (!cloud) return
  const pools = await listPools(
    cloud,
    `/subscriptions/${subscription}/resourceGroups/${shared}/providers/Microsoft.Batch/batchAccounts/practicebatch`,
  )
  await Promise.all(pools.filter(({ name }) => name.startsWith('test-')).map(({ id }) => deletePool(cloud, id)))
})

async function begin(inputs: PlanInputs): Promise<string> {
  begun = await practice.begin(inputs)
  return begun
}

type Row = {
  what: string
  incident: Incident
  step: StepId
  code: ErrorCode
  params?: Record<string, unknown>
  form?: PlanInputs
}

/** Refusals and failures of single requests: what the cloud says, where, and what becomes of it. */
const rows: Row[] = [
  {
    what: 'a policy against a storage account',
    incident: { kind: 'refuse', match: put('storageAccounts/'), count: 1, action: 'policy' },
    step: 'prepare.storage',
    code: 'cloud.policy',
    params: { policy: 'practice-allowed-names' },
  },
  {
    what: 'a lock on the group',
    incident: { kind: 'refuse', match: put('galleries/'), count: 1, action: 'lock' },
    step: 'image.gallery',
    code: 'cloud.locked',
    params: { lock: 'keep' },
  },
  {
    what: 'a disabled subscription',
    incident: { kind: 'refuse', match: put('storageAccounts/'), count: 1, action: 'disabled-subscription' },
    step: 'prepare.storage',
    code: 'cloud.subscription-disabled',
    params: { subscription },
  },
  {
    what: 'a subscription that is gone',
    incident: { kind: 'refuse', match: put('storageAccounts/'), count: 1, action: 'unknown-subscription' },
    step: 'prepare.storage',
    code: 'cloud.subscription-unknown',
    params: { subscription },
  },
  {
    what: 'a version of the interface that is dropped',
    incident: { kind: 'refuse', match: put('pools/'), count: 1, action: 'dropped-version' },
    step: 'pool.create',
    code: 'cloud.version-dropped',
  },
  {
    what: 'a right that is missing on the image',
    incident: {
      kind: 'forbid',
      match: put('pools/'),
      count: 1,
      action: 'Microsoft.Compute/disks/beginGetAccess/action',
    },
    step: 'pool.create',
    code: 'cloud.forbidden',
    params: {
      action: 'Microsoft.Compute/disks/beginGetAccess/action',
      scope: expect.stringContaining('/versions/1.0.0') as string,
    },
  },
  {
    what: 'a disk above the limit of the gallery',
    incident: { kind: 'refuse', match: put('versions/'), count: 1, action: 'too-large' },
    step: 'image.version',
    code: 'image.too-large',
    params: { size: '2520', limit: '2048' },
  },
  {
    what: 'a disk of odd size',
    incident: { kind: 'refuse', match: put('versions/'), count: 1, action: 'bad-size' },
    step: 'image.version',
    code: 'image.bad-size',
  },
  {
    what: 'a region where copying fails',
    incident: { kind: 'fail-replication', match: put('versions/'), count: 1, action: 'northeurope' },
    step: 'image.version',
    code: 'image.replication-failed',
    params: { version: '1.0.0', region: 'North Europe', reason: 'Failed with internal server error.' },
    form: {
      'image.version': {
        regions: [
          { name: 'westeurope', replicas: 1 },
          { name: 'northeurope', replicas: 1 },
        ],
      },
    },
  },
  ...(
    [
      ['AllocationTimedout', 'pool.no-capacity', {}],
      ['SkuNotAvailable', 'pool.size-unavailable', { region: 'westeurope', size: 'Standard_D2s_v3' }],
      ['MarketplacePurchaseEligibilityFailed', 'pool.terms', {}],
      ['OperationNotAllowed', 'quota.subscription', { family: 'standardDSv3Family', limit: 10, used: 10, needed: 2 }],
      ['IncompatibleVMSize', 'pool.size-unavailable', { size: 'standard_d2s_v3' }],
      ['DependentResourceNotFound', 'pool.dependency-gone', {}],
      ['CommunicationEnabledPoolReachedMaxVMCount', 'pool.too-many-nodes', { limit: '100' }],
    ] as const
  ).map(([action, code, params]): Row => ({
    what: `a pool that gets no node: ${action}`,
    incident: { kind: 'fail-allocation', match: put('pools/'), count: 1, action },
    step: 'pool.canary',
    code,
    params,
  })),
]

describe('what the cloud refuses or fails at', () => {
  it.each(rows)('$what is told as $code, and over it goes on', { timeout: 60_000 }, async (row) => {
    await practice.incident(row.incident)
    const run = await begin({ ...account, 'disk.choose': disk, ...row.form })
    const failed = await practice.go(run, row.step)
    expect(failed).toMatchObject({ step: row.step, error: { code: row.code, params: row.params ?? {} } })
    for (const language of ['en', 'de'] as const) {
      const { what, todo } = errorText(failed.error!, language)
      expect(`${what} ${todo}`).not.toMatch(/…|\[\?|undefined/)
    }
    expect(await practice.go(run, row.step)).toMatchObject({ is: 'done' })
  })
})

describe('what follows from the state of the cloud', () => {
  it('a Spot quota that is too small is told as such', { timeout: 60_000 }, async () => {
    const run = await begin({ ...account, 'disk.choose': disk, 'pool.canary': { dedicated: 1, spot: 40 } })
    expect(await practice.go(run)).toMatchObject({
      step: 'pool.canary',
      error: { code: 'quota.spot', params: { limit: 20 } },
    })
  })

  it('a node agent for another system is named with the system of the image', { timeout: 60_000 }, async () => {
    const run = await begin({
      ...account,
      'disk.choose': disk,
      'pool.create': { nodeAgentSku: 'batch.node.el 9' },
    })
    expect(await practice.go(run)).toMatchObject({
      step: 'pool.canary',
      error: { code: 'pool.wrong-agent', params: { agent: 'batch.node.el 9', os: 'debian 12' } },
    })
  })

  it(
    'a storage account behind a firewall is told by name, and opened the upload goes on',
    { timeout: 60_000 },
    async () => {
      const run = await begin({ ...account, 'disk.choose': disk })
      await practice.go(run, 'prepare.storage')
      const storage = (await practice.stateOf(run)).steps['prepare.storage'].output as { id: string; name: string }
      const rules = (defaultAction: string) => ({
        properties: { networkAcls: { defaultAction, bypass: 'AzureServices' } },
      })
      await patch(run, storage.id, '2025-01-01', rules('Deny'))
      expect(await practice.go(run)).toMatchObject({
        step: 'disk.upload',
        error: { code: 'storage.firewall', params: { account: storage.name } },
      })
      await patch(run, storage.id, '2025-01-01', rules('Allow'))
      expect(await practice.go(run, 'disk.upload')).toMatchObject({ is: 'done' })
    },
  )

  it('a Batch account in a private network is told by name', { timeout: 60_000 }, async () => {
    const run = await begin({
      'prepare.account': { mode: 'create', name: 'bisprivate' },
      'disk.choose': disk,
    })
    await practice.go(run, 'image.version')
    const { id } = (await practice.stateOf(run)).steps['prepare.account'].output as { id: string }
    await patch(run, id, '2025-06-01', { properties: { publicNetworkAccess: 'Disabled' } })
    expect(await practice.go(run)).toMatchObject({
      step: 'pool.create',
      error: { code: 'account.private', params: { account: 'bisprivate' } },
    })
  })

  it('a blob that is no VHD any more is told as such', { timeout: 60_000 }, async () => {
    const run = await begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.definition')
    const { blobUrl } = (await practice.stateOf(run)).steps['disk.upload'].output as { blobUrl: string }
    const blob = await (await practice.studio.cloudOf(run)).pageBlob(blobUrl)
    const { contentLength = 0 } = await blob.getProperties()
    await blob.clearPages(contentLength - 512, 512)
    expect(await practice.go(run)).toMatchObject({ step: 'image.version', error: { code: 'image.not-vhd' } })
  })

  it('an image that was deleted is told apart from one without a copy in the region', { timeout: 60_000 }, async () => {
    const run = await begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'pool.create')
    const { id } = (await practice.stateOf(run)).steps['image.version'].output as { id: string }
    const pool = (await practice.stateOf(run)).steps['pool.create'].output as { id: string }
    const cloud = await practice.studio.cloudOf(run)
    const isSteady = async () => (await getPool(cloud, pool.id))?.allocationState === 'Steady'
    await expect.poll(isSteady, { interval: 20 }).toBe(true)
    await resizePool(cloud, pool.id, { dedicated: 0, spot: 0 })
    await expect.poll(isSteady, { interval: 20 }).toBe(true)
    await deleteVersion(cloud, id)
    await expect.poll(() => getVersion(cloud, id), { interval: 20 }).toBeNull()
    expect(await practice.go(run, 'pool.canary')).toMatchObject({
      step: 'pool.canary',
      error: { code: 'image.gone', params: { image: '1.0.0' } },
    })
  })

  it('a copy is added in one more region without making the version anew', { timeout: 60_000 }, async () => {
    const run = await begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'image.version')
    const typed = (await practice.stateOf(run)).steps['image.version'].typed
    const regions = [
      { name: 'westeurope', replicas: 1 },
      { name: 'northeurope', replicas: 1 },
    ]
    await practice.studio.engine.setInput(run, 'image.version', { ...typed, regions })
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done' })
    const { regions: made } = (await practice.stateOf(run)).steps['image.version'].output as {
      regions: { region: string }[]
    }
    expect(made.map(({ region }) => region)).toEqual(['West Europe', 'North Europe'])
  })
})

describe('a pool that stays deleting', () => {
  it(
    'is told by what Batch says of its age, stays listed, and is waited out when it goes',
    { timeout: 90_000 },
    async () => {
      const run = await begin({ ...account, 'disk.choose': disk })
      await practice.go(run, 'pool.canary')
      const { id, name } = (await practice.stateOf(run)).steps['pool.create'].output as { id: string; name: string }
      await practice.incident({ kind: 'hang-operation', match: 'DELETE .*/pools/', count: 1, minutes: 2 * 24 * 60 })
      const { removed, left } = await practice.studio.engine.cleanUp(run, { alsoRemove: [id] })
      expect(removed).not.toContain(id)
      expect(left).toMatchObject([{ id, error: { code: 'pool.still-deleting', params: { name } } }])
      expect(left[0]!.error.params['minutes']).toBeGreaterThanOrEqual(60)
      expect((await practice.stateOf(run)).resources.map((resource) => resource.id)).toContain(id)
      const deletions = countOf(await practice.stats(), /^DELETE .*\/pools\//)
      await practice.clear()
      expect(await practice.studio.engine.cleanUp(run, { alsoRemove: [id] })).toMatchObject({ removed: [id], left: [] })
      expect(countOf(await practice.stats(), /^DELETE .*\/pools\//)).toBe(deletions)
    },
  )

  it('is not taken for the pool that is wanted again', { timeout: 90_000 }, async () => {
    const run = await begin({ ...account, 'disk.choose': disk })
    await practice.go(run, 'pool.create')
    const { id } = (await practice.stateOf(run)).steps['pool.create'].output as { id: string }
    const cloud = await practice.studio.cloudOf(run)
    await expect.poll(async () => (await getPool(cloud, id))?.allocationState, { interval: 20 }).toBe('Steady')
    await practice.incident({ kind: 'hang-operation', match: 'DELETE .*/pools/', count: 1 })
    await deletePool(cloud, id)
    const again = practice.studio.engine.perform(run, 'pool.create').then((work) => work.ended)
    const isWaiting = async () => (await practice.studio.engine.open(run)).running?.progress?.wait?.key
    await expect.poll(isWaiting, { interval: 20, timeout: 20_000 }).toBe('removing')
    await practice.clear()
    expect(await again).toMatchObject({ is: 'done' })
    expect(await getPool(cloud, id)).toMatchObject({ state: 'Succeeded' })
  })
})

describe('something that somebody else deletes while we wait for it', () => {
  it.each([
    ['image.gallery', 'gallery', 'galleries/[^/]+$'],
    ['image.version', 'image version', 'versions/[^/]+$'],
  ] as const)('%s: is told, not waited for, and made anew', { timeout: 60_000 }, async (step, kind, path) => {
    await practice.incident({ kind: 'hang-operation', match: `PUT .*/${path}`, count: 1 })
    const run = await begin({ ...account, 'disk.choose': disk })
    await practice.go(run, before(step))
    const waiting = practice.go(run, step)
    await vanish(run, kind)
    expect(await waiting).toMatchObject({ step, error: { code: 'cloud.gone', params: { kind } } })
    expect(await practice.go(run, step)).toMatchObject({ is: 'done' })
  })
})

function before(step: 'image.gallery' | 'image.version'): StepId {
  return step === 'image.gallery' ? 'disk.upload' : 'image.definition'
}

/** Deletes what a run is making as soon as it is there. */
async function vanish(run: string, kind: string): Promise<void> {
  const cloud = await practice.studio.cloudOf(run)
  const urlOf = async () => {
    const made = (await practice.stateOf(run)).resources.find(({ what }) => what === kind)
    return `${cloud.profile.armEndpoint}${made?.id}?api-version=2025-03-03`
  }
  const isThere = async () => sendJson(cloud.arm, { method: 'GET', url: await urlOf() }).then(Boolean, () => false)
  await expect.poll(isThere, { interval: 20, timeout: 20_000 }).toBe(true)
  await sendJson(cloud.arm, { method: 'DELETE', url: await urlOf() })
}

async function patch(run: string, id: string, version: string, body: object): Promise<void> {
  const cloud = await practice.studio.cloudOf(run)
  await sendJson(cloud.arm, { method: 'PATCH', url: `${cloud.profile.armEndpoint}${id}?api-version=${version}`, body })
}
