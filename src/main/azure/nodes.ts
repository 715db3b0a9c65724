import type { OsType } from '../../shared/terms'
import type { Cloud } from './cloud'

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
  stateSince: string
  isDedicated: boolean
  vmSize: string
  errors: NodeError[]
  startTask: { state: string; exitCode: number | null; message: string } | null
  /** The image version the node really runs, or ''. */
  imageVersion: string
  agentVersion: string
}
export type NodeCounts = { poolId: string; dedicated: Record<string, number>; spot: Record<string, number> }

/** `endpoint`: `https://` and the account's own endpoint, never built from a suffix. */
export async function listSupportedImages(
  cloud: Cloud,
  endpoint: string,
  signal?: AbortSignal,
): Promise<SupportedImage[]> {
  ;(void cloud, endpoint, signal)
  return []
}

/** Nodes of a pool by its name in the account. A pool the data plane does not know yet has none. */
export async function listNodes(cloud: Cloud, endpoint: string, pool: string, signal?: AbortSignal): Promise<Node[]> {
  ;(void cloud, endpoint, pool, signal)
  return []
}

/** How many nodes of each pool are in which state. */
export async function nodeCounts(cloud: Cloud, endpoint: string, signal?: AbortSignal): Promise<NodeCounts[]> {
  ;(void cloud, endpoint, signal)
  return []
}
