import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { AppError, toErrorData, type ErrorCode } from '../../../shared/errors'
import { readRequest, writeAnswer, writeFailure, type CleanPathFailure, type CleanPathRequest } from './clean-path'
import { compatibleColours } from './colours'
import type { SignInWatch } from './credssp'
import { secure, Refused, type RdpPlace, type Secured, type SeenCertificate } from './secure'

/** The end of a message port that main holds. */
export type BytePort = {
  send(bytes: Uint8Array): void
  close(): void
  /** Called once, before anything arrives. `seen`: how many of the bytes sent have been worked off. */
  listen(on: { bytes(bytes: Buffer): void; seen(count: number): void; close(): void }): void
}
export type RelayTarget = RdpPlace & {
  /** What the client has to name; no other gets through. */
  token: string
  /** `signal` counts until the socket is there, and must not destroy it afterwards. */
  dial(signal: AbortSignal): Promise<Socket>
  /** Whether this certificate may be trusted with credentials; may ask a person. May throw AppError. */
  isTrusted(certificate: SeenCertificate, signal: AbortSignal): Promise<boolean>
  hasCompatibleColours: boolean
  /** How long a server may take for its first packet and TLS, ms; 10 s by default. */
  answerLimitMs?: number
  /** The server is who it should be: credentials go out now. What it answers sees all that passes. */
  onSecured?(secured: { hasNla: boolean }): Pick<SignInWatch, 'toServer' | 'fromServer'> | void
}

const requestLimitMs = 10_000
/** A client says nothing more before it is answered. */
const largestHeld = 64 * 1024
/** Bytes that may be on their way to a page that paints slowly, and where more may follow. */
const unseenHigh = 4 * 1024 * 1024
const unseenLow = 1024 * 1024
/** What a server that does not read may leave waiting; keys and mouse are a few bytes each. */
const largestUnsent = 8 * 1024 * 1024

/**
 * Serves one RDCleanPath client: reads its request, reaches the target, lets the certificate be judged, answers, and then passes
 * bytes both ways until one side ends. Closing either side closes the other. Throws AppError, after the client was told:
 * what `secure` and `dial` throw, `contract.refused`, `cancelled` where the certificate was declined.
 */
export async function relay(port: BytePort, target: RelayTarget, signal: AbortSignal): Promise<void> {
  const ended = new AbortController()
  const stop = AbortSignal.any([signal, ended.signal])
  const client = listenTo(port, () => ended.abort())
  try {
    const request = await client.request(stop)
    if (request.token !== target.token) throw new AppError('contract.refused', { name: 'token' })
    const server = await trusted(target, request, stop)
    const watch = target.onSecured?.(server) ?? null
    const address = `${target.host}:${target.port}`
    port.send(writeAnswer({ x224: server.confirm, certificates: [server.certificate.raw], address }))
    await pass(client, server.socket, { isColoured: target.hasCompatibleColours, watch }, stop)
  } catch (error) {
    if (!ended.signal.aborted) port.send(writeFailure(failureOf(error)))
    throw error
  } finally {
    port.close()
  }
}

/** A connection whose certificate was found good. While a person thinks about it the server may give up: then it is made again. */
async function trusted(target: RelayTarget, { x224 }: CleanPathRequest, signal: AbortSignal): Promise<Secured> {
  // No more of the target than this: it stands in errors, which are shown and cross to the page.
  const place: RdpPlace = { host: target.host, port: target.port }
  for (;;) {
    const server = await secure(await target.dial(signal), place, { x224, limitMs: target.answerLimitMs }, signal)
    // Until somebody listens, the loss of it would end the program. Flowing, so that its end is noticed: here the client speaks first.
    server.socket.on('error', () => undefined).resume()
    const isTrusted = await target.isTrusted(server.certificate, signal).catch((error: unknown) => {
      server.socket.destroy()
      throw error
    })
    if (!isTrusted || signal.aborted) {
      server.socket.destroy()
      throw new AppError('cancelled')
    }
    if (!server.socket.destroyed && !server.socket.readableEnded) return server
    server.socket.destroy()
  }
}

type Client = {
  request(signal: AbortSignal): Promise<CleanPathRequest>
  /** From now on bytes go there, those first that came behind the request. */
  passTo(server: { bytes(bytes: Buffer): void; seen(count: number): void }): void
  send(bytes: Uint8Array): void
}

function listenTo(port: BytePort, onClose: () => void): Client {
  let held = Buffer.alloc(0)
  let server: { bytes(bytes: Buffer): void; seen(count: number): void } | null = null
  let onMore: () => void = () => undefined
  port.listen({
    bytes(bytes) {
      if (server) return server.bytes(bytes)
      held = Buffer.concat([held, bytes])
      if (held.length > largestHeld) port.close()
      onMore()
    },
    seen: (count) => server?.seen(count),
    close: onClose,
  })
  return {
    send: (bytes) => port.send(bytes),
    passTo(to) {
      server = to
      to.bytes(held)
    },
    request: (signal) =>
      new Promise((resolve, reject) => {
        const stop = AbortSignal.any([signal, AbortSignal.timeout(requestLimitMs)])
        stop.addEventListener('abort', () => reject(new AppError('cancelled')), { once: true })
        onMore = () => {
          try {
            const read = readRequest(held)
            if (!read) return
            onMore = () => undefined
            held = held.subarray(read.size)
            resolve(read.request)
          } catch (error) {
            reject(error as Error)
          }
        }
        onMore()
      }),
  }
}

type OnTheWay = { isColoured: boolean; watch: Pick<SignInWatch, 'toServer' | 'fromServer'> | null }

function pass(client: Client, server: TLSSocket, { isColoured, watch }: OnTheWay, signal: AbortSignal): Promise<void> {
  const recolour = isColoured ? compatibleColours() : (bytes: Buffer) => bytes
  return new Promise((resolve) => {
    let unseen = 0
    const write = (bytes: Buffer) => {
      watch?.toServer(bytes)
      const changed = recolour(bytes)
      if (changed.length > 0) server.write(changed)
      if (server.writableLength > largestUnsent) server.destroy()
    }
    server.on('data', (bytes: Buffer) => {
      watch?.fromServer(bytes)
      client.send(bytes)
      unseen += bytes.length
      if (unseen > unseenHigh) server.pause()
    })
    server.on('end', () => server.end())
    server.on('close', () => resolve())
    if (signal.aborted || server.destroyed) return void server.destroy()
    signal.addEventListener('abort', () => server.destroy(), { once: true })
    client.passTo({
      bytes: write,
      seen(count) {
        unseen = Math.max(0, unseen - count)
        if (unseen < unseenLow) server.resume()
      },
    })
  })
}

/** Timed out, no route, no such host; all else counts as refused. */
const winsock: Partial<Record<ErrorCode, number>> = {
  'desktop.silent': 10060,
  'desktop.unreachable': 10060,
  'desktop.unknown-host': 11001,
}

/** The numbers by which RDCleanPath tells a client what happened; what the person reads comes from the AppError. */
function failureOf(error: unknown): CleanPathFailure {
  const { code } = toErrorData(error)
  if (error instanceof Refused) return { code: 'negotiation', x224: error.confirm }
  if (code === 'contract.refused') return { code: 'general', httpStatus: 401 }
  if (code === 'cancelled' || code === 'desktop.certificate-changed') return { code: 'general', tlsAlert: 46 }
  if (code === 'desktop.old-tls') return { code: 'general', tlsAlert: 70 }
  if (code === 'desktop.tls') return { code: 'general', tlsAlert: 40 }
  return { code: 'general', winsock: winsock[code] ?? 10061 }
}
