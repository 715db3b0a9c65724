import { z } from 'zod'

/** What the app knows of Azure without asking it: files of the app's own, each dated, each entry with its source. */
const day = z.iso.date()
const head = {
  /** When the file was written: shown with every list that comes from it. */
  date: day,
  /** Documents by key; entries name theirs. */
  sources: z.record(z.string(), z.string().min(1)),
}
const source = z.string().min(1)
const generation = z.enum(['V1', 'V2'])
const osType = z.enum(['Linux', 'Windows'])

const vmSizes = z.strictObject({
  ...head,
  /** Where the names of the families come from: the pages of the series do not tell them. */
  familySource: source,
  sizes: z.array(
    z.strictObject({
      name: z.string().regex(/^Standard_\w+(-\d+\w*)?$/),
      /** As quotas name it; Azure compares these without regard to case. */
      family: z.string().min(1),
      vCpus: z.number().int().positive(),
      memoryGib: z.number().positive(),
      generations: z.array(generation).min(1),
      architecture: z.enum(['x64', 'Arm64']),
      /** The temporary disk, all its parts together; 0 = none. */
      temporaryGib: z.number().min(0),
      acceleratedNetworking: z.boolean(),
      /** Share or number, and model. */
      gpu: z.string().optional(),
      retiresOn: day.optional(),
      source,
    }),
  ),
})
const regions = z.strictObject({
  ...head,
  regions: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9]+$/),
      displayName: z.string().min(1),
      geography: z.string().min(1),
      cloud: z.enum(['public', 'usgov', 'china']),
      source,
    }),
  ),
})
const imageOffers = z.strictObject({
  ...head,
  offers: z.array(
    z.strictObject({
      publisher: z.string().min(1),
      offer: z.string().min(1),
      sku: z.string().min(1),
      os: osType,
      generation,
      agent: z.string().min(1),
      endsOn: day.optional(),
      source,
    }),
  ),
})
const nodeAgents = z.strictObject({
  ...head,
  agents: z.array(
    z.strictObject({
      id: z.string().startsWith('batch.node.'),
      os: osType,
      /** Ids and versions as os-release writes them; a version stands for all that begin with it. Empty: every Windows. */
      serves: z.array(z.strictObject({ distribution: z.string().min(1), version: z.string().min(1) })),
      endsOn: day.optional(),
      source,
    }),
  ),
})
const retirements = z.strictObject({
  ...head,
  retirements: z.array(
    z.strictObject({
      kind: z.enum(['batch', 'pool', 'image', 'size', 'agent']),
      what: z.string().min(1),
      /** null: announced, or over, without a day that could be verified. */
      on: day.nullable(),
      /** Names of what takes its place; null where no document names one. */
      replacement: z.string().nullable(),
      /** Quota families of the sizes that go. */
      families: z.array(z.string()).optional(),
      agent: z.string().optional(),
      /** First version of the Batch API that stays. */
      apisBefore: day.optional(),
      source,
    }),
  ),
})

export const catalogs = {
  'vm-sizes': vmSizes,
  regions,
  'image-offers': imageOffers,
  'node-agents': nodeAgents,
  retirements,
} as const
export type CatalogName = keyof typeof catalogs
export type Catalog<Name extends CatalogName> = z.infer<(typeof catalogs)[Name]>

/** Whether a version is the one named or belongs to it: `9.4` to `9`, `22.04.3` to `22.04`, but not `90` to `9`. */
export function isVersionOf(version: string, named: string): boolean {
  return version === named || version.startsWith(`${named}.`)
}
