import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { defaultNetwork, type NetworkSettings } from '../../shared/settings'
import {
  basic,
  isBypassed,
  parseProxy,
  proxyFromEnvironment,
  proxyFromPac,
  type Environment,
  type Proxy,
} from './proxy'
import { systemTrust, type SystemTrust } from './trust'

/** How requests leave this computer: through which proxy, and whose certificates are believed. Follows the settings at once. */
export type Network = {
  /** null: straight to the host. Throws `proxy.invalid`, `proxy.unsupported`. */
  proxyFor(url: URL): Promise<Proxy | null>
  /** `ofCloud`: PEM of a cloud's own authority. The same value while nothing changed; null: the platform's own trust is enough. */
  trust(ofCloud: string | null): SecureContext | null
  /** The authorities beyond the built-in ones that are believed now, PEM. */
  authorities(): string[]
  /** Who told the system's authorities and how many there are beyond the built-in ones. */
  system(): SystemTrust
}

export type NetworkSources = {
  settings(): NetworkSettings
  /** Password of the manual proxy. */
  password(): Promise<string | null>
  environment: Environment
  /** What the desktop says, PAC files included: `PROXY host:port; DIRECT`. */
  desktop?(url: string): Promise<string>
}

export function createNetwork(sources: NetworkSources): Network {
  let system: SystemTrust | null = null
  const readSystem = () => (system ??= systemTrust(sources.environment))
  const authorities = () => {
    const { authorities: own, systemAuthorities } = sources.settings()
    return [...(systemAuthorities ? readSystem().authorities : []), ...own]
  }

  return {
    async proxyFor(url) {
      const { proxy, url: manual, user, bypass } = sources.settings()
      if (proxy === 'none' || isBypassed(url, '')) return null
      if (proxy === 'manual') {
        if (!manual || isBypassed(url, bypass)) return null
        const named = parseProxy(manual)
        return user ? { ...named, authorization: basic(user, (await sources.password()) ?? '') } : named
      }
      // Who starts a program with these variables means that program, whatever the desktop says.
      const isNamed = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].some((it) => sources.environment[it])
      if (isNamed || !sources.desktop) return proxyFromEnvironment(url, sources.environment)
      return proxyFromPac(await sources.desktop(url.origin))
    },
    authorities,
    trust: trustIn(authorities),
    system: readSystem,
  }
}

/** What the environment says and nothing else. */
export function environmentNetwork(environment: Environment = process.env): Network {
  const settings = { ...defaultNetwork, systemAuthorities: false }
  return createNetwork({ settings: () => settings, password: () => Promise.resolve(null), environment })
}

/** What another process of this program tells: it keeps the settings, this one connects. */
export function toldNetwork(told: Pick<Network, 'proxyFor' | 'authorities'>): Network {
  return { ...told, trust: trustIn(told.authorities), system: () => ({ from: null, authorities: told.authorities() }) }
}

function trustIn(authorities: () => string[]): Network['trust'] {
  const contexts = new Map<string, SecureContext>()
  return (ofCloud) => {
    const further = [...authorities(), ...(ofCloud === null ? [] : [ofCloud])]
    if (further.length === 0) return null
    const key = further.join('\n')
    const known = contexts.get(key)
    if (known) return known
    // One context for all connections: reading some 150 root certificates again for each would hold up the process.
    const context = createSecureContext({ ca: [...rootCertificates, ...further] })
    contexts.set(key, context)
    return context
  }
}
