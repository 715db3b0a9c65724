import { bodyObject, listReply } from './arm-parts'
import {
  acceptedNetwork,
  changeNetwork,
  deleteNetwork,
  putNetwork,
  putNetworkReply,
  requireNetwork,
} from './arm-network-parts'
import { guardedBy, networkTypes, partsOf, shownPart } from './arm-network-uses'
import { armError } from './errors'
import { defaultRules, securityRules } from './security-rules'
import type { PracticeReply, PracticeRequest } from './server'
import type { Resource } from './store'

const list = 'securityRules'

export function putGroup(request: PracticeRequest): PracticeReply {
  return putNetwork(request, networkTypes.rules, ({ properties }) => ({
    properties: { securityRules: securityRules(properties[list]), defaultSecurityRules: defaultRules },
  }))
}

export function deleteGroup(request: PracticeRequest): PracticeReply {
  return deleteNetwork(request, networkTypes.rules, (found) => {
    const { cards, subnets } = guardedBy(request, found)
    const users = [...cards, ...subnets]
    if (users.length === 0) return
    const text = `Network security group ${found.id} cannot be deleted because it is in use by the following resources: ${users.join(', ')}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`
    throw armError(400, 'InUseNetworkSecurityGroupCannotBeDeleted', text)
  })
}

export function listRules(request: PracticeRequest): PracticeReply {
  const found = requireNetwork(request, networkTypes.rules)
  return listReply(partsOf(found, list).map((one) => shownPart(found, list, one)))
}

export function getRule(request: PracticeRequest): PracticeReply {
  const found = requireNetwork(request, networkTypes.rules)
  request.operations.read(found.operation)
  const rule = partsOf(found, list).find((one) => isAsked(request, one))
  if (rule) return { status: 200, body: shownPart(found, list, rule) }
  throw armError(404, 'NotFound', `Resource ${found.id}/securityRules/${request.params['rule']} not found.`)
}

export function putRule(request: PracticeRequest): PracticeReply {
  const found = requireNetwork(request, networkTypes.rules)
  const others = othersThan(request, found)
  const isNew = others.length === partsOf(found, list).length
  const rules = securityRules([...others, { ...bodyObject(request), name: request.params['rule'] }])
  changeNetwork(request, found, { securityRules: rules })
  return putNetworkReply(request, found, isNew, shownPart(found, list, rules.at(-1)!))
}

export function deleteRule(request: PracticeRequest): PracticeReply {
  const found = requireNetwork(request, networkTypes.rules)
  const others = othersThan(request, found)
  if (others.length === partsOf(found, list).length) return { status: 204 }
  changeNetwork(request, found, { securityRules: others })
  return acceptedNetwork(request, found)
}

function othersThan(request: PracticeRequest, found: Resource): Record<string, unknown>[] {
  return partsOf(found, list).filter((one) => !isAsked(request, one))
}

function isAsked(request: PracticeRequest, rule: Record<string, unknown>): boolean {
  return String(rule['name']).toLowerCase() === request.params['rule']?.toLowerCase()
}
