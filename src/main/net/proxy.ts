import { BlockList, isIP } from 'node:net'
import { AppError } from '../../shared/errors'
import { isLoopback } from './network-faults'

/** A proxy that is asked to open a tunnel (RFC 9110, 9.3.6). */
export type Proxy = {
  /** `http://host:port` or `https://host:port`, no user name in it. */
  url: string
  /** Value of the header Proxy-Authorization, or null. */
  authorization: string | null
}
export type Environment = Record<string, string | undefined>

/** Where `HTTPS_PROXY` and its kind send a request; null: straight to the host. Throws `proxy.invalid` {proxy}. */
export function proxyFromEnvironment(url: URL, environment: Environment): Proxy | null {
  const named = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].map((name) => environment[name]).find(Boolean)
  const bypass = environment['no_proxy'] ?? environment['NO_PROXY'] ?? ''
  return named && !isBypassed(url, bypass) ? parseProxy(named) : null
}

/** The first way of a PAC file's answer, `PROXY a:8080; DIRECT`. Throws `proxy.unsupported` {proxy} for SOCKS alone. */
export function proxyFromPac(answer: string): Proxy | null {
  const ways = answer.split(';').map((way) => way.trim().split(/\s+/))
  for (const [kind = '', place = ''] of ways) {
    const scheme = { PROXY: 'http', HTTP: 'http', HTTPS: 'https' }[kind.toUpperCase()]
    if (kind.toUpperCase() === 'DIRECT') return null
    if (scheme && place) return parseProxy(`${scheme}://${place}`)
  }
  const [kind = '', place = ''] = ways[0] ?? []
  if (/^SOCKS/i.test(kind)) throw new AppError('proxy.unsupported', { proxy: place })
  return null
}

/** `host:port` or a URL, with a user name and password where the environment carries them. Throws `proxy.invalid` {proxy}. */
export function parseProxy(text: string): Proxy {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim()) ? text.trim() : `http://${text.trim()}`
  const url = URL.canParse(full) ? new URL(full) : null
  if (url && /^socks/.test(url.protocol)) throw new AppError('proxy.unsupported', { proxy: url.host })
  if (!url?.hostname || !/^https?:$/.test(url.protocol) || url.pathname.length > 1 || url.search || url.hash) {
    // What stands before an @ may be a password.
    throw new AppError('proxy.invalid', { proxy: text.trim().replace(/^.*@/, '').slice(0, 100) })
  }
  const user = decoded(url.username)
  return {
    url: `${url.protocol}//${url.host}`,
    authorization: user ? basic(user, decoded(url.password)) : null,
  }
}

/** RFC 7617, with the characters in UTF-8. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/**
 * Whether a list in the manner of NO_PROXY names this host: `*`, `host`, `.domain`, `*.domain`, `host:port`, an address or a
 * range such as `10.0.0.0/8`; a name stands for what is below it too. The loopback interface is never left by a proxy.
 */
export function isBypassed(url: URL, list: string): boolean {
  if (isLoopback(url.hostname)) return true
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '')
  const port = url.port || (url.protocol === 'http:' ? '80' : '443')
  return list
    .split(/[\s,;]+/)
    .filter(Boolean)
    .some((entry) => fits(entry.toLowerCase(), host, port))
}

function fits(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (isIP(host)) return isInRange(host, entry)
  const [, name = '', onlyPort] = /^\*?\.?(.+?)(?::(\d+))?$/.exec(entry) ?? []
  return (onlyPort === undefined || onlyPort === port) && (host === name || host.endsWith(`.${name}`))
}

function isInRange(address: string, entry: string): boolean {
  const [start = '', bits] = entry.split('/')
  const [kind, wanted] = [isIP(start), isIP(address)]
  if (kind === 0 || kind !== wanted) return false
  const length = bits === undefined ? (kind === 4 ? 32 : 128) : Number(bits)
  if (!Number.isInteger(length) || length < 0 || length > (kind === 4 ? 32 : 128)) return false
  const family = kind === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(start, length, family)
  return list.check(address, family)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
