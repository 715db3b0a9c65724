import type { z } from 'zod'
import { batchApiVersion, type Cloud } from './cloud'
import { asking, orNull } from './errors'
import { partsOf } from './ids'
import { armPools, poolFrom } from './pool-body'
import { sendJson, type RawCall } from './raw'
import { isMadeBy, tagsOf, type Tags } from './tags'

/** Pools are read and written as raw JSON: the models of arm-batch 9.1 drop newer fields both ways. */
export type PoolSpec = {
  vmSize: string
  nodeAgentSku: string
  /** Image version; an id that ends at the definition always means the latest. */
  imageId: string
  dedicated: number
  spot: number
  taskSlotsPerNode: number
  interNodeCommunication: boolean
  startTask?: string
  /** Of the image: its nodes must start in the same way. */
  securityType?: 'TrustedLaunch'
  run: string
}
export type ResizeError = { code: string; message: string; values: { name: string; value: string }[] }
/** Where the nodes' disk comes from; `retired` = a kind that Batch does not know any more. */
export type PoolImage =
  | { kind: 'gallery' | 'managed'; id: string }
  | { kind: 'marketplace'; publisher: string; offer: string; sku: string; version: string }
  | { kind: 'retired'; was: 'vhd' | 'cloudServices' }
export type AutoScale = {
  formula: string
  /** ISO 8601 duration. */
  interval: string
  /** Why the last evaluation failed, in the service's words; null while it works or never ran. */
  problem: string | null
}
export type Pool = {
  id: string
  name: string
  /** Succeeded or Deleting. */
  state: string
  /** ISO 8601, UTC: when it came into that state; '' while unknown. */
  stateSince: string
  /** Steady, Resizing, Stopping. */
  allocationState: string
  /** ISO 8601, UTC; '' while unknown. */
  allocationStateSince: string
  vmSize: string
  nodeAgentSku: string
  dedicated: number
  spot: number
  targetDedicated: number
  /** Of an automatic scale: what its formula asked for last. */
  targetSpot: number
  /** null: the numbers of nodes are fixed. */
  autoScale: AutoScale | null
  taskSlotsPerNode: number
  interNodeCommunication: boolean
  /** Command line; null where the pool has no start task. */
  startTask: string | null
  /** Further settings that this pool has, by their names in the service: what a copy made from the fields above would lack. */
  furtherSettings: string[]
  image: PoolImage
  /** Why the last resize stopped; only meaningful while allocationState is Steady. `failureOf` makes an AppError of one. */
  resizeErrors: ResizeError[]
  tags: Tags
  metadata: Record<string, string>
}

/** Images of VMs with trusted launch start in no other way. */
const trustedLaunch = { securityType: 'trustedLaunch', uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } }
/** Above 300 nodes Batch wants more time for custom images (Batch guide "Create a custom image pool"). */
const resizeTimeout = 'PT30M'

export async function getPool(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Pool | null> {
  return orNull(async () => poolFrom(await send(cloud, id, { method: 'GET', url: urlOf(cloud, id), signal })))
}

export async function listPools(cloud: Cloud, account: string, signal?: AbortSignal): Promise<Pool[]> {
  return asking(async () => {
    const pools: Pool[] = []
    for (let url: string | undefined = urlOf(cloud, `${account}/pools`); url;) {
      const page: z.infer<typeof armPools> = armPools.parse(await send(cloud, account, { method: 'GET', url, signal }))
      pools.push(...page.value.map(poolFrom))
      url = page.nextLink
    }
    return pools
  })
}

/** One PUT that creates only (`If-None-Match: *`): a pool that is there gives `cloud.name-taken`. */
export async function createPool(cloud: Cloud, id: string, spec: PoolSpec, signal?: AbortSignal): Promise<void> {
  const body = {
    tags: tagsOf(spec.run),
    properties: {
      vmSize: spec.vmSize,
      deploymentConfiguration: {
        virtualMachineConfiguration: {
          imageReference: { id: spec.imageId },
          nodeAgentSkuId: spec.nodeAgentSku,
          ...(spec.securityType && { securityProfile: trustedLaunch }),
        },
      },
      scaleSettings: {
        fixedScale: { targetDedicatedNodes: spec.dedicated, targetLowPriorityNodes: spec.spot, resizeTimeout },
      },
      taskSlotsPerNode: spec.taskSlotsPerNode,
      interNodeCommunication: spec.interNodeCommunication ? 'Enabled' : 'Disabled',
      metadata: Object.entries(tagsOf(spec.run)).map(([name, value]) => ({ name, value })),
      ...(spec.startTask && { startTask: startTask(spec.startTask) }),
    },
  }
  const headers = { 'if-none-match': '*' }
  await asking(() => send(cloud, id, { method: 'PUT', url: urlOf(cloud, id), body, headers, signal }))
}

/** Sets the wanted numbers of nodes; wait by `getPool` until its allocationState is Steady again. */
export async function resizePool(
  cloud: Cloud,
  id: string,
  targets: { dedicated: number; spot: number },
  signal?: AbortSignal,
): Promise<void> {
  const fixedScale = { targetDedicatedNodes: targets.dedicated, targetLowPriorityNodes: targets.spot, resizeTimeout }
  const body = { properties: { scaleSettings: { fixedScale } } }
  await asking(() => send(cloud, id, { method: 'PATCH', url: urlOf(cloud, id), body, signal }))
}

/** Returns when the deletion is accepted; the pool disappears minutes later. A pool already gone is no error. */
export async function deletePool(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  await orNull(() => send(cloud, id, { method: 'DELETE', url: urlOf(cloud, id), signal }))
}

/** true: tags or metadata say that this run made it. */
export function isPoolMadeBy(run: string, pool: Pool): boolean {
  return isMadeBy(run, pool.tags) || isMadeBy(run, pool.metadata)
}

async function send(cloud: Cloud, id: string, call: RawCall): Promise<unknown> {
  const client = await cloud.batch(partsOf(id).subscriptionId)
  return sendJson((request) => client.sendRequest(request), call)
}

function urlOf(cloud: Cloud, id: string): string {
  const path = id.split('/').map(encodeURIComponent).join('/')
  return `${cloud.profile.armEndpoint.replace(/\/+$/, '')}${path}?api-version=${batchApiVersion}`
}

/** Runs as administrator before the node takes work; a failure keeps the node from becoming idle. */
function startTask(commandLine: string) {
  const userIdentity = { autoUser: { scope: 'Pool', elevationLevel: 'Admin' } }
  return { commandLine, userIdentity, maxTaskRetryCount: 0, waitForSuccess: true }
}
