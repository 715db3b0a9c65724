import type { Finding, Inspection } from '../../shared/outputs'
import type { Ext } from './ext'
import { clean, finding } from './findings'

export type LinuxGuest = Pick<Inspection, 'os' | 'generalized' | 'findings'>

const smallFileBytes = 64 * 1024
/** `Microsoft.Azure.Extensions.CustomScript-2.1.10`: the folder that waagent unpacks an extension into. */
const extensionFolder = /^[A-Za-z0-9.]+-\d+(\.\d+)+$/

/** Reads what a Linux system says about itself; null when the volume holds no system. */
export async function readLinux(root: Ext): Promise<LinuxGuest | null> {
  const text = (path: string) => root.text(path, smallFileBytes)
  const release = (await text('usr/lib/os-release')) ?? (await text('etc/os-release'))
  if (release === null) return null
  const id = valueOf(release, 'ID')
  const versionId = valueOf(release, 'VERSION_ID')
  const fstab = (await text('etc/fstab')) ?? ''
  const agentSettings = (await text('etc/waagent.conf')) ?? ''
  const traces = await identityTraces(root)
  return {
    os: { type: 'Linux', id, versionId },
    generalized: traces.strong.length > 0 ? false : traces.weak.length > 0 ? null : true,
    findings: [
      finding('os.identified', 'info', { name: clean(valueOf(release, 'PRETTY_NAME') ?? id ?? 'Linux') }),
      ...(await agentFindings(root, agentSettings)),
      ...(await extensionFindings(root)),
      ...generalizedFindings(traces),
      ...mountFindings(fstab, agentSettings),
      ...(root.isDirty ? [finding('linux.fs-dirty', 'warn')] : []),
    ],
  }
}

/** The value of a line of os-release, which is written like a shell assignment. */
function valueOf(release: string, key: string): string | null {
  const line = release.split('\n').find((one) => one.startsWith(`${key}=`))
  const value = line
    ?.slice(key.length + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
  return value ? clean(value) : null
}

async function agentFindings(root: Ext, settings: string): Promise<Finding[]> {
  const hasOne = async (...paths: string[]) => {
    for (const path of paths) if (await root.isThere(path)) return true
    return false
  }
  const hasAgent = await hasOne('usr/sbin/waagent', 'usr/bin/waagent', 'usr/local/sbin/waagent')
  const hasCloudInit = await hasOne('usr/bin/cloud-init', 'usr/local/bin/cloud-init')
  if (!hasAgent && !hasCloudInit) return [finding('linux.agent', 'block', {}, installAgent)]
  if (!hasAgent) return [finding('linux.agent:cloud-init-only', 'warn', {}, installAgent)]
  const waits = !hasCloudInit && /^\s*Provisioning\.Agent\s*=\s*cloud-init/m.test(settings)
  return waits ? [finding('linux.agent:waits', 'warn', {}, installAgent)] : []
}

const installAgent = [
  { on: 'linux' as const, text: 'sudo apt-get install -y walinuxagent cloud-init' },
  { on: 'linux' as const, text: 'sudo systemctl enable walinuxagent cloud-init' },
]

async function extensionFindings(root: Ext): Promise<Finding[]> {
  const folders = (await root.list('var/lib/waagent')).filter(
    ({ name, isFolder }) => isFolder && extensionFolder.test(name) && !name.startsWith('WALinuxAgent-'),
  )
  if (folders.length === 0) return []
  const names = folders
    .slice(0, 5)
    .map(({ name }) => clean(name))
    .join(', ')
  return [finding('azure.extensions', 'block', { names })]
}

type Traces = { strong: string[]; weak: string[] }

/** What a machine leaves behind when it gets an identity; generalizing removes it. */
async function identityTraces(root: Ext): Promise<Traces> {
  const strong: string[] = []
  for (const path of ['var/lib/waagent/provisioned', 'var/lib/waagent/ovf-env.xml', 'var/lib/cloud/data/instance-id']) {
    if (await root.isThere(path)) strong.push(path)
  }
  if (await root.isThere('var/lib/cloud/instance')) strong.push('var/lib/cloud/instance')
  const keys = (await root.list('var/lib/waagent')).filter(({ name }) => /\.(prv|crt)$/.test(name))
  if (keys.length > 0) strong.push('var/lib/waagent/*.prv')
  const weak = (await root.list('etc/ssh'))
    .filter(({ name }) => /^ssh_host_\w+_key$/.test(name))
    .map(({ name }) => `etc/ssh/${clean(name)}`)
  const machineId = ((await root.text('etc/machine-id', 64)) ?? '').trim()
  if (machineId !== '' && machineId !== 'uninitialized') weak.push('etc/machine-id')
  return { strong, weak }
}

function generalizedFindings({ strong, weak }: Traces): Finding[] {
  if (strong.length > 0) return [finding('linux.generalized', 'block', { traces: strong.join(', ') }, generalize)]
  if (weak.length === 0) return []
  return [finding('linux.generalized:maybe', 'warn', { traces: weak.join(', ') }, generalize)]
}

const generalize = [
  { on: 'linux' as const, text: 'sudo cloud-init clean --logs' },
  { on: 'linux' as const, text: 'sudo waagent -force -deprovision+user' },
  { on: 'linux' as const, text: 'sudo shutdown -h now' },
]

function mountFindings(fstab: string, settings: string): Finding[] {
  const findings: Finding[] = []
  const lines = fstab
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([device]) => device && !device.startsWith('#'))
  const byName = lines.filter(([device]) => /^\/dev\/(sd|xvd|hd)[a-z]/.test(device!))
  if (byName.length > 0) findings.push(finding('linux.fstab', 'warn', { device: clean(byName[0]![0]!) }))
  if (lines.some(([, , type]) => type === 'swap')) findings.push(finding('linux.swap', 'warn'))
  const mountPoint = /^\s*ResourceDisk\.MountPoint\s*=\s*(\S+)/m.exec(settings)?.[1]
  if (mountPoint && !['/mnt', '/mnt/resource'].includes(mountPoint)) {
    findings.push(finding('batch.temp-disk', 'warn', { path: clean(mountPoint) }))
  }
  return findings
}
