import http, { type IncomingHttpHeaders } from 'node:http'
import https from 'node:https'

/** A request with its whole body in memory. */
export type DirectRequest = {
  method: string
  url: string
  headers: Record<string, string>
  body?: Uint8Array
  /** Given up when no byte moves either way for this long, ms. */
  idleMs: number
  signal?: AbortSignal
}
export type DirectAnswer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/**
 * Sends once over Node's own client: the body goes to the socket as it lies in memory, without stream, copy or pipeline, which at
 * megabytes per request is most of what a library costs. Redirects are not followed. A connection that the service closed while
 * it was idle says nothing about the line: the request goes once more, over another one. Throws AbortError, or what Node
 * throws; ETIMEDOUT when nothing moved.
 */
export async function sendDirect(request: DirectRequest, agent: http.Agent): Promise<DirectAnswer> {
  for (;;) {
    try {
      return await sendOnce(request, agent)
    } catch (error) {
      if (!(error instanceof ClosedWhileIdle)) throw error
    }
  }
}

/** What the other side closes at once was no idle connection. */
const idleEnoughMs = 1000
/** When the last answer over a connection ended, ms of `performance.now`. */
const answeredAt = new WeakMap<object, number>()

/** Thrown as often as there are connections from before; a new one ends with what Node says. */
class ClosedWhileIdle extends Error {}

function sendOnce(request: DirectRequest, agent: http.Agent): Promise<DirectAnswer> {
  const { method, url, headers, body, idleMs, signal } = request
  return new Promise((resolve, reject) => {
    const { request: start } = url.startsWith('https:') ? https : http
    const sent = start(url, {
      method,
      headers: { ...headers, 'content-length': String(body?.length ?? 0) },
      agent,
      ...(signal && { signal }),
    })
    sent.setTimeout(idleMs, () => sent.destroy(idle(idleMs)))
    let isAnswered = false
    let wasIdle = false
    sent.on('socket', (socket) => {
      wasIdle = performance.now() - (answeredAt.get(socket) ?? Infinity) > idleEnoughMs
      // What ends a request before its answer is complete ends the connection, too.
      sent.on('close', () => answeredAt.set(socket, performance.now()))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed = wasIdle && !isAnswered && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(isClosed ? new ClosedWhileIdle() : error)
    })
    sent.on('response', (answer) => {
      isAnswered = true
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) })
      })
      answer.on('error', reject)
      // An answer that breaks off has neither end nor error of its own.
      answer.on('close', () => reject(broken()))
    })
    sent.end(body)
  })
}

function idle(ms: number): Error {
  return Object.assign(new Error(`nothing moved for ${ms / 1000} s`), { code: 'ETIMEDOUT' })
}

function broken(): Error {
  return Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' })
}
