import { z } from 'zod'
import type { Cloud } from './cloud'
import { asking, orNull } from './errors'
import { isMadeBy } from './tags'

/** Pools are read and written as raw JSON: the models of arm-batch 9.1 drop newer fields both ways. */
export type PoolSpec = {
  vmSize: string
  nodeAgentSku: string
  /** Image version; one that ends at the definition always means the latest. */
  imageId: string
  dedicated: number
  spot: number
  taskSlotsPerNode: number
  interNodeCommunication: boolean
  startTask?: string
  run: string
}
export type ResizeError = { code: string; message: string; values: { name: string; value: string }[] }
export type Pool = {
  id: string
  name: string
  /** Succeeded or Deleting. */
  state: string
  /** Steady, Resizing, Stopping. */
  allocationState: string
  /** ISO 8601, UTC; '' while unknown. */
  allocationStateSince: string
  vmSize: string
  nodeAgentSku: string
  dedicated: number
  spot: number
  targetDedicated: number
  targetSpot: number
  /** Gallery image (version), managed image, Marketplace image, or one of the retired kinds without any of these. */
  image:
    | { kind: 'gallery' | 'managed'; id: string }
    | { kind: 'marketplace'; publisher: string; offer: string; sku: string; version: string }
    | { kind: 'retired' }
  /** Why the last resize stopped; only meaningful while allocationState is Steady. */
  resizeErrors: ResizeError[]
  metadata: Record<string, string>
}

export async function getPool(cloud: Cloud, id: string, signal?: AbortSignal): Promise<Pool | null> {
  ;(void cloud, id, signal)
  ;(void z, asking, orNull, isMadeBy)
  return null
}

export async function listPools(cloud: Cloud, account: string, signal?: AbortSignal): Promise<Pool[]> {
  ;(void cloud, account, signal)
  return []
}

/** One PUT that creates only (`If-None-Match: *`): a pool that is there gives `cloud.name-taken`. */
export async function createPool(cloud: Cloud, id: string, spec: PoolSpec, signal?: AbortSignal): Promise<void> {
  ;(void cloud, id, spec, signal)
}

/** Sets the wanted numbers of nodes; wait by `getPool` until its allocationState is Steady again. */
export async function resizePool(
  cloud: Cloud,
  id: string,
  targets: { dedicated: number; spot: number },
  signal?: AbortSignal,
): Promise<void> {
  ;(void cloud, id, targets, signal)
}

/** Returns when the deletion is accepted; the pool disappears minutes later. */
export async function deletePool(cloud: Cloud, id: string, signal?: AbortSignal): Promise<void> {
  ;(void cloud, id, signal)
}

/** true: the pool's metadata say that this run made it. */
export function isPoolMadeBy(run: string, pool: Pool): boolean {
  return isMadeBy(run, pool.metadata)
}
