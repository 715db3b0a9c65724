import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, clients, publicClient, serviceToken, signInAs, startCloud, subscription } from './practice'

const quick = { updateIntervalInMs: 20 }
const groups = `/subscriptions/${subscription}/resourcegroups?api-version=2025-04-01`
let cloud: RunningPractice
let azure: ReturnType<typeof clients>

beforeAll(async () => {
  cloud = await startCloud()
  azure = clients(cloud)
})
afterEach(() => ask(cloud.profile, 'DELETE', '/practice/faults'))
afterAll(() => cloud.close())

async function fault(body: object): Promise<void> {
  expect((await ask(cloud.profile, 'POST', '/practice/faults', { body })).status).toBe(201)
}

async function requests(name: string): Promise<number> {
  const answer = await ask(cloud.profile, 'GET', '/practice/stats')
  return (answer.json as { requests: Record<string, number> }).requests[name] ?? 0
}

describe('incidents', () => {
  it('throttle and unavailability carry Retry-After and are retried by the SDK', async () => {
    const counter = 'GET /subscriptions/{}/resourceGroups/{}'
    const before = await requests(counter)
    await fault({ kind: 'throttle', match: 'GET .*/resourcegroups/', count: 1, retryAfter: 0 })
    await fault({ kind: 'unavailable', match: 'GET .*/resourcegroups/', count: 1, retryAfter: 0 })
    expect((await azure.resources.resourceGroups.get('practice-shared')).name).toBe('practice-shared')
    expect((await requests(counter)) - before).toBe(3)
    await fault({ kind: 'throttle', count: 1, retryAfter: 7 })
    const refused = await ask(cloud.profile, 'GET', groups, { token: 'x' })
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '7'])
  })

  it('a cut connection answers nothing', async () => {
    const token = await serviceToken(cloud)
    await fault({ kind: 'cut', match: 'resourcegroups', count: 1 })
    await expect(ask(cloud.profile, 'GET', groups, { token })).rejects.toThrow(/socket|ECONNRESET/)
    expect((await ask(cloud.profile, 'GET', groups, { token })).status).toBe(200)
  })

  it('a forbidden action is named', async () => {
    await fault({ kind: 'forbid', action: 'Microsoft.Compute/galleries/write' })
    await expect(
      azure.compute.galleries.createOrUpdate('practice-shared', 'no', { location: 'westeurope' }, quick),
    ).rejects.toMatchObject({
      statusCode: 403,
      code: 'AuthorizationFailed',
      message: expect.stringContaining(
        "perform action 'Microsoft.Compute/galleries/write' over scope '/subscriptions/",
      ),
    })
    expect((await azure.compute.galleries.get('practice-shared', 'practice_gallery')).name).toBe('practice_gallery')
  })

  it('expired tokens are refused until a new one is fetched', async () => {
    const client = publicClient(cloud.profile)
    const scopes = [cloud.profile.armScope]
    const openBrowser = async (url: string) => void (await signInAs(cloud.profile, url, 'Olivia Owner'))
    const { account, accessToken } = await client.acquireTokenInteractive({ scopes, openBrowser })
    await fault({ kind: 'expire-tokens' })
    const refused = await ask(cloud.profile, 'GET', groups, { token: accessToken })
    expect([refused.status, refused.json]).toMatchObject([401, { error: { code: 'ExpiredAuthenticationToken' } }])
    const renewed = await client.acquireTokenSilent({ account: account!, scopes, forceRefresh: true })
    expect((await ask(cloud.profile, 'GET', groups, { token: renewed.accessToken })).status).toBe(200)
    await fault({ kind: 'expire-tokens', action: 'refresh' })
    await expect(client.acquireTokenSilent({ account: account!, scopes, forceRefresh: true })).rejects.toMatchObject({
      errorCode: 'invalid_grant',
    })
  })

  it('an operation can fail', async () => {
    await fault({ kind: 'fail-operation', match: 'PUT .*/galleries/', count: 1 })
    await expect(
      azure.compute.galleries.createOrUpdate('practice-shared', 'bad', { location: 'westeurope' }, quick),
    ).rejects.toThrow(/InternalExecutionError/)
    expect((await azure.compute.galleries.get('practice-shared', 'bad')).provisioningState).toBe('Failed')
    expect(
      (await azure.compute.galleries.createOrUpdate('practice-shared', 'bad', { location: 'westeurope' }, quick))
        .provisioningState,
    ).toBe('Succeeded')
  })

  it('an operation can hang, until the incident is over', async () => {
    await fault({ kind: 'hang-operation', match: 'PUT .*/galleries/', count: 1 })
    await azure.compute.galleries.createOrUpdate('practice-shared', 'stuck', { location: 'westeurope' }).submitted()
    const states: (string | undefined)[] = []
    for (let read = 0; read < 6; read++)
      states.push((await azure.compute.galleries.get('practice-shared', 'stuck')).provisioningState)
    expect(states).toEqual(Array(6).fill('Creating'))
    await ask(cloud.profile, 'DELETE', '/practice/faults')
    for (let read = 0; read < 3; read++)
      states.push((await azure.compute.galleries.get('practice-shared', 'stuck')).provisioningState)
    expect(states.at(-1)).toBe('Succeeded')
  })

  it('quota can be zero', async () => {
    await fault({ kind: 'quota-zero' })
    const limits: number[] = []
    for await (const usage of azure.compute.usage.list('westeurope'))
      if (usage.name.value === 'cores') limits.push(usage.limit)
    expect(limits).toEqual([0])
  })

  it('are checked when they are switched on', async () => {
    for (const body of [{ kind: 'earthquake' }, { kind: 'cut', match: '(' }, { kind: 'cut', count: 'many' }, []]) {
      expect((await ask(cloud.profile, 'POST', '/practice/faults', { body })).status).toBe(400)
    }
  })
})
