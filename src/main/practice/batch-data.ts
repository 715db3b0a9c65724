import { dig, digText, isObject } from './arm-parts'
import { accountType } from './batch-accounts'
import { supportedImages } from './batch-images'
import { fixedTargets } from './batch-pool-body'
import { isDeleting, refuseBusy } from './batch-pools'
import { nodeCountsBody, nodeData, poolData } from './batch-data-bodies'
import { armError } from './errors'
import { lookAt, removeNodes, startResize, stopResize } from './nodes'
import { poolState, poolType } from './nodes-state'
import type { Rights } from './rbac'
import { authorizationFailed } from './refusals'
import type { PracticeReply, PracticeRequest, Router } from './server'
import type { Resource } from './store'

const base = '/batch/:account'
const plane = { plane: 'batch' } as const

/** The Batch data plane of every account, below `/batch/<account>`. */
export function addBatchDataRoutes(router: Router, rights: Rights): void {
  const route = (
    method: string,
    path: string,
    verb: string,
    handler: (request: PracticeRequest, account: Resource) => PracticeReply,
  ): void =>
    router.route(method, `${base}${path}`, (request) => handler(request, requireAccount(request, rights, verb)), plane)
  route('GET', '/supportedimages', 'read', listImages)
  route('GET', '/pools', 'pools/read', listPools)
  route('GET', '/pools/:pool', 'pools/read', getPool)
  route('GET', '/pools/:pool/nodes', 'pools/read', listNodes)
  route('GET', '/pools/:pool/nodes/:node', 'pools/read', getNode)
  route('GET', '/nodecounts', 'pools/read', listCounts)
  route('POST', '/pools/:pool/resize', 'pools/write', resize)
  route('POST', '/pools/:pool/stopresize', 'pools/write', stop)
  route('POST', '/pools/:pool/removenodes', 'pools/write', remove)
  route('POST', '/pools/:pool/evaluateautoscale', 'pools/read', refuseEvaluation)
}

function listImages(request: PracticeRequest): PracticeReply {
  const filter = request.query.get('$filter') ?? ''
  const wanted = /^\s*(verificationType|osType|nodeAgentSKUId)\s+eq\s+'([^']*)'\s*$/i.exec(filter)
  if (filter !== '' && !wanted) throw invalidQuery('$filter', filter)
  const found = supportedImages.filter((image) => {
    if (!wanted) return true
    const name = Object.keys(image).find((key) => key.toLowerCase() === wanted[1]?.toLowerCase())
    return String(image[name as keyof typeof image]).toLowerCase() === wanted[2]?.toLowerCase()
  })
  return page(request, 'listsupportedimages', found)
}

function listPools(request: PracticeRequest, account: Resource): PracticeReply {
  for (const pool of request.store.list(poolType, account.id)) lookAt(request, pool)
  const pools = request.store.list(poolType, account.id)
  return page(
    request,
    'pools',
    pools.map((pool) => poolData(request, pool)),
  )
}

function getPool(request: PracticeRequest, account: Resource): PracticeReply {
  lookAt(request, requirePool(request, account))
  const pool = requirePool(request, account)
  return { status: 200, body: { 'odata.metadata': `${metadata(request)}#pools/@Element`, ...poolData(request, pool) } }
}

function listNodes(request: PracticeRequest, account: Resource): PracticeReply {
  const pool = requirePool(request, account)
  const state = lookAt(request, pool)
  return page(
    request,
    'nodes',
    state.nodes.map((node) => nodeData(request, pool, node)),
  )
}

function getNode(request: PracticeRequest, account: Resource): PracticeReply {
  const pool = requirePool(request, account)
  const node = lookAt(request, pool).nodes.find(({ id }) => id === request.params['node'])
  if (!node) throw armError(404, 'NodeNotFound', 'The specified node does not exist.')
  return {
    status: 200,
    body: { 'odata.metadata': `${metadata(request)}#nodes/@Element`, ...nodeData(request, pool, node) },
  }
}

function listCounts(request: PracticeRequest, account: Resource): PracticeReply {
  const pools = request.store.list(poolType, account.id)
  for (const pool of pools) lookAt(request, pool)
  return page(
    request,
    'poolnodecounts',
    request.store.list(poolType, account.id).map((pool) => nodeCountsBody(request, pool)),
  )
}

function resize(request: PracticeRequest, account: Resource): PracticeReply {
  const pool = requirePool(request, account)
  refuseBusy(pool)
  const body = isObject(request.body) ? request.body : {}
  const { targetDedicatedNodes: dedicated, targetLowPriorityNodes: spot, resizeTimeout = 'PT15M' } = body
  if (dedicated === undefined && spot === undefined) throw missing('targetDedicatedNodes')
  if (dig(pool.wire, 'properties', 'scaleSettings', 'autoScale') !== undefined)
    throw armError(409, 'AutoscaleEnabled', 'The specified pool has automatic scaling enabled.')
  const now = fixedTargets(pool.wire)
  const wanted = { dedicated: dedicated ?? now.dedicated, spot: spot ?? now.spot }
  if (!isCount(wanted.dedicated) || !isCount(wanted.spot)) throw invalidValue('targetDedicatedNodes')
  const fixedScale = { targetDedicatedNodes: wanted.dedicated, targetLowPriorityNodes: wanted.spot, resizeTimeout }
  setScale(pool, { fixedScale })
  startResize(request, pool, { dedicated: wanted.dedicated, spot: wanted.spot }, `${request.method} ${request.path}`)
  return { status: 202, body: undefined }
}

function stop(request: PracticeRequest, account: Resource): PracticeReply {
  const pool = requirePool(request, account)
  if (poolState(pool).allocationState !== 'Resizing' || isDeleting(pool))
    throw armError(409, 'PoolNotResizing', 'The specified pool is not being resized.')
  stopResize(request, pool)
  return { status: 202 }
}

function remove(request: PracticeRequest, account: Resource): PracticeReply {
  const pool = requirePool(request, account)
  refuseBusy(pool)
  const list: unknown = dig(request.body, 'nodeList')
  if (!Array.isArray(list) || list.length === 0 || list.length > 100) throw missing('nodeList')
  const ids = (list as unknown[]).map(String)
  const known = poolState(pool).nodes.map(({ id }) => id)
  if (ids.some((id) => !known.includes(id))) throw armError(404, 'NodeNotFound', 'The specified node does not exist.')
  removeNodes(request, pool, ids, `${request.method} ${request.path}`)
  const { targetDedicated, targetSpot } = poolState(pool)
  setScale(pool, {
    fixedScale: { targetDedicatedNodes: targetDedicated, targetLowPriorityNodes: targetSpot, resizeTimeout: 'PT15M' },
  })
  return { status: 202 }
}

function refuseEvaluation(request: PracticeRequest, account: Resource): PracticeReply {
  const pool = requirePool(request, account)
  if (dig(pool.wire, 'properties', 'scaleSettings', 'autoScale') === undefined)
    throw armError(409, 'AutoscaleNotEnabled', 'The specified pool does not have automatic scaling enabled.')
  throw armError(501, 'OperationNotSupported', 'The practice cloud does not evaluate formulas.')
}

function setScale(pool: Resource, scaleSettings: object): void {
  const properties = isObject(pool.wire['properties']) ? pool.wire['properties'] : {}
  pool.wire = { ...pool.wire, properties: { ...properties, scaleSettings } }
}

function requireAccount(request: PracticeRequest, rights: Rights, verb: string): Resource {
  const name = request.params['account'] ?? ''
  const account = request.store.list(accountType).find((one) => one.name === name.toLowerCase())
  if (!account || digText(account.wire, 'properties', 'provisioningState') !== 'Succeeded')
    throw armError(404, 'AccountNotFound', `The specified Batch account '${name}' does not exist.`)
  // Azure/BatchExplorer issue 2260: what a data plane says that is closed to the public.
  if (digText(account.wire, 'properties', 'publicNetworkAccess') === 'Disabled')
    throw armError(403, 'AuthorizationFailure', 'This request is not authorized to perform this operation.')
  const action = `${accountType}/${verb}`
  const { caller } = request
  const fault = request.faults.look('forbid', `${request.method} ${request.path}`)
  const isTaken = fault !== null && (fault.action === undefined || fault.action.toLowerCase() === action.toLowerCase())
  if (isTaken) request.faults.take('forbid', `${request.method} ${request.path}`)
  if (caller && (isTaken || !rights.isAllowed(caller, action, account.id)))
    throw authorizationFailed(caller, action, account.id)
  return account
}

function requirePool(request: PracticeRequest, account: Resource): Resource {
  const pool = request.store.find(`${account.id}/pools/${request.params['pool']}`)
  if (!pool) throw armError(404, 'PoolNotFound', 'The specified pool does not exist.')
  return pool
}

function page(request: PracticeRequest, what: string, all: readonly unknown[]): PracticeReply {
  const limit = Number(request.query.get('maxresults') ?? 1000)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw invalidQuery('maxresults', String(limit))
  const from = Number(request.query.get('$skiptoken') ?? 0)
  const value = all.slice(from, from + limit)
  const next = new URL(`${request.origin()}${request.path}`)
  next.search = new URLSearchParams({ 'api-version': request.apiVersion, $skiptoken: String(from + limit) }).toString()
  if (request.query.has('maxresults')) next.searchParams.set('maxresults', String(limit))
  const more = from + limit < all.length ? { 'odata.nextLink': next.toString() } : {}
  return { status: 200, body: { 'odata.metadata': `${metadata(request)}#${what}`, value, ...more } }
}

function metadata(request: PracticeRequest): string {
  return `${request.origin()}/batch/${request.params['account']}/$metadata`
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 5000
}

function missing(property: string): Error {
  const text = 'A required property was not specified in the request body.'
  return armError(400, 'MissingRequiredProperty', text, { values: { PropertyName: property } })
}

function invalidValue(property: string): Error {
  const text = 'The value provided for one of the properties in the request body is invalid.'
  return armError(400, 'InvalidPropertyValue', text, { values: { PropertyName: property } })
}

function invalidQuery(name: string, value: string): Error {
  const text = 'The value for one of the query parameters specified in the request URI is invalid.'
  return armError(400, 'InvalidQueryParameterValue', text, {
    values: { QueryParameterName: name, QueryParameterValue: value },
  })
}
