import { createHash } from 'node:crypto'

/**
 * Fingerprints of a machine's host keys (`SHA256:…`, as OpenSSH shows them) from its serial log: cloud-init writes them there at the
 * first start, as fingerprints and as whole keys (cloud-init, module "Keys to Console"). What was written last counts. None where
 * nothing is there yet, or the system writes none.
 */
export function hostKeysIn(log: string): string[] {
  const shown = blockOf(log, 'SSH HOST KEY FINGERPRINTS').match(/SHA256:[A-Za-z0-9+/]{43}/g) ?? []
  const whole = [...blockOf(log, 'SSH HOST KEY KEYS').matchAll(/\b(?:ssh|ecdsa|sk)-\S+ (AAAA[A-Za-z0-9+/]+={0,2})/g)]
  return [...new Set([...shown, ...whole.map(([, key = '']) => fingerprintOf(key))])]
}

/** The last whole block of a name; a log is read while it grows. */
function blockOf(log: string, name: string): string {
  const begin = log.lastIndexOf(`-----BEGIN ${name}-----`)
  const end = log.indexOf(`-----END ${name}-----`, begin)
  if (begin >= 0 && end >= 0) return log.slice(begin, end)
  const before = log.lastIndexOf(`-----END ${name}-----`)
  return before < 0 ? '' : log.slice(log.lastIndexOf(`-----BEGIN ${name}-----`, before), before)
}

function fingerprintOf(key: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`
}
