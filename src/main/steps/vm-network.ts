import type { Resource } from '../../shared/run'
import type { VmThings } from '../../shared/vm-things'
import type { Cloud } from '../azure/cloud'
import { createGroup, getGroup } from '../azure/groups'
import type { NetworkPart } from '../azure/network-parts'
import {
  createNic,
  createPublicIp,
  createVirtualNetwork,
  deleteNic,
  deletePublicIp,
  deleteVirtualNetwork,
  getNic,
  getPublicIp,
  getVirtualNetwork,
} from '../azure/network'
import { createSecurityGroup, deleteSecurityGroup, getSecurityGroup } from '../azure/security-groups'
import type { Accepted } from '../azure/operations'
import { announce, assertOurs, untilGone, untilReady, type Kind } from './making'
import { removeGroup } from './resource-group'
import type { Tools } from './tools'
import { removeManagedDisk } from './upload-disk'

const subnet = 'build'
/** A network of its own, which meets no other. */
const range = '10.0.0.0/24'
const limitMinutes = 10

/** Makes the group, the network, the security group, the address and the card of a build VM, as far as they are missing. */
export async function makeNetwork(tools: Tools, cloud: Cloud, own: VmThings, region: string): Promise<void> {
  const spec = { region, run: tools.run }
  await makeGroup(tools, cloud, own.group, spec)
  await make(tools, cloud, 'network security group', own.securityGroup, () =>
    createSecurityGroup(cloud, own.securityGroup, spec, tools.signal),
  )
  await make(tools, cloud, 'virtual network', own.network, () =>
    createVirtualNetwork(cloud, own.network, { ...spec, range, subnet }, tools.signal),
  )
  await make(tools, cloud, 'public IP address', own.publicIp, () =>
    createPublicIp(cloud, own.publicIp, spec, tools.signal),
  )
  const { network, publicIp, securityGroup } = own
  await make(tools, cloud, 'network interface', own.nic, () =>
    createNic(cloud, own.nic, { ...spec, network, subnet, publicIp, securityGroup }, tools.signal),
  )
}

/** Removes one thing that was made for a build VM, but the VM itself. One that is gone is no error. */
export async function removePart(tools: Tools, cloud: Cloud, resource: Resource): Promise<void> {
  if (resource.what === 'resource group') return removeGroup(tools, resource)
  if (resource.what === 'managed disk') return removeManagedDisk(tools, cloud, resource.id)
  const kind = resource.what as keyof typeof parts
  const { read, remove } = parts[kind]
  const found = await read(cloud, resource.id, tools.signal)
  if (!found) return
  assertOurs(tools, found, kind)
  await remove(cloud, resource.id, tools.signal)
  const settling = { kind, name: found.name, limitMinutes }
  await untilGone(tools, cloud, (signal) => read(cloud, resource.id, signal), settling)
}

type Part = {
  read(cloud: Cloud, id: string, signal?: AbortSignal): Promise<NetworkPart | null>
  remove(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void>
}

const parts = {
  'network security group': { read: getSecurityGroup, remove: deleteSecurityGroup },
  'virtual network': { read: getVirtualNetwork, remove: deleteVirtualNetwork },
  'public IP address': { read: getPublicIp, remove: deletePublicIp },
  'network interface': { read: getNic, remove: deleteNic },
} as const satisfies Partial<Record<Kind, Part>>

/** Of its own: a group of somebody else would be one that cannot be removed with the VM. */
async function makeGroup(tools: Tools, cloud: Cloud, id: string, spec: { region: string; run: string }) {
  const found = await getGroup(cloud, id, tools.signal)
  if (found) assertOurs(tools, found, 'resource group')
  await announce(tools, id, 'resource group', false)
  if (!found) await createGroup(cloud, id, spec, tools.signal)
}

async function make(
  tools: Tools,
  cloud: Cloud,
  kind: keyof typeof parts,
  id: string,
  create: () => Promise<Accepted>,
): Promise<void> {
  const { read } = parts[kind]
  const found = await read(cloud, id, tools.signal)
  if (found) assertOurs(tools, found, kind)
  await announce(tools, id, kind, false)
  if (found?.state === 'Succeeded') return
  const { operation } = found && found.state !== 'Failed' ? { operation: null } : await create()
  await untilReady<NetworkPart>(tools, cloud, (signal) => read(cloud, id, signal), {
    kind,
    name: id.slice(id.lastIndexOf('/') + 1),
    limitMinutes,
    operation,
    stateOf: ({ state }) => state,
  })
}
