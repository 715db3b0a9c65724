import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline'
import { Agent as PlainAgent } from 'node:http'
import { Agent } from 'node:https'
import type { SecureContext } from 'node:tls'
import { AppError } from '../../shared/errors'
import { sendDirect, type DirectAnswer, type DirectRequest } from './direct'
import type { Network } from './network'
import { networkFault } from './network-faults'
import type { Proxy } from './proxy'
import { seeCertificate } from './seen-certificate'
import { TunnelAgent } from './tunnel'

export type Sending = {
  /** How long to wait for the whole answer, ms. */
  limitMs: number
  /** true: a connection of its own, closed afterwards. */
  isSingle?: boolean
}
export type Transport = {
  /** Sends once. Throws AppError `tls.untrusted`, `proxy.*`, or RestError with Node's code. */
  send(request: PipelineRequest, sending: Sending): ReturnType<HttpClient['sendRequest']>
  /** Sends once, without the libraries. Throws the same; ETIMEDOUT when nothing moved. */
  direct(request: DirectRequest): Promise<DirectAnswer>
  /** Drops open connections. */
  close(): void
}

/** A transport as the libraries take one, for what belongs to no cloud: an address with its access in itself. */
export function clientOver(transport: Transport, limitMs: number): HttpClient {
  return { sendRequest: (request) => transport.send(request, { limitMs }) }
}

type Way = { proxy: Proxy | null; trust: SecureContext | null }
type Agents = { lasting: Agent; single: Agent }

const lookLimitMs = 5000
/** Loaded for the first request of a library or the first failure: an upload does without, and starts in half the time. */
const pipeline = () => import('@azure/core-rest-pipeline')

/**
 * What every request of this program goes through, whoever sends it: the proxy and the trust of the moment. `ofCloud`: PEM of a
 * cloud's own authority. A failure is told by who caused it: host, proxy or certificate.
 */
export function createTransport(network: Network, ofCloud: string | null): Transport {
  let made: Promise<HttpClient> | null = null
  const client = () => (made ??= pipeline().then(({ createDefaultHttpClient }) => createDefaultHttpClient()))
  const known = new Map<string, { trust: SecureContext | null; agents: Agents }>()
  const plain = new PlainAgent({ keepAlive: true })

  /** Settings may change while a run works: connections made by the old ones end when they are idle. */
  function agentsFor(way: Way): Agents {
    const key = `${way.proxy?.url ?? ''} ${way.proxy?.authorization ?? ''}`
    const before = known.get(key)
    if (before && before.trust === way.trust) return before.agents
    if (before) retire(before.agents.lasting)
    const agents = agentsOf(way)
    known.set(key, { trust: way.trust, agents })
    return agents
  }

  return {
    async send(request, { limitMs, isSingle = false }) {
      const url = new URL(request.url)
      if (url.protocol !== 'https:') {
        delete request.agent
        return answerInTime(await client(), request, limitMs)
      }
      const way: Way = { proxy: await network.proxyFor(url), trust: network.trust(ofCloud) }
      request.agent = agentsFor(way)[isSingle ? 'single' : 'lasting']
      try {
        return await answerInTime(await client(), request, limitMs)
      } catch (error) {
        throw await explain(error, url, way, request)
      }
    },
    async direct(request) {
      const url = new URL(request.url)
      if (url.protocol !== 'https:') return sendDirect(request, plain)
      const way: Way = { proxy: await network.proxyFor(url), trust: network.trust(ofCloud) }
      try {
        return await sendDirect(request, agentsFor(way).lasting)
      } catch (error) {
        throw await explain(error, url, way)
      }
    },
    close() {
      plain.destroy()
      for (const { agents } of known.values()) {
        agents.lasting.destroy()
        agents.single.destroy()
      }
      known.clear()
    },
  }
}

/** Host and port of a proxy for people, or null for the direct way. */
export function proxyName(proxy: Proxy | null): string | null {
  return proxy && new URL(proxy.url).host
}

/** A failed request or look, as one of ours where it is a matter of proxy or trust; everything else as it came. */
export async function explain(error: unknown, url: URL, way: Way, request?: PipelineRequest): Promise<unknown> {
  const about = request ? { request } : {}
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string') return error
  const message = error instanceof Error ? error.message : ''
  const params = { host: url.host, proxy: proxyName(way.proxy) ?? '' }
  const status = /^PROXY_STATUS_(\d+)$/.exec(code)?.[1]
  const { RestError } = await pipeline()
  if (status === '407') return new AppError('proxy.sign-in', params, { status: 407, message })
  // The proxy is there and cannot reach the host: the same as no line, and worth another try.
  if (status && Number(status) >= 500) return new RestError(message, { code: 'ECONNRESET', ...about })
  if (status) return new AppError('proxy.refused', params, { status: Number(status), message })
  if (code === 'PROXY_UNREACHABLE') {
    // With Node's code the libraries try again by themselves, as they do without a proxy.
    return Object.assign(new RestError(message, { code: 'ECONNREFUSED', ...about }), { proxy: params.proxy })
  }
  if (networkFault(code) !== 'tls.untrusted') return error
  return new AppError(
    'tls.untrusted',
    { host: url.host, issuer: await issuerOf(url, way) },
    { message, serviceCode: code },
  )
}

/** Who signed the certificate that is not believed; empty where the host does not show it a second time. */
async function issuerOf(url: URL, way: Way): Promise<string> {
  try {
    return (await seeCertificate(url, way, AbortSignal.timeout(lookLimitMs))).issuer
  } catch {
    return ''
  }
}

/** Its connections end when they are idle: destroy() would cut those on which something is being sent. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
}

function agentsOf({ proxy, trust }: Way): Agents {
  const make = (keepAlive: boolean) => {
    if (proxy) return new TunnelAgent(proxy, trust, { keepAlive })
    return new Agent({ keepAlive, ...(trust ? { secureContext: trust } : {}) })
  }
  // Sign-ins are rare and not repeated by the library: none may fail on a connection that died meanwhile.
  return { lasting: make(true), single: make(false) }
}

/** Sends, and gives up on a server that accepts a connection but never answers. */
async function answerInTime(client: HttpClient, request: PipelineRequest, limitMs: number) {
  const outer = request.abortSignal
  const inner = new AbortController()
  const forward = () => inner.abort()
  outer?.addEventListener('abort', forward)
  const timer = setTimeout(forward, limitMs)
  request.abortSignal = inner.signal
  if (outer?.aborted) forward()
  try {
    return await client.sendRequest(request)
  } catch (error) {
    if (inner.signal.aborted && !outer?.aborted) {
      const { RestError } = await pipeline()
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
