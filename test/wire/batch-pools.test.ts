import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import type { WireExchange } from '../support/exchanges'
import { ask, serviceToken, startCloud, subscription } from './practice'
import { judgeBatch } from './published/data-planes'

const version = '?api-version=2025-06-01'
const farm = `/subscriptions/${subscription}/resourceGroups/practice-shared/providers/Microsoft.Batch/batchAccounts/practicefarm`
let cloud: RunningPractice
let tokens: { arm: string; batch: string }

beforeAll(async () => {
  cloud = await startCloud()
  tokens = { arm: await serviceToken(cloud), batch: await serviceToken(cloud, cloud.profile.batchScope) }
})
afterAll(() => cloud.close())

/** One call to the data plane, as it stood on the wire. */
async function data(method: string, path: string, body?: object): Promise<WireExchange> {
  const headers = { 'content-type': 'application/json; odata=minimalmetadata' }
  const url = `/batch/practicefarm/${path}${version}`
  const answer = await ask(cloud.profile, method, url, { token: tokens.batch, headers, ...(body ? { body } : {}) })
  return {
    method,
    url,
    request: { headers, body: body ? JSON.stringify(body) : null },
    status: answer.status,
    headers: {},
    body: answer.text || null,
  }
}

async function arm<Answer>(path: string): Promise<Answer> {
  return (await ask(cloud.profile, 'GET', path, { token: tokens.arm })).json as Answer
}

type ArmPool = { name: string; properties: { allocationState: string; currentDedicatedNodes: number } }

/** Reads a pool until its nodes are settled. */
async function settled(name: string, nodes: number): Promise<ArmPool['properties']> {
  for (let reads = 0; reads < 20; reads++) {
    const { properties } = await arm<ArmPool>(`${farm}/pools/${name}${version}`)
    await data('GET', `pools/${name}/nodes`)
    if (properties.allocationState === 'Steady' && properties.currentDedicatedNodes === nodes) return properties
  }
  throw new Error(`${name} is not settled`)
}

it('pools come in pages whose nextLink leads to the rest', async () => {
  type Page = { value: { name: string }[]; nextLink?: string }
  const first = await arm<Page>(`${farm}/pools${version}`)
  expect(first.value).toHaveLength(5)
  const next = new URL(first.nextLink!)
  const second = await arm<Page>(`${next.pathname}${next.search}`)
  expect([second.value.map(({ name }) => name), second.nextLink]).toEqual([['render-start-task'], undefined])
})

describe('pools in the data plane', () => {
  it.each([
    { call: 'GET pools', operation: 'Pool_List' },
    { call: 'GET pools/etl-marketplace', operation: 'Pool_Get' },
    { call: 'GET pools/nightly-autoscale', operation: 'Pool_Get' },
    { call: 'GET pools/cfd-managed-image', operation: 'Pool_Get' },
    { call: 'GET pools/render-unusable/nodes', operation: 'ComputeNode_List' },
    { call: 'GET pools/render-start-task/nodes', operation: 'ComputeNode_List' },
    { call: 'GET nodecounts', operation: 'Account_ListPoolNodeCounts' },
  ])('answer as described: $call', async ({ call, operation }) => {
    const [method = '', path = ''] = call.split(' ')
    expect(judgeBatch(await data(method, path))).toEqual({ operation, violations: [] })
  })

  it('are resized to 0 and a resize is stopped as described', async () => {
    const shrink = await data('POST', 'pools/etl-marketplace/resize', { targetDedicatedNodes: 0 })
    expect([shrink.status, judgeBatch(shrink)]).toEqual([202, { operation: 'Pool_Resize', violations: [] }])
    await settled('etl-marketplace', 0)
    const grow = await data('POST', 'pools/etl-marketplace/resize', { targetDedicatedNodes: 1 })
    expect(judgeBatch(grow).violations).toEqual([])
    const stop = await data('POST', 'pools/etl-marketplace/stopresize')
    expect([stop.status, judgeBatch(stop)]).toEqual([202, { operation: 'Pool_StopResize', violations: [] }])
    const again = await data('POST', 'pools/etl-marketplace/stopresize')
    expect([again.status, judgeBatch(again).violations]).toEqual([409, []])
  })

  it('that answer something else are found out', async () => {
    const found = await data('GET', 'pools/etl-marketplace')
    const bent = { ...found, body: found.body!.replace('"allocationState":"steady"', '"allocationState":"Steady"') }
    expect(judgeBatch(bent).violations).toEqual([expect.stringContaining('answer.allocationState')])
    const resize = await data('POST', 'pools/far-from-image/resize', { targetDedicatedNodes: 0 })
    const other = { ...resize, request: { ...resize.request, body: '{"targetDedicated":0}' }, status: 200 }
    expect(judgeBatch(other).violations).toHaveLength(2)
  })

  it('of a retired kind go to 0 and are deleted, but do not grow', async () => {
    const shrink = await data('POST', 'pools/cfd-managed-image/resize', { targetDedicatedNodes: 0 })
    expect(shrink.status).toBe(202)
    await settled('cfd-managed-image', 0)
    await data('POST', 'pools/cfd-managed-image/resize', { targetDedicatedNodes: 1 })
    await settled('cfd-managed-image', 0)
    const { body } = await data('GET', 'pools/cfd-managed-image')
    expect(JSON.parse(body!)).toMatchObject({ resizeErrors: [{ code: 'AllocationFailed' }] })
    const deleted = await ask(cloud.profile, 'DELETE', `${farm}/pools/cfd-managed-image${version}`, {
      token: tokens.arm,
    })
    expect(deleted.status).toBe(202)
  })

  it('that scale by themselves are not resized', async () => {
    const refused = await data('POST', 'pools/nightly-autoscale/resize', { targetDedicatedNodes: 1 })
    expect([refused.status, judgeBatch(refused).violations]).toEqual([409, []])
  })
})
