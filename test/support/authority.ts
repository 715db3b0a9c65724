import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { webcrypto } from 'node:crypto'

export type Pair = { key: string; cert: string }
export type Authority = {
  name: string
  /** PEM of its own certificate. */
  pem: string
  key: string
  /** A certificate for one host, followed by the authority's own. */
  issue(host: string): Promise<Pair>
}

// The library's types mean the browser's object; Node's is the same thing.
const provider = webcrypto as unknown as Crypto
const dayMs = 86_400_000
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A certificate authority of a test's own. `endsInDays`: negative for one that has ended. */
export async function makeAuthority(name: string, endsInDays = 30): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const notAfter = new Date(Date.now() + endsInDays * dayMs)
  const own = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}, O=Contoso`,
      serialNumber: '01',
      notBefore: new Date(notAfter.getTime() - 60 * dayMs),
      notAfter,
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    },
    provider,
  )
  const pem = `${own.toString('pem')}\n`
  let issued = 1
  return {
    name,
    pem,
    key: await pemOf(keys.privateKey),
    async issue(host) {
      const hostKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const cert = await x509.X509CertificateGenerator.create(
        {
          subject: `CN=${host}`,
          issuer: own.subject,
          serialNumber: (++issued).toString(16).padStart(4, '0'),
          notBefore: new Date(Date.now() - dayMs),
          notAfter: new Date(Date.now() + 10 * dayMs),
          signingAlgorithm: algorithm,
          publicKey: hostKeys.publicKey,
          signingKey: keys.privateKey,
          extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
        },
        provider,
      )
      return { key: await pemOf(hostKeys.privateKey), cert: `${cert.toString('pem')}\n${pem}` }
    },
  }
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}
