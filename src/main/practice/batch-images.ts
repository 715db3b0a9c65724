import type { Generation, OsType } from '../../shared/terms'

/** A Marketplace image that Batch supports, with the agent for it, as `supportedimages` answers it. */
export type SupportedImage = {
  nodeAgentSKUId: string
  imageReference: { publisher: string; offer: string; sku: string; version: string }
  osType: 'linux' | 'windows'
  capabilities?: string[]
  batchSupportEndOfLife?: string
  verificationType: 'verified' | 'unverified'
}

/** Which systems an agent runs on: os-release ids and version prefixes (`22.04`, `9`). */
type Agent = {
  id: string
  osType: OsType
  systems: { ids: string[]; version: RegExp }[]
}

const gen2 = ['Generation2VMImage', 'DockerCompatible']

/** Agents in service; sources: Azure/Batch issues 174, 180, 181, 188, 200 and the node agent's change log. */
export const agents: readonly Agent[] = [
  { id: 'batch.node.windows amd64', osType: 'Windows', systems: [] },
  linux('batch.node.ubuntu 22.04', ['ubuntu'], /^22\.04/),
  linux('batch.node.ubuntu 24.04', ['ubuntu'], /^24\.04/),
  linux('batch.node.debian 11', ['debian'], /^11\b/),
  linux('batch.node.debian 12', ['debian'], /^12\b/),
  linux('batch.node.el 8', ['almalinux', 'rocky', 'rhel', 'ol', 'centos'], /^8\b/),
  linux('batch.node.el 9', ['almalinux', 'rocky', 'rhel', 'ol', 'centos'], /^9\b/),
  linux('batch.node.azurelinux 3.0', ['azurelinux'], /^3\b/),
]

/** The list that the data plane answers. */
export const supportedImages: readonly SupportedImage[] = [
  image(
    'batch.node.windows amd64',
    'microsoftwindowsserver',
    'windowsserver',
    '2016-datacenter',
    ['DockerCompatible'],
    '2027-01-12',
  ),
  image('batch.node.windows amd64', 'microsoftwindowsserver', 'windowsserver', '2019-datacenter', ['DockerCompatible']),
  image('batch.node.windows amd64', 'microsoftwindowsserver', 'windowsserver', '2022-datacenter', ['DockerCompatible']),
  image('batch.node.windows amd64', 'microsoftwindowsserver', 'windowsserver', '2022-datacenter-g2', gen2),
  image('batch.node.windows amd64', 'microsoftwindowsserver', 'windowsserver', '2025-datacenter-g2', gen2),
  image('batch.node.ubuntu 22.04', 'canonical', '0001-com-ubuntu-server-jammy', '22_04-lts', [], '2027-06-30'),
  image('batch.node.ubuntu 22.04', 'microsoft-dsvm', 'ubuntu-hpc', '2204', ['SupportsRDMAOnly', ...gen2], '2027-06-30'),
  image('batch.node.ubuntu 24.04', 'canonical', 'ubuntu-24_04-lts', 'server', gen2),
  image('batch.node.ubuntu 24.04', 'canonical', 'ubuntu-24_04-lts', 'server-gen1', []),
  { ...image('batch.node.debian 11', 'debian', 'debian-11', '11', [], '2026-08-31'), verificationType: 'unverified' },
  { ...image('batch.node.debian 12', 'debian', 'debian-12', '12', []), verificationType: 'unverified' },
  { ...image('batch.node.debian 12', 'debian', 'debian-12', '12-gen2', gen2), verificationType: 'unverified' },
  image('batch.node.el 8', 'almalinux', 'almalinux-x86_64', '8-gen2', gen2, '2029-03-01'),
  image('batch.node.el 9', 'almalinux', 'almalinux-x86_64', '9-gen2', gen2),
  { ...image('batch.node.el 9', 'rocky', 'rockylinux-x86_64', '9-base', []), verificationType: 'unverified' },
  image('batch.node.azurelinux 3.0', 'microsoft-dsvm', 'azurelinux-hpc', '3', ['SupportsRDMAOnly', ...gen2]),
]

/** The agent of an id, in any case. */
export function findAgent(id: string): Agent | null {
  return agents.find((agent) => agent.id.toLowerCase() === id.toLowerCase()) ?? null
}

/** Whether an agent starts on a system. What the bytes do not tell counts as fitting within the same family. */
export function agentFits(agent: Agent, os: { type: OsType; id: string | null; versionId: string | null }): boolean {
  if (agent.osType !== os.type) return false
  const { id, versionId } = os
  if (agent.osType === 'Windows' || id === null) return true
  return agent.systems.some(({ ids, version }) => ids.includes(id) && (versionId === null || version.test(versionId)))
}

/** The Marketplace image of a reference; null where Batch does not support it. */
export function findSupported(reference: { publisher: string; offer: string; sku: string }): SupportedImage | null {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  return (
    supportedImages.find(
      ({ imageReference: one }) =>
        same(one.publisher, reference.publisher) && same(one.offer, reference.offer) && same(one.sku, reference.sku),
    ) ?? null
  )
}

/** Generation of a Marketplace image. */
export function generationOf({ capabilities }: SupportedImage): Generation {
  return capabilities?.includes('Generation2VMImage') ? 'V2' : 'V1'
}

function linux(id: string, ids: string[], version: RegExp): Agent {
  return { id, osType: 'Linux', systems: [{ ids, version }] }
}

function image(
  nodeAgentSKUId: string,
  publisher: string,
  offer: string,
  sku: string,
  capabilities: string[],
  endOfLife?: string,
): SupportedImage {
  return {
    nodeAgentSKUId,
    imageReference: { publisher, offer, sku, version: 'latest' },
    osType: nodeAgentSKUId.includes('windows') ? 'windows' : 'linux',
    ...(capabilities.length > 0 ? { capabilities } : {}),
    ...(endOfLife === undefined ? {} : { batchSupportEndOfLife: `${endOfLife}T00:00:00Z` }),
    verificationType: 'verified',
  }
}
