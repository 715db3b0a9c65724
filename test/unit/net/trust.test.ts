import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { describeCertificate, readAuthorities, systemTrust } from '../../../src/main/net/trust'
import { createNetwork } from '../../../src/main/net/network'
import { defaultNetwork } from '../../../src/shared/settings'
import { makeAuthority } from '../../support/authority'

const now = new Date()
const read = (content: string | Buffer) => readAuthorities(Buffer.from(content as string), 'root.pem', now)

test('a root certificate is taken as PEM, as DER, and several from one file', async () => {
  const [one, two] = [await makeAuthority('One'), await makeAuthority('Two')]
  expect(read(one.pem).map((pem) => describeCertificate(pem, now)?.subject)).toEqual(['One'])
  expect(read(new X509Certificate(one.pem).raw)).toEqual(read(one.pem))
  expect(read(`# the company\n${one.pem}\n${two.pem}`)).toHaveLength(2)
})

test('what people see of it is who it is, who signed it and until when', async () => {
  const { pem } = await makeAuthority('Contoso Root', 30)
  const facts = describeCertificate(pem, now)
  expect(facts).toMatchObject({ subject: 'Contoso Root', issuer: 'Contoso Root', isExpired: false })
  expect(facts!.validTo).toBe(new Date(new X509Certificate(pem).validTo).toISOString())
  expect(describeCertificate('nonsense', now)).toBeNull()
})

test('a certificate that has ended is refused with its date', async () => {
  const { pem } = await makeAuthority('Contoso Old', -3)
  expect(() => read(pem)).toThrow(
    expect.objectContaining({
      code: 'certificate.expired',
      params: expect.objectContaining({ subject: 'Contoso Old' }) as object,
    }),
  )
})

test('a file with a private key is refused, whatever else is in it', async () => {
  const { pem, key } = await makeAuthority('Contoso')
  expect(() => read(pem + key)).toThrow(expect.objectContaining({ code: 'certificate.private-key' }))
})

test('the certificate of a single server is refused', async () => {
  const { cert } = await (await makeAuthority('Contoso')).issue('www.contoso.example')
  const leaf = cert.slice(0, cert.indexOf('-----END CERTIFICATE-----') + 25)
  expect(() => read(leaf)).toThrow(
    expect.objectContaining({ code: 'certificate.not-authority', params: { subject: 'www.contoso.example' } }),
  )
})

test.each(['', 'hello', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', '\u0000\u0001\u0002'])(
  'a file that holds none is refused: %j',
  (content) => {
    expect(() => read(content)).toThrow(
      expect.objectContaining({ code: 'certificate.unreadable', params: { file: 'root.pem' } }),
    )
  },
)

test('variables name further files, and what is built in is not taken twice', async () => {
  const { pem } = await makeAuthority('From a variable')
  const file = join(mkdtempSync(join(tmpdir(), 'bis-trust-')), 'ca.pem')
  writeFileSync(file, `${rootCertificates[0]}\n${pem}`)
  const { authorities } = systemTrust({ SSL_CERT_FILE: file })
  const plain = (text: string) => text.replace(/\s/g, '')
  expect(authorities.map(plain)).toContain(plain(pem))
  expect(authorities.map(plain)).not.toContain(plain(rootCertificates[0]!))
})

test('the same settings give the same context, so that connections are kept', async () => {
  const { pem } = await makeAuthority('Contoso')
  const network = createNetwork({
    settings: () => ({ ...defaultNetwork, systemAuthorities: false, authorities: [pem] }),
    password: () => Promise.resolve(null),
    environment: {},
  })
  expect(network.trust(null)).toBe(network.trust(null))
  expect(network.trust(pem)).not.toBe(network.trust(null))
})

test('where the desktop names the proxy it is asked, except beside variables and for this computer', async () => {
  const asked: string[] = []
  const networkOf = (environment: Record<string, string>) =>
    createNetwork({
      settings: () => defaultNetwork,
      password: () => Promise.resolve(null),
      environment,
      desktop: (url) => {
        asked.push(url)
        return Promise.resolve('PROXY pac.example:3128; DIRECT')
      },
    })
  const arm = new URL('https://management.azure.com/subscriptions?secret=1')
  expect(await networkOf({}).proxyFor(arm)).toEqual({ url: 'http://pac.example:3128', authorization: null })
  expect(await networkOf({ HTTPS_PROXY: 'http://own:1' }).proxyFor(arm)).toMatchObject({ url: 'http://own:1' })
  expect(await networkOf({}).proxyFor(new URL('https://127.0.0.1:1/'))).toBeNull()
  expect(asked).toEqual(['https://management.azure.com'])
})

test('a port that speaks no TLS is no certificate', async () => {
  const { seeCertificate } = await import('../../../src/main/net/seen-certificate')
  const server = createServer((socket) => socket.end('hello\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const look = seeCertificate(
    new URL(`https://127.0.0.1:${port}/`),
    { proxy: null, trust: null },
    new AbortController().signal,
  )
  await expect(look).rejects.toThrow()
  server.close()
})
