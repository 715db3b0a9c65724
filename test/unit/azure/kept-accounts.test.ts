import { expect, test } from 'vitest'
import { keptAccounts, withoutAccount } from '../../../src/main/azure/kept-accounts'

// Shape: MSAL's unified cache schema, as msal-node 7 writes it.
const home = 'home-tenant'
const entry = (id: string, more: Record<string, string> = {}) => ({
  home_account_id: id,
  environment: 'login.windows.net',
  ...more,
})
const account = (id: string, username: string, realm: string) =>
  entry(id, { username, realm, local_account_id: 'x', authority_type: 'MSSTS', name: username.toUpperCase() })
const cache = {
  Account: {
    'a-guest': account(`ann.${home}`, 'ann@example.org', 'partner-tenant'),
    'a-home': account(`ann.${home}`, 'ann@example.org', home),
    'b-home': account(`bob.${home}`, 'bob@example.org', home),
  },
  IdToken: { a: entry(`ann.${home}`, { secret: 'ann-id' }), b: entry(`bob.${home}`, { secret: 'bob-id' }) },
  AccessToken: { a: entry(`ann.${home}`, { secret: 'ann-at' }), b: entry(`bob.${home}`, { secret: 'bob-at' }) },
  RefreshToken: { a: entry(`ann.${home}`, { secret: 'ann-rt' }), b: entry(`bob.${home}`, { secret: 'bob-rt' }) },
  AppMetadata: { app: { client_id: 'c', environment: 'login.windows.net' } },
}
const text = JSON.stringify(cache)

test('each account is named once, at home, with nothing secret', () => {
  const accounts = keptAccounts(text)
  expect(accounts).toEqual([
    {
      id: `ann.${home}`,
      username: 'ann@example.org',
      name: 'ANN@EXAMPLE.ORG',
      tenantId: home,
      host: 'login.windows.net',
    },
    {
      id: `bob.${home}`,
      username: 'bob@example.org',
      name: 'BOB@EXAMPLE.ORG',
      tenantId: home,
      host: 'login.windows.net',
    },
  ])
  expect(JSON.stringify(accounts)).not.toMatch(/-(id|at|rt)"/)
})

test('an account that is taken out leaves no token behind, and others keep theirs', () => {
  const left = withoutAccount(text, `ann.${home}`)!
  expect(left).not.toContain('ann')
  expect(JSON.parse(left)).toMatchObject({
    Account: { 'b-home': cache.Account['b-home'] },
    IdToken: { b: cache.IdToken.b },
    AccessToken: { b: cache.AccessToken.b },
    RefreshToken: { b: cache.RefreshToken.b },
    AppMetadata: cache.AppMetadata,
  })
})

test('when the last account goes, nothing is left to keep', () => {
  expect(withoutAccount(withoutAccount(text, `ann.${home}`), `bob.${home}`)).toBeNull()
})

test.each([null, '', '{"Account": tru', '[]', '{"Account": {"a": 7}}', '{"Account": {"a": {"home_account_id": "x"}}}'])(
  'a cache that makes no sense (%s) holds nobody',
  (broken) => {
    expect(keptAccounts(broken)).toEqual([])
  },
)
