import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import type { Cloud } from '../azure/cloud'
import { listBuildSizes, type BuildSize } from '../azure/compute-sizes'
import { findImage, type MarketplaceImage } from '../azure/marketplace'
import { listSupportedImages, supportEnd, type SupportedImage } from '../azure/nodes'
import { listUsages } from '../azure/usages'
import { outputOf, parseForm, unlessForbidden, type RunStep, type Tools } from './tools'

type Form = Inputs['vm.plan']
type Planned = OutputOf<'vm.plan'>

/** Batch tells the end of an image a year or more before: half a year is little for an image that is to last. */
const soonDays = 180
const dayMs = 24 * 60 * 60_000

/** Which image, size and security type the build VM gets; looks whether all of it can be had, and makes nothing. */
export const vmPlan: RunStep<'vm.plan'> = {
  id: 'vm.plan',
  requires: ['connect.scope', 'prepare.account'],
  parse: (input) => parseForm('vm.plan', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  check: async (tools, input) => ({ is: 'done', output: await plan(tools, input) }),
  run: plan,
  passesOn: ({ concerns: _concerns, endsOn: _end, ...rest }) => rest,
}

async function plan(tools: Tools, input: Form): Promise<Planned> {
  const cloud = await tools.cloud()
  const { subscriptionId, region } = outputOf(tools, 'connect.scope')
  const supported = await supportedImages(tools, cloud, input)
  const image = await findImage(cloud, subscriptionId, region, input.image, tools.signal)
  if (!image) throw new AppError('vm.image-gone', { image: nameOf(input.image), region })
  if (image.hasPlan) throw new AppError('vm.image-plan', { image: nameOf(input.image) })
  const sizes = await unlessForbidden(listBuildSizes(cloud, subscriptionId, region, tools.signal))
  const size = sizes?.find(({ name }) => name.toLowerCase() === input.vmSize.toLowerCase())
  if (sizes && !size) throw new AppError('vm.size-unavailable', { size: input.vmSize, region })
  if (size) assertFits(size, image, region)
  assertSecurity(input.securityType, image, size)
  if (size) await assertCores(tools, cloud, size)
  return plannedFrom(tools, input, { image, supported, size })
}

/** What Batch has verified; all images that an agent serves stand there, so the first tells agent and system. */
async function supportedImages(tools: Tools, cloud: Cloud, { image }: Form): Promise<SupportedImage[]> {
  const { endpoint } = outputOf(tools, 'prepare.account')
  const all = await listSupportedImages(cloud, endpoint, tools.signal)
  const isIt = (one: SupportedImage) =>
    (['publisher', 'offer', 'sku'] as const).every((part) => one[part].toLowerCase() === image[part].toLowerCase())
  const found = all.filter((one) => one.isVerified && isIt(one))
  if (found.length === 0) throw new AppError('vm.image-unsupported', { image: nameOf(image) })
  return found
}

function assertFits(size: BuildSize, { generation, architecture }: MarketplaceImage, region: string): void {
  if (size.isRestricted) throw new AppError('vm.size-unavailable', { size: size.name, region })
  if (!size.generations.includes(generation)) {
    const params = { size: size.name, found: size.generations.join(', '), wanted: generation }
    throw new AppError('vm.size-generation', params)
  }
  if (size.architecture !== architecture) {
    throw new AppError('vm.size-architecture', { size: size.name, found: size.architecture, wanted: architecture })
  }
}

/**
 * What VM, image definition and pool can be together. A VM with the standard type becomes an image for any pool; one with trusted
 * launch needs generation 2, an image and a size that support it, and a pool that starts its nodes so (Azure Compute Gallery,
 * "Trusted launch"; MicrosoftDocs, batch-sig-images). Throws AppError `vm.trusted-launch` {what}, `vm.trusted-launch-only` {image}.
 */
export function assertSecurity(
  wanted: Form['securityType'],
  image: Pick<MarketplaceImage, 'publisher' | 'offer' | 'sku' | 'version' | 'generation' | 'security'>,
  size: Pick<BuildSize, 'name' | 'hasTrustedLaunch'> | undefined,
): void {
  const isOnly = /^(?:TrustedLaunch|ConfidentialVM)$/i.test(image.security)
  if (wanted === 'Standard') {
    if (isOnly) throw new AppError('vm.trusted-launch-only', { image: nameOf(image) })
    return
  }
  const isSupported = image.generation === 'V2' && /TrustedLaunch/i.test(image.security)
  if (!isSupported) throw new AppError('vm.trusted-launch', { what: nameOf(image) })
  if (size && !size.hasTrustedLaunch) throw new AppError('vm.trusted-launch', { what: size.name })
}

/** Compute counts twice: all cores of the region, and those of the family. Throws AppError `quota.subscription`. */
async function assertCores(tools: Tools, cloud: Cloud, size: BuildSize): Promise<void> {
  // A VM that this run has already made is in what is used.
  if (tools.resources().some(({ what }) => what === 'virtual machine')) return
  const { subscriptionId, region } = outputOf(tools, 'connect.scope')
  const usages = await unlessForbidden(listUsages(cloud, subscriptionId, region, tools.signal))
  const needed = size.cores ?? 1
  for (const name of [size.family, 'cores']) {
    const usage = usages?.find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (!usage || usage.limit < 0 || usage.limit - usage.used >= needed) continue
    const { limit, used } = usage
    throw new AppError('quota.subscription', { family: name, region, limit, used, needed })
  }
}

function plannedFrom(
  tools: Tools,
  input: Form,
  found: { image: MarketplaceImage; supported: SupportedImage[]; size: BuildSize | undefined },
): Planned {
  const { image, supported, size } = found
  const { publisher, offer, sku, version, generation, architecture } = image
  const endsOn = supportEnd(supported)
  const isEnding = endsOn !== undefined && Date.parse(endsOn) - tools.now().getTime() < soonDays * dayMs
  const concerns = [
    ...(size?.localDiskGb === 0 ? (['noTemporaryDisk'] as const) : []),
    ...(isEnding ? (['endsSoon'] as const) : []),
    ...(generation === 'V1' ? (['oldGeneration'] as const) : []),
  ]
  return {
    image: { publisher, offer, sku, version },
    osType: supported[0]!.osType,
    generation,
    architecture,
    nodeAgentSku: supported[0]!.nodeAgentSku,
    vmSize: size?.name ?? input.vmSize,
    cores: size?.cores ?? 0,
    securityType: input.securityType,
    ...(concerns.length ? { concerns } : {}),
    ...(endsOn ? { endsOn } : {}),
  }
}

function nameOf({ publisher, offer, sku, version }: Form['image']): string {
  return [publisher, offer, sku, version].join(':')
}
