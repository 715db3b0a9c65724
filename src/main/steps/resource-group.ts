import { AppError } from '../../shared/errors'
import type { Resource } from '../../shared/run'
import { createGroup, deleteGroup, getGroup, listGroupResources } from '../azure/groups'
import { groupId } from '../azure/ids'
import { isMadeBy } from '../azure/tags'
import { announce, assertOurs, untilGone } from './making'
import { outputOf, type Tools } from './tools'

/** Makes the group of this run when it is missing; one that is there is used as it is. Returns its resource id. */
export async function ensureGroup(tools: Tools): Promise<string> {
  const { subscriptionId, resourceGroup, region } = outputOf(tools, 'connect.scope')
  const cloud = await tools.cloud()
  const id = groupId(subscriptionId, resourceGroup)
  const found = await getGroup(cloud, id, tools.signal)
  // Ours but not listed: the journal was damaged after it was made.
  if (!found || isMadeBy(tools.run, found.tags)) await announce(tools, id, 'resource group', true)
  if (!found) await createGroup(cloud, id, { region, run: tools.run }, tools.signal)
  return id
}

/**
 * Removes a group that this run made, once nothing is left in it. Throws `cloud.foreign-resource` or
 * `cloud.group-not-empty`.
 */
export async function removeGroup(tools: Tools, resource: Resource): Promise<void> {
  const cloud = await tools.cloud()
  const group = await getGroup(cloud, resource.id, tools.signal)
  if (!group) return
  assertOurs(tools, group, 'resource group')
  // What this run made in it went before, so whatever is left is another's or was meant to stay.
  const [left] = await listGroupResources(cloud, resource.id, tools.signal)
  if (left) throw new AppError('cloud.group-not-empty', { name: group.name, left: left.name })
  await deleteGroup(cloud, resource.id, tools.signal)
  await untilGone(tools, cloud, (signal) => getGroup(cloud, resource.id, signal), {
    kind: 'resource group',
    name: group.name,
    limitMinutes: 30,
  })
}
