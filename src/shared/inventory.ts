import { z } from 'zod'
import { errorCodes, type ErrorDetails } from './errors'

/**
 * Pools and the images they use, as the window and the file of the last reading hold them. Nothing in it is secret: command lines
 * of start tasks stay in the cloud.
 */
export const imageKinds = [
  'galleryVersion',
  'galleryLatest',
  'sharedGallery',
  'communityGallery',
  'marketplace',
  'managed',
  'vhd',
  'cloudServices',
] as const
export type ImageKind = (typeof imageKinds)[number]

export const poolStates = [
  'steady',
  'resizing',
  'stopping',
  'autoscale',
  'resizeFailed',
  'cannotGrow',
  'dead',
  'deleting',
] as const
export type PoolState = (typeof poolStates)[number]

/** Whether new nodes can still be made from the image; `unknown` where the account may not look into the gallery. */
export const imageStates = ['there', 'gone', 'noReplica', 'retired', 'unknown'] as const
export type ImageState = (typeof imageStates)[number]

const error = z.object({
  code: z.enum(errorCodes),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  details: z.custom<ErrorDetails>((value) => typeof value === 'object' && value !== null),
})
const count = z.number().int().min(0)
/** Nodes by state, in the words of the Batch service. */
const nodesByState = z.record(z.string(), count)

const pool = z.object({
  /** Resource id in lower case: what rows are keyed by. */
  key: z.string(),
  id: z.string(),
  name: z.string(),
  account: z.string(),
  accountName: z.string(),
  subscription: z.string(),
  region: z.string(),
  kind: z.enum(imageKinds),
  image: z.object({
    /** What people call it: `maya / 1.2.0`; '' where the service does not say. */
    label: z.string(),
    state: z.enum(imageStates),
    /** Key of the image version that new nodes get, where it is one of the list. */
    version: z.string().nullable(),
    gallery: z.string().nullable(),
    definition: z.string().nullable(),
  }),
  vmSize: z.string(),
  nodeAgentSku: z.string(),
  dedicated: count,
  spot: count,
  targetDedicated: count,
  targetSpot: count,
  autoScale: z.object({ formula: z.string(), interval: z.string(), problem: z.string().nullable() }).nullable(),
  taskSlotsPerNode: z.number(),
  hasStartTask: z.boolean(),
  state: z.enum(poolStates),
  since: z.string(),
  resizeErrors: z.array(error),
  nodes: nodesByState,
  /** Run of this app that made it, or null. */
  run: z.string().nullable(),
})
export type InventoryPool = z.infer<typeof pool>

const account = z.object({
  key: z.string(),
  id: z.string(),
  name: z.string(),
  region: z.string(),
  subscription: z.string(),
  allocationMode: z.enum(['BatchService', 'UserSubscription']),
  quota: z.object({
    dedicatedCores: z.number().nullable(),
    spotCores: z.number().nullable(),
    pools: z.number().nullable(),
  }),
  /** Why its pools could not be read. */
  error: error.nullable(),
  /** Why its nodes could not be counted by state; the numbers then come from the pools themselves. */
  countsError: error.nullable(),
})
export type InventoryAccount = z.infer<typeof account>

const image = z.object({
  key: z.string(),
  id: z.string(),
  gallery: z.string(),
  definition: z.string(),
  /** null: a definition without a version. */
  version: z.string().nullable(),
  subscription: z.string(),
  osType: z.enum(['Linux', 'Windows']),
  generation: z.enum(['V1', 'V2']),
  state: z.string(),
  regions: z.array(z.object({ region: z.string(), replicas: count })),
  publishedAt: z.string(),
  excludeFromLatest: z.boolean(),
  /** The run of this app that made it: its name and its disk's file where this computer knows them. */
  madeBy: z.object({ run: z.string(), name: z.string().nullable(), file: z.string().nullable() }).nullable(),
  /** Keys of the pools whose new nodes start from it. */
  pools: z.array(z.string()),
})
export type InventoryImage = z.infer<typeof image>

/** What could not be read apart from accounts: a subscription, or a gallery. */
const refusal = z.object({ key: z.string(), kind: z.enum(['subscription', 'gallery']), name: z.string(), error })
export type InventoryRefusal = z.infer<typeof refusal>

export const inventory = z.object({
  /** When it was read, ISO 8601 UTC. */
  at: z.string(),
  username: z.string(),
  accounts: z.array(account),
  pools: z.array(pool),
  images: z.array(image),
  refusals: z.array(refusal),
})
export type Inventory = z.infer<typeof inventory>

/** Batch takes no new nodes from these any more. */
export function isRetired(kind: ImageKind): boolean {
  return kind === 'managed' || kind === 'vhd' || kind === 'cloudServices'
}

/** States of a node that need a person; keys as the service counts them, in lower case. */
export const troubledStates: readonly string[] = ['unusable', 'starttaskfailed', 'unknown', 'offline']

/** How many nodes need a person. */
export function troubledIn(nodes: Record<string, number>): number {
  return troubledStates.reduce((sum, state) => sum + (nodes[state] ?? 0), 0)
}
