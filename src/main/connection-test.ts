import { AppError, toErrorData } from '../shared/errors'
import type { CloudProfile } from '../shared/profile'
import type { ConnectionTest, Reached } from '../shared/settings-calls'
import type { Network } from './net/network'

export type KnownHosts = { batch?: string; storage?: string }
const partLimitMs = 15_000

/**
 * Asks sign-in, ARM and, where a run knows their hosts, Batch and storage of a cloud, one after the other: first for the
 * certificate, then for any answer at all. No token is sent. `tell` hears every change; the promise ends with the last.
 */
export async function testConnection(
  profile: CloudProfile,
  known: KnownHosts,
  network: Network,
  signal: AbortSignal,
  tell: (test: ConnectionTest) => void,
): Promise<void> {
  const urls = placesOf(profile, known)
  const rows: Reached[] = urls.map(({ part, url }) => ({
    part,
    host: url.host,
    proxy: null,
    issuer: null,
    ms: null,
    error: null,
    isDone: false,
  }))
  const show = (isDone: boolean) => tell({ rows: rows.map((row) => ({ ...row })), isDone })
  show(false)
  for (const [at, { url }] of urls.entries()) {
    if (signal.aborted) return
    Object.assign(rows[at]!, await reach(url, profile, network, signal), { isDone: true })
    show(at === urls.length - 1)
  }
}

type Result = Pick<Reached, 'proxy' | 'issuer' | 'ms' | 'error'>

async function reach(url: URL, profile: CloudProfile, network: Network, outer: AbortSignal): Promise<Result> {
  const { authorityOf } = await import('./net/seam')
  const { clientOver, createTransport, explain, proxyName } = await import('./net/transport')
  const { seeCertificate } = await import('./net/seen-certificate')
  const { toAppError } = await import('./azure/errors')
  const signal = AbortSignal.any([outer, AbortSignal.timeout(partLimitMs)])
  const started = performance.now()
  const result: Result = { proxy: null, issuer: null, ms: null, error: null }
  try {
    const authority = authorityOf(profile)
    const way = { proxy: await network.proxyFor(url), trust: network.trust(authority) }
    result.proxy = proxyName(way.proxy)
    const seen = await seeCertificate(url, way, signal).catch(async (error: unknown) => {
      throw toAppError(named(await explain(error, url, way), url))
    })
    result.issuer = seen.issuer
    if (seen.fault) {
      throw new AppError('tls.untrusted', { host: url.host, issuer: seen.issuer }, { message: seen.fault })
    }
    const transport = createTransport(network, authority)
    try {
      const { hostAnswer } = await import('./net/probe')
      await hostAnswer(clientOver(transport, partLimitMs), url.host, signal)
    } finally {
      transport.close()
    }
    return { ...result, ms: Math.round(performance.now() - started) }
  } catch (error) {
    return { ...result, error: toErrorData(toAppError(error)) }
  }
}

/** A look at a certificate that fails carries no request, so it does not know whom it asked. */
function named(error: unknown, url: URL): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const { code, proxy } = error as { code?: unknown; proxy?: unknown }
  const fallback = code === undefined || error.message === 'no answer' ? 'ETIMEDOUT' : code
  return Object.assign(new Error(error.message), {
    code: fallback,
    request: { method: 'HEAD', url: `${url.origin}/` },
    ...(proxy === undefined ? {} : { proxy }),
  })
}

function placesOf(profile: CloudProfile, known: KnownHosts): { part: Reached['part']; url: URL }[] {
  const places: [Reached['part'], string | undefined][] = [
    ['signIn', profile.authority],
    ['arm', profile.armEndpoint],
    ['batch', known.batch && (/^https:/.test(known.batch) ? known.batch : `https://${known.batch}`)],
    ['storage', known.storage],
  ]
  return places.flatMap(([part, url]) => (url && URL.canParse(url) ? [{ part, url: new URL(url) }] : []))
}
