import { once } from 'node:events'
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { blobNameIn, type Reply } from './ask'
import { createBlobs } from './blobs'
import { receive, type Body } from './body'
import { assertInTime, rangeOf } from './conditions'
import { createCounts, type Seen } from './counts'
import { createFates, createThrottle, type Fate, type Faults } from './faults'
import { kindOf, type Kind } from './kinds'
import { perform } from './operations'
import { Refused } from './refused'

export type ServerOptions = {
  /** PEM; plain http without. */
  tls: { key: string; cert: string } | null
  /** Where bodies are stored; null to only count. */
  folder: string | null
  checksums: 'verify' | 'echo'
  seed: number
}

const holdsBytes: ReadonlySet<Kind> = new Set<Kind>(['put-page', 'put-block', 'put-blob'])
/** Like the service: an idle connection is kept for longer than any client of ours thinks about the next request. */
const keepAliveMs = 120_000

/** The HTTP side of the sink: takes requests, lets faults happen, counts, answers. */
export async function openServer(options: ServerOptions) {
  const counts = createCounts()
  const blobs = createBlobs(options.folder)
  const fates = createFates(options.seed)
  const throttle = createThrottle(() => fates.faults().mbits)
  const watchers = new Set<() => void>()
  const sockets = new Set<Socket>()
  const server = options.tls ? createSecure(options.tls) : createPlain()
  server.keepAliveTimeout = keepAliveMs
  server.requestTimeout = 0
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    counts.connected()
    socket.once('close', () => sockets.delete(socket))
    // A connection that the client or a fault cut is nothing to die of.
    socket.on('error', () => socket.destroy())
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(request, response))
  await listen(0)
  const { port } = server.address() as AddressInfo

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '', 'http://sink')
    const kind = kindOf(request.method ?? '', url.searchParams, request.headers)
    const seen = counts.begin(kind, blobNameIn(url.pathname))
    const fate = fates.next(kind)
    response.on('error', () => undefined)
    try {
      const reply = await replyTo(request, url.searchParams, seen, fate)
      if (reply) answer(response, request, reply, seen, url.searchParams.get('blockid'))
      else request.socket.destroy()
    } catch {
      // The client is gone, or a fault cut its connection: there is nobody to tell.
      request.socket.destroy()
    } finally {
      counts.ended()
      notify()
    }
  }

  /** What the client is told; null when its connection is to end without an answer. */
  async function replyTo(
    request: IncomingMessage,
    query: URLSearchParams,
    seen: Seen,
    fate: Fate,
  ): Promise<Reply | null> {
    if (fate.cut === 'before') return null
    const { headers } = request
    note(seen, headers)
    let body: Body
    try {
      body = await receive(request, {
        keep: !holdsBytes.has(seen.kind) || options.folder !== null,
        checksums: options.checksums,
        onBytes(bytes) {
          seen.bodyBytes += bytes
          counts.received(bytes)
          if (counts.receivedBytes() >= (fates.faults().goneAfterBytes ?? Infinity)) leave()
        },
        waitMs: throttle,
        onHalf: () => fate.cut === 'amid' && request.socket.destroy(),
      })
      if (holdsBytes.has(seen.kind)) await released(request)
      const delayMs = fate.stallMs + (fates.faults().latencyMs ?? 0)
      if (delayMs > 0) await wait(delayMs)
      if (fate.refusal) return refusalOf(fate.refusal.status, fate.refusal.code, retryAfter(fate))
      assertInTime(query, Date.now() + (fates.faults().clockAheadMs ?? 0))
      const reply = await perform({ kind: seen.kind, blob: seen.blob, headers, query, body, blobs })
      if (fate.cut === 'after') return null
      return fate.hasWrongChecksum ? withWrongChecksum(reply) : reply
    } catch (error) {
      if (error instanceof Refused) return refusalOf(error.status, error.code, error.headers)
      throw error
    }
  }

  function answer(
    response: ServerResponse,
    request: IncomingMessage,
    reply: Reply,
    seen: Seen,
    blockId: string | null,
  ): void {
    if (request.socket.destroyed) return
    const date = new Date(Date.now() + (fates.faults().clockAheadMs ?? 0)).toUTCString()
    const id = { 'x-ms-request-id': `sink-${counts.seen().length}`, 'x-ms-version': '2025-07-05', date }
    const length = reply.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(reply.body)) }
    response.writeHead(reply.status, { ...id, 'content-length': '0', ...length, ...reply.headers })
    response.end(request.method === 'HEAD' ? undefined : reply.body)
    counts.answered(seen, reply.status, blockId)
  }

  /** Waits as long as no more is to be acknowledged, but not for a client that left. */
  async function released(request: IncomingMessage): Promise<void> {
    const isHeld = () => counts.acknowledgedBytes() >= (fates.faults().holdAfterBytes ?? Infinity)
    while (isHeld() && !request.socket.destroyed) await changed(request.socket)
  }

  /** Resolves with the next change, or when `socket` closes. */
  function changed(socket?: Socket): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        watchers.delete(done)
        socket?.off('close', done)
        resolve()
      }
      watchers.add(done)
      socket?.once('close', done)
    })
  }

  function notify() {
    for (const watcher of [...watchers]) watcher()
  }

  async function listen(onPort: number): Promise<void> {
    server.listen(onPort, '127.0.0.1')
    await once(server, 'listening')
  }

  function leave() {
    server.close()
    for (const socket of sockets) socket.destroy()
  }

  return {
    port,
    counts,
    blobs,
    async addDisk(name: string, lengthBytes: number): Promise<void> {
      const disk = await blobs.create(name, 'PageBlob', lengthBytes)
      disk.isDisk = true
    },
    async setFaults(faults: Faults): Promise<void> {
      fates.set(faults)
      notify()
      if (faults.gone) leave()
      else if (!server.listening) await listen(port)
    },
    /** Resolves when so many bytes have been acknowledged. */
    async acknowledged(bytes: number): Promise<void> {
      while (counts.acknowledgedBytes() < bytes) await changed()
    },
    async close(): Promise<void> {
      leave()
      await blobs.close()
    },
  }
}

function note(seen: Seen, headers: IncomingMessage['headers']) {
  const pages = seen.kind === 'put-page' || seen.kind === 'put-page-from-url' ? rangeOf(headers) : null
  Object.assign(seen, pages)
  if (headers['content-md5'] !== undefined) seen.checksum = 'md5'
  if (headers['x-ms-content-crc64'] !== undefined) seen.checksum = 'crc64'
}

function refusalOf(status: number, code: string, headers: Record<string, string> = {}): Reply {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`
  return { status, headers: { 'content-type': 'application/xml', 'x-ms-error-code': code, ...headers }, body }
}

function retryAfter({ refusal }: Fate): Record<string, string> {
  return refusal?.retryAfterSeconds === undefined ? {} : { 'retry-after': String(refusal.retryAfterSeconds) }
}

/** The same answer about other bytes. */
function withWrongChecksum(reply: Reply): Reply {
  const flip = (value: string) => {
    const bytes = Buffer.from(value, 'base64')
    bytes[0]! ^= 1
    return bytes.toString('base64')
  }
  const headers = { ...reply.headers }
  for (const name of ['content-md5', 'x-ms-content-crc64']) if (headers[name]) headers[name] = flip(headers[name])
  return { ...reply, headers }
}
