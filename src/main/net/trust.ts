import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as tls from 'node:tls'
import { AppError } from '../../shared/errors'
import type { CertificateFacts } from '../../shared/settings'
import type { Environment } from './proxy'

/** The authorities that the system trusts beside the built-in ones, and who told them: `system`, a file, or null. */
export type SystemTrust = { from: string | null; authorities: string[] }

/** Where distributions keep what their administrator trusts: Debian, Red Hat, SUSE, Alpine. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]
const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * What the system trusts: from Node where it can ask (22.15 and newer), else from the usual file of a Linux distribution.
 * SSL_CERT_FILE and NODE_EXTRA_CA_CERTS count as the system's word as well.
 */
export function systemTrust(environment: Environment): SystemTrust {
  const named = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => certificatesIn(environment[name]))
  const asked = askNode()
  if (asked) return { from: 'system', authorities: beyondBuiltIn([...named, ...asked]) }
  if (process.platform === 'linux') {
    for (const file of bundles) {
      const found = certificatesIn(file)
      if (found.length > 0) return { from: file, authorities: beyondBuiltIn([...named, ...found]) }
    }
  }
  return { from: null, authorities: beyondBuiltIn(named) }
}

/**
 * The certificates in a file that a person chose, PEM (one or more) or DER. Throws `certificate.unreadable` {file},
 * `certificate.private-key` {file}, `certificate.expired` {subject, until}, `certificate.not-authority` {subject}.
 */
export function readAuthorities(bytes: Buffer, file: string, now: Date): string[] {
  const text = bytes.toString('latin1')
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) throw new AppError('certificate.private-key', { file })
  const sources: (string | Buffer)[] = text.includes('-----BEGIN') ? (text.match(block) ?? []) : [bytes]
  const found = sources.map((source) => parsed(source, file))
  if (found.length === 0) throw new AppError('certificate.unreadable', { file })
  for (const certificate of found) {
    const { subject } = factsOf(certificate, now)
    if (new Date(certificate.validTo) <= now) {
      throw new AppError('certificate.expired', { subject, until: new Date(certificate.validTo).toISOString() })
    }
    // An authority of the first version of X.509 does not say that it is one, but signs itself.
    if (!certificate.ca && !certificate.verify(certificate.publicKey)) {
      throw new AppError('certificate.not-authority', { subject })
    }
  }
  return found.map((certificate) => certificate.toString())
}

/** What to show of a certificate; null where it makes no sense. */
export function describeCertificate(pem: string, now: Date): CertificateFacts | null {
  try {
    return factsOf(new X509Certificate(pem), now)
  } catch {
    return null
  }
}

/** The name people know a certificate by: its common name, else organisation, else all of it. */
export function shortName(name: string | undefined): string {
  const fields = new Map(
    (name ?? '').split('\n').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
  )
  return fields.get('CN') ?? fields.get('O') ?? (name ?? '').replaceAll('\n', ', ')
}

function factsOf(certificate: X509Certificate, now: Date): CertificateFacts {
  return {
    id: certificate.fingerprint256,
    subject: shortName(certificate.subject),
    issuer: shortName(certificate.issuer),
    validTo: new Date(certificate.validTo).toISOString(),
    isExpired: new Date(certificate.validTo) <= now,
  }
}

function parsed(source: string | Buffer, file: string): X509Certificate {
  try {
    return new X509Certificate(source)
  } catch (error) {
    throw new AppError('certificate.unreadable', { file }, { message: error instanceof Error ? error.message : '' })
  }
}

function askNode(): string[] | null {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] }
  return getCACertificates?.('system') ?? null
}

function certificatesIn(file: string | undefined): string[] {
  if (!file) return []
  try {
    return readFileSync(file, 'latin1').match(block) ?? []
  } catch {
    return []
  }
}

/** A distribution's bundle repeats most of what Node carries; each one costs time in every connection's context. */
function beyondBuiltIn(certificates: string[]): string[] {
  const plain = (pem: string) => pem.replace(/\s/g, '')
  const known = new Set(tls.rootCertificates.map(plain))
  return certificates.filter((pem) => !known.has(plain(pem)) && known.add(plain(pem)))
}
