import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { AppError, type ErrorCode } from '../../../shared/errors'
import { connectionRequest, packetSize, readConfirm, refusalError } from './x224'

export type RdpPlace = { host: string; port: number }
/** A server's certificate as it was seen; such servers sign their own, so that only its fingerprint says anything. */
export type SeenCertificate = {
  /** DER. */
  raw: Buffer
  /** SHA-256 of it, 64 hex digits in lower case. */
  fingerprint: string
  /** The name in it, and the last day on which it holds (ISO 8601). */
  subject: string
  validTo: string
}
export type Secured = {
  socket: TLSSocket
  /** The server's own packet, for the client. */
  confirm: Buffer
  certificate: SeenCertificate
  /** It asks for the credentials by CredSSP (NLA), before it shows anything. */
  hasNla: boolean
}

/** A refusal together with the server's packet that holds it: the client can read that by itself. */
export class Refused extends AppError {
  constructor(
    error: AppError,
    readonly confirm: Buffer,
  ) {
    super(error.code, error.params, error.details)
  }
}

const answerLimitMs = 10_000

/**
 * Speaks the first packets of RDP and then TLS over a connection. Nothing that a person typed has been sent when this ends. The
 * socket is destroyed where it fails. Throws AppError `desktop.silent`, `desktop.not-rdp`, `desktop.old-security`,
 * `desktop.nla-required`, `desktop.no-certificate`, `desktop.refused`, `desktop.old-tls`, `desktop.tls`, `cancelled`.
 */
export async function secure(
  socket: Socket,
  place: RdpPlace,
  { x224, limitMs = answerLimitMs }: { x224: Buffer; limitMs: number | undefined },
  signal: AbortSignal,
): Promise<Secured> {
  const limit = AbortSignal.timeout(limitMs)
  // Once TLS lies over it, the socket is TLS's own: Node itself falls when both are destroyed at once.
  let own: { destroy(): unknown } = socket
  const giveUp = () => void own.destroy()
  const stop = AbortSignal.any([signal, limit])
  stop.addEventListener('abort', giveUp, { once: true })
  try {
    stop.throwIfAborted()
    socket.setNoDelay(true)
    socket.write(connectionRequest(x224))
    const confirm = await readPacket(socket, place)
    const answer = readConfirm(confirm, place)
    if (answer.is === 'refused') throw new Refused(refusalError(answer.code, place), confirm)
    const secured = startTls(socket, place)
    own = secured
    await handshake(secured, place, stop)
    return { socket: secured, confirm, certificate: seen(secured), hasNla: answer.credSsp }
  } catch (error) {
    own.destroy()
    if (signal.aborted) throw new AppError('cancelled')
    if (limit.aborted) throw new AppError('desktop.silent', { ...place, seconds: limitMs / 1000 })
    throw error
  } finally {
    stop.removeEventListener('abort', giveUp)
  }
}

/** One packet and nothing behind it: the server has nothing more to say before TLS. */
function readPacket(socket: Socket, place: RdpPlace): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const settle = (act: () => void) => {
      socket.off('data', take).off('error', fail).off('close', fail)
      socket.pause()
      act()
    }
    const fail = (error?: unknown) => {
      const message = error instanceof Error ? error.message : 'closed without an answer'
      settle(() => reject(new AppError('desktop.not-rdp', place, { message })))
    }
    const take = (bytes: Buffer) => {
      received = Buffer.concat([received, bytes])
      try {
        const size = packetSize(received, place)
        if (size === null || received.length < size) return
        if (received.length > size) throw new AppError('desktop.not-rdp', place)
        settle(() => resolve(received))
      } catch (error) {
        settle(() => reject(error as Error))
      }
    }
    socket.on('data', take).on('error', fail).on('close', fail)
  })
}

function startTls(socket: Socket, place: RdpPlace): TLSSocket {
  return connect({
    socket,
    // Nobody vouches for these certificates; the fingerprint decides, before a credential is sent.
    rejectUnauthorized: false,
    ...(isIP(place.host) ? {} : { servername: place.host }),
  })
}

async function handshake(secured: TLSSocket, place: RdpPlace, signal: AbortSignal) {
  try {
    await once(secured, 'secureConnect', { signal })
  } catch (error) {
    throw tlsError(error, place)
  }
}

function tlsError(error: unknown, place: RdpPlace): AppError {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  // As OpenSSL and BoringSSL name a server whose newest version is too old.
  const isOld = /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|WRONG_SSL_VERSION/i.test(code + message.replaceAll(' ', '_'))
  const kind: ErrorCode = isOld ? 'desktop.old-tls' : 'desktop.tls'
  return new AppError(kind, place, { serviceCode: code, message }, { cause: error })
}

function seen(socket: TLSSocket): SeenCertificate {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) throw new AppError('unexpected', {}, { message: 'TLS without a certificate' })
  return {
    raw: certificate.raw,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: certificate.subject,
    validTo: new Date(certificate.validTo).toISOString(),
  }
}
