import { AppError, type ErrorCode, type ErrorDetails, type ErrorParams } from '../../shared/errors'
import { skewMinutes } from '../net/clock-skew'
import { networkFault, unreachableProxy } from '../net/network-faults'
import { jsonIn, parsed, whatWasSaid, xmlError, type Said } from './error-body'
import { classify } from './error-rules'
import { askedSeconds } from './patience'
import type { Facts } from './rule-parts'

/** Params that the caller knows better than the error, such as the region of a quota. */
export type ErrorContext = { params?: ErrorParams }

/** What an SDK's error has in common, whichever library threw it. */
type Thrown = {
  name?: unknown
  message?: unknown
  code?: unknown
  statusCode?: unknown
  request?: { method?: unknown; url?: unknown }
  response?: { bodyAsText?: unknown; headers?: { get(name: string): string | undefined } }
  details?: unknown
}

/**
 * Anything thrown below, as one of ours. Together with `error-rules.ts` the only place that knows Azure's codes.
 *
 * Params by code: offline, tls.untrusted, cloud.unavailable {host} · cloud.forbidden {action, scope} ·
 * cloud.name-taken, cloud.not-found {kind, name} · cloud.operation-failed {kind, name, reason} · cloud.conflict,
 * cloud.bad-request {reason} · cloud.provider-unregistered {name} · cloud.throttled {seconds} · image.rejected {version, reason} ·
 * image.replication-failed {version, region, reason} · image.no-replica {version, region} · image.generation-mismatch
 * {found, wanted} · pool.resize-failed {reason} · quota.* {family, region, limit, used, needed as far as they were said} · others as
 * the list of codes tells.
 */
export function toAppError(error: unknown, context: ErrorContext = {}): AppError {
  if (error instanceof AppError) return error
  if (!isObject(error)) return new AppError('unexpected', {}, { message: withoutSecrets(String(error)) })
  if (error.name === 'AbortError') return new AppError('cancelled')
  const thrown = error as Thrown
  const where = placeOf(thrown)
  const details = detailsOf(thrown, where)
  const proxy = unreachableProxy(error)
  if (proxy !== null) return new AppError('proxy.unreachable', { proxy, host: where.host }, details)
  const fault = networkFault(typeof thrown.code === 'string' ? thrown.code : '')
  if (fault && !details.status) return new AppError(fault, { host: where.host || hostOfCause(error) }, details)
  const said = saidBy(thrown)
  const found = classify(said, factsOf(thrown, where, details))
  // The cause is left out for answers: a request object carries its token.
  if (!found) return new AppError('unexpected', {}, details, details.status ? {} : { cause: error })
  const serviceCode = said.at(-1)?.code || details.serviceCode
  return new AppError(
    found.code,
    { ...found.params, ...context.params },
    { ...details, ...(serviceCode && { serviceCode }) },
  )
}

/**
 * The failure of a long operation or of a resize, from the error object that the service left behind. `fallback` and `params`: what
 * it is where its words say nothing more exact, with `reason` = those words.
 */
export function failureOf(body: unknown, fallback: ErrorCode, params: ErrorParams = {}): AppError {
  const said = whatWasSaid(body)
  const nowhere: Facts = {
    status: 0,
    method: '',
    host: '',
    // What is being made decides what the words mean; only the caller knows.
    path: params['kind'] === 'virtual machine' ? `/virtualMachines/${String(params['name'] ?? '')}` : '',
    hasSas: false,
    retryAfterSeconds: null,
    skewMinutes: 0,
  }
  const found = classify(said, nowhere)
  const inner = said.at(-1)
  const details: ErrorDetails = {
    ...(inner?.code && { serviceCode: inner.code }),
    ...(inner?.message && { message: withoutSecrets(inner.message) }),
    at: new Date().toISOString(),
  }
  const isExact = found !== null && found.code !== 'cloud.operation-failed'
  const reason = inner?.message || inner?.code || ''
  return isExact
    ? new AppError(found.code, { ...params, ...found.params }, details)
    : new AppError(fallback, { reason, ...params }, details)
}

/** Runs a call to Azure; whatever it throws arrives as AppError. */
export async function asking<T>(call: () => Promise<T>, context?: ErrorContext): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw toAppError(error, context)
  }
}

/** Like `asking`, but a thing that does not exist is null. */
export async function orNull<T>(call: () => Promise<T>, context?: ErrorContext): Promise<T | null> {
  try {
    return await asking(call, context)
  } catch (error) {
    if (error instanceof AppError && error.code === 'cloud.not-found') return null
    throw error
  }
}

/** All pages of a listing, each item in our own shape. */
export async function collect<From, To>(pages: AsyncIterable<From>, map: (item: From) => To): Promise<To[]> {
  const items: To[] = []
  for await (const item of pages) items.push(map(item))
  return items
}

/** Takes out what must reach no log: signatures of shared access, tokens, secrets in forms. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/([?&;\s"']|^)((?:sig|code|client_secret|refresh_token|client_assertion|password)=)[^&\s"']+/gi, '$1$2***')
    .replace(/\beyJ[\w-]{10,}\.[\w-]+(?:\.[\w-]*)?/g, '***')
    .replace(/\bBearer\s+[\w.~+/=-]+/gi, 'Bearer ***')
}

type Place = { method: string; url: string; host: string; path: string; hasSas: boolean }

function placeOf({ request }: Thrown): Place {
  const method = typeof request?.method === 'string' ? request.method : ''
  const url = typeof request?.url === 'string' && URL.canParse(request.url) ? new URL(request.url) : null
  if (!url) return { method, url: '', host: '', path: '', hasSas: false }
  const clean = `${url.origin}${url.pathname}`
  return { method, url: clean, host: url.host, path: url.pathname, hasSas: url.searchParams.has('sig') }
}

function detailsOf(thrown: Thrown, where: Place): ErrorDetails {
  const headers = thrown.response?.headers
  const requestId = headers?.get('x-ms-request-id') ?? headers?.get('request-id')
  const message = saidBy(thrown).at(-1)?.message || (typeof thrown.message === 'string' ? thrown.message : '')
  return {
    ...(typeof thrown.statusCode === 'number' && { status: thrown.statusCode }),
    ...(typeof thrown.code === 'string' && thrown.code && { serviceCode: thrown.code }),
    ...(requestId && { requestId }),
    at: new Date().toISOString(),
    ...(where.method && { method: where.method }),
    ...(where.url && { url: where.url }),
    message: withoutSecrets(message).slice(0, 4000),
  }
}

function saidBy(thrown: Thrown): Said[] {
  const body = typeof thrown.response?.bodyAsText === 'string' ? thrown.response.bodyAsText : ''
  const fromBody = whatWasSaid(parsed(body))
  if (fromBody.length > 0) return fromBody
  const fromXml = xmlError(body)
  if (fromXml) return [fromXml]
  const code = thrown.response?.headers?.get('x-ms-error-code') ?? (typeof thrown.code === 'string' ? thrown.code : '')
  const message = typeof thrown.message === 'string' ? thrown.message : ''
  const outer = code ? [{ code, message }] : []
  return [...outer, ...whatWasSaid(jsonIn(message)), ...whatWasSaid(thrown.details)]
}

function factsOf(thrown: Thrown, where: Place, details: ErrorDetails): Facts {
  const { method, host, path, hasSas } = where
  const wait = Number(
    thrown.response?.headers?.get('retry-after') ?? thrown.response?.headers?.get(askedSeconds) ?? NaN,
  )
  return {
    status: details.status ?? 0,
    method,
    host,
    path,
    hasSas,
    retryAfterSeconds: Number.isFinite(wait) ? wait : null,
    skewMinutes: skewMinutes(thrown.response?.headers?.get('date')),
  }
}

/** Node says which host it could not reach in fields of its own error. */
function hostOfCause(error: object): string {
  const { hostname, host, address } = error as { hostname?: unknown; host?: unknown; address?: unknown }
  return [hostname, host, address].find((it) => typeof it === 'string') ?? ''
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
