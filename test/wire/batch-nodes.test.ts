import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, clients, serviceToken, startCloud, subscription, uploadEmptyVhd } from './practice'

const group = `/subscriptions/${subscription}/resourceGroups/practice-shared`
const account = `${group}/providers/Microsoft.Batch/batchAccounts/practicebatch`
const images = `${group}/providers/Microsoft.Compute/galleries/practice_gallery/images`
const version = '?api-version=2025-06-01'
const ubuntu = `${images}/ubuntu-base/versions/1.0.0`
let cloud: RunningPractice
let tokens: { arm: string; batch: string }

type ArmPool = {
  properties: {
    allocationState: string
    currentDedicatedNodes: number
    resizeOperationStatus: {
      errors?: { code: string; message: string; details?: { code: string; message: string }[] }[]
    }
  }
}
type Node = { id: string; state: string; startTaskInfo?: { exitCode: number; failureInfo?: { code: string } } }

async function arm(method: string, path: string, body?: object): Promise<{ status: number; json: unknown }> {
  return ask(cloud.profile, method, `${path}${version}`, { token: tokens.arm, ...(body ? { body } : {}) })
}

function data(method: string, path: string, body?: object, token = tokens.batch) {
  const type = { 'content-type': 'application/json; odata=minimalmetadata' }
  const options = { token, headers: type, ...(body ? { body } : {}) }
  return ask(cloud.profile, method, `/batch/practicebatch/${path}${version}`, options)
}

async function createPool(
  name: string,
  change: { id?: string; agent?: string; size?: string; nodes?: number; startTask?: object } = {},
) {
  const { id = ubuntu, agent = 'batch.node.ubuntu 24.04', size = 'STANDARD_D2S_V3', nodes = 1, startTask } = change
  const virtualMachineConfiguration = { imageReference: { id }, nodeAgentSkuId: agent }
  const answer = await arm('PUT', `${account}/pools/${name}`, {
    properties: {
      vmSize: size,
      deploymentConfiguration: { virtualMachineConfiguration },
      scaleSettings: { fixedScale: { targetDedicatedNodes: nodes, targetLowPriorityNodes: 0 } },
      ...(startTask ? { startTask } : {}),
    },
  })
  expect(answer.status).toBe(200)
}

/** Reads a pool until it is steady, as a client that waits does. */
async function steady(name: string): Promise<ArmPool['properties']> {
  for (let reads = 0; reads < 10; reads++) {
    const { properties } = (await arm('GET', `${account}/pools/${name}`)).json as ArmPool
    if (properties.allocationState === 'Steady') return properties
  }
  throw new Error(`${name} is not steady`)
}

/** All states of the first node of a pool, each once, until one stays. */
async function statesOf(name: string): Promise<{ states: string[]; last: Node }> {
  const states: string[] = []
  let last: Node | undefined
  for (let reads = 0; reads < 12; reads++) {
    const { value } = (await data('GET', `pools/${name}/nodes`)).json as { value: Node[] }
    last = value[0]
    if (last && last.state !== states.at(-1)) states.push(last.state)
  }
  return { states, last: last! }
}

beforeAll(async () => {
  cloud = await startCloud()
  tokens = { arm: await serviceToken(cloud), batch: await serviceToken(cloud, cloud.profile.batchScope) }
})
afterAll(() => cloud.close())

describe('a pool on a good image', () => {
  it('brings its node to idle after a few reads', async () => {
    await createPool('good')
    const first = (await arm('GET', `${account}/pools/good`)).json as ArmPool
    expect(first.properties).toMatchObject({ allocationState: 'Resizing', currentDedicatedNodes: 0 })
    const { states } = await statesOf('good')
    expect(states).toEqual(['creating', 'starting', 'idle'])
    expect(await steady('good')).toMatchObject({ currentDedicatedNodes: 1 })
  })

  it('runs its start task first', async () => {
    const startTask = { commandLine: '/bin/sh -c "apt-get update"', waitForSuccess: true }
    await createPool('started', { startTask })
    const { states, last } = await statesOf('started')
    expect(states.slice(-2)).toEqual(['waitingforstarttask', 'idle'])
    expect(last.startTaskInfo).toMatchObject({ exitCode: 0, result: 'success' })
  })

  it('tells which version the node runs', async () => {
    const { json } = await data('GET', 'pools/good/nodes')
    const [node] = (json as { value: object[] }).value
    expect(node).toMatchObject({
      isDedicated: true,
      vmSize: 'standard_d2s_v3',
      virtualMachineInfo: { imageReference: { virtualMachineImageId: ubuntu, exactVersion: '1.0.0' } },
      nodeAgentInfo: { version: expect.stringMatching(/^1\.\d+\.\d+$/) },
    })
  })

  it('grows and shrinks by the management plane and by the data plane', async () => {
    const fixedScale = { targetDedicatedNodes: 3, targetLowPriorityNodes: 1 }
    const path = `${account}/pools/good`
    expect((await arm('PATCH', path, { properties: { scaleSettings: { fixedScale } } })).status).toBe(200)
    expect((await data('POST', 'pools/good/resize', { targetDedicatedNodes: 1 })).status).toBe(409)
    expect(await steady('good')).toMatchObject({ currentDedicatedNodes: 3, currentLowPriorityNodes: 1 })
    await statesOf('good')
    const counts = (await data('GET', 'nodecounts')).json as {
      value: { poolId: string; dedicated: { idle: number } }[]
    }
    expect(counts.value.find(({ poolId }) => poolId === 'good')).toMatchObject({
      dedicated: { idle: 3, total: 3 },
      lowPriority: { idle: 1, total: 1 },
    })
    const { value } = (await data('GET', 'pools/good/nodes')).json as { value: Node[] }
    expect((await data('POST', 'pools/good/removenodes', { nodeList: [value[0]!.id] })).status).toBe(202)
    await steady('good')
    await statesOf('good')
    expect(await steady('good')).toMatchObject({ currentDedicatedNodes: 2 })
    expect(
      (await data('POST', 'pools/good/resize', { targetDedicatedNodes: 0, targetLowPriorityNodes: 0 })).status,
    ).toBe(202)
    await steady('good')
    await statesOf('good')
    expect(await steady('good')).toMatchObject({ currentDedicatedNodes: 0, currentLowPriorityNodes: 0 })
  })

  it('can be stopped while it grows', async () => {
    await createPool('stopped')
    expect((await data('POST', 'pools/stopped/stopresize')).status).toBe(202)
    const { resizeOperationStatus } = await steady('stopped')
    expect(resizeOperationStatus.errors?.[0]?.code).toBe('ResizeStopped')
  })
})

describe('a node whose image cannot work', () => {
  it('is unusable with the agent of another system', async () => {
    await createPool('wrong-agent', { agent: 'batch.node.el 9' })
    const { states } = await statesOf('wrong-agent')
    expect(states.at(-1)).toBe('unusable')
  })

  it('is unusable when the stored disk has no system to boot', async () => {
    const azure = clients(cloud)
    const store = await azure.storage.storageAccounts.getProperties('practice-shared', 'practicestorage')
    await azure.storage.blobContainers.create('practice-shared', 'practicestorage', 'vhds', {})
    const uri = `${store.primaryEndpoints!.blob!}vhds/empty.vhd`
    await uploadEmptyVhd(cloud, uri)
    const source = { storageAccountId: store.id!, uri }
    await azure.compute.galleryImageVersions.createOrUpdate(
      'practice-shared',
      'practice_gallery',
      'ubuntu-base',
      '2.0.0',
      { location: 'westeurope', storageProfile: { osDiskImage: { source } } },
      { updateIntervalInMs: 20 },
    )
    await createPool('not-bootable', { id: `${images}/ubuntu-base/versions/2.0.0` })
    const { states } = await statesOf('not-bootable')
    expect(states.at(-1)).toBe('unusable')
  })

  it('shows the exit code of a start task that failed', async () => {
    await createPool('start-failed', { startTask: { commandLine: '/bin/sh -c "exit 1"', waitForSuccess: true } })
    const { states, last } = await statesOf('start-failed')
    expect(states.at(-1)).toBe('starttaskfailed')
    expect(last.startTaskInfo).toMatchObject({ exitCode: 1, failureInfo: { code: 'FailureExitCode' } })
  })

  it('does not find a program of the other operating system', async () => {
    await createPool('start-windows', { startTask: { commandLine: 'cmd /c dir' } })
    const { last } = await statesOf('start-windows')
    expect(last.startTaskInfo?.failureInfo?.code).toBe('CommandProgramNotFound')
  })
})

describe('an allocation that cannot work', () => {
  it('names the generation that the size cannot boot, inside the provider error', async () => {
    await createPool('generation', { size: 'STANDARD_A2_V2' })
    const { resizeOperationStatus } = await steady('generation')
    const [error] = resizeOperationStatus.errors!
    expect(error).toMatchObject({ code: 'AllocationFailed' })
    const json = error!.details!.find(({ code }) => code === 'Provider Error Json')!.message
    const inner = (JSON.parse(json) as { error: { message: string } }).error
    expect(inner.message).toContain("cannot boot Hypervisor Generation '2'")
  })

  it('names the quota of the family, and gives the nodes that fit', async () => {
    await createPool('no-quota', { size: 'STANDARD_NC4AS_T4_V3' })
    const none = await steady('no-quota')
    expect(none.resizeOperationStatus.errors?.[0]).toMatchObject({ code: 'AccountVMSeriesCoreQuotaReached' })
    await createPool('some-quota', { size: 'STANDARD_F2S_V2', nodes: 3 })
    const some = await steady('some-quota')
    expect(some.currentDedicatedNodes).toBe(2)
    expect(some.resizeOperationStatus.errors?.[0]?.message).toContain('Current Limit: 4')
  })

  it('names the quota of the account when that is 0', async () => {
    await ask(cloud.profile, 'POST', '/practice/faults', { body: { kind: 'quota-zero' } })
    await createPool('zero')
    const { resizeOperationStatus } = await steady('zero')
    expect(resizeOperationStatus.errors?.[0]).toMatchObject({ code: 'AccountCoreQuotaReached' })
    expect(resizeOperationStatus.errors?.[0]?.message).toContain('0 Total dedicated vCPUs')
    await ask(cloud.profile, 'DELETE', '/practice/faults')
  })

  it('can be caused by an incident', async () => {
    const body = {
      kind: 'fail-operation',
      match: '/pools/incident$',
      count: 1,
      action: 'OverconstrainedAllocationRequest',
    }
    await ask(cloud.profile, 'POST', '/practice/faults', { body })
    await createPool('incident')
    const { resizeOperationStatus } = await steady('incident')
    expect(JSON.stringify(resizeOperationStatus.errors)).toContain('OverconstrainedAllocationRequest')
  })

  it('is what pools of retired kinds have left', async () => {
    for (const name of ['render-managed-image', 'render-vhd-2017']) {
      const fixedScale = { targetDedicatedNodes: 1 }
      const path = `${account}/pools/${name}`
      expect((await arm('PATCH', path, { properties: { scaleSettings: { fixedScale } } })).status).toBe(200)
      const { resizeOperationStatus, currentDedicatedNodes } = await steady(name)
      expect(currentDedicatedNodes).toBe(0)
      expect(JSON.stringify(resizeOperationStatus.errors)).toContain('retired')
    }
  })
})

describe('the data plane', () => {
  it('lists images with their agents, page by page', async () => {
    const first = await data('GET', 'supportedimages')
    const { value } = first.json as { value: { nodeAgentSKUId: string; osType: string }[] }
    const agents = new Set(value.map(({ nodeAgentSKUId }) => nodeAgentSKUId))
    expect([...agents]).toEqual(
      expect.arrayContaining([
        'batch.node.windows amd64',
        'batch.node.ubuntu 24.04',
        'batch.node.debian 12',
        'batch.node.el 9',
      ]),
    )
    expect(value.find(({ nodeAgentSKUId }) => nodeAgentSKUId === 'batch.node.ubuntu 22.04')).toMatchObject({
      batchSupportEndOfLife: '2027-06-30T00:00:00Z',
      verificationType: 'verified',
      osType: 'linux',
    })
    const small = await ask(cloud.profile, 'GET', `/batch/practicebatch/supportedimages${version}&maxresults=5`, {
      token: tokens.batch,
    })
    const page = small.json as { value: object[]; 'odata.nextLink': string }
    expect(page.value).toHaveLength(5)
    const second = await ask(cloud.profile, 'GET', page['odata.nextLink'], { token: tokens.batch })
    expect((second.json as { value: object[] }).value[0]).toEqual(value[5])
  })

  it('shows a pool with the names of its own protocol', async () => {
    const { json } = await data('GET', 'pools/wrong-agent')
    expect(json).toMatchObject({
      id: 'wrong-agent',
      state: 'active',
      allocationState: 'steady',
      virtualMachineConfiguration: {
        imageReference: { virtualMachineImageId: ubuntu },
        nodeAgentSKUId: 'batch.node.el 9',
      },
    })
  })

  it('refuses in its own shape', async () => {
    const missing = await data('GET', 'pools/nosuch')
    expect([missing.status, missing.json]).toEqual([
      404,
      expect.objectContaining({
        'odata.metadata': expect.stringContaining('#Microsoft.Azure.Batch'),
        code: 'PoolNotFound',
        message: { lang: 'en-US', value: expect.stringContaining('RequestId:') },
      }),
    ])
    const foreign = await data('GET', 'pools', undefined, tokens.arm)
    expect([foreign.status, (foreign.json as { code: string }).code]).toEqual([401, 'AuthenticationFailed'])
    const other = await ask(cloud.profile, 'GET', `/batch/nosuch/pools${version}`, { token: tokens.batch })
    expect(other.status).toBe(404)
    const key = await ask(cloud.profile, 'POST', `/batch/practicebatch/pools${version}`, {
      body: { id: 'bykey' },
      headers: { authorization: 'SharedKey practicebatch:c2lnbmF0dXJl' },
    })
    expect(key.status).toBe(403)
    expect(key.text).toContain('SharedKey is not allowed when external resources of type Compute are linked')
  })
})
