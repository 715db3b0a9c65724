import type { WireExchange } from '../../support/exchanges'

export type Plane = 'arm' | 'vaults' | 'batch' | 'sign-in' | 'blobs' | 'practice'

/** Which service an exchange belongs to. `mainHost` = host and port of everything that is not the blob service. */
export function planeOf({ request, url }: WireExchange, mainHost: string): Plane {
  if (request.headers['host'] !== mainHost) return 'blobs'
  if (url.startsWith('/practice/')) return 'practice'
  if (url.startsWith('/batch/')) return 'batch'
  if (/\/providers\/Microsoft\.KeyVault\//i.test(url)) return 'vaults'
  return /^\/(subscriptions|providers|tenants)\b/i.test(url) ? 'arm' : 'sign-in'
}

/**
 * What holds for every answer, whatever its body: tracing headers (Azure REST API guidelines, section "Distributed
 * tracing"), throttling (Microsoft Learn, "Throttling Resource Manager requests") and the headers of long-running
 * operations (Microsoft Learn, "Track asynchronous Azure operations").
 */
export function headerViolations(exchange: WireExchange, plane: Plane): string[] {
  const { status, headers } = exchange
  const found: string[] = []
  if (!headers['x-ms-request-id']) found.push('header x-ms-request-id: missing')
  if (plane === 'arm' && !headers['x-ms-correlation-request-id'])
    found.push('header x-ms-correlation-request-id: missing')
  if ([429, 503].includes(status) && !headers['retry-after']) found.push(`header retry-after: missing with ${status}`)
  if (plane === 'arm') found.push(...operationViolations(exchange))
  const type = headers['content-type'] ?? ''
  if (['arm', 'batch'].includes(plane) && exchange.body && !type.startsWith('application/json')) {
    found.push(`header content-type: '${type}' instead of JSON`)
  }
  return found
}

/** Paths at which operations are polled; no document lists them. */
export function isPoll(url: string): boolean {
  return /\/([a-z]*operations|[a-z]*operationresults)\/[^/?]+(\?|$)/i.test(url)
}

/** True while a poll says that its operation goes on. */
export function isRunning({ status, body }: WireExchange): boolean {
  return (
    status === 202 || (status === 200 && /"status":"(InProgress|Running|Creating|Updating|Deleting)"/.test(body ?? ''))
  )
}

function operationViolations(exchange: WireExchange): string[] {
  const { status, headers, url } = exchange
  const found: string[] = []
  for (const name of ['azure-asyncoperation', 'location']) {
    const target = headers[name]
    if (target === undefined) continue
    if (!URL.canParse(target)) found.push(`header ${name}: '${target}' is not absolute`)
    else if (!new URL(target).searchParams.has('api-version')) found.push(`header ${name}: without api-version`)
  }
  const poll = headers['azure-asyncoperation'] ?? headers['location']
  if (status === 202 && poll === undefined) found.push('header azure-asyncoperation or location: missing with 202')
  const goesOn = poll !== undefined || (isPoll(url) && isRunning(exchange))
  if (goesOn && !headers['retry-after']) found.push('header retry-after: missing while an operation runs')
  const next = nextLink(exchange.body)
  if (next !== undefined && !URL.canParse(next)) found.push(`nextLink: '${next}' is not absolute`)
  return found
}

function nextLink(body: string | null): string | undefined {
  const found = /"nextLink":"([^"]*)"/.exec(body ?? '')
  return found?.[1]
}
