import { createPipelineRequest } from '@azure/core-rest-pipeline'
import { afterEach, expect, test } from 'vitest'
import { connect } from '../../../src/main/azure/cloud'
import { toAppError } from '../../../src/main/azure/errors'
import { signIn } from '../../../src/main/azure/sign-in'
import { listSubscriptions } from '../../../src/main/azure/subscriptions'
import { createNetwork, environmentNetwork, type Network } from '../../../src/main/net/network'
import { createSeam, type Exchange, type Seam } from '../../../src/main/net/seam'
import { accessTo } from '../../../src/main/upload/access'
import { blobRequests } from '../../../src/main/upload/blob-requests'
import { factsOf } from '../../../src/main/upload/page-blob'
import { AppError } from '../../../src/shared/errors'
import type { CloudProfile } from '../../../src/shared/profile'
import { defaultNetwork, type NetworkSettings } from '../../../src/shared/settings'
import { makeAuthority, type Authority } from '../../support/authority'
import { startHosts, startInspector, startProxy, type TestServer } from '../../support/proxies'
import { attempt, nobody } from '../../support/uploads'
import { memoryCache } from '../../support/practice'
import { startServer } from '../../support/https-server'
import { profileOf } from '../../support/https-server'

const names = ['login.contoso.example', 'management.contoso.example', 'acc.blob.contoso.example']
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const it of open.splice(0)) await it.close()
})
function closing<T extends { close(): unknown }>(it: T): T {
  open.push(it)
  return it
}

/** A private cloud under names that only the proxy can find. */
const profile: CloudProfile = {
  name: 'contoso',
  authority: 'https://login.contoso.example',
  knownAuthorities: [],
  clientId: '11111111-2222-3333-4444-555555555555',
  tenant: '99999999-2222-3333-4444-555555555555',
  authorityMetadata: JSON.stringify({
    issuer: 'https://login.contoso.example/t/v2.0',
    authorization_endpoint: 'https://login.contoso.example/t/oauth2/v2.0/authorize',
    token_endpoint: 'https://login.contoso.example/t/oauth2/v2.0/token',
  }),
  armEndpoint: 'https://management.contoso.example',
  armScope: 'https://management.contoso.example/.default',
  batchScope: 'https://batch.contoso.example/.default',
  batchSuffix: 'batch.contoso.example',
  storageScope: 'https://storage.contoso.example/.default',
  storageSuffix: 'contoso.example',
}

async function hosts(authority: Authority): Promise<TestServer & { places: Record<string, number> }> {
  const server = closing(
    await startHosts(authority, names, (request) => {
      if (request.url?.includes('/token')) {
        return { body: { token_type: 'Bearer', expires_in: 3600, access_token: 'the-token' } }
      }
      return { body: { value: [{ subscriptionId: 's-1', displayName: 'Contoso', state: 'Enabled' }] } }
    }),
  )
  return { ...server, places: Object.fromEntries(names.map((name) => [name, server.port])) }
}

function networkWith(settings: Partial<NetworkSettings>, password: string | null = null): Network {
  const all = { ...defaultNetwork, systemAuthorities: false, ...settings }
  return createNetwork({ settings: () => all, password: () => Promise.resolve(password), environment: {} })
}
function seamOver(network: Network): { seam: Seam; exchanges: Exchange[] } {
  const seam = closing(createSeam(profile, network))
  const exchanges: Exchange[] = []
  seam.watch((exchange) => exchanges.push(exchange))
  return { seam, exchanges }
}
const get = (url: string) => createPipelineRequest({ url })
const asApplication = (seam: Seam) =>
  signIn(profile, seam, {
    method: 'environment',
    environment: {
      AZURE_TENANT_ID: profile.tenant,
      AZURE_CLIENT_ID: profile.clientId,
      AZURE_CLIENT_SECRET: 'hush',
      AZURE_AUTHORITY_HOST: profile.authority,
    },
    ui: { openBrowser: () => Promise.reject(new Error('no person')), showDeviceCode: () => undefined },
    cache: memoryCache(),
    signal: new AbortController().signal,
  })

test('sign-in, ARM and blobs go through a proxy that wants a password', async () => {
  const authority = await makeAuthority('Contoso Cloud CA')
  const cloudHosts = await hosts(authority)
  const proxy = closing(
    // RFC 7617, section 2.1: user `test`, password `123£` in UTF-8.
    await startProxy({ places: cloudHosts.places, authorization: 'Basic dGVzdDoxMjPCow==' }),
  )
  const network = networkWith({ proxy: 'manual', url: proxy.url, user: 'test', authorities: [authority.pem] }, '123£')
  const { seam } = seamOver(network)
  const identity = await asApplication(seam)
  const cloud = connect(profile, seam, identity.credential)
  const found = await listSubscriptions(cloud, new AbortController().signal)
  const access = accessTo('https://acc.blob.contoso.example/c/b?sig=x', nobody)
  const blob = blobRequests(access, (request) => seam.direct(request))
  await factsOf(blob, 'PageBlob', attempt())
  expect(found).toMatchObject([{ id: 's-1' }])
  expect([...new Set(proxy.asked)]).toEqual(names.map((name) => `${name}:443`))
  expect(cloudHosts.asked.map((line) => line.split('?')[0])).toEqual([
    expect.stringMatching(/^POST login\.contoso\.example\/.*token$/),
    'GET management.contoso.example/subscriptions',
    'HEAD acc.blob.contoso.example/c/b',
  ])
})

test('a proxy that wants other words is told as its own error, for sign-in and ARM alike', async () => {
  const authority = await makeAuthority('Contoso Cloud CA')
  const { places } = await hosts(authority)
  const proxy = closing(await startProxy({ places, authorization: 'Basic d3Jvbmc=' }))
  const { seam, exchanges } = seamOver(networkWith({ proxy: 'manual', url: proxy.url, authorities: [authority.pem] }))
  const wanted = { code: 'proxy.sign-in', params: { proxy: new URL(proxy.url).host }, details: { status: 407 } }
  await expect(asApplication(seam)).rejects.toMatchObject(wanted)
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) }
  const listing = listSubscriptions(connect(profile, seam, credential), new AbortController().signal)
  await expect(listing).rejects.toMatchObject({
    ...wanted,
    details: { status: 407, message: expect.stringContaining('(Basic)') as string },
  })
  expect(exchanges.map(({ error }) => error)).toEqual(['proxy.sign-in', 'proxy.sign-in'])
})

test('a proxy that is not there is told by its address, and asked again as a line that is down', async () => {
  const proxy = await startProxy({ places: {} })
  await proxy.close()
  const { seam, exchanges } = seamOver(networkWith({ proxy: 'manual', url: proxy.url }))
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) }
  const listing = listSubscriptions(connect(profile, seam, credential), new AbortController().signal)
  await expect(listing).rejects.toMatchObject({
    code: 'proxy.unreachable',
    params: { proxy: new URL(proxy.url).host },
  })
  expect(exchanges.length).toBeGreaterThan(1)
  expect(seam.status().state).toBe('offline')
}, 30_000)

test('a proxy that dies and comes back is used again without a restart', async () => {
  const authority = await makeAuthority('Contoso Cloud CA')
  const { places } = await hosts(authority)
  const first = await startProxy({ places })
  const settings = { ...defaultNetwork, systemAuthorities: false, authorities: [authority.pem] }
  let now: NetworkSettings = { ...settings, proxy: 'manual', url: first.url }
  const network = createNetwork({ settings: () => now, password: () => Promise.resolve(null), environment: {} })
  const { seam } = seamOver(network)
  const ask = () => seam.httpClient.sendRequest(get('https://management.contoso.example/x'))
  expect((await ask()).status).toBe(200)
  await first.close()
  expect(toAppError(await ask().catch((error: unknown) => error)).code).toMatch(/^(proxy\.unreachable|offline)$/)
  const second = closing(await startProxy({ places }))
  now = { ...now, url: second.url }
  expect((await ask()).status).toBe(200)
  expect(second.asked).toEqual(['management.contoso.example:443'])
})

test('a proxy that forbids a host is told, one that cannot reach it counts as no line', async () => {
  for (const [refuses, code] of [
    [403, 'proxy.refused'],
    [502, 'offline'],
  ] as const) {
    const proxy = closing(await startProxy({ places: {}, refuses }))
    const { seam } = seamOver(networkWith({ proxy: 'manual', url: proxy.url }))
    const failed = await seam.httpClient
      .sendRequest(get('https://management.contoso.example/x'))
      .catch((it: unknown) => it)
    expect(toAppError(failed)).toMatchObject({ code, params: { host: 'management.contoso.example' } })
  }
})

test('a company that inspects connections is named, and once its certificate is added everything passes', async () => {
  const [real, company] = [await makeAuthority('Contoso Cloud CA'), await makeAuthority('Fabrikam Inspection CA')]
  const { places, asked } = await hosts(real)
  const proxy = closing(await startInspector({ places, authority: company, upstream: real }))
  const before = seamOver(networkWith({ proxy: 'manual', url: proxy.url, authorities: [real.pem] }))
  await expect(asApplication(before.seam)).rejects.toMatchObject({
    code: 'tls.untrusted',
    params: { host: 'login.contoso.example', issuer: 'Fabrikam Inspection CA' },
  })
  expect(asked).toEqual([])
  const after = seamOver(networkWith({ proxy: 'manual', url: proxy.url, authorities: [company.pem] }))
  const identity = await asApplication(after.seam)
  const found = await listSubscriptions(connect(profile, after.seam, identity.credential), new AbortController().signal)
  expect(found).toMatchObject([{ id: 's-1' }])
  expect(asked).toHaveLength(2)
})

test('a host in NO_PROXY is reached directly, and loopback always is', async () => {
  const proxy = closing(await startProxy({ places: {} }))
  const network = environmentNetwork({ HTTPS_PROXY: proxy.url, NO_PROXY: '.example' })
  const { seam } = seamOver(network)
  const failed = await seam.httpClient.sendRequest(get('https://nowhere.example/x')).catch((it: unknown) => it)
  expect(toAppError(failed)).toBeInstanceOf(AppError)
  const local = closing(await startServer(() => ({ status: 200 })))
  const localSeam = closing(createSeam(profileOf(local), network))
  expect((await localSeam.httpClient.sendRequest(get(`${local.url}/x`))).status).toBe(200)
  expect(proxy.asked).toEqual([])
})

test('a proxy behind TLS opens tunnels too', async () => {
  const authority = await makeAuthority('Contoso Cloud CA')
  const { places } = await hosts(authority)
  const plain = closing(await startProxy({ places }))
  const pair = await authority.issue('localhost')
  const { createServer } = await import('node:tls')
  const { connect: dial } = await import('node:net')
  const front = createServer(pair, (socket) => {
    const inner = dial(plain.port, '127.0.0.1')
    socket.pipe(inner).pipe(socket)
    socket.on('error', () => inner.destroy())
    inner.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => front.listen(0, 'localhost', resolve))
  open.push(front)
  const { port } = front.address() as { port: number }
  const { seam } = seamOver(
    networkWith({ proxy: 'manual', url: `https://localhost:${port}`, authorities: [authority.pem] }),
  )
  expect((await seam.httpClient.sendRequest(get('https://management.contoso.example/x'))).status).toBe(200)
})
