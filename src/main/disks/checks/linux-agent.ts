import { clean, finding } from '../findings'
import type { GuestFiles } from '../guest/files'
import type { LinuxSystem } from '../linux'
import { agentPrograms, agentUnits, cloudInitPrograms } from '../linux-wanted'
import type { Check } from './check'
import { enableAgent, installAgent, onLinux } from './distribution'

const unitFolders = ['etc/systemd/system', 'usr/lib/systemd/system', 'lib/systemd/system']
/** What waagent unpacks an extension into: `Microsoft.Azure.Extensions.CustomScript-2.1.10`. */
const extensionFolder = /^[A-Za-z0-9.]+-\d+(\.\d+)+$/
const maxNames = 5

export const agentChecks: readonly Check<LinuxSystem>[] = [
  {
    id: 'linux.agent',
    look({ files, release }) {
      const install = installAgent(release)
      const hasAgent = agentPrograms.some(files.isThere)
      const hasCloudInit = cloudInitPrograms.some(files.isThere)
      if (!hasAgent && !hasCloudInit) return finding('linux.agent', 'block', {}, install)
      if (!hasAgent) return finding('linux.agent:cloud-init-only', 'warn', {}, install)
      if (agentUnits.some((unit) => isOff(files, unit))) {
        return finding('linux.agent:off', 'warn', {}, enableAgent(release))
      }
      const waits = provisionerOf(files)
      if (!hasCloudInit && waits === 'cloud-init') return finding('linux.agent:waits', 'warn', {}, install)
      if (!hasCloudInit && waits === 'nobody') return finding('linux.agent:nobody', 'warn', {}, install)
      return hasCloudInit ? cloudInitFinding(files) : null
    },
  },
  {
    id: 'azure.extensions',
    look({ files }) {
      const folders = files
        .list('var/lib/waagent')
        .filter(({ name, isFolder }) => isFolder && extensionFolder.test(name) && !name.startsWith('WALinuxAgent-'))
        .map(({ name }) => clean(name))
      if (folders.length === 0) return null
      const remove = onLinux(...folders.slice(0, maxNames).map((name) => `sudo rm -rf '/var/lib/waagent/${name}'`))
      return finding('azure.extensions', 'block', { names: folders.slice(0, maxNames).join(', ') }, remove)
    },
  },
]

/** Who gives a new machine its identity, by etc/waagent.conf. */
function provisionerOf(files: GuestFiles): 'cloud-init' | 'nobody' | 'agent' {
  const settings = files.text('etc/waagent.conf') ?? ''
  const value = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)`, 'mi').exec(settings)?.[1]?.toLowerCase()
  const agent = value('Provisioning\\.Agent')
  if (agent === 'cloud-init') return 'cloud-init'
  if (agent === 'disabled') return 'nobody'
  return value('Provisioning\\.Enabled') === 'n' && agent === undefined ? 'nobody' : 'agent'
}

/** A unit that is there but masked, or that nothing starts. */
function isOff(files: GuestFiles, unit: string): boolean {
  if (files.linkTo(`etc/systemd/system/${unit}`) === '/dev/null') return true
  const isThere = unitFolders.some((folder) => files.isThere(`${folder}/${unit}`))
  return isThere && unitFolders.every((folder) => files.paths(`${folder}/*.wants/${unit}`).length === 0)
}

function cloudInitFinding(files: GuestFiles) {
  const isMasked = files.linkTo('etc/systemd/system/cloud-init.service') === '/dev/null'
  if (isMasked || files.isThere('etc/cloud/cloud-init.disabled')) {
    const enable = onLinux('sudo rm -f /etc/cloud/cloud-init.disabled', 'sudo systemctl unmask cloud-init')
    return finding('linux.agent:cloud-init-off', 'warn', {}, enable)
  }
  const sources = dataSources(files)
  if (!sources || sources.includes('Azure')) return null
  const add = onLinux(`echo 'datasource_list: [ Azure ]' | sudo tee /etc/cloud/cloud.cfg.d/91-azure_datasource.cfg`)
  return finding('linux.agent:data-source', 'warn', { sources: clean(sources.join(', ')) }, add)
}

/** Where cloud-init looks for its data; the setting read last counts, and without one it looks everywhere. */
function dataSources(files: GuestFiles): string[] | null {
  const texts = ['etc/cloud/cloud.cfg', ...files.paths('etc/cloud/cloud.cfg.d/*.cfg').sort()].map(files.text)
  const lists = texts.flatMap((text) => [...(text ?? '').matchAll(/^datasource_list:\s*\[([^\]]*)\]/gm)])
  const last = lists.at(-1)?.[1]
  return last === undefined ? null : last.split(',').map((name) => name.trim().replace(/["']/g, ''))
}
