import type { OsType } from './terms'

export type System = { type: OsType; id: string | null; versionId: string | null }

/** Linux agents in service at the end of 2026, of each distribution the newest first: notices of the Batch team (Azure/Batch issues 174, 178, 180, 181, 200). */
const agents: readonly { ids: readonly string[]; version: RegExp; agent: string }[] = [
  { ids: ['ubuntu'], version: /^24\.04/, agent: 'batch.node.ubuntu 24.04' },
  { ids: ['ubuntu'], version: /^22\.04/, agent: 'batch.node.ubuntu 22.04' },
  { ids: ['debian'], version: /^12/, agent: 'batch.node.debian 12' },
  { ids: ['debian'], version: /^11/, agent: 'batch.node.debian 11' },
  { ids: ['almalinux', 'rocky', 'rhel', 'ol'], version: /^9(\.|$)/, agent: 'batch.node.el 9' },
  { ids: ['almalinux', 'rocky', 'rhel', 'ol'], version: /^8(\.|$)/, agent: 'batch.node.el 8' },
  { ids: ['azurelinux'], version: /^3/, agent: 'batch.node.azurelinux 3.0' },
]
const windowsAgent = 'batch.node.windows amd64'
const usualAgent = 'batch.node.ubuntu 24.04'

/** The node agent SKU that is made for a system; null where there is none that we know. */
export function agentFor({ type, id, versionId }: System): string | null {
  if (type === 'Windows') return windowsAgent
  return agents.find(({ ids, version }) => ids.includes(id ?? '') && version.test(versionId ?? ''))?.agent ?? null
}

export type NodeAgent = { name: string; isGuess: boolean }

/** What to propose: the agent that is made for it, else the newest of that distribution, else Ubuntu's. */
export function nodeAgentFor(system: System): NodeAgent {
  const made = agentFor(system)
  const likely = agents.find(({ ids }) => ids.includes(system.id ?? ''))?.agent ?? usualAgent
  return { name: made ?? likely, isGuess: made === null }
}

/** Distributions that share the agent of Enterprise Linux (Azure/Batch issues 180 and 188). */
const enterpriseLinux: ReadonlySet<string> = new Set(['almalinux', 'rocky', 'rhel', 'ol', 'centos'])

/**
 * false: the node agent is surely made for another system than the one found in the disk image. What is not known, such as a
 * distribution without an agent of its own, is not judged. `agent`: as in `batch.node.ubuntu 24.04`.
 */
export function agentFits(agent: string, { type, id, versionId }: System): boolean {
  const [, family = '', version = ''] = /^batch\.node\.(\S+) (\S+)$/i.exec(agent) ?? []
  if (!family) return true
  if (family.toLowerCase() === 'windows' || type === 'Windows')
    return (family.toLowerCase() === 'windows') === (type === 'Windows')
  if (!id) return true
  const wanted = enterpriseLinux.has(id) ? 'el' : id
  if (wanted !== family.toLowerCase()) return false
  // Agents of Enterprise Linux and Debian name the major version only.
  return versionId === null || versionId === version || versionId.startsWith(`${version}.`)
}

/** As a person says it: `ubuntu 24.04`, `Windows`. */
export function systemName({ type, id, versionId }: System): string {
  return [id ?? type, versionId].filter(Boolean).join(' ')
}
