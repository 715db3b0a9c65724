import { z } from 'zod'
import type { OsType } from '../../shared/terms'
import { batchApiVersion, type Cloud } from './cloud'
import { asking } from './errors'
import { sendJson } from './raw'

/** What Batch can run, from the live list of the account. */
export type SupportedImage = {
  nodeAgentSku: string
  publisher: string
  offer: string
  sku: string
  osType: OsType
  isVerified: boolean
  capabilities: string[]
  /** ISO 8601 date after which Batch drops it, or null. */
  supportEndsAt: string | null
}
export type NodeError = { code: string; message: string; values: { name: string; value: string }[] }
export type Node = {
  id: string
  /** idle, running, creating, starting, waitingforstarttask, starttaskfailed, unusable, preempted, … (REST reference of Batch). */
  state: string
  /** ISO 8601, UTC; '' while unknown. */
  stateSince: string
  isDedicated: boolean
  vmSize: string
  errors: NodeError[]
  /** `code`: why it failed, e.g. FailureExitCode; '' where it did not. */
  startTask: { state: string; exitCode: number | null; code: string; message: string } | null
  /** The image version the node really runs, or ''. */
  imageVersion: string
  agentVersion: string
}
/** Nodes by state, of one pool. */
export type NodeCounts = { pool: string; dedicated: Record<string, number>; spot: Record<string, number> }

/** `endpoint`: `https://` and the account's own endpoint, never built from a suffix. */
export async function listSupportedImages(
  cloud: Cloud,
  endpoint: string,
  signal?: AbortSignal,
): Promise<SupportedImage[]> {
  const images = await listAll(cloud, endpoint, 'supportedimages', supportedImage, signal)
  return images.map((it) => ({
    nodeAgentSku: it.nodeAgentSKUId ?? it.nodeAgentSkuId ?? '',
    publisher: it.imageReference.publisher,
    offer: it.imageReference.offer,
    sku: it.imageReference.sku,
    osType: it.osType.toLowerCase() === 'windows' ? 'Windows' : 'Linux',
    isVerified: it.verificationType.toLowerCase() === 'verified',
    capabilities: it.capabilities ?? [],
    supportEndsAt: it.batchSupportEndOfLife ?? null,
  }))
}

/** The day on which the last of these images ends, `2027-06-30`; undefined where one of them stays, or where there is none. */
export function supportEnd(images: readonly Pick<SupportedImage, 'supportEndsAt'>[]): string | undefined {
  const ends = images.map(({ supportEndsAt }) => supportEndsAt?.slice(0, 10))
  return ends.includes(undefined) ? undefined : ends.toSorted().at(-1)
}

/** Nodes of a pool by its name in the account. Throws AppError, `cloud.not-found` for an unknown pool. */
export async function listNodes(cloud: Cloud, endpoint: string, pool: string, signal?: AbortSignal): Promise<Node[]> {
  const nodes = await listAll(cloud, endpoint, `pools/${encodeURIComponent(pool)}/nodes`, computeNode, signal)
  return nodes.map((it) => ({
    id: it.id,
    state: it.state.toLowerCase(),
    stateSince: it.stateTransitionTime ?? '',
    isDedicated: it.isDedicated ?? true,
    vmSize: it.vmSize ?? '',
    errors: (it.errors ?? []).map(({ code, message, errorDetails }) => ({ code, message, values: errorDetails ?? [] })),
    startTask: it.startTaskInfo
      ? {
          state: it.startTaskInfo.state,
          exitCode: it.startTaskInfo.exitCode ?? null,
          code: it.startTaskInfo.failureInfo?.code ?? '',
          message: it.startTaskInfo.failureInfo?.message ?? '',
        }
      : null,
    imageVersion:
      it.virtualMachineInfo?.imageReference?.exactVersion ??
      it.virtualMachineInfo?.imageReference?.virtualMachineImageId ??
      '',
    agentVersion: it.nodeAgentInfo?.version ?? '',
  }))
}

/** How many nodes of each pool are in which state. */
export async function nodeCounts(cloud: Cloud, endpoint: string, signal?: AbortSignal): Promise<NodeCounts[]> {
  const pools = await listAll(cloud, endpoint, 'nodecounts', poolCounts, signal)
  return pools.map((it) => ({ pool: it.poolId, dedicated: it.dedicated ?? {}, spot: it.lowPriority ?? {} }))
}

/** All pages of a data-plane listing (`value`, `odata.nextLink`). */
async function listAll<T>(
  cloud: Cloud,
  endpoint: string,
  path: string,
  item: z.ZodType<T>,
  signal: AbortSignal | undefined,
): Promise<T[]> {
  return asking(async () => {
    const page = z.object({ value: z.array(item), 'odata.nextLink': z.string().optional() })
    const items: T[] = []
    let url: string | undefined = `${endpoint.replace(/\/+$/, '')}/${path}?api-version=${batchApiVersion}`
    while (url) {
      const headers = { accept: 'application/json; odata=minimalmetadata', 'return-client-request-id': 'true' }
      const call = { method: 'GET' as const, url, headers, signal }
      const answer = page.parse(await sendJson(cloud.batchData, call))
      items.push(...answer.value)
      url = answer['odata.nextLink']
    }
    return items
  })
}

// The casing of the agent's id differs between versions of the service: both are read.
const supportedImage = z.object({
  nodeAgentSKUId: z.string().optional(),
  nodeAgentSkuId: z.string().optional(),
  imageReference: z.object({ publisher: z.string(), offer: z.string(), sku: z.string() }),
  osType: z.string(),
  verificationType: z.string(),
  capabilities: z.array(z.string()).nullish(),
  batchSupportEndOfLife: z.string().nullish(),
})
const failure = z.object({
  code: z.string().default(''),
  message: z.string().default(''),
  errorDetails: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
})
const computeNode = z.object({
  id: z.string(),
  state: z.string(),
  stateTransitionTime: z.string().optional(),
  isDedicated: z.boolean().optional(),
  vmSize: z.string().optional(),
  errors: z.array(failure).nullish(),
  startTaskInfo: z
    .object({
      state: z.string(),
      exitCode: z.number().nullish(),
      failureInfo: z.object({ code: z.string().optional(), message: z.string().optional() }).nullish(),
    })
    .nullish(),
  nodeAgentInfo: z.object({ version: z.string().optional() }).nullish(),
  virtualMachineInfo: z
    .object({
      imageReference: z
        .object({ exactVersion: z.string().optional(), virtualMachineImageId: z.string().optional() })
        .optional(),
    })
    .nullish(),
})
const counts = z.record(z.string(), z.number()).nullish()
const poolCounts = z.object({ poolId: z.string(), dedicated: counts, lowPriority: counts })
