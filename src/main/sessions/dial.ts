import { connect, isIP, type Socket } from 'node:net'
import { AppError } from '../../shared/errors'
import type { Network } from '../net/network'
import { parseProxy, type Proxy } from '../net/proxy'
import { openTunnel } from '../net/tunnel'

export type DialOptions = {
  network: Network
  /** `vmProxy` of the cloud's profile: the way to its VMs where it names one. */
  vmProxy?: string | undefined
  signal: AbortSignal
  limitMs?: number
}
/** `proxy`: host and port of the proxy that it leads through, null for the direct way. */
export type Dialled = { socket: Socket; proxy: string | null }

const defaultLimitMs = 15_000
const noHost = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'ENODATA', 'ERR_INVALID_URL'])

/**
 * Opens a TCP connection to a VM or any host: through the proxy of its cloud, else through the office proxy where the rules of this
 * computer say so, else straight. Nothing is sent yet. Throws AppError `session.port-closed`, `session.no-answer`,
 * `session.unknown-host`, `session.proxy-refused`, `proxy.*`, `cancelled`.
 */
export async function dial(host: string, port: number, options: DialOptions): Promise<Dialled> {
  const { network, vmProxy, signal, limitMs = defaultLimitMs } = options
  const limit = AbortSignal.timeout(limitMs)
  const within = AbortSignal.any([signal, limit])
  let proxy: Proxy | null = null
  try {
    proxy = vmProxy ? parseProxy(vmProxy) : await network.proxyFor(new URL(`https://${placeOf(host, port)}`))
    const socket = await (proxy
      ? openTunnel(proxy, host, port, network.trust(null), within)
      : openDirectly(host, port, within))
    socket.setNoDelay(true)
    return { socket, proxy: proxy && new URL(proxy.url).host }
  } catch (error) {
    if (signal.aborted) throw new AppError('cancelled')
    const place = { host, port, seconds: Math.round(limitMs / 1000) }
    if (limit.aborted) throw new AppError('session.no-answer', place)
    throw vmProxy ? behindVmProxy(error, place) : explained(error, place, proxy)
  }
}

/** `host:port` as a URL and a CONNECT request write it. */
export function placeOf(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}

function openDirectly(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    const stop = () => socket.destroy(signal.reason as Error)
    const fail = (error: Error) => {
      signal.removeEventListener('abort', stop)
      reject(error)
    }
    socket.once('error', fail)
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop)
      socket.off('error', fail)
      resolve(socket)
    })
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
}

type Place = { host: string; port: number; seconds: number }

function explained(error: unknown, { host, port, seconds }: Place, proxy: Proxy | null): unknown {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  const details = { message: error instanceof Error ? error.message : '' }
  const status = statusOf(code)
  const named = { proxy: proxy ? new URL(proxy.url).host : '', host, port }
  if (status === 407) return new AppError('proxy.sign-in', { ...named, host: placeOf(host, port) }, details)
  // The proxy let it pass and did not get through either.
  if (status !== null && status >= 500) return new AppError('session.no-answer', { host, port, seconds }, details)
  if (status !== null) return new AppError('session.proxy-refused', named, { ...details, status })
  if (code === 'PROXY_UNREACHABLE') return new AppError('proxy.unreachable', { proxy: named.proxy }, details)
  if (noHost.has(code)) return new AppError('session.unknown-host', { host }, details)
  if (code === 'ECONNREFUSED') return new AppError('session.port-closed', { host, port }, details)
  return new AppError('session.no-answer', { host, port, seconds }, details)
}

/** The proxy of a cloud stands for the network before its VMs: what it says is what the network does. */
function behindVmProxy(error: unknown, { host, port, seconds }: Place): unknown {
  if (error instanceof AppError) return error
  const details = { message: error instanceof Error ? error.message : '' }
  const isClosed = statusOf(codeOf(error)) === 502
  return isClosed
    ? new AppError('session.port-closed', { host, port }, details)
    : new AppError('session.no-answer', { host, port, seconds }, details)
}

function statusOf(code: string): number | null {
  const status = /^PROXY_STATUS_(\d+)$/.exec(code)?.[1]
  return status === undefined ? null : Number(status)
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
