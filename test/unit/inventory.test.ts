import { describe, expect, it } from 'vitest'
import { joinInventory, type PoolFacts } from '../../src/main/inventory'
import { kindOf } from '../../src/main/inventory-image'
import { poolFrom } from '../../src/main/azure/pool-body'
import { AppError } from '../../src/shared/errors'

const group = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Farm'
const gallery = `${group}/providers/Microsoft.Compute/galleries/renderwe`
const maya = `${gallery}/images/maya`
const account = `${group}/providers/Microsoft.Batch/batchAccounts/farm`

/** A pool's body as ARM answers it (Pool - Get, api-version 2025-06-01). */
function body(name: string, machine: object | null, more: object = {}) {
  return {
    id: `${account}/pools/${name}`,
    name,
    properties: {
      provisioningState: 'Succeeded',
      allocationState: 'Steady',
      vmSize: 'STANDARD_D2S_V3',
      currentDedicatedNodes: 1,
      deploymentConfiguration: machine ? { virtualMachineConfiguration: machine } : {},
      scaleSettings: { fixedScale: { targetDedicatedNodes: 1, targetLowPriorityNodes: 0 } },
      ...more,
    },
  }
}
const machine = (imageReference: object) => ({ imageReference, nodeAgentSkuId: 'batch.node.ubuntu 24.04' })
const ofId = (name: string, id: string) => body(name, machine({ id }))

describe('the kind of image of a pool', () => {
  it.each([
    ['galleryVersion', machine({ id: `${maya}/versions/1.2.0` })],
    ['galleryVersion', machine({ id: `${maya}/versions/1.2.0`.toUpperCase() })],
    ['galleryLatest', machine({ id: maya })],
    ['galleryLatest', machine({ id: `${maya}/versions/latest` })],
    ['sharedGallery', machine({ sharedGalleryImageId: '/sharedGalleries/s-G/images/maya/versions/1.0.0' })],
    ['sharedGallery', machine({ id: '/SharedGalleries/s-G/images/maya/versions/latest' })],
    ['communityGallery', machine({ communityGalleryImageId: '/CommunityGalleries/c-1/images/maya/versions/1.0.0' })],
    ['marketplace', machine({ publisher: 'canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' })],
    ['managed', machine({ id: `${group}/providers/Microsoft.Compute/images/cfd` })],
    ['vhd', machine({})],
    ['cloudServices', null],
  ])('%s', (kind, reference) => {
    expect(kindOf(poolFrom(body('any', reference)).image)).toBe(kind)
  })
})

describe('the inventory', () => {
  it('compares ids without regard to case, and gives each version its pools', () => {
    const { pools, images } = join([
      ofId('pinned', `${maya}/versions/1.0.0`.toUpperCase()),
      ofId('shouting', `${maya.toLowerCase()}/versions/1.0.0`),
      ofId('newest', `${maya}/`),
    ])
    expect(pools.map(({ name, kind, image }) => [name, kind, image.state])).toEqual([
      ['pinned', 'galleryVersion', 'there'],
      ['shouting', 'galleryVersion', 'there'],
      ['newest', 'galleryLatest', 'there'],
    ])
    const users = Object.fromEntries(images.map((it) => [it.version ?? it.definition, it.pools.map(nameOf)]))
    expect(users).toEqual({
      '1.0.0': ['pinned', 'shouting'],
      '1.10.0': [],
      '1.9.0': ['newest'],
      '2.0.0': [],
      empty: [],
    })
  })

  it.each([
    ['a version that is not there', `${maya}/versions/9.9.9`, 'gone'],
    ['a version without a replica in the region of the account', `${maya}/versions/1.10.0`, 'noReplica'],
    ['a definition without a version', `${gallery}/images/empty`, 'gone'],
    ['a gallery nobody may look into', `${group}/providers/Microsoft.Compute/galleries/other/images/x`, 'unknown'],
    ['a managed image', `${group}/providers/Microsoft.Compute/images/cfd`, 'retired'],
  ])('tells of %s', (_what, id, state) => {
    expect(join([ofId('one', id)]).pools[0]?.image.state).toBe(state)
  })

  it.each([
    ['steady', ofId('p', maya)],
    ['resizing', body('p', machine({ id: maya }), { allocationState: 'Resizing' })],
    ['deleting', body('p', machine({ id: maya }), { provisioningState: 'Deleting', allocationState: 'Resizing' })],
    ['cannotGrow', body('p', machine({}))],
    ['dead', body('p', null)],
    ['autoscale', body('p', machine({ id: maya }), { scaleSettings: { autoScale: { formula: '$x=1;' } } })],
    [
      'resizeFailed',
      body('p', machine({ id: maya }), { resizeOperationStatus: { errors: [{ code: 'AccountCoreQuotaReached' }] } }),
    ],
    [
      'resizeFailed',
      body('p', machine({ id: maya }), {
        scaleSettings: { autoScale: { formula: '$x=1;' } },
        autoScaleRun: {
          evaluationTime: '2026-11-25T10:00:00Z',
          error: { code: 'Syntax', message: 'no such variable' },
        },
      }),
    ],
  ])('calls a pool %s', (state, pool) => {
    expect(join([pool]).pools[0]?.state).toBe(state)
  })

  it('counts nodes by state, dedicated and Spot together, and leaves out what is zero', () => {
    const facts = factsOf([ofId('Busy', maya)])
    const counts = { pool: 'busy', dedicated: { idle: 3, startTaskFailed: 1, total: 4, running: 0 }, spot: { idle: 2 } }
    facts.accounts[0]!.counts = { value: [counts], error: null }
    expect(joinInventory(facts, about).pools[0]?.nodes).toEqual({ idle: 5, starttaskfailed: 1 })
  })

  it('shows an account that refuses beside one that answers', () => {
    const facts = factsOf([ofId('there', maya)])
    const error = new AppError('cloud.forbidden', { action: 'Microsoft.Batch/batchAccounts/pools/read' }).toData()
    const refusing = {
      ...facts.accounts[0]!,
      account: { ...facts.accounts[0]!.account, id: `${account}2`, name: 'farm2' },
    }
    facts.accounts.push({ ...refusing, pools: { value: null, error }, counts: { value: null, error } })
    const { accounts, pools } = joinInventory(facts, about)
    expect(accounts.map(({ name, error }) => [name, error?.code])).toEqual([
      ['farm', undefined],
      ['farm2', 'cloud.forbidden'],
    ])
    expect(pools.map(({ name }) => name)).toEqual(['there'])
  })

  it('names the run of this computer that made a version', () => {
    const facts = factsOf([])
    facts.images.galleries[0]!.definitions[0]!.versions[0]!.tags = { createdBy: 'batch-image-studio', run: '2026-abc' }
    const runs = new Map([['2026-abc', { name: 'Maya 2026', file: 'maya2026.vhd' }]])
    const found = joinInventory(facts, { ...about, runs }).images.find(({ version }) => version === '1.0.0')
    expect(found?.madeBy).toEqual({ run: '2026-abc', name: 'Maya 2026', file: 'maya2026.vhd' })
  })

  it('keeps no command line of a start task', () => {
    const secret = body('p', machine({ id: maya }), { startTask: { commandLine: 'install --key hunter2' } })
    expect(JSON.stringify(join([secret]))).not.toContain('hunter2')
  })
})

const about = { at: '2026-11-25T12:00:00.000Z', username: 'owner@example.com', runs: new Map() }

function join(bodies: object[]) {
  return joinInventory(factsOf(bodies), about)
}

function factsOf(bodies: object[]): PoolFacts {
  const quota = { dedicatedCores: 10, spotCores: 0, pools: 20, families: {}, isPerFamily: false }
  const farm = { id: account, name: 'farm', region: 'westeurope', endpoint: 'https://farm.example', state: 'Succeeded' }
  const versions = [
    version('1.0.0', 'West Europe'),
    version('1.10.0', 'North Europe'),
    version('1.9.0', 'West Europe'),
    { ...version('2.0.0', 'West Europe'), excludeFromLatest: true },
  ]
  return {
    accounts: [
      {
        account: { ...farm, allocationMode: 'BatchService', quota, tags: {} },
        subscription: 'Farm',
        pools: { value: bodies.map(poolFrom), error: null },
        counts: { value: [], error: null },
      },
    ],
    images: {
      galleries: [
        {
          gallery: { id: gallery, name: 'renderwe', region: 'westeurope', state: 'Succeeded', tags: {} },
          subscription: 'Farm',
          definitions: [
            { definition: definition('maya'), versions },
            { definition: definition('empty'), versions: [] },
          ],
        },
      ],
      refusals: [],
    },
    refusals: [],
  }
}

function definition(name: string) {
  const identifier = { publisher: 'me', offer: name, sku: 'linux', securityType: 'Standard' }
  const machine = { osType: 'Linux', isGeneralized: true, generation: 'V2', architecture: 'x64' } as const
  const at = { id: `${gallery}/images/${name}`, name, region: 'westeurope', state: 'Succeeded', tags: {} }
  return { ...at, ...machine, ...identifier }
}

function version(name: string, region: string) {
  return {
    id: `${maya}/versions/${name}`,
    name,
    region: 'westeurope',
    state: 'Succeeded',
    replication: 'Completed',
    replicas: [],
    targets: [{ region, replicas: 1 }],
    excludeFromLatest: false,
    source: '',
    luns: [],
    publishedAt: '2026-11-22T10:00:00.000Z',
    tags: {} as Record<string, string>,
  }
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}
