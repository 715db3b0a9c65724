import { dig, digText, isObject } from './arm-parts'
import { findAgent, findSupported } from './batch-images'
import { armError } from './errors'
import { findVmSize } from './sizes'

// api-version 2025-06-01, PoolProperties: what a client may write.
const writable = [
  'displayName',
  'vmSize',
  'deploymentConfiguration',
  'scaleSettings',
  'interNodeCommunication',
  'networkConfiguration',
  'taskSlotsPerNode',
  'taskSchedulingPolicy',
  'userAccounts',
  'metadata',
  'startTask',
  'applicationPackages',
  'mountConfiguration',
  'upgradePolicy',
]

/**
 * The writable properties of a pool's body with Batch's defaults.
 * @throws ArmError 400 InvalidPropertyValue or MissingRequiredProperty
 */
export function checkedPool(body: Record<string, unknown>): Record<string, unknown> {
  const given = isObject(body['properties']) ? body['properties'] : {}
  const properties = Object.fromEntries(Object.entries(given).filter(([name]) => writable.includes(name)))
  const size = findVmSize(String(properties['vmSize'] ?? ''))
  if (properties['vmSize'] === undefined) throw missing('vmSize')
  if (!size) throw invalid('vmSize', String(properties['vmSize']), 'The VM size is not supported by Batch.')
  checkMachine(properties)
  const slots = properties['taskSlotsPerNode'] ?? 1
  if (!isCount(slots) || slots < 1 || slots > Math.min(256, size.vCpus * 4))
    throw invalid('taskSlotsPerNode', String(slots), 'The value must be from 1 to four times the number of cores.')
  return {
    ...properties,
    scaleSettings: checkedScale(properties['scaleSettings']),
    taskSlotsPerNode: slots,
    taskSchedulingPolicy: properties['taskSchedulingPolicy'] ?? { nodeFillType: 'Spread' },
    interNodeCommunication: properties['interNodeCommunication'] ?? 'Disabled',
  }
}

/** Wanted numbers of nodes; of an automatic scale those that its formula sets to plain numbers. */
export function fixedTargets(wire: Record<string, unknown>): { dedicated: number; spot: number } {
  const scale = dig(wire, 'properties', 'scaleSettings')
  const formula = digText(scale, 'autoScale', 'formula')
  if (formula !== undefined) {
    const number = (name: string) => Number(new RegExp(`\\$${name}\\s*=\\s*(\\d+)`, 'i').exec(formula)?.[1] ?? 0)
    const dedicated = number('TargetDedicatedNodes') || number('TargetDedicated')
    return { dedicated, spot: number('TargetLowPriorityNodes') }
  }
  const count = (name: string) => Number(dig(scale, 'fixedScale', name) ?? 0)
  return { dedicated: count('targetDedicatedNodes'), spot: count('targetLowPriorityNodes') }
}

function checkMachine(properties: Record<string, unknown>): void {
  const machine = dig(properties, 'deploymentConfiguration', 'virtualMachineConfiguration')
  // Pools of the retired kinds keep their stored body, which may have none.
  if (!isObject(machine)) throw missing('deploymentConfiguration.virtualMachineConfiguration')
  const agent = digText(machine, 'nodeAgentSkuId')
  if (agent === undefined) throw missing('nodeAgentSkuId')
  if (!findAgent(agent)) throw invalid('nodeAgentSkuId', agent, 'The node agent is not supported.')
  const reference = machine['imageReference']
  if (!isObject(reference)) throw missing('imageReference')
  const hasId = typeof reference['id'] === 'string'
  const [publisher, offer, sku] = ['publisher', 'offer', 'sku'].map((name) => digText(reference, name))
  if (hasId && (publisher ?? offer ?? sku) !== undefined)
    throw invalid('imageReference', String(reference['id']), 'id excludes publisher, offer and sku.')
  if (hasId) return
  const supported = findSupported({ publisher: publisher ?? '', offer: offer ?? '', sku: sku ?? '' })
  if (!supported || supported.nodeAgentSKUId.toLowerCase() !== agent.toLowerCase())
    throw invalid(
      'imageReference',
      [publisher, offer, sku].join(':'),
      'The image is not supported with the node agent.',
    )
}

/** Scale settings with their defaults. @throws ArmError 400 */
export function checkedScale(scale: unknown): object {
  if (scale === undefined)
    return { fixedScale: { targetDedicatedNodes: 0, targetLowPriorityNodes: 0, resizeTimeout: 'PT15M' } }
  if (!isObject(scale) || (scale['fixedScale'] !== undefined) === (scale['autoScale'] !== undefined))
    throw invalid('scaleSettings', JSON.stringify(scale), 'Exactly one of fixedScale and autoScale must be given.')
  if (isObject(scale['autoScale'])) {
    const formula = digText(scale, 'autoScale', 'formula')
    if (formula === undefined || formula === '') throw missing('scaleSettings.autoScale.formula')
    return { autoScale: { evaluationInterval: 'PT15M', ...scale['autoScale'] } }
  }
  // nodeDeallocationOption is write-only: it is not kept.
  const fixed = isObject(scale['fixedScale']) ? scale['fixedScale'] : {}
  const targets = ['targetDedicatedNodes', 'targetLowPriorityNodes'].map((name) => fixed[name] ?? 0)
  if (!targets.every((one) => isCount(one) && one >= 0 && one <= 5000))
    throw invalid('scaleSettings.fixedScale', targets.join(', '), 'The numbers of nodes must be from 0 to 5000.')
  const timeout = fixed['resizeTimeout'] ?? 'PT15M'
  if (typeof timeout !== 'string' || !/^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/.test(timeout))
    throw invalid('scaleSettings.fixedScale.resizeTimeout', String(timeout), 'It must be an ISO 8601 duration.')
  return {
    fixedScale: { targetDedicatedNodes: targets[0], targetLowPriorityNodes: targets[1], resizeTimeout: timeout },
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}

function missing(property: string): Error {
  return armError(
    400,
    'MissingRequiredProperty',
    `A required property '${property}' was not specified in the request body.`,
  )
}

function invalid(property: string, value: string, reason: string): Error {
  const text = `The value provided for one of the properties in the request body is invalid. PropertyName: ${property}, PropertyValue: ${value}, Reason: ${reason}`
  return armError(400, 'InvalidPropertyValue', text)
}
