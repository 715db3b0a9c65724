import { CryptoProvider } from '@azure/msal-node'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import {
  approveDevice,
  ask,
  confidentialClient,
  publicClient,
  serviceToken,
  signInAs,
  startCloud,
  subscription,
} from './practice'

let cloud: RunningPractice
let scopes: string[]

beforeAll(async () => {
  cloud = await startCloud()
  scopes = [cloud.profile.armScope]
})
afterAll(() => cloud.close())

function claims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8')) as Record<string, unknown>
}

async function interactive(client: ReturnType<typeof publicClient>, person: string) {
  const result = await client.acquireTokenInteractive({
    scopes,
    openBrowser: async (url) => void (await signInAs(cloud.profile, url, person)),
  })
  return result
}

describe('sign-in with msal-node', () => {
  it('goes from the browser to a token, silently to the cache, and by refresh to a new token', async () => {
    const seen: string[] = []
    const client = publicClient(cloud.profile, cloud.profile.tenant!, seen)
    const first = await interactive(client, 'Olivia Owner')
    expect(first.account?.username).toBe('owner@practice.example')
    expect(claims(first.accessToken)).toMatchObject({ aud: 'https://management.azure.com', tid: cloud.profile.tenant })
    // The profile carries the metadata: one request, the one for the token.
    expect(seen).toEqual([`POST /${cloud.profile.tenant}/oauth2/v2.0/token`])
    const cached = await client.acquireTokenSilent({ account: first.account!, scopes })
    expect(cached.accessToken).toBe(first.accessToken)
    const storage = await client.acquireTokenSilent({ account: first.account!, scopes: [cloud.profile.storageScope] })
    expect(claims(storage.accessToken)).toMatchObject({
      aud: 'https://storage.azure.com',
      iss: `https://sts.windows.net/${cloud.profile.tenant}/`,
    })
    const renewed = await client.acquireTokenSilent({ account: first.account!, scopes, forceRefresh: true })
    expect(renewed.accessToken).not.toBe(first.accessToken)
    const again = await client.acquireTokenSilent({ account: first.account!, scopes, forceRefresh: true })
    expect(again.accessToken).not.toBe(renewed.accessToken)
  })

  it('works through organizations with discovery', async () => {
    const first = await interactive(publicClient(cloud.profile, 'organizations'), 'Rafael Reader')
    expect(first.account?.tenantId).toBe(cloud.profile.tenant)
  })

  it('shows a code, waits for the person, and gives a token', async () => {
    const result = await publicClient(cloud.profile).acquireTokenByDeviceCode({
      scopes,
      deviceCodeCallback: ({ userCode }) => void approveDevice(cloud.profile, userCode, 'Olivia Owner'),
    })
    expect(result?.account?.username).toBe('owner@practice.example')
  })

  it('gives the owner of the secret a token and refuses another secret', async () => {
    const result = await confidentialClient(cloud).acquireTokenByClientCredential({ scopes })
    expect(claims(result!.accessToken)).toMatchObject({ idtyp: 'app', appid: cloud.owner.clientId })
    const form = {
      grant_type: 'client_credentials',
      client_id: cloud.owner.clientId,
      client_secret: 'wrong',
      scope: scopes[0]!,
    }
    const refused = await ask(cloud.profile, 'POST', `/${cloud.owner.tenantId}/oauth2/v2.0/token`, {
      body: new URLSearchParams(form).toString(),
    })
    expect(refused.json).toMatchObject({ error: 'invalid_client', error_codes: [7000215] })
  })

  it('ends with access_denied when the person cancels', async () => {
    const server = createServer((_, answer) => answer.end())
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    const { port } = server.address() as { port: number }
    const page = await ask(cloud.profile, 'GET', authorizeUrl(`http://localhost:${port}/`))
    const request = /name="request" value="([^"]+)"/.exec(page.text)![1]!
    const answer = await ask(cloud.profile, 'POST', '/practice/choose', {
      body: new URLSearchParams({ request, user: '' }).toString(),
    })
    expect(answer.text).toContain('access_denied')
    server.close()
  })
})

function authorizeUrl(redirect: string, over: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: cloud.profile.clientId,
    redirect_uri: redirect,
    response_type: 'code',
    response_mode: 'form_post',
    scope: scopes[0]!,
    state: 's1',
    ...over,
  })
  return `/${cloud.profile.tenant}/oauth2/v2.0/authorize?${query.toString()}`
}

describe('the sign-in server', () => {
  it('sends nobody to a foreign address', async () => {
    for (const redirect of [
      'https://evil.example/',
      'http://localhost.evil.example/',
      'http://127.0.0.1:1/',
      'javascript:alert(1)',
    ]) {
      const answer = await ask(cloud.profile, 'GET', authorizeUrl(redirect))
      expect([answer.status, answer.text.includes('AADSTS50011')]).toEqual([400, true])
    }
  })

  it('escapes what a stranger puts into the address', async () => {
    const answer = await ask(
      cloud.profile,
      'GET',
      authorizeUrl('http://localhost/', { client_id: '<script>alert(1)</script>' }),
    )
    expect(answer.text).not.toContain('<script>alert')
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
  })

  it('speaks German when the browser does', async () => {
    const answer = await ask(cloud.profile, 'GET', authorizeUrl('http://localhost/'), {
      headers: { 'accept-language': 'de-DE,en;q=0.5' },
    })
    expect(answer.text).toContain('<html lang="de">')
  })

  it.each([
    { language: 'en', stale: 'no longer waiting', declined: 'You are not signed in.' },
    { language: 'de', stale: 'wartet nicht mehr', declined: 'Sie sind nicht angemeldet.' },
  ])(
    'says in the words of $language that a sign-in is too old or was declined',
    async ({ language, stale, declined }) => {
      const headers = { 'accept-language': language }
      const post = (path: string, request: string) =>
        ask(cloud.profile, 'POST', path, { headers, body: new URLSearchParams({ request, user: '' }).toString() })
      const late = await post('/practice/choose', 'gone')
      expect([late.status, late.text]).toEqual([400, expect.stringContaining(stale)])
      const asked = await ask(cloud.profile, 'POST', `/${cloud.profile.tenant}/oauth2/v2.0/devicecode`, {
        body: new URLSearchParams({ client_id: cloud.profile.clientId, scope: scopes[0]! }).toString(),
      })
      const { user_code: code } = asked.json as { user_code: string }
      expect((await post('/devicelogin', code)).text).toContain(declined)
    },
  )

  it('redeems a code once, and only with the verifier of its challenge', async () => {
    const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
    const redirect = 'http://localhost:1/'
    const code = async () => {
      const page = await ask(
        cloud.profile,
        'GET',
        authorizeUrl(redirect, { code_challenge: challenge, code_challenge_method: 'S256' }),
      )
      const request = /name="request" value="([^"]+)"/.exec(page.text)![1]!
      const user = /name="user" value="([^"]+)"/.exec(page.text)![1]!
      const chosen = await ask(cloud.profile, 'POST', '/practice/choose', {
        body: new URLSearchParams({ request, user }).toString(),
      })
      return /name="code" value="([^"]+)"/.exec(chosen.text)![1]!
    }
    const redeem = (given: string, proof: string) =>
      ask(cloud.profile, 'POST', `/${cloud.profile.tenant}/oauth2/v2.0/token`, {
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: cloud.profile.clientId,
          code: given,
          redirect_uri: redirect,
          code_verifier: proof,
          scope: scopes[0]!,
        }).toString(),
      })
    expect((await redeem(await code(), 'x'.repeat(43))).json).toMatchObject({ error: 'invalid_grant' })
    const good = await code()
    expect((await redeem(good, verifier)).status).toBe(200)
    expect((await redeem(good, verifier)).json).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('tokens at ARM', () => {
  const path = `/subscriptions/${subscription}/resourcegroups?api-version=2025-04-01`

  it('are required', async () => {
    const answer = await ask(cloud.profile, 'GET', path)
    expect([answer.status, answer.json]).toMatchObject([401, { error: { code: 'AuthenticationFailed' } }])
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer authorization_uri="/)
  })

  it('for another service are refused', async () => {
    const token = await serviceToken(cloud, cloud.profile.batchScope)
    const answer = await ask(cloud.profile, 'GET', path, { token })
    expect(answer.json).toMatchObject({ error: { code: 'InvalidAuthenticationTokenAudience' } })
  })

  it('changed by one bit are refused', async () => {
    const token = await serviceToken(cloud)
    const [header, payload, signature] = token.split('.')
    const forged = { ...claims(token), oid: '00000000-0000-0000-0000-000000000000' }
    const text = Buffer.from(JSON.stringify(forged)).toString('base64url')
    expect(payload).not.toBe(text)
    const answer = await ask(cloud.profile, 'GET', path, { token: `${header}.${text}.${signature}` })
    expect(answer.json).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } })
  })

  it('of a reader do not write: the refusal names who, what and where', async () => {
    const { accessToken, account } = await interactive(publicClient(cloud.profile), 'Rafael Reader')
    const group = `/subscriptions/${subscription}/resourcegroups/rg-reader`
    const answer = await ask(cloud.profile, 'PUT', `${group}?api-version=2025-04-01`, {
      token: accessToken,
      body: { location: 'westeurope' },
    })
    expect(answer.status).toBe(403)
    const oid = account!.homeAccountId.split('.')[0]!
    expect(answer.json).toEqual({
      error: {
        code: 'AuthorizationFailed',
        message: `The client 'reader@practice.example' with object id '${oid}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/resourcegroups/write' over scope '${group}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      },
    })
    expect((await ask(cloud.profile, 'GET', path, { token: accessToken })).status).toBe(200)
  })

  it('do not replace the api-version', async () => {
    const answer = await ask(cloud.profile, 'GET', `/subscriptions/${subscription}`, {
      token: await serviceToken(cloud),
    })
    expect([answer.status, answer.json]).toMatchObject([400, { error: { code: 'MissingApiVersionParameter' } }])
  })
})
