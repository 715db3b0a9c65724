import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { memoryCache } from '../../src/main/commands/headless'
import type { TokenCache } from '../../src/main/azure/sign-in'
import { listSubscriptions } from '../../src/main/azure/subscriptions'
import { openLog } from '../../src/main/log'
import { createStudio, type Studio } from '../../src/main/studio'
import type { Inputs } from '../../src/shared/forms/forms'
import { askPractice, practiceProgram } from '../support/command'
import { signInAs } from '../wire/practice'

const partner = 'd82c5f10-7b3e-4961-9ac4-0e6f38b1d75a'
const home = '5b0e7f3c-9c0d-4a64-8f6e-2a7d1c94b310'
let folder: string
let studio: Studio
let cache: TokenCache
/** Who stands in front of the sign-in page, and how often somebody was asked. */
let person = ''
let asked = 0
let runs = 0

function open(): Studio {
  const caches = new Map([['practice', cache]])
  return createStudio({
    stateFolder: folder,
    appVersion: 'test',
    log: openLog(path.join(folder, 'logs')),
    language: () => 'en',
    signInUi: {
      async openBrowser(url, profile) {
        asked += 1
        await signInAs(profile, url, person)
      },
      showDeviceCode: () => undefined,
    },
    tokenCache: (cloud) => caches.get(cloud) ?? memoryCache()(cloud),
    practice: { program: practiceProgram, speed: 'jump' },
  })
}
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'accounts-'))
  cache = memoryCache()('practice')
  studio = open()
  await studio.practice.start()
}, 60_000)
beforeEach(async () => {
  await cache.clear()
  asked = 0
})
afterEach(() => incident('DELETE'))
afterAll(async () => {
  await studio.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function incident(method: 'POST' | 'DELETE', body?: object) {
  const origin = (await studio.practice.start()).profile.armEndpoint
  await askPractice(origin, folder, method, 'faults', body)
}
/** A run at the step after the choice of the cloud. */
async function begin(): Promise<string> {
  const run = await studio.engine.create({ recipe: 'from-disk', name: `Run ${++runs}`, cloud: 'practice' })
  await perform(run, 'decide.image')
  await perform(run, 'connect.cloud')
  return run
}
async function perform(run: string, step: 'decide.image' | 'connect.cloud' | 'connect.signIn') {
  return (await studio.engine.perform(run, step)).ended
}
async function signIn(run: string, how: Partial<Inputs['connect.signIn']> = {}, name = 'Olivia Owner') {
  person = name
  await studio.engine.setInput(run, 'connect.signIn', { method: 'browser', ...how })
  await perform(run, 'connect.signIn')
  return (await studio.engine.open(run)).state.steps['connect.signIn']
}
const outputOf = async (run: string) =>
  (await studio.engine.open(run)).state.steps['connect.signIn'].output as Record<string, string>
const namesIn = async (run: string) => (await listSubscriptions(await studio.cloudOf(run))).map(({ name }) => name)

it('two accounts are signed in side by side and each can be chosen without signing in again', async () => {
  const first = await begin()
  await signIn(first)
  await signIn(await begin(), { account: 'another' }, 'Rafael Reader')
  const accounts = await studio.accounts(first)
  expect(accounts.map(({ username }) => username).sort()).toEqual(['owner@practice.example', 'reader@practice.example'])
  const third = await begin()
  await signIn(third, { account: accounts.find(({ username }) => username.startsWith('reader'))!.id })
  expect((await outputOf(third))['username']).toBe('reader@practice.example')
  expect(asked).toBe(2)
})

it('a run goes on with its own account, also after a restart and after another one was used', async () => {
  const first = await begin()
  await signIn(first)
  await signIn(await begin(), { account: 'another' }, 'Rafael Reader')
  await studio.close()
  studio = open()
  await studio.practice.start()
  expect(await namesIn(first)).toContain('Practice subscription without quota')
  expect(asked).toBe(2)
})

it('tokens come for the tenant that was chosen, without another question, and the journal says so', async () => {
  const run = await begin()
  await signIn(run)
  expect(await outputOf(run)).toMatchObject({ tenantId: home, tenantName: 'Practice tenant' })
  const tenants = (await studio.list(run, 'tenants')).options
  expect(tenants.map(({ label }) => label)).toEqual(['Practice tenant', 'Partner tenant'])
  await signIn(run, { tenant: partner })
  expect(await outputOf(run)).toMatchObject({ tenantId: partner, tenantName: 'Partner tenant' })
  expect(await namesIn(run)).toEqual(['Partner subscription'])
  expect(asked).toBe(1)
  const [subscription] = (await studio.list(run, 'subscriptions')).options
  expect(subscription?.detail).toContain('Partner tenant')
})

it('an account that is no guest of the tenant is refused there by name', async () => {
  const run = await begin()
  await signIn(run, {}, 'Rafael Reader')
  const refused = await signIn(run, { tenant: partner }, 'Rafael Reader')
  expect(refused).toMatchObject({
    status: 'failed',
    error: { code: 'signIn.account-foreign', params: { tenant: partner } },
  })
})

it('a token of another tenant is refused by the subscription as Azure refuses it', async () => {
  const run = await begin()
  await signIn(run)
  const cloud = await studio.cloudOf(run)
  const { createPipelineRequest } = await import('@azure/core-rest-pipeline')
  const path = '/subscriptions/b3d91e67-52c4-4f08-8e1a-6f7029ad4c85/resourcegroups?api-version=2025-04-01'
  const answer = await cloud.arm(createPipelineRequest({ url: `${cloud.profile.armEndpoint}${path}` }))
  expect(answer.status).toBe(401)
  expect(answer.bodyAsText).toContain('InvalidAuthenticationTokenTenant')
  expect(answer.headers.get('www-authenticate')).toContain(`https://login.windows.net/${partner}`)
})

it('signing out takes the account with every token out of the cache, out of every run, and leaves others alone', async () => {
  const run = await begin()
  await signIn(run)
  const other = await begin()
  await signIn(other, { account: 'another' }, 'Rafael Reader')
  const owner = (await studio.accounts(run)).find(({ username }) => username.startsWith('owner'))!
  await studio.signOut('practice', owner.id)
  const kept = (await cache.load())!
  expect(kept).not.toContain(owner.id)
  expect(kept).not.toContain('owner@practice.example')
  expect(kept).toContain('reader@practice.example')
  await expect(studio.cloudOf(run)).rejects.toMatchObject({ code: 'signIn.needed' })
  expect(await namesIn(other)).toEqual(['Practice subscription'])
})

it('a connection that is in use when its account signs out gets no token any more', async () => {
  const run = await begin()
  await signIn(run)
  const cloud = await studio.cloudOf(run)
  await studio.signOut('practice', (await studio.accounts(run))[0]!.id)
  await expect(cloud.credential.getToken(cloud.profile.batchScope)).rejects.toMatchObject({ code: 'signIn.needed' })
  expect(await cache.load()).toBeNull()
})

it.each([
  ['65001', 'signIn.consent'],
  ['90094', 'signIn.consent'],
  ['50020', 'signIn.account-foreign'],
  ['50057', 'signIn.account-disabled'],
  ['50076', 'signIn.proof'],
  ['50079', 'signIn.proof'],
  ['53003', 'signIn.blocked'],
  ['700016', 'signIn.client-unknown'],
  ['7000218', 'signIn.client-confidential'],
  ['90002', 'signIn.tenant-unknown'],
])('a sign-in refused with AADSTS%s is told as %s and may be tried again at once', async (number, code) => {
  const run = await begin()
  await incident('POST', { kind: 'refuse-sign-in', action: number, count: 1 })
  const refused = await signIn(run)
  expect(refused).toMatchObject({ status: 'failed', error: { code } })
  expect(refused.error?.details.message).toContain(`AADSTS${number}`)
  await incident('DELETE')
  expect(await signIn(run)).toMatchObject({ status: 'done' })
})

it('a code on another device is refused in the same words', async () => {
  const run = await begin()
  await incident('POST', { kind: 'refuse-sign-in', action: '65001', match: 'devicecode' })
  expect(await signIn(run, { method: 'deviceCode' })).toMatchObject({ error: { code: 'signIn.consent' } })
})

it('a wrong clock is named with its minutes', async () => {
  const run = await begin()
  await incident('POST', { kind: 'clock-offset', minutes: 125 })
  expect((await signIn(run)).error).toMatchObject({ code: 'clock.wrong', params: { minutes: 125 } })
  await incident('DELETE')
  await incident('POST', { kind: 'clock-offset', minutes: -30 })
  expect((await signIn(run)).error).toMatchObject({ code: 'clock.wrong', params: { minutes: 30 } })
})

it('a revoked token is renewed silently by its claims challenge', async () => {
  const run = await begin()
  await signIn(run)
  await incident('POST', { kind: 'expire-tokens' })
  expect(await namesIn(run)).toContain('Practice subscription')
  expect(asked).toBe(1)
})

it('a claims challenge that only the person can meet ends as a needed proof, and the next sign-in meets it', async () => {
  const run = await begin()
  await signIn(run)
  const cloud = await studio.cloudOf(run)
  await incident('POST', { kind: 'expire-tokens' })
  await incident('POST', { kind: 'refuse-sign-in', action: '50076', match: 'refresh_token' })
  await expect(listSubscriptions(cloud)).rejects.toMatchObject({ code: 'signIn.proof' })
  expect(asked).toBe(1)
  expect(await signIn(run)).toMatchObject({ status: 'done' })
  expect(asked).toBe(2)
  expect(await namesIn(run)).toContain('Practice subscription')
})

it('a revoked refresh token asks for the person, and only for that', async () => {
  const run = await begin()
  await signIn(run)
  await incident('POST', { kind: 'expire-tokens', action: 'refresh' })
  await expect(listSubscriptions(await studio.cloudOf(run))).rejects.toMatchObject({ code: 'signIn.needed' })
  const accounts = await studio.accounts(run)
  expect(accounts).toHaveLength(1)
  expect(await signIn(run, { account: accounts[0]!.id })).toMatchObject({ status: 'done' })
  expect(asked).toBe(2)
})

it('without a network a token that is good is used, an old one says offline, and nobody is signed out', async () => {
  const run = await begin()
  await signIn(run)
  await incident('POST', { kind: 'cut' })
  const cloud = await studio.cloudOf(run)
  const before = await cache.load()
  expect((await cloud.credential.getToken(cloud.profile.armScope))?.token).toBeTruthy()
  await expect(cloud.credential.getToken(cloud.profile.batchScope)).rejects.toMatchObject({ code: 'offline' })
  expect(await signIn(run, { account: (await outputOf(run))['homeAccountId']! })).toMatchObject({
    status: 'failed',
    error: { code: 'offline' },
  })
  expect(await studio.accounts(run)).toHaveLength(1)
  expect(await cache.load()).toBe(before)
  await incident('DELETE')
  expect((await cloud.credential.getToken(cloud.profile.batchScope))?.token).toBeTruthy()
  expect(asked).toBe(1)
})
