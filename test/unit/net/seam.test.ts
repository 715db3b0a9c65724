import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { createPipelineRequest } from '@azure/core-rest-pipeline'
import { writeFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { createSeam, type Exchange, type Seam } from '../../../src/main/net/seam'
import { builtInProfiles } from '../../../src/main/net/profiles'
import { profileOf, startServer, type Answer, type HttpsServer, type Seen } from '../../support/https-server'

const open: { close(): unknown }[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const it of open.splice(0)) await it.close()
})

async function serve(answer: (request: Seen) => Answer): Promise<HttpsServer> {
  const server = await startServer(answer)
  open.push(server)
  return server
}
function seamTo(server: HttpsServer, change = {}): Seam {
  const seam = createSeam({ ...profileOf(server), ...change })
  open.push(seam)
  return seam
}
function get(url: string, headers: Record<string, string> = {}) {
  const request = createPipelineRequest({ url })
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value)
  return request
}
const credential = { getToken: async () => ({ token: 'secret-token', expiresOnTimestamp: Date.now() + 3_600_000 }) }
function subscriptions(seam: Seam, endpoint: string) {
  return new SubscriptionClient(credential, {
    endpoint,
    credentials: { scopes: ['s'] },
    httpClient: seam.httpClient,
    retryOptions: { maxRetries: 0 },
  }).subscriptions
}

test('the profile’s own authority is trusted beside the public ones', async () => {
  const server = await serve(() => ({ status: 200, body: { value: [] } }))
  const answer = await seamTo(server).httpClient.sendRequest(get(`${server.url}/x`))
  expect(answer.status).toBe(200)
})

test('a server with another certificate is not trusted, and the line counts as down', async () => {
  const server = await serve(() => ({ status: 200 }))
  const other = await serve(() => ({ status: 200 }))
  const seam = seamTo(server, { caFile: other.caFile })
  const exchanges: Exchange[] = []
  seam.watch((exchange) => exchanges.push(exchange))
  await expect(seam.httpClient.sendRequest(get(server.url))).rejects.toThrow()
  expect(exchanges).toMatchObject([{ status: 0, error: 'tls.untrusted', host: server.host }])
  expect(seam.status()).toMatchObject({ state: 'offline', host: server.host })
})

test('a CA file that cannot be read spoils the profile', () => {
  const profile = { ...builtInProfiles.public, caFile: '/does/not/exist.pem' }
  expect(() => createSeam(profile)).toThrow(expect.objectContaining({ code: 'profile.invalid' }) as Error)
})

test('watchers learn path, status, request id and pauses, but no query and no token', async () => {
  const server = await serve(() => ({ status: 429, headers: { 'retry-after': '7' } }))
  const seam = seamTo(server)
  const exchanges: Exchange[] = []
  const stop = seam.watch((exchange) => exchanges.push(exchange))
  await seam.httpClient.sendRequest(get(`${server.url}/a/b?sig=hush`, { authorization: 'Bearer secret-token' }))
  stop()
  await seam.httpClient.sendRequest(get(`${server.url}/unseen`))
  expect(exchanges).toMatchObject([
    { method: 'GET', target: '/a/b', host: server.host, status: 429, requestId: 'req-1', retryAfterMs: 7000 },
  ])
  expect(JSON.stringify(exchanges)).not.toMatch(/hush|secret-token/)
  expect(seam.status()).toMatchObject({ state: 'online', host: server.host })
})

test('a next link to a foreign host gets no token', async () => {
  const server = await serve(() => ({
    status: 200,
    body: { value: [], nextLink: 'https://evil.example/steal?page=2' },
  }))
  const listing = subscriptions(seamTo(server), server.url).list()
  await expect(listing.next()).rejects.toMatchObject({ code: 'token.refused-host', params: { host: 'evil.example' } })
  expect(server.seen).toHaveLength(1)
})

test('a public cloud’s token is not sent to a server on this computer that a next link names', async () => {
  const stranger = await serve(() => ({ status: 200, body: { value: [] } }))
  const seam = createSeam({ ...builtInProfiles.public, caFile: stranger.caFile })
  open.push(seam)
  const stolen = seam.httpClient.sendRequest(get(`${stranger.url}/steal`, { Authorization: 'Bearer secret-token' }))
  await expect(stolen).rejects.toMatchObject({ code: 'token.refused-host', params: { host: stranger.host } })
  expect(stranger.seen).toEqual([])
})

test.each([301, 302, 307, 308])('a redirect (%i) to a foreign host leaks no token', async (status) => {
  const stranger = await serve(() => ({ status: 200, body: { value: [] } }))
  const server = await serve(() => ({ status, headers: { location: `${stranger.url}/steal` } }))
  const listing = subscriptions(seamTo(server), server.url).list()
  await expect(listing.next()).rejects.toThrow()
  expect(stranger.seen.map((it) => it.headers.authorization)).not.toContain('Bearer secret-token')
})

test.each(['authorization', 'x-ms-authorization-auxiliary', 'x-ms-copy-source-authorization'])(
  'the header %s is guarded',
  async (name) => {
    const server = await serve(() => ({ status: 200 }))
    const request = get('https://evil.example/', { [name]: 'Bearer secret-token' })
    await expect(seamTo(server).httpClient.sendRequest(request)).rejects.toMatchObject({ code: 'token.refused-host' })
  },
)

test('a cloud bound to loopback reaches nothing else, token or not', async () => {
  const server = await serve(() => ({ status: 200 }))
  const request = get('https://example.org/')
  await expect(seamTo(server).httpClient.sendRequest(request)).rejects.toMatchObject({ code: 'token.refused-host' })
})

test('a connection cut in the middle is a network failure that the SDK may try again', async () => {
  const server = await serve(() => 'cut')
  const seam = seamTo(server)
  await expect(seam.httpClient.sendRequest(get(server.url))).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(seam.status().state).toBe('offline')
})

test('an abort ends a request that nobody answers, and says nothing about the line', async () => {
  const server = await serve(() => 'never')
  const seam = seamTo(server)
  const controller = new AbortController()
  const exchanges: Exchange[] = []
  seam.watch((exchange) => exchanges.push(exchange))
  const request = createPipelineRequest({ url: server.url, abortSignal: controller.signal })
  const sent = seam.httpClient.sendRequest(request)
  controller.abort()
  await expect(sent).rejects.toMatchObject({ name: 'AbortError' })
  expect(exchanges).toMatchObject([{ error: 'cancelled' }])
  expect(seam.status().state).toBe('unknown')
})

test('sign-in requests pass the same seam, as forms in and JSON out', async () => {
  const server = await serve(() => ({ status: 400, body: { error: 'invalid_grant' } }))
  const seam = seamTo(server)
  const answer = await seam.network.sendPostRequestAsync(`${server.url}/t/oauth2/v2.0/token`, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'code=abc',
  })
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  expect(server.seen[0]).toMatchObject({ method: 'POST', body: 'code=abc' })
})

test('sign-in requests go to the cloud’s sign-in host only', async () => {
  const server = await serve(() => ({ status: 200, body: {} }))
  const post = seamTo(server).network.sendPostRequestAsync('https://127.0.0.1:1/token', { body: 'code=abc' })
  await expect(post).rejects.toMatchObject({ code: 'token.refused-host', params: { host: '127.0.0.1:1' } })
})

test('the page of a captive portal is no answer of the sign-in service', async () => {
  const server = await serve(() => ({ status: 200, body: '<html>Welcome to our Wi-Fi' }))
  const answer = seamTo(server).network.sendGetRequestAsync(`${server.url}/.well-known`)
  await expect(answer).rejects.toMatchObject({ code: 'signIn.failed' })
})

test('an own authority in a file with several certificates is used whole', async () => {
  const server = await serve(() => ({ status: 200 }))
  const other = await serve(() => ({ status: 200 }))
  const { readFileSync } = await import('node:fs')
  const file = `${server.caFile}.both.pem`
  writeFileSync(file, readFileSync(other.caFile, 'utf8') + readFileSync(server.caFile, 'utf8'))
  const answer = await seamTo(server, { caFile: file }).httpClient.sendRequest(get(server.url))
  expect(answer.status).toBe(200)
})

test('a connection that the service closed while it was idle is no lost line: the request goes over another one', async () => {
  let answers = 0
  // The second request is the first over a connection from before, and is answered by its end.
  const server = await serve(() => (++answers === 2 ? 'cut' : { status: 200, body: { answers } }))
  const seam = seamTo(server)
  const exchanges: Exchange[] = []
  seam.watch((exchange) => exchanges.push(exchange))
  const ask = () => seam.direct({ method: 'GET', url: `${server.url}/x`, headers: {}, idleMs: 10_000 })
  await ask()
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000)
  expect((await ask()).body.toString()).toBe('{"answers":3}')
  expect(exchanges.map(({ status }) => status)).toEqual([200, 200])
  expect(seam.status().state).toBe('online')
})

test('a connection that breaks in the middle of work is told', async () => {
  let answers = 0
  const server = await serve(() => (++answers === 2 ? 'cut' : { status: 200 }))
  const seam = seamTo(server)
  const ask = () => seam.direct({ method: 'GET', url: `${server.url}/x`, headers: {}, idleMs: 10_000 })
  await ask()
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(server.seen).toHaveLength(2)
})
