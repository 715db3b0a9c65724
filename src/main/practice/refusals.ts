import { randomUUID } from 'node:crypto'
import { armError, isArmError, type ArmError } from './errors'
import { publishedRefusal } from './published-refusals'
import type { Caller, Plane, PracticeCloud, PracticeReply } from './server'

/** The body of a refusal in the shape of its plane. Anything that is not an ArmError is a 500. */
export function refusal(error: unknown, plane: Plane, origin: string): PracticeReply {
  const known: ArmError = isArmError(error)
    ? error
    : armError(500, 'InternalServerError', error instanceof Error ? `${error.message}` : 'Internal error.')
  const { status, headers, code, message } = known
  if (plane === 'batch') {
    const values = Object.entries(known.values).map(([key, value]) => ({ key, value }))
    const text = { lang: 'en-US', value: `${message}\nRequestId:${randomUUID()}\nTime:${new Date().toISOString()}` }
    const metadata = `${origin}/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element`
    const body = { 'odata.metadata': metadata, code, message: text, ...(values.length ? { values } : {}) }
    return { status, headers, body }
  }
  return { status, headers, body: { error: { code, message } } }
}

export function refuseByIncident(cloud: PracticeCloud, target: string): void {
  const throttle = cloud.faults.take('throttle', target)
  if (throttle) {
    const seconds = String(throttle.retryAfter ?? 1)
    const text = `The request is being throttled as the limit has been reached. Please try after '${seconds}' seconds.`
    const headers: Record<string, string> = throttle.action === 'silent' ? {} : { 'retry-after': seconds }
    throw armError(429, 'TooManyRequests', text, { headers })
  }
  const unavailable = cloud.faults.take('unavailable', target)
  if (unavailable) {
    const headers = { 'retry-after': String(unavailable.retryAfter ?? 1) }
    throw armError(503, 'ServiceUnavailable', 'The service is temporarily unavailable. Please retry later.', {
      headers,
    })
  }
}

/** The incident `refuse`. @throws ArmError in Azure's published words */
export function refuseAsPublished(cloud: PracticeCloud, method: string, path: string): void {
  const fault = cloud.faults.take('refuse', `${method} ${path}`)
  if (!fault) return
  const part = (name: string) => new RegExp(`/${name}/([^/]+)`, 'i').exec(path)?.[1] ?? ''
  const about = {
    subscription: part('subscriptions'),
    group: part('resourceGroups'),
    region: part('locations') || 'westeurope',
  }
  throw publishedRefusal(fault.action ?? 'error', { ...about, name: path.slice(path.lastIndexOf('/') + 1), path })
}

export function forbidByIncident(
  cloud: PracticeCloud,
  caller: Caller,
  action: string,
  target: string,
  scope: string,
): void {
  const fault = cloud.faults.look('forbid', target)
  if (!fault || (fault.action !== undefined && fault.action.toLowerCase() !== action.toLowerCase())) return
  cloud.faults.take('forbid', target)
  throw authorizationFailed(caller, action, scope)
}

/** 403 as Azure words it: client, object id, action and scope. */
export function authorizationFailed(caller: Caller, action: string, scope: string): ArmError {
  const text =
    `The client '${caller.name}' with object id '${caller.oid}' does not have authorization to perform action ` +
    `'${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`
  return armError(403, 'AuthorizationFailed', text)
}

export function missingApiVersion(plane: Plane): ArmError {
  if (plane === 'batch')
    return armError(
      400,
      'MissingRequiredQueryParameter',
      "A query parameter that's mandatory for this request is not specified.",
    )
  return armError(
    400,
    'MissingApiVersionParameter',
    'The api-version query parameter (?api-version=) is required for all requests.',
  )
}

export function unknownPath(path: string, plane: Plane): ArmError {
  if (plane === 'batch') return armError(404, 'ResourceNotFound', 'The specified resource does not exist.')
  return armError(404, 'InvalidResourceType', `The resource type could not be found for the path '${path}'.`)
}
