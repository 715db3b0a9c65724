import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { builtInProfiles, loadProfile, wrongFields } from '../../../src/main/net/profiles'
import { cloudProfile, type CloudProfile } from '../../../src/shared/profile'

const folder = mkdtempSync(join(tmpdir(), 'bis-profiles-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const { public: publicCloud } = builtInProfiles
const stack: CloudProfile = {
  name: 'our-stack',
  authority: 'https://login.stack.example',
  knownAuthorities: ['login.stack.example'],
  clientId: 'c',
  tenant: 't',
  armEndpoint: 'https://management.stack.example',
  armScope: 'https://management.stack.example/.default',
  batchScope: 'https://batch.stack.example/.default',
  batchSuffix: 'batch.stack.example',
  storageScope: 'https://storage.stack.example/.default',
  storageSuffix: 'stack.example',
}

// Endpoints: Azure/azure-cli, src/azure-cli-core/azure/cli/core/cloud.py
test.each([
  ['public', 'https://login.microsoftonline.com', 'https://management.azure.com', 'core.windows.net'],
  ['china', 'https://login.chinacloudapi.cn', 'https://management.chinacloudapi.cn', 'core.chinacloudapi.cn'],
  ['usgov', 'https://login.microsoftonline.us', 'https://management.usgovcloudapi.net', 'core.usgovcloudapi.net'],
])('the cloud %s is built in', async (name, authority, armEndpoint, storageSuffix) => {
  const profile = await loadProfile(name)
  expect(profile).toMatchObject({ name, authority, armEndpoint, storageSuffix, tenant: 'organizations', clientId: '' })
  expect(cloudProfile.parse(profile)).toEqual(profile)
  expect(wrongFields(profile)).toEqual([])
})

test('client id and tenant of the person overlay a built-in cloud without changing it', async () => {
  const profile = await loadProfile('public', { clientId: 'mine', tenant: 'contoso.onmicrosoft.com' })
  expect(profile).toMatchObject({ clientId: 'mine', tenant: 'contoso.onmicrosoft.com' })
  expect(builtInProfiles.public.clientId).toBe('')
})

test('a profile file with its byte order and fields right is loaded', async () => {
  expect(await loadProfile(fileWith(stack))).toEqual(stack)
})

test.each<[string, unknown, string]>([
  ['unknown field', { ...stack, armEndpiont: 'x' }, 'armEndpiont'],
  ['missing field', { ...stack, armScope: undefined }, 'armScope'],
  ['http', { ...stack, armEndpoint: 'http://management.stack.example' }, 'armEndpoint'],
  ['user name in the address', { ...stack, armEndpoint: 'https://a:b@management.stack.example' }, 'armEndpoint'],
  ['name of a built-in cloud', { ...stack, name: 'public' }, 'name'],
  ['name of the practice cloud', { ...stack, name: 'practice' }, 'name'],
  ['tenant that climbs out of its path', { ...stack, tenant: '../evil' }, 'tenant'],
  ['suffix that is no host', { ...stack, batchSuffix: 'x/../y' }, 'batchSuffix'],
])('a profile file is refused for its %s', async (_, profile, field) => {
  await expect(loadProfile(fileWith(profile))).rejects.toMatchObject({
    code: 'profile.invalid',
    params: { fields: expect.stringContaining(field) as string },
  })
})

test('a profile file that is no JSON is refused, and a missing one is not found', async () => {
  const file = join(folder, 'broken.json')
  writeFileSync(file, '{')
  await expect(loadProfile(file)).rejects.toMatchObject({ code: 'profile.unreadable', params: { file } })
  await expect(loadProfile(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'file.not-found' })
})

test.each<[string, Partial<CloudProfile>, string]>([
  ['ARM', { armEndpoint: 'https://management.evil.example' }, 'armEndpoint'],
  ['ARM by a name that only looks right', { armEndpoint: 'https://management.azure.com.evil.example' }, 'armEndpoint'],
  ['ARM of another cloud', { armEndpoint: 'https://management.chinacloudapi.cn' }, 'armEndpoint'],
  ['ARM on another port', { armEndpoint: 'https://management.azure.com:8443' }, 'armEndpoint'],
  ['ARM on loopback', { armEndpoint: 'https://127.0.0.1:7443' }, 'armEndpoint'],
  ['Batch', { batchSuffix: 'evil.example' }, 'batchSuffix'],
  ['Storage', { storageSuffix: 'evil.example' }, 'storageSuffix'],
  ['Graph', { graphEndpoint: 'https://graph.evil.example' }, 'graphEndpoint'],
  ['the audience', { armScope: 'https://graph.microsoft.com/.default' }, 'armScope'],
  ['the audience of Batch', { batchScope: 'https://graph.microsoft.com/.default' }, 'batchScope'],
  ['the audience of Storage', { storageScope: 'https://vault.azure.net/.default' }, 'storageScope'],
  ['the sign-in endpoints', { authorityMetadata: '{"token_endpoint":"https://evil.example/t"}' }, 'authorityMetadata'],
  ['the known authorities', { knownAuthorities: ['evil.example'] }, 'knownAuthorities'],
  ['everything to loopback', { loopbackOnly: true }, 'loopbackOnly'],
  ['the authority to another port', { authority: 'https://login.microsoftonline.com:444' }, 'authority'],
  [
    'ARM under an alias of the authority',
    { authority: 'https://login.windows.net', armEndpoint: 'https://evil.example' },
    'armEndpoint',
  ],
])('a profile that signs in at Microsoft cannot move %s', (_, change, field) => {
  expect(wrongFields({ ...publicCloud, name: 'mine', ...change })).toContain(field)
})

test('a profile that names a Microsoft cloud as it is, with a client id and a proxy’s authority, is good', () => {
  expect(wrongFields({ ...publicCloud, name: 'mine', clientId: 'x', tenant: 'y', caFile: '/etc/proxy.pem' })).toEqual(
    [],
  )
})

test.each<[string, Partial<CloudProfile>, string]>([
  [
    'a token endpoint at Microsoft',
    { authorityMetadata: metadata('https://login.microsoftonline.com') },
    'authorityMetadata',
  ],
  ['a Microsoft host among the known ones', { knownAuthorities: ['login.microsoftonline.com'] }, 'knownAuthorities'],
  ['endpoints on loopback without being bound to it', { armEndpoint: 'https://127.0.0.1:1' }, 'armEndpoint'],
  ['endpoints off loopback although bound to it', { loopbackOnly: true }, 'armEndpoint'],
])('a private cloud is refused for %s', (_, change, field) => {
  expect(wrongFields({ ...stack, ...change })).toContain(field)
})

test('a private cloud may bring its own sign-in endpoints', () => {
  expect(wrongFields({ ...stack, authorityMetadata: metadata('https://login.stack.example') })).toEqual([])
})

function metadata(origin: string): string {
  const [authorization_endpoint, token_endpoint, issuer] = ['authorize', 'token', 'v2.0'].map(
    (it) => `${origin}/t/${it}`,
  )
  return JSON.stringify({ authorization_endpoint, token_endpoint, issuer })
}

function fileWith(profile: unknown): string {
  const file = join(folder, `profile-${Math.random().toString(36).slice(2)}.json`)
  writeFileSync(file, JSON.stringify(profile))
  return file
}
