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
 * megabytes per request is most of what a library costs. Redirects are not followed. Throws AbortError, or what Node
 * throws; ETIMEDOUT when nothing moved.
 */
export function sendDirect(request: DirectRequest, agent: http.Agent): Promise<DirectAnswer> {
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
    sent.on('error', reject)
    sent.on('response', (answer) => {
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
