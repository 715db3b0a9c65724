import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { randomBytes, webcrypto, X509Certificate, createPrivateKey } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './store'

export type ServerCertificate = {
  key: string
  /** Server certificate and its authority, PEM. */
  cert: string
  /** PEM file of the authority: what clients trust. */
  caFile: string
}

const dayMs = 86_400_000
const authorityDays = 3650
const serverDays = 397
const renewDays = 30
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/**
 * The certificate of the practice cloud for 127.0.0.1 and localhost, signed by an authority of its own. Both are made at
 * first start, private keys with mode 0600, and again 30 days before they end.
 */
export async function openCertificate(folder: string, nowMs: number = Date.now()): Promise<ServerCertificate> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const caFile = join(folder, 'ca.pem')
  const authority = usable(read(folder, 'ca'), nowMs)
  const server = usable(read(folder, 'server'), nowMs)
  if (authority && server && isIssued(server.cert, authority.cert)) {
    return { key: server.key, cert: server.cert + authority.cert, caFile }
  }
  const issuer = authority ? await loadIssuer(authority) : await makeAuthority(folder, nowMs)
  const made = await makeServer(folder, issuer, nowMs)
  return { key: made.key, cert: made.cert + issuer.certificate.toString('pem') + '\n', caFile }
}

type Issuer = {
  certificate: x509.X509Certificate
  privateKey: webcrypto.CryptoKey
}
type PemPair = {
  key: string
  cert: string
}

async function makeAuthority(folder: string, nowMs: number): Promise<Issuer> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=Batch Image Studio practice cloud ${randomBytes(4).toString('hex')}`,
      serialNumber: serial(),
      notBefore: new Date(nowMs - dayMs),
      notAfter: new Date(nowMs + authorityDays * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  await write(folder, 'ca', keys.privateKey, certificate)
  return { certificate, privateKey: keys.privateKey }
}

async function makeServer(folder: string, issuer: Issuer, nowMs: number): Promise<PemPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=127.0.0.1',
      issuer: issuer.certificate.subject,
      serialNumber: serial(),
      notBefore: new Date(nowMs - dayMs),
      notAfter: new Date(nowMs + serverDays * dayMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: issuer.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'ip', value: '127.0.0.1' },
          { type: 'dns', value: 'localhost' },
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return write(folder, 'server', keys.privateKey, certificate)
}

async function loadIssuer(pair: PemPair): Promise<Issuer> {
  const der = x509.PemConverter.decodeFirst(pair.key)
  const privateKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign'])
  return { certificate: new x509.X509Certificate(pair.cert), privateKey }
}

async function write(
  folder: string,
  name: string,
  key: webcrypto.CryptoKey,
  certificate: x509.X509Certificate,
): Promise<PemPair> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key)
  const pair = { key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`, cert: `${certificate.toString('pem')}\n` }
  writeWhole(join(folder, `${name}.key`), pair.key)
  writeWhole(join(folder, `${name}.pem`), pair.cert)
  return pair
}

function read(folder: string, name: string): PemPair | null {
  try {
    return {
      key: readFileSync(join(folder, `${name}.key`), 'utf8'),
      cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
    }
  } catch {
    return null
  }
}

/** The pair, unless it is damaged, about to end, or its key is not that of the certificate. */
function usable(pair: PemPair | null, nowMs: number): PemPair | null {
  if (!pair) return null
  try {
    const certificate = new X509Certificate(pair.cert)
    const isFresh = Date.parse(certificate.validTo) - nowMs > renewDays * dayMs
    return isFresh && certificate.checkPrivateKey(createPrivateKey(pair.key)) ? pair : null
  } catch {
    return null
  }
}

function isIssued(server: string, authority: string): boolean {
  const issuer = new X509Certificate(authority)
  const made = new X509Certificate(server)
  return made.checkIssued(issuer) && made.verify(issuer.publicKey)
}

function serial(): string {
  // Positive and without leading zero bytes, as RFC 5280 wants it.
  return `4${randomBytes(16).toString('hex').slice(1)}`
}
