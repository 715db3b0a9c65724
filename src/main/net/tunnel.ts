import { request as plainRequest } from 'node:http'
import { Agent, request as secureRequest, type AgentOptions, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { connect, type SecureContext } from 'node:tls'
import { isIP } from 'node:net'
import type { Proxy } from './proxy'

/** Why a proxy opened no tunnel: `PROXY_UNREACHABLE`, or `PROXY_STATUS_` and the HTTP status of its answer. */
export class TunnelError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
    this.name = 'TunnelError'
  }
}

const limitMs = 30_000

/** Asks a proxy for a tunnel to a host (RFC 9110, 9.3.6). Throws TunnelError; the reason of `signal` stands in its message. */
export function openTunnel(
  proxy: Proxy,
  host: string,
  port: number,
  trust: SecureContext | null,
  signal?: AbortSignal,
): Promise<Socket> {
  const place = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const { protocol, hostname, port: at } = new URL(proxy.url)
  const isSecure = protocol === 'https:'
  const asked = (isSecure ? secureRequest : plainRequest)({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: at || (isSecure ? 443 : 80),
    method: 'CONNECT',
    path: place,
    agent: false,
    timeout: limitMs,
    ...(signal ? { signal } : {}),
    headers: { host: place, ...(proxy.authorization ? { 'proxy-authorization': proxy.authorization } : {}) },
    ...(isSecure ? { servername: isIP(hostname) ? '' : hostname, ...(trust ? { secureContext: trust } : {}) } : {}),
  })
  return new Promise((resolve, reject) => {
    asked.once('connect', (answer, socket, head) => {
      // Who speaks first, as an SSH server does, may have done so with the proxy's answer.
      if (head.length > 0) socket.unshift(head)
      if (answer.statusCode === 200) return resolve(socket)
      socket.destroy()
      const schemes = [answer.headers['proxy-authenticate'] ?? []].flat().map((it) => it.split(' ')[0])
      const asks = schemes.length > 0 ? ` (${schemes.join(', ')})` : ''
      const said = `${answer.statusCode} ${answer.statusMessage ?? ''}${asks}`
      reject(new TunnelError(`PROXY_STATUS_${answer.statusCode}`, said))
    })
    // An answer without a tunnel, as of a web server that is no proxy.
    asked.once('response', (answer) => {
      answer.resume()
      reject(new TunnelError(`PROXY_STATUS_${answer.statusCode}`, `${answer.statusCode} ${answer.statusMessage ?? ''}`))
    })
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${limitMs / 1000} s`)))
    asked.once('error', (error) => reject(new TunnelError('PROXY_UNREACHABLE', error.message)))
    asked.end()
  })
}

/** An agent whose every connection runs through a tunnel; TLS with the host itself begins inside it. */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy
  readonly #trust: SecureContext | null

  constructor(proxy: Proxy, trust: SecureContext | null, options: AgentOptions) {
    super(options)
    this.#proxy = proxy
    this.#trust = trust
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const host = options.host ?? options.hostname ?? ''
    openTunnel(this.#proxy, host, Number(options.port ?? 443), this.#trust).then(
      (socket) => {
        const servername = isIP(host) ? '' : host
        const trust = this.#trust ? { secureContext: this.#trust } : {}
        callback?.(null, connect({ socket, host, servername, ALPNProtocols: ['http/1.1'], ...trust }))
      },
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    )
  }
}
