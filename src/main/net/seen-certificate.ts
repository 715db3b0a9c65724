import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import type { Proxy } from './proxy'
import { shortName } from './trust'
import { openTunnel } from './tunnel'

export type SeenCertificate = {
  subject: string
  issuer: string
  /** null: it is believed; else OpenSSL's code for why not. */
  fault: string | null
}

/**
 * Looks at the certificate that a host shows, sends nothing to it and hangs up. `signal` ends the waiting. Throws TunnelError,
 * or what Node says of a connection that fails.
 */
export async function seeCertificate(
  url: URL,
  way: { proxy: Proxy | null; trust: SecureContext | null },
  signal: AbortSignal,
): Promise<SeenCertificate> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || 443)
  const tunnel = way.proxy ? await openTunnel(way.proxy, host, port, way.trust) : null
  const socket = begin(host, port, tunnel, way.trust)
  const stop = () => socket.destroy(new Error('no answer'))
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    return await shown(socket)
  } finally {
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

/** Nothing is believed here and nothing sent: only so can a certificate be looked at that is not trusted. */
function begin(host: string, port: number, tunnel: Socket | null, trust: SecureContext | null): TLSSocket {
  return connect({
    host,
    port,
    servername: isIP(host) ? '' : host,
    rejectUnauthorized: false,
    ...(tunnel ? { socket: tunnel } : {}),
    ...(trust ? { secureContext: trust } : {}),
  })
}

function shown(socket: TLSSocket): Promise<SeenCertificate> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate()
      // Node keeps the code, an Error or text according to its version.
      const fault: unknown = socket.authorizationError
      const code = fault instanceof Error && 'code' in fault ? fault.code : fault
      resolve({
        subject: shortName(certificate?.subject),
        issuer: shortName(certificate?.issuer),
        fault: socket.authorized ? null : String(code),
      })
    })
  })
}
