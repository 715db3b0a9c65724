import type { Cloud } from './cloud'
import { asking, collect, orNull } from './errors'
import { partsOf } from './ids'
import { deleteOne, readOne } from './requests'
import { tagsOf, type Tags } from './tags'

export type Group = { id: string; name: string; region: string; state: string; tags: Tags }
export type GroupResource = { id: string; name: string; type: string; region: string; tags: Tags }

export async function listGroups(cloud: Cloud, subscriptionId: string, signal?: AbortSignal): Promise<Group[]> {
  return asking(async () => {
    const client = await cloud.resources(subscriptionId)
    return collect(client.resourceGroups.list({ ...(signal && { abortSignal: signal }) }), groupFrom)
  })
}

/** `id` of the group; null when there is none. */
export async function getGroup(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Group | null> {
  return readOne(id, signal, async (at, options) => {
    const client = await cloud.resources(at.subscriptionId)
    return groupFrom(await client.resourceGroups.get(at.resourceGroup, options))
  })
}

/** Makes a group, or does nothing to one that is already so. */
export async function createGroup(
  cloud: Cloud,
  id: string,
  spec: { region: string; run: string },
  signal?: AbortSignal,
): Promise<void> {
  const at = partsOf(id)
  await asking(async () => {
    const client = await cloud.resources(at.subscriptionId)
    const group = { location: spec.region, tags: tagsOf(spec.run) }
    await client.resourceGroups.createOrUpdate(at.resourceGroup, group, { ...(signal && { abortSignal: signal }) })
  })
}

/** Asks for the deletion of a group with everything in it; returns when that is accepted. A group already gone is no error. */
export async function deleteGroup(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await deleteOne(id, signal, async (at, options) => {
    const client = await cloud.resources(at.subscriptionId)
    await client.resourceGroups.delete(at.resourceGroup, options).submitted()
  })
}

/** Top-level resources in a group, to see whether anything foreign is in it. A group that is gone holds nothing. */
export async function listGroupResources(cloud: Cloud, id: string, signal?: AbortSignal): Promise<GroupResource[]> {
  const at = partsOf(id)
  const found = await orNull(async () => {
    const client = await cloud.resources(at.subscriptionId)
    const items = client.resources.listByResourceGroup(at.resourceGroup, { ...(signal && { abortSignal: signal }) })
    return collect(items, (item) => ({
      id: item.id ?? '',
      name: item.name ?? '',
      type: item.type ?? '',
      region: item.location ?? '',
      tags: item.tags ?? {},
    }))
  })
  return found ?? []
}

type ArmGroup = {
  id?: string
  name?: string
  location: string
  tags?: Tags
  properties?: { provisioningState?: string }
}

function groupFrom(group: ArmGroup): Group {
  return {
    id: group.id ?? '',
    name: group.name ?? '',
    region: group.location,
    state: group.properties?.provisioningState ?? '',
    tags: group.tags ?? {},
  }
}
