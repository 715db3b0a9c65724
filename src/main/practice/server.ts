import { createHash, randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from './clock'
import { armError } from './errors'
import { wallClockMs, type Faults } from './faults'
import { somebodyWasFaster } from './foreign'
import type { Operations } from './operations'
import {
  forbidByIncident,
  missingApiVersion,
  refusal,
  refuseAsPublished,
  refuseByIncident,
  unknownPath,
} from './refusals'
import { decode } from './router'
import { listenSecurely, type RunningServer } from './secure-server'
import type { Stats } from './stats'
import type { Store } from './store'

/** What every handler works on. */
export type PracticeCloud = {
  store: Store
  clock: Clock
  faults: Faults
  operations: Operations
  stats: Stats
  /** `https://127.0.0.1:P` of ARM, sign-in and Batch; known once the server listens. */
  origin(): string
}

/** Who asks: the verified claims of the bearer token. */
export type Caller = {
  oid: string
  tid: string
  /** User principal name, or the client id of a service principal. */
  name: string
  appId: string
}

/** Which protocol a route belongs to: decides the token's audience and the shape of errors. */
export type Plane = 'arm' | 'batch' | 'login' | 'practice'

export type PracticeRequest = PracticeCloud & {
  method: string
  /** Path as sent, double slashes folded, without query. */
  path: string
  /** Decoded values of `:name` and `*name` in the pattern. */
  params: Record<string, string>
  query: URLSearchParams
  /** Parsed JSON or form body; undefined when empty. */
  body: unknown
  headers: IncomingHttpHeaders
  /** Null on the planes login and practice. */
  caller: Caller | null
  apiVersion: string
}

export type PracticeReply = {
  status: number
  headers?: Record<string, string>
  /** An object or array goes out as JSON, a string as it is (set content-type yourself). */
  body?: unknown
}

export type Handler = (request: PracticeRequest) => PracticeReply | Promise<PracticeReply>

export type RouteOptions = {
  /** Default: 'arm'. */
  plane?: Plane
  /** RBAC action checked before the handler, on the scope that `scope` gives (default: the path of the request). */
  action?: string | ((params: Record<string, string>) => string)
  scope?: (params: Record<string, string>) => string
}

export type Route = {
  method: string
  pattern: string
  segments: string[]
  handler: Handler
  options: RouteOptions
}

/** Checks made before a handler runs; given by login.ts and rbac.ts. */
export type Gate = {
  /** `target` is `METHOD /path`. @throws ArmError 401 */
  authenticate(headers: IncomingHttpHeaders, plane: Plane, target: string): Caller
  /** @throws ArmError 403 AuthorizationFailed */
  authorize(caller: Caller, action: string, scope: string): void
}

export type Router = {
  /**
   * Adds a route. Patterns: literal segments match in any case, `:name` one segment, `*name` (last) the rest.
   * Of several that match the one with more literal segments wins. Handlers throw `armError(...)` to refuse.
   */
  route(method: string, pattern: string, handler: Handler, options?: RouteOptions): void
  match(method: string, path: string): { route: Route; params: Record<string, string> } | 'other-method' | null
}

const requestLimitMs = 300_000

/**
 * Listens on 127.0.0.1 with TLS. Each request: incidents, token, api-version, rights, handler; then the state is
 * saved, and only then the answer leaves.
 * @throws NodeJS.ErrnoException EADDRINUSE when the port belongs to another program
 */
export function listen(
  cloud: PracticeCloud,
  router: Router,
  gate: Gate,
  tls: { key: string; cert: string },
  port: number,
): Promise<RunningServer> {
  return listenSecurely({ tls, port, requestLimitMs }, (incoming, outgoing) => {
    // Whatever goes wrong with one request must not end the cloud.
    answer(cloud, router, gate, incoming, outgoing).catch(() => outgoing.destroy())
  })
}

const bodyLimitBytes = 4 * 1024 * 1024

async function answer(
  cloud: PracticeCloud,
  router: Router,
  gate: Gate,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const url = new URL(incoming.url?.replace(/^\/+/, '/') ?? '/', 'https://127.0.0.1')
  const path = url.pathname.replace(/\/{2,}/g, '/')
  const method = incoming.method ?? 'GET'
  const found = router.match(method, path)
  const plane = typeof found === 'object' && found ? (found.route.options.plane ?? 'arm') : planeOf(path)
  let raw: Buffer = Buffer.alloc(0)
  let reply: PracticeReply
  try {
    raw = await readBody(incoming)
    if (plane !== 'practice' && cloud.faults.take('cut', `${method} ${path}`)) {
      incoming.socket.destroy()
      return
    }
    cloud.operations.settle()
    if (plane !== 'practice') refuseByIncident(cloud, `${method} ${path}`)
    const caller =
      plane === 'arm' || plane === 'batch' ? gate.authenticate(incoming.headers, plane, `${method} ${path}`) : null
    if (found === null) throw unknownPath(path, plane)
    if (found === 'other-method')
      throw armError(405, 'MethodNotAllowed', `The requested resource does not support http method '${method}'.`)
    const apiVersion = url.searchParams.get('api-version') ?? ''
    if (caller && apiVersion === '') throw missingApiVersion(plane)
    const { route, params } = found
    if (caller && route.options.action !== undefined) {
      const scope = route.options.scope?.(params) ?? decode(path)
      const wanted = route.options.action
      const action = typeof wanted === 'string' ? wanted : wanted(params)
      forbidByIncident(cloud, caller, action, `${method} ${path}`, scope)
      gate.authorize(caller, action, scope)
    }
    const body = parseBody(raw, incoming.headers['content-type'] ?? '')
    const request = {
      method,
      path,
      params,
      query: url.searchParams,
      body,
      headers: incoming.headers,
      caller,
      apiVersion,
    }
    if (caller) refuseAsPublished(cloud, method, path)
    if (caller && method === 'PUT' && cloud.faults.take('take-name', `${method} ${path}`)) {
      await somebodyWasFaster(route, { ...cloud, ...request })
    }
    reply = await route.handler({ ...cloud, ...request })
  } catch (error) {
    reply = refusal(error, plane, cloud.origin())
  }
  try {
    cloud.store.save()
  } catch {
    // An answer must never promise what is not on disk.
    reply = refusal(armError(500, 'InternalServerError', 'The state could not be written.'), plane, cloud.origin())
  }
  const route = typeof found === 'object' && found ? found.route.pattern.replace(/[:*][A-Za-z]+/g, '{}') : '(unknown)'
  if (plane !== 'practice') {
    const bodyHash = createHash('sha256').update(raw).digest('base64')
    cloud.stats.count({ method, route, url: path.toLowerCase(), bodyHash, status: reply.status })
  }
  if (plane !== 'practice' && cloud.faults.take('lose-answer', `${method} ${path}`)) {
    incoming.socket.destroy()
    return
  }
  const late = plane === 'practice' ? null : cloud.faults.take('delay', `${method} ${path}`)
  if (late) await pause((late.retryAfter ?? 1) * 1000)
  send(outgoing, incoming, reply, wallClockMs(cloud.faults))
}

function send(outgoing: ServerResponse, incoming: IncomingMessage, reply: PracticeReply, nowMs: number): void {
  const isText = typeof reply.body === 'string'
  const payload = reply.body === undefined ? '' : isText ? (reply.body as string) : JSON.stringify(reply.body)
  const clientId = incoming.headers['x-ms-client-request-id']
  const correlation = incoming.headers['x-ms-correlation-request-id'] ?? randomUUID()
  outgoing.writeHead(reply.status, {
    ...(payload === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    // RFC 9110: 204 has no length.
    ...(reply.status === 204 ? {} : { 'content-length': Buffer.byteLength(payload) }),
    date: new Date(nowMs).toUTCString(),
    'cache-control': 'no-cache',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': randomUUID(),
    'x-ms-correlation-request-id': String(correlation),
    ...(clientId === undefined ? {} : { 'x-ms-client-request-id': String(clientId) }),
    ...reply.headers,
  })
  outgoing.end(incoming.method === 'HEAD' ? undefined : payload)
}

function planeOf(path: string): Plane {
  if (path.startsWith('/practice/')) return 'practice'
  if (path.startsWith('/batch/')) return 'batch'
  return /^\/(subscriptions|providers|tenants|locations)(\/|$)/i.test(path) ? 'arm' : 'login'
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > bodyLimitBytes) throw armError(413, 'RequestEntityTooLarge', 'The request body is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parseBody(raw: Buffer, type: string): unknown {
  if (raw.length === 0) return undefined
  if (type.includes('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(raw.toString('utf8')))
  try {
    return JSON.parse(raw.toString('utf8')) as unknown
  } catch {
    throw armError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.')
  }
}
