import type { OutputOf } from '../../shared/outputs'

type System = NonNullable<OutputOf<'disk.inspect'>['os']>

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
