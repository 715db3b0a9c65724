import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutPrivate } from '../../src/main/placeholders'

const here = { home: '/home/marta.klein', user: 'marta.klein', computer: 'NB-4711' }
const clean = (text: string) => withoutPrivate(text, here)

const hex = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((it) => it.join(''))
const guid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-'))
const letters = (characters: string, minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...characters), { minLength, maxLength }).map((it) => it.join(''))
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const secret = letters(base64, 24, 60)
const word = letters('bcdfghjklmnpqrstvwxz', 8, 14)

/** Each kind of private thing in each place where our own texts may carry it: what must not be found afterwards, and the text. */
const planted = fc.oneof(
  secret.map((it) => [it, `PUT https://x.blob.core.windows.net/c/b?sv=2025-01-05&sig=${it}&se=2026`]),
  secret.map((it) => [it, JSON.stringify({ headers: { authorization: `Bearer ${it}` } })]),
  fc.tuple(secret, secret).map(([a, b]) => [b, `token eyJhbGciOiJub25lIn0.${a}.${b}`]),
  secret.map((it) => [it, JSON.stringify({ input: { adminPassword: it } })]),
  secret.map((it) => [it, JSON.stringify({ text: JSON.stringify({ client_secret: it }) })]),
  secret.map((it) => [it, `HTTPS_PROXY=http://user:${it}@proxy:8080`]),
  secret.map((it) => [it, `-----BEGIN PRIVATE KEY-----\n${it}\n-----END PRIVATE KEY-----`]),
  letters(base64, 86, 86).map((it) => [it, `key of the account: ${it}==`]),
  letters(base64, 86, 86).map((it) => [it, `AccountName=a;AccountKey=${it}==;EndpointSuffix=x`]),
  fc.tuple(word, word).map(([name, host]) => [name, `signed in as ${name}@${host}.example`]),
  fc.tuple(word, word).map(([name, host]) => [host, `login_hint=${name}%40${host}.onmicrosoft.com`]),
  guid.map((it) => [it, `/subscriptions/${it}/resourceGroups/group-a`]),
  guid.map((it) => [it, JSON.stringify({ tenantId: it })]),
  guid.map((it) => [it, `request ${it.toUpperCase()} failed`]),
  word.map((it) => [it, `/subscriptions/x/resourceGroups/${it}/providers/Microsoft.Batch/batchAccounts/y`]),
  word.map((it) => [
    it,
    `/subscriptions/x/resourceGroups/y/providers/Microsoft.Compute/galleries/${it}/images/linux/versions/1.0.0`,
  ]),
  word.map((it) => [it, `https://${it}.blob.core.windows.net/vhds and the account ${it}`]),
  word.map((it) => [it, `https://${it}.westeurope.batch.azure.com/pools`]),
  word.map((it) => [it, `/Users/${it}/Disks/image.vhd`]),
  word.map((it) => [it, JSON.stringify({ file: `C:\\Users\\${it}\\image.vhd` })]),
  word.map((it) => [it, `"/home/${it}/x"`]),
  fc
    .ipV4()
    .filter((it) => !it.startsWith('127.'))
    .map((it) => [it, `connect ETIMEDOUT ${it}:443`]),
  fc.constant(['fe80::1ff:fe23:4567:890a', 'listening on [fe80::1ff:fe23:4567:890a]:22']),
  fc.constant(['marta.klein', 'by marta.klein in /home/marta.klein/image.vhd']),
  fc.constant(['NB-4711', 'lock of NB-4711']),
) as fc.Arbitrary<[string, string]>

describe('a text that leaves this computer', () => {
  it('holds nothing private, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.array(planted, { minLength: 1, maxLength: 8 }), (plants) => {
        const text = clean(plants.map(([, line]) => line).join('\n'))
        for (const [found] of plants) expect(text.toLowerCase()).not.toContain(found.toLowerCase())
      }),
      { numRuns: 300 },
    )
  })

  it('tells the same story: one thing keeps one name throughout', () => {
    const [one, two] = ['11111111-2222-3333-4444-555555555555', '99999999-2222-3333-4444-555555555555']
    expect(
      clean(
        [
          `GET /subscriptions/${one}/resourceGroups/rg-render`,
          `GET /subscriptions/${two}/resourceGroups/rg-render`,
          `the group rg-render of ${one}, not rg-render-2`,
          'marta@contoso.example, then marta@contoso.example, then ole@contoso.example',
        ].join('\n'),
      ),
    ).toBe(
      [
        'GET /subscriptions/subscription-1/resourceGroups/group-1',
        'GET /subscriptions/subscription-2/resourceGroups/group-1',
        'the group group-1 of subscription-1, not rg-render-2',
        'person-1, then person-1, then person-2',
      ].join('\n'),
    )
  })

  it('keeps what helps: versions, times, codes, regions, sizes, this computer’s own address', () => {
    const text =
      '2026-11-25T17:54:10.123Z warn 403 AuthorizationFailed westeurope 24.04.202511 1.0.0 Standard_D2s_v5 127.0.0.1:9443 12:34:56'
    expect(clean(text)).toBe(text)
  })
})
