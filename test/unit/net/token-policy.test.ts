import { expect, test } from 'vitest'
import { builtInProfiles } from '../../../src/main/net/profiles'
import {
  assertMayConnect,
  assertSecretMayGo,
  assertSignInMayGo,
  assertTokenMayGo,
} from '../../../src/main/net/token-policy'
import type { CloudProfile } from '../../../src/shared/profile'

const practice: CloudProfile = {
  ...builtInProfiles.public,
  name: 'practice',
  authority: 'https://127.0.0.1:7443',
  armEndpoint: 'https://127.0.0.1:7443',
  batchSuffix: '127.0.0.1',
  storageSuffix: '127.0.0.1',
  loopbackOnly: true,
}
const clouds = { ...builtInProfiles, practice }

test.each<[keyof typeof clouds, string]>([
  ['public', 'https://management.azure.com/subscriptions?api-version=2022-12-01'],
  ['public', 'https://MANAGEMENT.azure.com/'],
  ['public', 'https://management.azure.com:443/'],
  // A backslash is a slash to every parser of URLs that sends requests here: this goes to ARM, not to evil.example.
  ['public', 'https://management.azure.com\\@evil.example/'],
  ['public', 'https://myaccount.westeurope.batch.azure.com/pools'],
  ['public', 'https://myaccount.blob.core.windows.net/vhds/a.vhd'],
  ['public', 'https://myaccount.z12.blob.storage.azure.net/vhds/a.vhd'],
  ['public', 'https://graph.microsoft.com/v1.0/servicePrincipals'],
  ['usgov', 'https://management.usgovcloudapi.net/subscriptions'],
  ['usgov', 'https://a.blob.core.usgovcloudapi.net/c/b'],
  ['china', 'https://a.chinaeast2.batch.chinacloudapi.cn/pools'],
  ['practice', 'https://127.0.0.1:7443/subscriptions'],
  ['practice', 'https://localhost:7444/account/container/blob'],
  ['practice', 'https://[::1]:7443/'],
])('a token of the cloud %s may go to %s', (cloud, url) => {
  expect(() => assertTokenMayGo(clouds[cloud], url)).not.toThrow()
})

test.each<[keyof typeof clouds, string, string]>([
  ['public', 'https://management.azure.com.evil.example/', 'management.azure.com.evil.example'],
  ['public', 'https://evil.example/management.azure.com', 'evil.example'],
  ['public', 'https://evilbatch.azure.com/', 'evilbatch.azure.com'],
  ['public', 'https://batch.azure.com.evil.example/', 'batch.azure.com.evil.example'],
  ['public', 'https://a.blob.core.windows.net.evil.example/', 'a.blob.core.windows.net.evil.example'],
  ['public', 'https://a.file.core.windows.net/', 'a.file.core.windows.net'],
  ['public', 'https://management.azure.com@evil.example/', 'evil.example'],
  ['public', 'https://user:pass@management.azure.com/', 'management.azure.com'],
  ['public', 'http://management.azure.com/', 'management.azure.com'],
  ['public', 'https://management.azure.com:8443/', 'management.azure.com:8443'],
  ['public', 'https://a.batch.azure.com:8443/', 'a.batch.azure.com:8443'],
  ['public', 'https://management.azure.com./', 'management.azure.com.'],
  ['public', 'https://mаnagement.azure.com/', 'xn--mnagement-0yh.azure.com'],
  ['public', 'https://management.chinacloudapi.cn/', 'management.chinacloudapi.cn'],
  ['public', 'https://127.0.0.1:7443/', '127.0.0.1:7443'],
  ['public', 'https://localhost/', 'localhost'],
  ['public', 'https://[::1]/', '[::1]'],
  ['public', 'https://2130706433/', '127.0.0.1'],
  ['usgov', 'https://management.azure.com/', 'management.azure.com'],
  ['usgov', 'https://a.z1.blob.storage.azure.net/', 'a.z1.blob.storage.azure.net'],
  ['china', 'https://management.azure.com/', 'management.azure.com'],
  ['practice', 'https://management.azure.com/', 'management.azure.com'],
  ['practice', 'https://127.0.0.1.evil.example/', '127.0.0.1.evil.example'],
  ['practice', 'https://localhost.evil.example/', 'localhost.evil.example'],
  ['practice', 'http://127.0.0.1:7443/', '127.0.0.1:7443'],
  ['practice', 'https://10.0.0.1/', '10.0.0.1'],
  ['practice', 'not a url', ''],
])('a token of the cloud %s may not go to %s', (cloud, url, host) => {
  expect(() => assertTokenMayGo(clouds[cloud], url)).toThrow(
    expect.objectContaining({ code: 'token.refused-host', params: { host } }) as Error,
  )
})

test('a host which the cloud itself named may see a token, but only that very host and port', () => {
  const extra = ['acct.local.example:8443']
  expect(() => assertTokenMayGo(clouds.public, 'https://acct.local.example:8443/pools', extra)).not.toThrow()
  expect(() => assertTokenMayGo(clouds.public, 'https://acct.local.example/pools', extra)).toThrow()
  expect(() => assertTokenMayGo(clouds.public, 'https://x.acct.local.example:8443/pools', extra)).toThrow()
})

test.each<[keyof typeof clouds, string, boolean]>([
  ['public', 'https://login.microsoftonline.com/organizations/oauth2/v2.0/token', true],
  ['public', 'https://login.windows.net/common/oauth2/token', true],
  ['public', 'https://login.microsoftonline.com.evil.example/token', false],
  ['public', 'https://login.chinacloudapi.cn/organizations/oauth2/v2.0/token', false],
  ['public', 'http://login.microsoftonline.com/token', false],
  ['china', 'https://login.chinacloudapi.cn/organizations/oauth2/v2.0/token', true],
  ['practice', 'https://127.0.0.1:7443/tenant/oauth2/v2.0/token', true],
  ['practice', 'https://127.0.0.1:7444/tenant/oauth2/v2.0/token', false],
  ['practice', 'https://login.microsoftonline.com/token', false],
])('sign-in secrets go to the sign-in hosts of the cloud only: %s, %s', (cloud, url, isAllowed) => {
  const outcome = expect(() => assertSignInMayGo(clouds[cloud], url))
  return isAllowed ? outcome.not.toThrow() : outcome.toThrow()
})

test.each<[keyof typeof clouds, string, boolean]>([
  ['practice', 'https://127.0.0.1:1/', true],
  ['practice', 'http://127.0.0.1:1/devstoreaccount1/c/b?sig=x', true],
  ['practice', 'https://example.org/', false],
  ['public', 'https://md-abc.z1.blob.storage.azure.net/x?sig=y', true],
  ['public', 'http://example.org/?sig=y', false],
  ['public', 'ftp://example.org/', false],
])(
  'a cloud bound to loopback connects nowhere else, and nobody leaves it unencrypted: %s, %s',
  (cloud, url, isAllowed) => {
    const outcome = expect(() => assertMayConnect(clouds[cloud], url))
    return isAllowed ? outcome.not.toThrow() : outcome.toThrow()
  },
)

const stack: CloudProfile = { ...builtInProfiles.public, name: 'stack', authority: 'https://login.stack.example:8443/' }
test.each<[CloudProfile, string | undefined]>([
  [builtInProfiles.public, undefined],
  [builtInProfiles.usgov, 'https://login.microsoftonline.com'],
  [practice, undefined],
  [stack, 'https://login.stack.example:8443'],
  [stack, 'https://LOGIN.stack.example:8443/common'],
])('a secret may go to the authority of %o when AZURE_AUTHORITY_HOST is %s', (profile, authorityHost) => {
  expect(() => assertSecretMayGo(profile, authorityHost)).not.toThrow()
})
