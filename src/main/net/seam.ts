import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  proxyPolicy,
  RestError,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node'
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { createSecureContext, rootCertificates } from 'node:tls'
import { AppError } from '../../shared/errors'
import type { CloudProfile } from '../../shared/profile'
import { isLoopback, networkFault } from './network-faults'
import { assertMayConnect, assertSignInMayGo, assertTokenMayGo } from './token-policy'

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
  /** For MSAL. */
  network: INetworkModule
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

/** The one way out of this process to a cloud. Throws `profile.invalid` when the profile's own CA cannot be read. */
export function createSeam(profile: CloudProfile): Seam {
  const ca = trustOf(profile)
  // One context for all connections: reading some 150 root certificates again for each would hold up the process.
  const trust = ca && { secureContext: createSecureContext({ ca }) }
  const agents = {
    lasting: new Agent({ keepAlive: true, ...trust }),
    // Sign-ins are rare and not repeated by the library: none may fail on a connection that died meanwhile.
    single: new Agent({ keepAlive: false, ...trust }),
  }
  const transport = createDefaultHttpClient()
  const listeners = new Set<(exchange: Exchange) => void>()
  let last: ReturnType<Seam['status']> = { state: 'unknown', host: null, ms: null }

  function tell(exchange: Exchange) {
    if (exchange.error !== 'cancelled') {
      last = { state: exchange.status > 0 ? 'online' : 'offline', host: exchange.host, ms: exchange.ms }
    }
    for (const listener of listeners) listener(exchange)
  }

  async function send(request: PipelineRequest, agent: Agent, limitMs: number): Promise<PipelineResponse> {
    assertMayConnect(profile, request.url)
    const url = new URL(request.url)
    route(request, url, agent, ca)
    const started = performance.now()
    const told = { method: request.method, target: url.pathname, host: url.host }
    try {
      const response = await answerInTime(transport, request, limitMs)
      tell({ ...told, ...seen(started), ...answered(response) })
      return response
    } catch (error) {
      tell({ ...told, ...seen(started), status: 0, requestId: '', error: reasonOf(error) })
      throw error
    }
  }

  const httpClient: HttpClient = {
    sendRequest: async (request) => {
      if (tokenHeaders.some((name) => carriesToken(request.headers.get(name)))) assertTokenMayGo(profile, request.url)
      return send(request, agents.lasting, answerLimitMs)
    },
  }
  const signInClient: HttpClient = {
    sendRequest: async (request) => {
      assertSignInMayGo(profile, request.url)
      return send(request, agents.single, signInLimitMs)
    },
  }
  return {
    httpClient,
    network: networkOver(signInClient),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    status: () => last,
    close() {
      listeners.clear()
      agents.lasting.destroy()
      agents.single.destroy()
    },
  }
}

/** null: the platform's own trust is enough. */
function trustOf(profile: CloudProfile): string[] | null {
  if (profile.caFile === undefined) return null
  try {
    return [...rootCertificates, readFileSync(profile.caFile, 'utf8')]
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    throw new AppError('profile.invalid', { file: profile.caFile, fields: 'caFile' }, { message })
  }
}

/** A proxy chosen by the pipeline (HTTPS_PROXY, NO_PROXY) stays in place, except that loopback is never left by one. */
function route(request: PipelineRequest, url: URL, agent: Agent, ca: string[] | null) {
  if (url.protocol !== 'https:') return
  if (!request.agent || isLoopback(url.hostname)) request.agent = agent
  else if (ca && !(request.agent instanceof Agent)) request.requestOverrides = { ...request.requestOverrides, ca }
}

/** Sends, and gives up on a server that accepts a connection but never answers. */
async function answerInTime(
  transport: HttpClient,
  request: PipelineRequest,
  limitMs: number,
): Promise<PipelineResponse> {
  const outer = request.abortSignal
  const inner = new AbortController()
  const forward = () => inner.abort()
  outer?.addEventListener('abort', forward)
  const timer = setTimeout(forward, limitMs)
  request.abortSignal = inner.signal
  if (outer?.aborted) forward()
  try {
    return await transport.sendRequest(request)
  } catch (error) {
    if (inner.signal.aborted && !outer?.aborted) {
      throw new RestError(`no answer within ${limitMs / 1000} s`, { code: 'ETIMEDOUT', request })
    }
    throw error
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', forward)
    if (outer) request.abortSignal = outer
    else delete request.abortSignal
  }
}

function carriesToken(header: string | undefined): boolean {
  return header !== undefined && header.trim() !== ''
}

function seen(started: number): Pick<Exchange, 'at' | 'ms'> {
  return { at: new Date().toISOString(), ms: Math.round(performance.now() - started) }
}

function answered(response: PipelineResponse): Pick<Exchange, 'status' | 'requestId' | 'retryAfterMs'> {
  const retryAfterMs = retryAfterOf(response)
  const requestId = response.headers.get('x-ms-request-id') ?? response.headers.get('request-id') ?? ''
  return { status: response.status, requestId, ...(retryAfterMs !== null && { retryAfterMs }) }
}

function retryAfterOf({ headers }: PipelineResponse): number | null {
  const exact = headers.get('retry-after-ms') ?? headers.get('x-ms-retry-after-ms')
  if (exact !== undefined && Number.isFinite(Number(exact))) return Number(exact)
  const text = headers.get('retry-after')
  if (text === undefined) return null
  const ms = Number.isFinite(Number(text)) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : null
}

function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.code
  if (error instanceof Error && error.name === 'AbortError') return 'cancelled'
  const code = (error as { code?: unknown } | null)?.code
  return (typeof code === 'string' && networkFault(code)) || 'unexpected'
}

function networkOver(client: HttpClient): INetworkModule {
  const pipeline = createEmptyPipeline()
  pipeline.addPolicy(proxyPolicy())
  async function ask<T>(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions = {},
    timeout = signInLimitMs,
  ) {
    const request = createPipelineRequest({ url, method, abortSignal: AbortSignal.timeout(timeout) })
    for (const [name, value] of Object.entries(options.headers ?? {})) request.headers.set(name, value)
    if (options.body !== undefined) request.body = options.body
    const response = await pipeline.sendRequest(client, request)
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
