import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createReadings } from '../../src/main/pool-readings'
import type { PoolsView } from '../../src/shared/contract'
import { causesOf } from '../../src/shared/node-causes'
import { countOf } from '../support/command'
import { practised, type Practiced } from '../support/studio'

const place = { cloud: 'practice' }
let practice: Practiced
beforeAll(async () => {
  practice = await practised()
  await practice.studio.practice.start()
  await practice.studio.pools.choose(place)
}, 60_000)

/** Reads everything, as a click on the button does, and gives what the screen shows then. */
async function reading(): Promise<PoolsView> {
  const { pools } = practice.studio
  pools.refresh({ isAsked: true })
  await pools.settled()
  return pools.view()
}

async function pool(name: string) {
  const { inventory } = await reading()
  return inventory!.pools.find((it) => it.name === name)!
}

describe('the pools of an account', { timeout: 60_000 }, () => {
  it('are read from all accounts and all pages, each with its kind of image', async () => {
    const { inventory, error, place: shown } = await reading()
    expect(error).toBeNull()
    expect(shown?.account).toBe(inventory?.username)
    expect(inventory?.accounts.map(({ name, error }) => [name, error])).toEqual([
      ['practicebatch', null],
      ['practiceusersub', null],
      ['practicefarm', null],
    ])
    const found = inventory!.pools.map(({ name, kind, state, image }) => [name, kind, state, image.state])
    expect(found).toEqual([
      ['render-marketplace', 'marketplace', 'steady', 'there'],
      ['render-managed-image', 'managed', 'cannotGrow', 'retired'],
      ['render-vhd-2017', 'vhd', 'cannotGrow', 'retired'],
      ['maya-pinned', 'galleryVersion', 'steady', 'there'],
      ['maya-latest', 'galleryLatest', 'steady', 'there'],
      ['etl-marketplace', 'marketplace', 'steady', 'there'],
      ['nightly-autoscale', 'marketplace', 'autoscale', 'there'],
      ['cfd-managed-image', 'managed', 'cannotGrow', 'retired'],
      ['far-from-image', 'galleryVersion', 'steady', 'noReplica'],
      ['render-unusable', 'marketplace', 'steady', 'there'],
      ['render-start-task', 'marketplace', 'steady', 'there'],
    ])
  })

  it('are named by the image version that they start from, and counted by state', async () => {
    const { inventory } = await reading()
    const [image] = inventory!.images.filter(({ version }) => version === '1.0.0')
    const users = inventory!.pools.filter(({ key }) => image?.pools.includes(key)).map(({ name }) => name)
    expect(users).toEqual(['maya-pinned', 'maya-latest', 'far-from-image'])
    const nodes = Object.fromEntries(inventory!.pools.map(({ name, nodes }) => [name, nodes]))
    expect(nodes).toMatchObject({
      'maya-pinned': { idle: 3 },
      'render-unusable': { idle: 2, unusable: 2 },
      'render-start-task': { idle: 2, starttaskfailed: 1 },
      'render-vhd-2017': {},
    })
  })

  it('are shown without the account that refuses, which is shown with its reason', async () => {
    await practice.incident({ kind: 'forbid', match: 'GET .*/batchAccounts/practicefarm/pools$' })
    const { inventory, error } = await reading()
    expect(error).toBeNull()
    expect(inventory?.pools.map(({ accountName }) => accountName)).not.toContain('practicefarm')
    expect(inventory?.pools).toHaveLength(5)
    const farm = inventory?.accounts.find(({ name }) => name === 'practicefarm')
    expect(farm?.error).toMatchObject({
      code: 'cloud.forbidden',
      params: { action: 'Microsoft.Batch/batchAccounts/pools/read' },
    })
  })

  it('are counted by themselves where the nodes may not be counted', async () => {
    await practice.incident({ kind: 'forbid', match: 'GET /batch/practicefarm/nodecounts' })
    const { inventory } = await reading()
    const farm = inventory?.accounts.find(({ name }) => name === 'practicefarm')
    expect([farm?.error, farm?.countsError?.code]).toEqual([null, 'cloud.forbidden'])
    const etl = inventory?.pools.find(({ name }) => name === 'etl-marketplace')
    expect(etl).toMatchObject({ dedicated: 3, nodes: {} })
  })

  it('do not depend on what the galleries answer', async () => {
    await practice.incident({ kind: 'forbid', match: 'GET .*/galleries$' })
    const { inventory } = await reading()
    expect(inventory?.pools).toHaveLength(11)
    expect(inventory?.pools.find(({ name }) => name === 'maya-pinned')?.image.state).toBe('unknown')
    expect(inventory?.refusals.map(({ kind, error }) => [kind, error.code])).toContainEqual([
      'subscription',
      'cloud.forbidden',
    ])
  })

  it('stay as last read while there is no network, also at the next start, and hold no command line', async () => {
    const before = await reading()
    await practice.incident({ kind: 'cut' })
    const { inventory, error } = await reading()
    expect(error?.code).toBe('offline')
    expect(inventory).toEqual(before.inventory)
    const file = path.join(practice.folder, 'pools.json')
    expect(await readFile(file, 'utf8')).not.toContain('blender --version')
    const next = createReadings(file)
    await next.load()
    expect(next.of(next.last()!)?.pools).toEqual(before.inventory?.pools)
  })

  it('are read anew where the file of the last reading makes no sense', async () => {
    const file = path.join(practice.folder, 'broken.json')
    await writeFile(file, '{"readings": [{"place": {}}]}')
    const readings = createReadings(file)
    await readings.load()
    expect(readings.last()).toBeNull()
  })

  it('send no request when a place is chosen', async () => {
    const requests = async () => countOf(await practice.stats(), /Microsoft\.Batch|nodecounts/)
    await reading()
    const before = await requests()
    await practice.studio.pools.choose(practice.studio.pools.view().place!)
    expect(practice.studio.pools.view().inventory?.pools).toHaveLength(11)
    expect(await requests()).toBe(before)
  })
})

describe('one pool', { timeout: 60_000 }, () => {
  it.each([
    { name: 'render-unusable', kinds: ['diskFull', 'silent'] },
    { name: 'render-start-task', kinds: ['startTaskNotFound'] },
    { name: 'etl-marketplace', kinds: [] },
  ])('$name tells why its nodes need a person', async ({ name, kinds }) => {
    const { key } = await pool(name)
    const { troubled, nodesError } = await practice.studio.pools.detail(key)
    expect(nodesError).toBeNull()
    expect(causesOf(troubled).map(({ kind }) => kind)).toEqual(kinds)
  })

  it('tells what its account has used of its quota', async () => {
    const { key } = await pool('etl-marketplace')
    const { cores, pools } = await practice.studio.pools.detail(key)
    // Sizes with two cores: 3 + 2 nodes of the D series, 4 + 3 of the other.
    expect(cores).toMatchObject({
      family: 'standardDSv3Family',
      inFamily: { used: 10, limit: 20 },
      dedicated: { used: 24, limit: 40 },
    })
    expect(pools).toEqual({ used: 6, limit: 20 })
  })

  it('goes to 0 nodes and stays, a retired one too', async () => {
    const before = [await pool('maya-pinned'), await pool('cfd-managed-image')]
    for (const { key } of before) await practice.studio.pools.scaleToZero(key)
    expect(practice.studio.pools.view().scaling).toEqual(before.map(({ key }) => key))
    await practice.studio.pools.settled()
    const { scaling, scaleErrors, inventory } = practice.studio.pools.view()
    expect([scaling, scaleErrors]).toEqual([[], []])
    const after = before.map(({ key }) => inventory!.pools.find((it) => it.key === key)!)
    expect(
      after.map(({ name, dedicated, spot, targetDedicated, state }) => [name, dedicated, spot, targetDedicated, state]),
    ).toEqual([
      ['maya-pinned', 0, 0, 0, 'steady'],
      ['cfd-managed-image', 0, 0, 0, 'cannotGrow'],
    ])
  })

  it('that may not be resized is left alone', async () => {
    const { key } = await pool('etl-marketplace')
    await practice.incident({ kind: 'forbid', match: 'PATCH .*/pools/etl-marketplace' })
    await expect(practice.studio.pools.scaleToZero(key)).rejects.toMatchObject({ code: 'cloud.forbidden' })
    expect(practice.studio.pools.view().scaling).toEqual([])
  })

  it('that nobody has read is not touched', async () => {
    await reading()
    const foreign = '/subscriptions/x/resourceGroups/y/providers/Microsoft.Batch/batchAccounts/z/pools/p'
    await expect(practice.studio.pools.scaleToZero(foreign)).rejects.toMatchObject({ code: 'cloud.not-found' })
  })

  it('begins a run with its settings filled in', async () => {
    const { key } = await pool('render-start-task')
    const run = await practice.studio.pools.startRun(key, 'On a new image', 'from-disk')
    const { steps, name } = await practice.stateOf(run)
    expect(name).toBe('On a new image')
    expect(steps['connect.cloud'].input).toEqual(place)
    expect(steps['prepare.account'].input).toMatchObject({ name: 'practicefarm', resourceGroup: 'practice-shared' })
    expect(steps['pool.create'].input).toMatchObject({
      vmSize: 'standard_d2ds_v5',
      nodeAgentSku: 'batch.node.ubuntu 24.04',
      taskSlotsPerNode: 1,
      startTask: '/bin/sh -c "blender --version"',
    })
    expect(steps['pool.canary'].input).toEqual({ dedicated: 3, spot: 0 })
  })

  it('begins a run from a build VM, whose agent follows from the image that is chosen there', async () => {
    const { key } = await pool('render-managed-image')
    const run = await practice.studio.pools.startRun(key, 'From a VM', 'from-vm')
    const { steps, recipe } = await practice.stateOf(run)
    expect(recipe).toBe('from-vm')
    expect(steps['prepare.account'].input).toMatchObject({ name: 'practicebatch' })
    expect(steps['pool.create'].input).toMatchObject({ vmSize: 'standard_d2s_v3' })
    expect(steps['pool.create'].input).not.toHaveProperty('nodeAgentSku')
  })

  it.each([
    ['render-managed-image', 'from-vm'],
    ['cfd-managed-image', 'from-disk'],
    ['render-vhd-2017', null],
    ['maya-pinned', null],
  ])('%s tells that its image came by the recipe %s', async (name, recipe) => {
    const { key } = await pool(name)
    expect(await practice.studio.pools.detail(key)).toMatchObject({ recipe })
  })
})
