import type { Cloud } from './cloud'
import { asking } from './errors'
import type { VmSize } from './accounts'

/** A size as the compute provider offers it: what a VM of one's own can have, beside what Batch says of nodes. */
export type BuildSize = VmSize & {
  /** Cannot be had in the region, or not by this subscription. */
  isRestricted: boolean
  hasTrustedLaunch: boolean
}

/** VM sizes of a region for machines of one's own (Resource Skus - List), smallest first. Throws AppError. */
export async function listBuildSizes(
  cloud: Cloud,
  subscriptionId: string,
  region: string,
  signal?: AbortSignal,
): Promise<BuildSize[]> {
  return asking(async () => {
    const { resourceSkus } = await cloud.compute(subscriptionId)
    const filter = `location eq '${region}'`
    const sizes: BuildSize[] = []
    for await (const sku of resourceSkus.list({ filter, ...(signal && { abortSignal: signal }) })) {
      if (sku.resourceType !== 'virtualMachines' || !sku.name) continue
      sizes.push(sizeFrom(sku))
    }
    return sizes.sort((a, b) => (a.cores ?? 0) - (b.cores ?? 0) || a.name.localeCompare(b.name, 'en'))
  })
}

type ArmSku = {
  name?: string
  family?: string
  capabilities?: { name?: string; value?: string }[]
  restrictions?: { type?: string }[]
}

function sizeFrom({ name = '', family = '', capabilities = [], restrictions = [] }: ArmSku): BuildSize {
  const able = new Map(capabilities.map((it) => [it.name ?? '', it.value ?? '']))
  const number = (key: string) => {
    const text = able.get(key)
    return text === undefined || Number.isNaN(Number(text)) ? null : Number(text)
  }
  const disk = number('MaxResourceVolumeMB')
  const told = (able.get('HyperVGenerations') ?? 'V1').split(',')
  return {
    name,
    family,
    cores: number('vCPUs'),
    memoryGb: number('MemoryGB'),
    localDiskGb: disk === null ? null : Math.round(disk / 1024),
    generations: (['V1', 'V2'] as const).filter((generation) => told.includes(generation)),
    architecture: able.get('CpuArchitectureType') === 'Arm64' ? 'Arm64' : 'x64',
    // A restriction of single zones does not touch a machine that is in none.
    isRestricted: restrictions.some(({ type }) => type === 'Location'),
    hasTrustedLaunch: told.includes('V2') && able.get('TrustedLaunchDisabled')?.toLowerCase() !== 'true',
  }
}
