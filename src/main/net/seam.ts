import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node'
import { readFileSync } from 'node:fs'
import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'
import type { DirectAnswer, DirectRequest } from './direct'
import { environmentNetwork, type Network } from './network'
import { networkFault, unreachableProxy } from './network-faults'
import { retryAfterMs } from './retry-after'
import { assertMayConnect, assertSignInMayGo, assertTokenMayGo } from './token-policy'
import { createTransport, type Sending } from './transport'

/** One request as watchers see it: nothing secret, no query. */
export type Exchange = {
  /** ISO 8601, UTC: when the answer or the failure arrived. */
  at: string
  method: string
  /** Path without query. */
  target: string
  host: string
  /** 0 when there was no answer. */
  status: number
  requestId: string
  ms: number
  /** The service asked to wait this long. */
  retryAfterMs?: number
  /** Code of our own error when there was no answer. */
  error?: string
}

export type Seam = {
  /** For every SDK client; sits below all their policies, so redirects, next links and poll URLs pass here too. */
  httpClient: HttpClient
  /** For the bytes of an upload. */
  direct(request: DirectRequest): Promise<DirectAnswer>
  /** For MSAL. */
  network: INetworkModule
  /** Tells the watchers of a request that another process of this program sent to the same cloud. */
  tell(exchange: Exchange): void
  /** Returns the function that ends the watching. */
  watch(listener: (exchange: Exchange) => void): () => void
  status(): { state: 'online' | 'offline' | 'unknown'; host: string | null; ms: number | null }
  /** Drops open connections and watchers. */
  close(): void
}

/** Whoever does not answer within this long is treated as away, so that a retry can find a living server. */
const answerLimitMs = 120_000
const signInLimitMs = 30_000
/** Headers that carry a token of ours. */
const tokenHeaders = ['authorization', 'x-ms-authorization-auxiliary', 'x-ms-copy-source-authorization']

/**
 * The one way out of this process to a cloud. `network`: proxy and trust of the moment; without it, what the environment says.
 * Throws `profile.invalid` when the profile's own CA cannot be read.
 */
export function createSeam(profile: CloudProfile, network: Network = environmentNetwork()): Seam {
  const transport = createTransport(network, authorityOf(profile))
  const listeners = new Set<(exchange: Exchange) => void>()
  let last: ReturnType<Seam['status']> = { state: 'unknown', host: null, ms: null }

  function tell(exchange: Exchange) {
    if (exchange.error !== 'cancelled') {
      last = { state: exchange.status > 0 ? 'online' : 'offline', host: exchange.host, ms: exchange.ms }
    }
    for (const listener of listeners) listener(exchange)
  }

  async function send(request: PipelineRequest, sending: Sending): Promise<PipelineResponse> {
    return watched(
      request,
      () => transport.send(request, sending),
      ({ status, headers }) => answered(status, headers),
    )
  }

  async function watched<T>(
    { method, url: address }: { method: string; url: string },
    request: () => Promise<T>,
    about: (response: T) => ReturnType<typeof answered>,
  ): Promise<T> {
    assertMayConnect(profile, address)
    const url = new URL(address)
    const started = performance.now()
    const told = { method, target: url.pathname, host: url.host }
    try {
      const response = await request()
      tell({ ...told, ...seen(started), ...about(response) })
      return response
    } catch (error) {
      tell({ ...told, ...seen(started), status: 0, requestId: '', error: reasonOf(error) })
      throw error
    }
  }

  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      if (tokenHeaders.some((name) => carriesToken(request.headers.get(name)))) assertTokenMayGo(profile, request.url)
      return send(request, { limitMs: answerLimitMs })
    },
  }
  const signInClient: HttpClient = {
    sendRequest: async (request) => {
      assertSignInMayGo(profile, request.url)
      return send(request, { limitMs: signInLimitMs, isSingle: true })
    },
  }
  return {
    httpClient,
    async direct(request) {
      const tokens = Object.entries(request.headers).filter(([name]) => tokenHeaders.includes(name.toLowerCase()))
      if (tokens.some(([, value]) => carriesToken(value))) assertTokenMayGo(profile, request.url)
      return watched(
        request,
        () => transport.direct(request),
        ({ status, headers }) => answered(status, { get: (name) => headers[name]?.toString() }),
      )
    },
    tell,
    network: networkOver(signInClient),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    status: () => last,
    close() {
      listeners.clear()
      transport.close()
    },
  }
}

/** The certificate of a profile's own authority, PEM; null where the profile names none. */
export function authorityOf(profile: CloudProfile): string | null {
  if (profile.caFile === undefined) return null
  try {
    return readFileSync(profile.caFile, 'utf8')
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    throw new AppError('profile.invalid', { file: profile.caFile, fields: 'caFile' }, { message })
  }
}

function carriesToken(header: string | undefined): boolean {
  return header !== undefined && header.trim() !== ''
}

function seen(started: number): Pick<Exchange, 'at' | 'ms'> {
  return { at: new Date().toISOString(), ms: Math.round(performance.now() - started) }
}

function answered(
  status: number,
  headers: { get(name: string): string | undefined },
): Pick<Exchange, 'status' | 'requestId' | 'retryAfterMs'> {
  const waitMs = retryAfterMs(headers)
  const requestId = headers.get('x-ms-request-id') ?? headers.get('request-id') ?? ''
  return { status, requestId, ...(waitMs !== null && { retryAfterMs: waitMs }) }
}

function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.code
  if (error instanceof Error && error.name === 'AbortError') return 'cancelled'
  if (unreachableProxy(error) !== null) return 'proxy.unreachable'
  const code = (error as { code?: unknown } | null)?.code
  return (typeof code === 'string' && networkFault(code)) || 'unexpected'
}

function networkOver(client: HttpClient): INetworkModule {
  async function ask<T>(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions = {},
    timeout = signInLimitMs,
  ) {
    const { createEmptyPipeline, createPipelineRequest } = await import('@azure/core-rest-pipeline')
    const request = createPipelineRequest({ url, method, abortSignal: AbortSignal.timeout(timeout) })
    for (const [name, value] of Object.entries(options.headers ?? {})) request.headers.set(name, value)
    if (options.body !== undefined) request.body = options.body
    const response = await createEmptyPipeline().sendRequest(client, request)
    return {
      status: response.status,
      headers: response.headers.toJSON(),
      body: jsonOf(response.bodyAsText ?? '') as T,
    } satisfies NetworkResponse<T>
  }
  return {
    sendGetRequestAsync: (url, options) => ask('GET', url, options),
    sendPostRequestAsync: (url, options) => ask('POST', url, options),
  }
}

/** A page of a captive portal or proxy is no answer of the sign-in service. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('signIn.failed', { reason: 'no JSON' }, { message: text.slice(0, 200) })
  }
}
