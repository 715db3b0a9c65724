import { createPipelineRequest } from '@azure/core-rest-pipeline'
import type { IncomingMessage } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { connect, type Cloud } from '../../../src/main/azure/cloud'
import { createNetwork } from '../../../src/main/net/network'
import { builtInProfiles } from '../../../src/main/net/profiles'
import { createSeam } from '../../../src/main/net/seam'
import { defaultNetwork } from '../../../src/shared/settings'
import { makeAuthority } from '../../support/authority'
import { startHosts, startProxy } from '../../support/proxies'

// Real servers under their real names, reached through a proxy that finds them on this computer: whatever the product sends
// to a stranger arrives there.
const own = 'management.azure.com'
const strangers = [
  'evil.example',
  'management.azure.com.evil.example',
  'evilmanagement.azure.com',
  'evilbatch.azure.com',
  'batch.azure.com.evil.example',
  'xn--mnagement-0yh.azure.com',
]
const subscription = '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08'
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const it of open.splice(0)) await it.close()
})

type Hostile = { cloud: Cloud; seen: { host: string; authorization: string | undefined }[] }
type Reply = { status?: number; headers?: Record<string, string>; body: unknown }

/** A cloud that the product trusts and that answers as `reply` says; strangers answer politely. */
async function hostileCloud(reply: (request: IncomingMessage) => Reply): Promise<Hostile> {
  const authority = await makeAuthority('Contoso Cloud CA')
  const seen: Hostile['seen'] = []
  const names = [own, ...strangers]
  const hosts = await startHosts(authority, names, (request) => {
    const { host = '', authorization } = request.headers
    seen.push({ host, authorization })
    return host === own ? reply(request) : { body: { value: [], status: 'Succeeded' } }
  })
  const places = Object.fromEntries([...names, `${own}.`].map((name) => [name, hosts.port]))
  const proxy = await startProxy({ places })
  const settings = { ...defaultNetwork, systemAuthorities: false, authorities: [authority.pem] }
  const network = createNetwork({
    settings: () => ({ ...settings, proxy: 'manual' as const, url: proxy.url }),
    password: () => Promise.resolve(null),
    environment: {},
  })
  const seam = createSeam(builtInProfiles.public, network)
  open.push(seam, proxy, hosts)
  const credential = {
    getToken: () => Promise.resolve({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 }),
  }
  return { cloud: connect(builtInProfiles.public, seam, credential), seen }
}

/** Hosts that saw a token, in the order in which they did. */
function trusted({ seen }: Hostile): string[] {
  return [...new Set(seen.filter(({ authorization }) => authorization !== undefined).map(({ host }) => host))]
}

/** Header fields carry bytes: whoever writes a foreign letter there sends it as UTF-8. */
function onTheWire(link: string): string {
  return Buffer.from(link, 'utf8').toString('latin1')
}

const links = [
  'https://evil.example/steal',
  'https://management.azure.com.evil.example/steal',
  'https://evilmanagement.azure.com/steal',
  'https://evilbatch.azure.com/steal',
  'https://batch.azure.com.evil.example/steal',
  'https://management.azure.com@evil.example/steal',
  'https://user:pass@management.azure.com/steal',
  'https://management.azure.com:8443/steal',
  'https://management.azure.com./steal',
  'https://mаnagement.azure.com/steal',
  'http://management.azure.com/steal',
  'http://evil.example/steal',
  '//evil.example/steal',
]

test.each(links)('a next link to %s brings no token there', async (nextLink) => {
  const hostile = await hostileCloud((request) => ({
    body: { value: [], ...(request.url?.includes('steal') ? {} : { nextLink }) },
  }))
  const client = await hostile.cloud.subscriptions()
  await client.subscriptions
    .list()
    .next()
    .catch(() => undefined)
  expect(hostile.seen[0]).toEqual({ host: own, authorization: 'Bearer secret' })
  expect(trusted(hostile)).toEqual([own])
})

test.each(links)('a redirect to %s brings no token there', async (location) => {
  const hostile = await hostileCloud(() => ({ status: 307, headers: { location: onTheWire(location) }, body: {} }))
  const request = createPipelineRequest({ url: `https://${own}/subscriptions?api-version=2022-12-01` })
  await hostile.cloud.arm(request).catch(() => undefined)
  expect(hostile.seen[0]).toEqual({ host: own, authorization: 'Bearer secret' })
  expect(trusted(hostile)).toEqual([own])
})

test.each(['location', 'azure-asyncoperation'].flatMap((header) => links.map((link) => [header, link] as const)))(
  'a long operation that is to be asked for in %s at %s brings no token there',
  async (header, link) => {
    const hostile = await hostileCloud((request) =>
      request.method === 'DELETE'
        ? { status: 202, headers: { [header]: onTheWire(link), 'retry-after': '0' }, body: {} }
        : { body: { status: 'Succeeded' } },
    )
    const client = await hostile.cloud.batch(subscription)
    await client.batchAccountOperations
      .beginDeleteAndWait('group', 'account', { updateIntervalInMs: 1 })
      .catch(() => undefined)
    expect(hostile.seen[0]).toEqual({ host: own, authorization: 'Bearer secret' })
    expect(trusted(hostile)).toEqual([own])
  },
)

test('the cloud’s own links are followed with the token', async () => {
  const hostile = await hostileCloud((request) => ({
    body: request.url?.includes('page=2')
      ? { value: [{ subscriptionId: 's', displayName: 'Second page' }] }
      : { value: [], nextLink: `https://${own}/subscriptions?api-version=2022-12-01&page=2` },
  }))
  const names: unknown[] = []
  for await (const { displayName } of (await hostile.cloud.subscriptions()).subscriptions.list())
    names.push(displayName)
  expect(names).toEqual(['Second page'])
  expect(hostile.seen).toHaveLength(2)
  expect(trusted(hostile)).toEqual([own])
})
