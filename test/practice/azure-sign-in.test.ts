import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { listSubscriptions } from '../../src/main/azure/subscriptions'
import { connect } from '../../src/main/azure/cloud'
import { restore } from '../../src/main/azure/restore'
import { signIn, type SignInOptions, type SignInUi } from '../../src/main/azure/sign-in'
import { builtInProfiles } from '../../src/main/net/profiles'
import { assertSignInMayGo } from '../../src/main/net/token-policy'
import { createSeam, type Exchange } from '../../src/main/net/seam'
import { AppError } from '../../src/shared/errors'
import { connectAsOwner, memoryCache, startPractice, type TestPractice } from '../support/practice'
import { approveDevice, signInAs } from '../wire/practice'

let practice: TestPractice
beforeAll(async () => {
  practice = await startPractice()
})
afterAll(() => practice.stop())
afterEach(() => practice.clearIncidents())

const never = new AbortController().signal
/** A person who signs in as this one, in whichever way is offered. */
function person(name: string): SignInUi {
  return {
    openBrowser: async (url, profile) => void (await signInAs(profile, url, name)),
    showDeviceCode: (code) => void (code && approveDevice(practice.profile, code.code, name)),
  }
}
function options(change: Partial<SignInOptions> = {}): SignInOptions {
  return { method: 'browser', ui: person('Olivia Owner'), cache: memoryCache(), signal: never, ...change }
}
function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8')) as Record<string, unknown>
}
function watched() {
  const seam = createSeam(practice.profile)
  const requests: string[] = []
  seam.watch(({ method, target }: Exchange) => requests.push(`${method} ${target}`))
  return { seam, requests }
}

test('a person signs in with the browser; the token is for ARM and comes with one request', async () => {
  const { seam, requests } = watched()
  const identity = await signIn(practice.profile, seam, options())
  expect(identity).toMatchObject({ username: 'owner@practice.example', tenantId: practice.profile.tenant })
  const { token } = await identity.credential.getToken(practice.profile.armScope)
  expect(claimsOf(token)).toMatchObject({ aud: 'https://management.azure.com' })
  expect(requests).toEqual([`POST /${practice.profile.tenant}/oauth2/v2.0/token`])
})

test('one sign-in gives tokens for Batch and Storage as well, without another question', async () => {
  const { profile } = practice
  const identity = await signIn(profile, createSeam(profile), options())
  const storage = await identity.credential.getToken([profile.storageScope])
  const batch = await identity.credential.getToken(profile.batchScope)
  expect(claimsOf(storage.token)['aud']).toBe('https://storage.azure.com')
  expect(claimsOf(batch.token)['aud']).toMatch(/^https:\/\/batch\.core\.windows\.net\/?$/)
})

test('a person signs in with a code on another device, which is taken off the screen afterwards', async () => {
  const shown: (string | null)[] = []
  const ui: SignInUi = {
    openBrowser: () => Promise.reject(new Error('no browser here')),
    showDeviceCode(code) {
      shown.push(code?.url ?? null)
      person('Rafael Reader').showDeviceCode(code)
    },
  }
  const identity = await signIn(practice.profile, createSeam(practice.profile), options({ method: 'deviceCode', ui }))
  expect(identity.username).toBe('reader@practice.example')
  expect(shown).toEqual([`${practice.url}/devicelogin`, null])
})

test('without variables of an application the environment asks for a device code', async () => {
  const asked = options({ method: 'environment', environment: {} })
  const identity = await signIn(practice.profile, createSeam(practice.profile), asked)
  expect(identity.username).toBe('owner@practice.example')
})

test('an application signs in from the environment and may read its subscriptions', async () => {
  const { cloud, identity } = await connectAsOwner(practice)
  expect(identity).toMatchObject({ username: practice.owner.clientId, homeAccountId: null })
  expect((await listSubscriptions(cloud)).map(({ name }) => name)).toContain('Practice subscription')
})

test('a wrong secret of an application is refused in the service’s words, without the secret', async () => {
  const { tenantId, clientId } = practice.owner
  const environment = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: 'hush-hush' }
  const failed = signIn(practice.profile, createSeam(practice.profile), options({ method: 'environment', environment }))
  const error = await failed.catch((it: unknown) => it)
  expect(error).toMatchObject({
    code: 'signIn.failed',
    details: { message: expect.stringContaining('7000215') as string },
  })
  expect(JSON.stringify(error)).not.toContain('hush-hush')
})

test('a sign-in survives a restart: it is restored without a request', async () => {
  const cache = memoryCache()
  await signIn(practice.profile, createSeam(practice.profile), options({ cache }))
  const { seam, requests } = watched()
  const identity = await restore(practice.profile, seam, { cache, username: 'OWNER@practice.example' })
  expect(identity?.username).toBe('owner@practice.example')
  expect((await identity!.credential.getToken(practice.profile.armScope)).token).toBeTruthy()
  expect(requests).toEqual([])
})

test('nobody is restored from an empty, a damaged or somebody else’s cache', async () => {
  const seam = createSeam(practice.profile)
  const damaged = memoryCache()
  damaged.text = '{"Account": tru'
  const cache = memoryCache()
  await signIn(practice.profile, seam, options({ cache }))
  expect(await restore(practice.profile, seam, { cache: memoryCache() })).toBeNull()
  expect(await restore(practice.profile, seam, { cache: damaged })).toBeNull()
  expect(await restore(practice.profile, seam, { cache, username: 'reader@practice.example' })).toBeNull()
})

test('a token that is refused before its time is renewed, and the request goes through', async () => {
  const { profile } = practice
  const identity = await signIn(profile, createSeam(profile), options())
  const { seam, requests } = watched()
  const stale = await identity.credential.getToken(profile.armScope)
  let isFirst = true
  const cloud = connect(profile, seam, {
    // The first token is one that the service never issued.
    async getToken(scopes, asked) {
      const token = await identity.credential.getToken(scopes, asked)
      if (!isFirst) return token
      isFirst = false
      return { ...token, token: `${stale.token.slice(0, -8)}AAAAAAAA` }
    },
  })
  expect((await listSubscriptions(cloud)).length).toBeGreaterThan(0)
  expect((await listSubscriptions(cloud)).length).toBeGreaterThan(0)
  expect(requests).toEqual(Array.from({ length: 3 }, () => 'GET /subscriptions'))
})

test('when the refresh token has ended, the person is asked to sign in and no browser opens', async () => {
  const { profile } = practice
  const identity = await signIn(profile, createSeam(profile), options())
  await practice.incident({ kind: 'expire-tokens', action: 'refresh' })
  const renewed = identity.credential.getToken(profile.armScope, { forceRefresh: true })
  await expect(renewed).rejects.toMatchObject({ code: 'signIn.needed', params: { cloud: 'practice' } })
})

test('a person who declines is told so', async () => {
  const decline: SignInUi = {
    ...person('Olivia Owner'),
    async openBrowser(url) {
      const asked = new URL(url).searchParams
      const answer = {
        error: 'access_denied',
        error_description: 'AADSTS65004: User declined',
        state: asked.get('state')!,
      }
      await fetch(asked.get('redirect_uri')!, { method: 'POST', body: new URLSearchParams(answer) })
    },
  }
  const failed = signIn(practice.profile, createSeam(practice.profile), options({ ui: decline }))
  await expect(failed).rejects.toMatchObject({ code: 'signIn.failed', details: { serviceCode: 'access_denied' } })
})

test('a sign-in that nobody finishes can be cancelled, in the browser and by code', async () => {
  for (const method of ['browser', 'deviceCode'] as const) {
    const controller = new AbortController()
    const ui: SignInUi = {
      openBrowser: () => Promise.resolve(queueMicrotask(() => controller.abort())),
      showDeviceCode: (code) => void (code && controller.abort()),
    }
    const waiting = signIn(
      practice.profile,
      createSeam(practice.profile),
      options({ method, ui, signal: controller.signal }),
    )
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
  }
})

test('a page that stays open until it is told to close does not hold up a cancelled sign-in', async () => {
  const controller = new AbortController()
  const ui: SignInUi = {
    ...person('Olivia Owner'),
    openBrowser: (_url, _profile, stop) =>
      new Promise((_, reject) => {
        stop.addEventListener('abort', () => reject(new AppError('cancelled')))
        controller.abort()
      }),
  }
  const waiting = signIn(practice.profile, createSeam(practice.profile), options({ ui, signal: controller.signal }))
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
})

test('an unknown application is told as such', async () => {
  const profile = { ...practice.profile, clientId: '00000000-0000-0000-0000-00000000dead' }
  const failed = signIn(profile, createSeam(profile), options({ method: 'deviceCode' }))
  await expect(failed).rejects.toMatchObject({ code: 'signIn.client-unknown', params: { clientId: profile.clientId } })
})

test('without a client id nothing is asked at all', async () => {
  const { seam, requests } = watched()
  const failed = signIn({ ...practice.profile, clientId: '' }, seam, options())
  await expect(failed).rejects.toMatchObject({ code: 'signIn.client-missing', params: { cloud: 'practice' } })
  expect(requests).toEqual([])
})

test('a sign-in service that is away is told as offline and the account is kept', async () => {
  const cache = memoryCache()
  const { profile } = practice
  const identity = await signIn(profile, createSeam(profile), options({ cache }))
  await practice.incident({ kind: 'cut', match: 'oauth2' })
  const renewed = identity.credential.getToken(profile.armScope, { forceRefresh: true })
  await expect(renewed).rejects.toMatchObject({ code: 'offline' })
  await practice.clearIncidents()
  expect((await identity.credential.getToken(profile.armScope, { forceRefresh: true })).token).toBeTruthy()
  expect(await restore(profile, createSeam(profile), { cache })).not.toBeNull()
})

// MSAL prefers the newer of the two names of China's sign-in host.
test.each([
  ['public', 'login.microsoftonline.com'],
  ['usgov', 'login.microsoftonline.us'],
  ['china', 'login.partner.microsoftonline.cn'],
] as const)('the cloud %s asks %s at once, without discovery', async (name, host) => {
  const profile = { ...builtInProfiles[name], clientId: '11111111-2222-3333-4444-555555555555' }
  const seam = createSeam(profile)
  const asked: string[] = []
  const refuse = (url: string) => {
    assertSignInMayGo(profile, url)
    asked.push(url)
    return Promise.reject(Object.assign(new Error('no network here'), { code: 'ENOTFOUND' }))
  }
  const offline = { ...seam, network: { sendGetRequestAsync: refuse, sendPostRequestAsync: refuse } }
  await expect(signIn(profile, offline, options({ method: 'deviceCode' }))).rejects.toMatchObject({ code: 'offline' })
  expect(asked.map((url) => url.split('?')[0])).toEqual([`https://${host}/organizations/oauth2/v2.0/devicecode`])
})
