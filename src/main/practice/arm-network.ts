import { addLists } from './arm-lists'
import { listReply } from './arm-parts'
import { deleteAddress, putAddress } from './arm-network-addresses'
import { deleteCard, putCard } from './arm-network-cards'
import { getNetwork, patchNetwork } from './arm-network-parts'
import { deleteGroup, deleteRule, getRule, listRules, putGroup, putRule } from './arm-network-rules'
import { networkTypes, shownNetwork } from './arm-network-uses'
import { deleteSubnet, deleteVnet, getSubnet, listSubnets, putSubnet, putVnet } from './arm-network-vnets'
import { armError } from './errors'
import { readOperation } from './location-polls'
import type { Rights } from './rbac'
import type { Handler, PracticeReply, PracticeRequest, Router } from './server'

const subscription = '/subscriptions/:subscription'
const group = `${subscription}/resourceGroups/:group`

/** Networks, their security groups, public addresses and network interfaces. */
export function addNetworkRoutes(router: Router, rights: Rights): void {
  addKind(router, networkTypes.network, (request) => putVnet(request, rights), deleteVnet)
  addPart(router, networkTypes.network, 'subnets/:subnet', [
    listSubnets,
    getSubnet,
    (request) => putSubnet(request, rights),
    deleteSubnet,
  ])
  addKind(router, networkTypes.rules, putGroup, deleteGroup)
  addPart(router, networkTypes.rules, 'securityRules/:rule', [listRules, getRule, putRule, deleteRule])
  addKind(router, networkTypes.address, putAddress, deleteAddress)
  addKind(router, networkTypes.card, (request) => putCard(request, rights), deleteCard)
  router.route('GET', `${subscription}/providers/Microsoft.Network/locations/:location/operations/:operation`, poll)
}

function addKind(router: Router, type: string, put: Handler, remove: Handler): void {
  const action = (verb: string) => ({ action: `${type}/${verb}` })
  const one = `${group}/providers/${type}/:name`
  addLists(router, type, (request, scope) =>
    listReply(request.store.list(type, scope).map((found) => shownNetwork(request, found))),
  )
  router.route('GET', one, (request) => getNetwork(request, type), action('read'))
  router.route('PUT', one, put, action('write'))
  router.route('PATCH', one, (request) => patchNetwork(request, type), action('write'))
  router.route('DELETE', one, remove, action('delete'))
}

function addPart(
  router: Router,
  type: string,
  part: string,
  [list, get, put, remove]: [Handler, Handler, Handler, Handler],
): void {
  const [name] = part.split('/')
  const action = (verb: string) => ({ action: `${type}/${name}/${verb}` })
  const parts = `${group}/providers/${type}/:name/${name}`
  const one = `${group}/providers/${type}/:name/${part}`
  router.route('GET', parts, list, action('read'))
  router.route('GET', one, get, action('read'))
  router.route('PUT', one, put, action('write'))
  router.route('DELETE', one, remove, action('delete'))
}

/** The status document of the network service, which names no times; with `monitor=true` 202 until the end. */
function poll(request: PracticeRequest): PracticeReply {
  const operation = readOperation(request)
  const isRunning = operation.status === 'InProgress'
  const headers: Record<string, string> = isRunning ? request.operations.headers(operation, request.apiVersion) : {}
  if (request.query.get('monitor') === 'true') {
    if (isRunning) return { status: 202, headers }
    if (operation.error) throw armError(409, operation.error.code, operation.error.message)
    const resource = request.store.find(operation.resourceId ?? '')
    return resource ? { status: 200, body: shownNetwork(request, resource) } : { status: 200 }
  }
  const error = !isRunning && operation.error ? { error: operation.error } : {}
  return { status: 200, headers, body: { status: operation.status, ...error } }
}
