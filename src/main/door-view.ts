import { AppError } from '../shared/errors'
import type { DoorView } from '../shared/machine-calls'
import { resourceName } from '../shared/terms'
import type { Cloud } from './azure/cloud'
import { decidingRule, type InboundRule } from './azure/inbound-rules'
import { ownAddress } from './azure/own-address'
import { getVmWay, type GroupOnWay } from './azure/vm-way'
import { getVm } from './azure/vms'
import { accessRule } from './steps/vm-access'

/** What would be put into one security group. */
export type Addition = NonNullable<DoorView['adds']>[number] & { groupId: string; priority: number }
/** The same for main, which has to know where and in which place. */
export type SeenDoor = Omit<DoorView, 'adds'> & { adds: Addition[] | null }

const firstPriority = 100
/** Names of rules have 80 characters at most; address and port need 25 of them. */
const longestName = 40

/**
 * Looks at every security group between the internet and a port of a machine. Throws AppError `vm.gone` {name}, `vm.address-unknown`,
 * `cloud.*`.
 */
export async function viewDoor(cloud: Cloud, id: string, port: number, signal: AbortSignal): Promise<SeenDoor> {
  const [vm, address] = await Promise.all([getVm(cloud, id, signal), ownAddress(cloud, signal)])
  const name = resourceName(id)
  if (!vm) throw new AppError('vm.gone', { name })
  const way = await getVmWay(cloud, vm.nicIds, signal)
  const groups = way?.groups ?? []
  const to = way?.privateAddress ?? ''
  const knock = { from: address, to, port, destinationGroups: way?.applicationGroups ?? [] }
  const found = groups.map((group) => ({ group, rule: decidingRule(group.rules, knock) }))
  const shut = found.filter(({ rule }) => !rule?.isAllowed)
  const ruleName = `session-${name.slice(0, longestName)}-${address.replaceAll('.', '-')}-${port}`
  const adds = shut.map(({ group, rule }) => addition(group, rule, { rule: ruleName, address, to, port }))
  return {
    state: groups.length === 0 ? 'noGroup' : shut.length > 0 ? 'shut' : 'open',
    address,
    port,
    before: groups.flatMap(({ rules }) => rules.find((rule) => rule.name === accessRule)?.sources ?? []),
    blocks: shut.map(({ group, rule }) => ({ group: group.name, at: group.at, rule: rule?.name ?? '' })),
    adds: adds.every((one) => one !== null) ? adds : null,
  }
}

type Wanted = { rule: string; address: string; to: string; port: number }

/** Only for this address, this machine and this port, just before the rule that keeps out; null where no number is free there. */
function addition(
  { id, name, rules }: GroupOnWay,
  shutBy: InboundRule | null,
  { rule, address, to, port }: Wanted,
): Addition | null {
  const taken = new Set(rules.map(({ priority }) => priority))
  // The standing rules begin at 65000, where nobody may put any.
  let priority = Math.min(shutBy?.priority ?? Infinity, 4097) - 1
  while (priority >= firstPriority && taken.has(priority)) priority--
  if (priority < firstPriority) return null
  return { group: name, groupId: id, rule, priority, source: `${address}/32`, destination: to || '*', port }
}
