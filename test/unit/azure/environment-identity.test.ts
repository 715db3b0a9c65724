import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn, type SignInOptions } from '../../../src/main/azure/sign-in'
import { createSeam } from '../../../src/main/net/seam'
import { profileOf, startServer, type HttpsServer } from '../../support/https-server'
import { memoryCache } from '../../support/practice'

const folder = mkdtempSync(join(tmpdir(), 'bis-identity-'))
const pem = join(folder, 'app.pem')
const tokenFile = join(folder, 'federated-token')
let server: HttpsServer
beforeAll(async () => {
  const subject = ['-subj', '/CN=batch-image-studio-test', '-days', '2']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', pem, '-out', `${pem}.crt`, ...subject],
    { stdio: 'ignore' },
  )
  writeFileSync(pem, readFileSync(pem, 'utf8') + readFileSync(`${pem}.crt`, 'utf8'))
  writeFileSync(tokenFile, 'token-of-the-pipeline\n')
  server = await startServer(() => ({
    status: 200,
    body: { token_type: 'Bearer', expires_in: 3600, access_token: 'at' },
  }))
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const application = { AZURE_TENANT_ID: 'contoso.example', AZURE_CLIENT_ID: 'app-id' }
function environment(variables: Record<string, string>): SignInOptions {
  const ui = { openBrowser: () => Promise.reject(new Error('nobody here')), showDeviceCode: () => undefined }
  const signal = new AbortController().signal
  return { method: 'environment', environment: { ...application, ...variables }, ui, cache: memoryCache(), signal }
}
/** The form of the last request for a token. */
async function asked(variables: Record<string, string>): Promise<URLSearchParams> {
  const profile = { ...profileOf(server), authorityMetadata: metadata() }
  const identity = await signIn(profile, createSeam(profile), environment(variables))
  expect(identity).toMatchObject({ username: 'app-id', tenantId: 'contoso.example', homeAccountId: null })
  return new URLSearchParams(server.seen.at(-1)!.body)
}
function metadata(): string {
  const [authorization_endpoint, token_endpoint, issuer] = ['authorize', 'token', 'v2.0'].map(
    (it) => `${server.url}/t/${it}`,
  )
  return JSON.stringify({ authorization_endpoint, token_endpoint, issuer, jwks_uri: `${server.url}/t/keys` })
}

test('a client secret is sent as such', async () => {
  const form = await asked({ AZURE_CLIENT_SECRET: 'hush' })
  expect(Object.fromEntries(form)).toMatchObject({
    grant_type: 'client_credentials',
    client_id: 'app-id',
    client_secret: 'hush',
  })
})

test('a certificate signs an assertion that names it by its SHA-256 thumbprint; its key stays here', async () => {
  const form = await asked({ AZURE_CLIENT_CERTIFICATE_PATH: pem })
  const header = JSON.parse(
    Buffer.from(form.get('client_assertion')!.split('.')[0]!, 'base64url').toString('utf8'),
  ) as Record<string, string>
  const der = new X509Certificate(readFileSync(`${pem}.crt`)).raw
  expect(header['x5t#S256']).toBe(createHash('sha256').update(der).digest('base64url'))
  expect(form.toString()).not.toContain('PRIVATE')
})

test('a federated token is read from its file for every sign-in', async () => {
  expect((await asked({ AZURE_FEDERATED_TOKEN_FILE: tokenFile })).get('client_assertion')).toBe('token-of-the-pipeline')
  writeFileSync(tokenFile, 'the-next-one')
  expect((await asked({ AZURE_FEDERATED_TOKEN_FILE: tokenFile })).get('client_assertion')).toBe('the-next-one')
})

test.each([
  ['AZURE_CLIENT_CERTIFICATE_PATH', join(folder, 'none.pem')],
  ['AZURE_FEDERATED_TOKEN_FILE', join(folder, 'none')],
])('a file that %s names and that is not there is told by its name', async (name, file) => {
  const profile = profileOf(server)
  const failed = signIn(profile, createSeam(profile), environment({ [name]: file }))
  await expect(failed).rejects.toMatchObject({ code: 'signIn.failed', params: { reason: file } })
})

test('a certificate file without a key is refused before anything is sent', async () => {
  const profile = profileOf(server)
  const before = server.seen.length
  const failed = signIn(profile, createSeam(profile), environment({ AZURE_CLIENT_CERTIFICATE_PATH: `${pem}.crt` }))
  await expect(failed).rejects.toMatchObject({ code: 'signIn.failed' })
  expect(server.seen).toHaveLength(before)
})

const stranger = {
  authority: 'https://login.example.org:8443',
  armEndpoint: 'https://arm.example.org',
  loopbackOnly: false,
}
test.each([
  ['a secret', { AZURE_CLIENT_SECRET: 'hush' }],
  ['a certificate', { AZURE_CLIENT_CERTIFICATE_PATH: pem }],
  ['a federated token', { AZURE_FEDERATED_TOKEN_FILE: tokenFile }],
  [
    'a secret meant for Azure',
    { AZURE_CLIENT_SECRET: 'hush', AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com' },
  ],
  [
    'a secret meant for another port',
    { AZURE_CLIENT_SECRET: 'hush', AZURE_AUTHORITY_HOST: 'https://login.example.org' },
  ],
  ['a secret meant for no host', { AZURE_CLIENT_SECRET: 'hush', AZURE_AUTHORITY_HOST: 'login.example.org:8443' }],
])('%s is not sent to the authority of a profile file that the environment does not name', async (_what, variables) => {
  const profile = { ...profileOf(server), ...stranger }
  const seam = createSeam(profile)
  const sent: string[] = []
  seam.watch(({ host }) => sent.push(host))
  await expect(signIn(profile, seam, environment(variables))).rejects.toMatchObject({
    code: 'token.unconfirmed-host',
    params: { host: 'login.example.org:8443' },
  })
  expect(sent).toEqual([])
})
