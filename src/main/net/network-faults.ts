/** Codes of Node and OpenSSL, by what a person can do about them. */
const noWay = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EPROTO',
  'REQUEST_SEND_ERROR',
])
const noTrust = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Why there was no answer, or null when the code is none of the network's. */
export function networkFault(code: string): 'offline' | 'tls.untrusted' | 'clock.certificate' | null {
  // Nobody issues certificates for the future; a clock that lags behind is by far the likelier reason.
  if (code === 'CERT_NOT_YET_VALID') return 'clock.certificate'
  if (noTrust.has(code)) return 'tls.untrusted'
  return noWay.has(code) || code.startsWith('ERR_SSL_') ? 'offline' : null
}

/** `host:port` of the proxy that could not be reached, where that is why a request failed. */
export function unreachableProxy(error: unknown): string | null {
  const proxy = (error as { proxy?: unknown } | null)?.proxy
  return typeof proxy === 'string' ? proxy : null
}

/** true for 127.0.0.0/8, ::1 and the name localhost. `hostname` as `URL.hostname` gives it. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase()
  return name === 'localhost' || name === '[::1]' || name === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
}
