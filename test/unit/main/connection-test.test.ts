import { afterEach, expect, test } from 'vitest'
import { testConnection } from '../../../src/main/connection-test'
import { createNetwork } from '../../../src/main/net/network'
import type { CloudProfile } from '../../../src/shared/profile'
import { defaultNetwork, type NetworkSettings } from '../../../src/shared/settings'
import type { ConnectionTest } from '../../../src/shared/settings-calls'
import { makeAuthority } from '../../support/authority'
import { startHosts, startInspector, startProxy, type TestServer } from '../../support/proxies'

const names = ['login.contoso.example', 'arm.contoso.example', 'acc.batch.contoso.example', 'acc.blob.contoso.example']
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const it of open.splice(0)) await it.close()
})
function closing<T extends { close(): unknown }>(it: T): T {
  open.push(it)
  return it
}
const profile = {
  authority: 'https://login.contoso.example',
  armEndpoint: 'https://arm.contoso.example',
} as CloudProfile
const known = { batch: 'acc.batch.contoso.example', storage: 'https://acc.blob.contoso.example/' }

async function result(settings: Partial<NetworkSettings>): Promise<ConnectionTest[]> {
  const all = { ...defaultNetwork, systemAuthorities: false, proxy: 'manual' as const, ...settings }
  const network = createNetwork({ settings: () => all, password: () => Promise.resolve(null), environment: {} })
  const told: ConnectionTest[] = []
  await testConnection(profile, known, network, new AbortController().signal, (test) => told.push(test))
  return told
}
async function hosts() {
  const authority = await makeAuthority('Contoso Cloud CA')
  const server: TestServer = closing(await startHosts(authority, names, () => ({ status: 401, body: {} })))
  return { authority, server, places: Object.fromEntries(names.map((name) => [name, server.port])) }
}

test('each host is reached one by one, with its proxy, issuer and time, and without a token', async () => {
  const { authority, places, server } = await hosts()
  const proxy = closing(await startProxy({ places }))
  const told = await result({ url: proxy.url, authorities: [authority.pem] })
  const last = told.at(-1)!
  expect(told.map(({ rows }) => rows.filter(({ isDone }) => isDone).length)).toEqual([0, 1, 2, 3, 4])
  expect(last.isDone).toBe(true)
  for (const row of last.rows) {
    expect(row).toMatchObject({ proxy: new URL(proxy.url).host, issuer: 'Contoso Cloud CA', error: null })
    expect(row.ms).toBeGreaterThanOrEqual(0)
  }
  expect(server.asked).toEqual(names.map((name) => `HEAD ${name}/`))
})

test('a company that inspects connections is named in every row, and nothing is sent', async () => {
  const { authority, places, server } = await hosts()
  const company = await makeAuthority('Fabrikam Inspection CA')
  const proxy = closing(await startInspector({ places, authority: company, upstream: authority }))
  const last = (await result({ url: proxy.url, authorities: [authority.pem] })).at(-1)!
  expect(last.rows.map(({ error }) => error?.code)).toEqual(Array(4).fill('tls.untrusted'))
  expect(last.rows[1]!.error!.params).toEqual({ host: 'arm.contoso.example', issuer: 'Fabrikam Inspection CA' })
  expect(server.asked).toEqual([])
})

test('a proxy that wants a password, forbids or is gone is told in the rows', async () => {
  for (const [options, code] of [
    [{ authorization: 'Basic eA==' }, 'proxy.sign-in'],
    [{ refuses: 403 }, 'proxy.refused'],
  ] as const) {
    const proxy = closing(await startProxy({ places: {}, ...options }))
    const last = (await result({ url: proxy.url })).at(-1)!
    expect(last.rows.map(({ error }) => error?.code)).toEqual(Array(4).fill(code))
  }
  const gone = await startProxy({ places: {} })
  await gone.close()
  const last = (await result({ url: gone.url })).at(-1)!
  expect(last.rows[0]!.error).toMatchObject({ code: 'proxy.unreachable', params: { proxy: new URL(gone.url).host } })
})

test('a name that nobody knows is told as no connection to that host', async () => {
  const last = (await result({ proxy: 'none' })).at(-1)!
  expect(last.rows[0]!.error).toMatchObject({ code: 'offline', params: { host: 'login.contoso.example' } })
})
