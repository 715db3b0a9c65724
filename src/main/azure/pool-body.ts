import { z } from 'zod'
import type { Pool, PoolImage, ResizeError } from './pools'

/** One page of pools. */
export const armPools = z.object({ value: z.array(z.unknown()), nextLink: z.string().optional() })

/** One pool in our own shape, from the body that ARM answers. */
export function poolFrom(json: unknown): Pool {
  const { id, name, tags, properties } = armPool.parse(json)
  const machine = properties.deploymentConfiguration?.virtualMachineConfiguration
  const { autoScale, fixedScale } = properties.scaleSettings ?? {}
  const asked = properties.resizeOperationStatus
  return {
    id,
    name,
    state: properties.provisioningState,
    stateSince: properties.provisioningStateTransitionTime,
    allocationState: properties.allocationState,
    allocationStateSince: properties.allocationStateTransitionTime,
    vmSize: properties.vmSize,
    nodeAgentSku: machine?.nodeAgentSkuId ?? '',
    dedicated: properties.currentDedicatedNodes,
    spot: properties.currentLowPriorityNodes,
    targetDedicated: fixedScale?.targetDedicatedNodes ?? asked?.targetDedicatedNodes ?? 0,
    targetSpot: fixedScale?.targetLowPriorityNodes ?? asked?.targetLowPriorityNodes ?? 0,
    autoScale: autoScale
      ? {
          formula: autoScale.formula,
          interval: autoScale.evaluationInterval,
          problem: properties.autoScaleRun?.error?.message ?? null,
        }
      : null,
    taskSlotsPerNode: properties.taskSlotsPerNode,
    interNodeCommunication: properties.interNodeCommunication === 'Enabled',
    startTask: properties.startTask?.commandLine ?? null,
    furtherSettings: furtherSettings(json),
    image: machine ? imageFrom(machine.imageReference) : { kind: 'retired', was: 'cloudServices' },
    resizeErrors: (properties.resizeOperationStatus?.errors ?? []).map((it) => resizeErrorFrom(it)),
    tags: tags ?? {},
    metadata: Object.fromEntries((properties.metadata ?? []).map((it) => [it.name, it.value])),
  }
}

const resizeError = z.object({
  code: z.string(),
  message: z.string().default(''),
  details: z.array(z.unknown()).default([]),
})
const armPool = z.object({
  id: z.string().default(''),
  name: z.string().default(''),
  tags: z.record(z.string(), z.string()).nullish(),
  properties: z.object({
    provisioningState: z.string().default(''),
    provisioningStateTransitionTime: z.string().default(''),
    allocationState: z.string().default(''),
    allocationStateTransitionTime: z.string().default(''),
    vmSize: z.string().default(''),
    taskSlotsPerNode: z.number().default(1),
    interNodeCommunication: z.string().default('Disabled'),
    startTask: z.looseObject({ commandLine: z.string().default('') }).nullish(),
    autoScaleRun: z.object({ error: z.object({ message: z.string().nullish() }).nullish() }).nullish(),
    currentDedicatedNodes: z.number().default(0),
    currentLowPriorityNodes: z.number().default(0),
    deploymentConfiguration: z
      .object({
        virtualMachineConfiguration: z
          .object({
            nodeAgentSkuId: z.string().default(''),
            imageReference: z
              .object({
                id: z.string().optional(),
                sharedGalleryImageId: z.string().optional(),
                communityGalleryImageId: z.string().optional(),
                publisher: z.string().default(''),
                offer: z.string().default(''),
                sku: z.string().default(''),
                version: z.string().default(''),
              })
              .optional(),
          })
          .optional(),
      })
      .optional(),
    scaleSettings: z
      .object({
        fixedScale: z
          .object({ targetDedicatedNodes: z.number().default(0), targetLowPriorityNodes: z.number().default(0) })
          .optional(),
        autoScale: z.object({ formula: z.string().default(''), evaluationInterval: z.string().default('') }).optional(),
      })
      .optional(),
    resizeOperationStatus: z
      .object({
        targetDedicatedNodes: z.number().nullish(),
        targetLowPriorityNodes: z.number().nullish(),
        errors: z.array(resizeError).nullish(),
      })
      .nullish(),
    metadata: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  }),
})

type ImageReference = NonNullable<
  NonNullable<
    NonNullable<z.infer<typeof armPool>['properties']['deploymentConfiguration']>['virtualMachineConfiguration']
  >['imageReference']
>

/** A machine whose image the service cannot say any more had a VHD blob: no version since 2017-09-01 has a field for it. */
function imageFrom(reference: ImageReference | undefined): PoolImage {
  const id = reference?.id ?? reference?.sharedGalleryImageId ?? reference?.communityGalleryImageId
  if (id) return { kind: /(^|\/)(shared|community)?galleries\//i.test(id) ? 'gallery' : 'managed', id }
  if (!reference?.publisher) return { kind: 'retired', was: 'vhd' }
  const { publisher, offer, sku, version } = reference
  return { kind: 'marketplace', publisher, offer, sku, version }
}

/** Settings a pool may have beyond those that `PoolSpec` can say (PoolProperties and VirtualMachineConfiguration of 2025-06-01). */
const rareSettings = [
  'identity',
  'networkConfiguration',
  'userAccounts',
  'applicationPackages',
  'mountConfiguration',
  'upgradePolicy',
  'displayName',
  'certificates',
]
const rareMachineSettings = [
  'dataDisks',
  'licenseType',
  'containerConfiguration',
  'diskEncryptionConfiguration',
  'nodePlacementConfiguration',
  'extensions',
  'osDisk',
  'securityProfile',
  'windowsConfiguration',
]
const rareStartTaskSettings = ['resourceFiles', 'environmentSettings', 'containerSettings']
const anyObject = z.record(z.string(), z.unknown())
const settingsOf = z.object({
  identity: anyObject.nullish(),
  properties: z.looseObject({
    deploymentConfiguration: z.object({ virtualMachineConfiguration: anyObject.nullish() }).nullish(),
    startTask: anyObject.nullish(),
  }),
})

function furtherSettings(json: unknown): string[] {
  const { identity, properties } = settingsOf.parse(json)
  const machine = properties.deploymentConfiguration?.virtualMachineConfiguration ?? {}
  const isUsed = (value: unknown) => value !== undefined && value !== null && !(Array.isArray(value) && !value.length)
  return [
    ...rareSettings.filter((name) => isUsed(name === 'identity' ? identityIn(identity) : properties[name])),
    ...rareMachineSettings.filter((name) => isUsed(machine[name])),
    ...rareStartTaskSettings.filter((name) => isUsed(properties.startTask?.[name])).map((name) => `startTask.${name}`),
  ]
}

/** The service answers an identity of type None for a pool without one. */
function identityIn(identity: Record<string, unknown> | null | undefined): unknown {
  return identity?.['type'] === 'None' ? undefined : identity
}

/** ARM nests the details as errors of their own, where the data plane has name and value; both mean the same. */
function resizeErrorFrom({ code, message, details }: z.infer<typeof resizeError>): ResizeError {
  const values = details.flatMap((it) => {
    const named = z.object({ name: z.string(), value: z.string() }).safeParse(it)
    if (named.success) return [named.data]
    const nested = z.object({ code: z.string(), message: z.string().default('') }).safeParse(it)
    return nested.success ? [{ name: nested.data.code, value: nested.data.message }] : []
  })
  return { code, message, values }
}
