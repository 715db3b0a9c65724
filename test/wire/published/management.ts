import type { WireExchange } from '../../support/exchanges'
import { openDocuments, type Documents, type Operation } from './operations'
import { openResourceTypes, type ResourceShape } from './resource-types'
import { isPoll, isRunning } from './rules'
import { violationsOf, type Direction, type Shape } from './shape'

export type Judged = {
  /** As published; null when no document knows the request. */
  operation: string | null
  /** Version asked for and version it was held against. */
  versions: string
  violations: string[]
}
type Bodies = { types: ReturnType<typeof openResourceTypes>; documents: Documents }

const commonTypes = 'common-types/resource-management/v5/types.json'

/**
 * Holds exchanges with Azure Resource Manager against the published documents. Bodies of resources are judged by
 * `types` (newer than the OpenAPI documents here), everything else by `specifications`.
 */
export function openManagement(types: string, specifications: string): (exchange: WireExchange) => Judged {
  const bodies: Bodies = { types: openResourceTypes(types), documents: openDocuments(specifications) }
  return (exchange) => {
    const url = new URL(exchange.url, 'https://management.azure.com')
    const version = url.searchParams.get('api-version') ?? ''
    if (isPoll(url.pathname)) return pollOf(bodies, exchange)
    const operation = bodies.documents.find(exchange.method, publishedPath(url.pathname))
    if (!operation)
      return { operation: null, versions: version, violations: [`${exchange.method} ${url.pathname}: unpublished`] }
    const target = targetOf(url.pathname)
    const resource = target.type === null ? null : bodies.types(target.type, version)
    const violations = [
      ...operation.query.filter((name) => !url.searchParams.has(name)).map((name) => `query.${name}: missing`),
      ...requestViolations(exchange, operation, target.isOne ? resource : null),
      ...answerViolations(bodies, exchange, operation, target.isOne, resource),
    ]
    return {
      operation: operation.name,
      versions: `${version} by ${resource?.version ?? operation.version}`,
      violations,
    }
  }
}

/**
 * Permissions of a subscription are asked for and answered like those of a group in it: Microsoft Learn, "Use Resource Manager
 * authentication API to access subscriptions", shows the request, while the document lists groups and resources only.
 */
function publishedPath(pathname: string): string {
  return pathname.replace(
    /^(\/subscriptions\/[^/]+)(\/providers\/Microsoft\.Authorization\/permissions)$/i,
    '$1/resourcegroups/any$2',
  )
}

function requestViolations({ method, request }: WireExchange, operation: Operation, resource: ResourceShape | null) {
  const body = parsed(request.body)
  if (body === undefined) return operation.needsBody ? ['request: empty'] : []
  if (!operation.request) return ['request: a body that the operation does not take']
  const direction: Direction = method === 'PATCH' ? 'partial request' : 'request'
  const shape = resource && method !== 'POST' ? resource.shape : operation.request
  return violationsOf(body, shape, direction, 'request')
}

function answerViolations(
  { documents }: Bodies,
  exchange: WireExchange,
  operation: Operation,
  isOne: boolean,
  resource: ResourceShape | null,
): string[] {
  const { method, status } = exchange
  const body = parsed(exchange.body)
  if (status >= 400) return body === undefined && method === 'HEAD' ? [] : errorViolations(documents, body)
  const isPublished = operation.statuses.includes(status) || (operation.isLong && [201, 202].includes(status))
  const found = isPublished ? [] : [`status ${status}: ${operation.name} answers ${operation.statuses.join(', ')}`]
  if (status === 202 || status === 204) return found
  const shape = operation.answer(status)
  if (body === undefined) return shape ? [...found, 'answer: empty'] : found
  if (!shape) return [...found, 'answer: a body that nobody published']
  const judge = !resource || method === 'POST' ? shape : isOne ? resource.shape : listOf(shape, resource.shape)
  return [...found, ...idViolations(body, method, isOne), ...violationsOf(body, judge, 'answer', 'answer')]
}

/** What every resource has, also where a document forgets to require it. */
function idViolations(body: unknown, method: string, isOne: boolean): string[] {
  if (!isOne || !['GET', 'PUT', 'PATCH'].includes(method)) return []
  return typeof (body as { id?: unknown }).id === 'string' ? [] : ['answer.id: not an id']
}

function listOf(page: Shape, item: Shape): Shape {
  if (page.is !== 'object') return page
  return {
    ...page,
    properties: { ...page.properties, value: { shape: () => ({ is: 'list', of: () => item }), isRequired: true } },
  }
}

function errorViolations(documents: Documents, body: unknown): string[] {
  const found = violationsOf(body, documents.definition(commonTypes, 'ErrorResponse'), 'answer', 'error')
  const { code, message } = (body as { error?: Record<string, unknown> } | undefined)?.error ?? {}
  if (typeof code !== 'string' || code === '') found.push('error.error.code: missing')
  if (typeof message !== 'string' || message === '') found.push('error.error.message: missing')
  return found
}

/** Bodies of polls are the same for all services: `OperationStatusResult`. A poll by Location answers 202 without one. */
function pollOf({ documents }: Bodies, exchange: WireExchange): Judged {
  const known = { operation: 'operation status', versions: 'common-types v5' }
  const body = parsed(exchange.body)
  if (exchange.status >= 400) return { ...known, violations: errorViolations(documents, body) }
  if (body === undefined) {
    return { ...known, violations: [202, 204, 200].includes(exchange.status) ? [] : [`status ${exchange.status}`] }
  }
  const isResult = !isRunning(exchange) && typeof (body as { status?: unknown }).status !== 'string'
  if (isResult) return { ...known, violations: [] }
  return {
    ...known,
    violations: violationsOf(body, documents.definition(commonTypes, 'OperationStatusResult'), 'answer', 'answer'),
  }
}

/** Type of the resource or collection at the end of a path: `Microsoft.Batch/batchAccounts/pools`. */
function targetOf(pathname: string): { type: string | null; isOne: boolean } {
  const provider = /\/providers\/([^/]+)\/(.+)$/i.exec(pathname)
  if (!provider) return { type: null, isOne: /\/resourcegroups\/[^/]+$/i.test(pathname) }
  const parts = provider[2]!.split('/')
  const names = parts.filter((_part, at) => at % 2 === 0)
  return { type: [provider[1]!, ...names].join('/'), isOne: parts.length % 2 === 0 }
}

function parsed(body: string | null): unknown {
  return body ? JSON.parse(body) : undefined
}
