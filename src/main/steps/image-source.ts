import { AppError } from '../../shared/errors'
import { agentFits, systemName } from '../../shared/node-agents'
import type { OutputOf } from '../../shared/outputs'
import { isSameResource, type Generation, type OsType, type StepId } from '../../shared/terms'
import { blobFacts } from '../azure/blobs'
import type { Cloud } from '../azure/cloud'
import { getDisk } from '../azure/disks'
import type { DiskSource, Version, VersionSource } from '../azure/image-versions'
import { getSecurityGroup } from '../azure/security-groups'
import { extensionsFound } from './vm-extensions'
import { outputOf, type Tools } from './tools'
import { accessRule } from './vm-access'
import { assertMarked } from './vm-mark'
import { viewOf } from './vm-states'

/** What a check saw; `ok` compares it with what the run says. */
export type Seen = { ok: boolean; detail: string }
export type Look = (tools: Tools, cloud: Cloud) => Promise<Seen>

/** What a recipe makes its image of. The steps of the image are the same for all; this is what differs. */
export type ImageSource = {
  /** Steps that tell what kind of system it is, and steps that bring it. */
  toldBy: readonly StepId[]
  broughtBy: readonly StepId[]
  /** null: it does not tell, and the form decides. */
  system(tools: Tools): {
    osType: OsType | null
    generation: Generation | null
    securityType: 'Standard' | 'TrustedLaunch'
  }
  /** Name of the system where a node agent is not made for it; null where it is, or nobody can tell. */
  unfitFor(tools: Tools, agent: string): string | null
  version(tools: Tools): VersionSource
  /** Asks the cloud whether a version can be made of it just now. Throws AppError. */
  assertReady(tools: Tools, cloud: Cloud): Promise<void>
  isSourceOf(tools: Tools, version: Version): boolean
  /** Of the final checks: keys of `messages.forms['finish.verify'].checks`. */
  looks: readonly [string, Look][]
}

/** A disk image of this computer, as the upload left it. */
export const uploadedDisk: ImageSource = {
  toldBy: ['disk.inspect'],
  broughtBy: ['disk.upload'],
  system(tools) {
    const { os, generation } = outputOf(tools, 'disk.inspect')
    return { osType: os?.type ?? null, generation, securityType: 'Standard' }
  },
  unfitFor(tools, agent) {
    const { os } = outputOf(tools, 'disk.inspect')
    return os && !agentFits(agent, os) ? systemName(os) : null
  },
  version(tools) {
    const sent = outputOf(tools, 'disk.upload')
    return {
      source: diskSource(tools, sent),
      dataDisks: (sent.dataDisks ?? []).map((disk) => ({ lun: disk.lun, source: diskSource(tools, disk) })),
    }
  },
  assertReady: () => Promise.resolve(),
  isSourceOf(tools, { source }) {
    const { diskId, blobUrl } = outputOf(tools, 'disk.upload')
    return diskId === undefined ? source === blobUrl : isSameResource(source, diskId)
  },
  looks: [['blobLength', blobLength]],
}

/** A build VM that is marked as generalized. */
export const buildVm: ImageSource = {
  toldBy: ['vm.plan'],
  broughtBy: ['vm.create', 'vm.mark'],
  system(tools) {
    const { osType, generation, securityType } = outputOf(tools, 'vm.plan')
    return { osType, generation, securityType }
  },
  unfitFor(tools, agent) {
    const { nodeAgentSku, image } = outputOf(tools, 'vm.plan')
    return agent === nodeAgentSku ? null : `${image.offer} ${image.sku}`
  },
  version: (tools) => ({ vmId: outputOf(tools, 'vm.mark').id }),
  async assertReady(tools, cloud) {
    const { id } = outputOf(tools, 'vm.mark')
    await assertMarked(tools, cloud, id)
    const error = await extensionsFound(tools, cloud, id)
    if (error) throw new AppError(error.code, error.params)
  },
  isSourceOf: (tools, { source }) => isSameResource(source, outputOf(tools, 'vm.mark').id),
  looks: [
    ['vmCostsNothing', vmCostsNothing],
    ['vmIsShut', vmIsShut],
  ],
}

/** Older journals do not say whose account the blob lies in: it is that of their own step. */
function diskSource(tools: Tools, sent: { diskId?: string; blobUrl?: string; storageAccountId?: string }): DiskSource {
  if (sent.diskId !== undefined) return { diskId: sent.diskId }
  const storageAccountId = sent.storageAccountId ?? outputOf(tools, 'prepare.storage').id
  return { storageAccountId, blobUrl: sent.blobUrl ?? '' }
}

async function blobLength(tools: Tools, cloud: Cloud): Promise<Seen> {
  const expected = outputOf(tools, 'disk.inspect').uploadBytes
  const { diskId, blobUrl = '' } = outputOf(tools, 'disk.upload')
  const found =
    diskId === undefined
      ? (await blobFacts(cloud, blobUrl, tools.signal))?.sizeBytes
      : (await getDisk(cloud, diskId, tools.signal))?.uploadBytes
  return { ok: found === expected, detail: `${found ?? 'none'} / ${expected}` }
}

/** A VM that was removed meanwhile costs nothing either. */
async function vmCostsNothing(tools: Tools, cloud: Cloud): Promise<Seen> {
  const { id }: OutputOf<'vm.mark'> = outputOf(tools, 'vm.mark')
  const power = await viewOf(cloud, id, tools.signal).then(
    (view) => view.power,
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'vm.gone') return 'none'
      throw error
    },
  )
  return { ok: power === 'deallocated' || power === 'none', detail: power }
}

/** A rule that a killed program left open is shown here at the latest. */
async function vmIsShut(tools: Tools, cloud: Cloud): Promise<Seen> {
  const group = await getSecurityGroup(cloud, outputOf(tools, 'vm.create').nsgId, tools.signal)
  const rule = group?.rules.find(({ name }) => name === accessRule)
  return { ok: !rule, detail: rule ? rule.sources.join(', ') : 'none' }
}
