import { parse } from 'yaml'
import { newMachineId, type LinuxSystem } from './guest-linux'
import { agentUnit } from './guest-linux-base'
import type { KeptSetup } from './guest-places'
import { quote, runShell, type Streams } from './guest-process'

/** Whether cloud-init has set this system up; `cloud-init clean` makes it forget. */
export function isProvisioned({ disk }: LinuxSystem): boolean {
  return disk.tree.find('/var/lib/cloud/instance') !== null
}

/** First boot of a new machine: what cloud-init and the agent write, from `osProfile`. */
export async function provision(system: LinuxSystem, setup: KeptSetup): Promise<void> {
  const { computerName, adminUsername, publicKeys, passwordHash } = setup
  const id = instanceId(system.machine.id)
  system.writeRoot('/etc/hostname', `${computerName}\n`)
  if ((system.disk.readText('/etc/machine-id') ?? '').trim() === '')
    system.writeRoot('/etc/machine-id', `${newMachineId()}\n`)
  makeAdmin(system, setup)
  system.writeRoot(
    '/etc/ssh/sshd_config.d/50-cloud-init.conf',
    `PasswordAuthentication ${passwordHash === null ? 'no' : 'yes'}\n`,
    0o600,
  )
  system.writeRoot('/run/resolv.conf', 'nameserver 168.63.129.16\nsearch internal.cloudapp.net\n')
  system.removeIfThere('/etc/resolv.conf')
  system.disk.makeLink('/etc/resolv.conf', '../run/resolv.conf', 0)
  system.writeRoot(
    '/var/lib/dhcp/dhclient.eth0.leases',
    `lease {\n  interface "eth0";\n  fixed-address ${system.machine.privateIp};\n}\n`,
  )
  system.writeRoot(`/var/lib/cloud/instances/${id}/boot-finished`, `${new Date(system.now()).toISOString()}\n`)
  if (!system.disk.tree.find('/var/lib/cloud/instance', false))
    system.disk.makeLink('/var/lib/cloud/instance', `/var/lib/cloud/instances/${id}`, 0)
  system.writeRoot('/var/lib/cloud/data/instance-id', `${id}\n`)
  system.writeRoot('/var/lib/cloud/data/status.json', `${JSON.stringify({ v1: { datasource: 'DataSourceAzure' } })}\n`)
  system.writeRoot('/var/log/cloud-init.log', `${new Date(system.now()).toISOString()} - cloud-init finished\n`, 0o640)
  system.writeRoot('/var/log/cloud-init-output.log', 'Cloud-init finished. Datasource DataSourceAzure.\n', 0o640)
  writeAgentFiles(system, id, adminUsername)
  const { temporaryMib } = system.machine
  if (temporaryMib > 0) system.writeRoot('/mnt/DATALOSS_WARNING_README.txt', temporaryWarning)
  if (publicKeys.length === 0 && passwordHash === null) system.log('cloud-init', 'no way to sign in was given')
  if (setup.customData !== null) await runCustomData(system, Buffer.from(setup.customData, 'base64').toString())
}

function makeAdmin(system: LinuxSystem, { adminUsername, publicKeys, passwordHash }: KeptSetup): void {
  const groups = ['adm', system.distribution.adminGroup, 'plugdev']
  const user =
    system.user(adminUsername) ??
    system.addUser(adminUsername, { groups, ...(passwordHash === null ? {} : { hash: passwordHash }) })
  const own = { uid: user.uid, gid: user.gid, mtimeMs: system.disk.now() }
  if (!system.disk.tree.find(`${user.home}/.ssh`)) system.disk.makeFolder(`${user.home}/.ssh`, { ...own, mode: 0o700 })
  system.disk.write(
    `${user.home}/.ssh/authorized_keys`,
    Buffer.from(publicKeys.map((key) => `${key.trim()}\n`).join('')),
    { ...own, mode: 0o600 },
  )
  system.writeRoot(
    '/etc/sudoers.d/90-cloud-init-users',
    `# Created by cloud-init\n\n# User rules for ${adminUsername}\n${adminUsername} ALL=(ALL) NOPASSWD:ALL\n`,
    0o440,
  )
}

function writeAgentFiles(system: LinuxSystem, id: string, user: string): void {
  if (!system.disk.tree.find('/usr/sbin/waagent')) return
  const ovf = `<?xml version="1.0" encoding="utf-8"?>\n<Environment><ProvisioningSection><LinuxProvisioningConfigurationSet><HostName>${system.hostname}</HostName><UserName>${user}</UserName><UserPassword>REDACTED</UserPassword></LinuxProvisioningConfigurationSet></ProvisioningSection></Environment>\n`
  system.writeRoot('/var/lib/waagent/ovf-env.xml', ovf, 0o600)
  system.writeRoot('/var/lib/waagent/provisioned', `${id}\n`, 0o600)
  for (const name of [
    'GoalState.1.xml',
    'SharedConfig.xml',
    'HostingEnvironmentConfig.xml',
    'Certificates.xml',
    'waagent_status.json',
  ])
    system.writeRoot(`/var/lib/waagent/${name}`, '<practice/>\n', 0o600)
  system.writeRoot('/var/lib/waagent/4B1C9E0D3A.prv', 'practice\n', 0o600)
  system.writeRoot(
    '/var/log/waagent.log',
    `${new Date(system.now()).toISOString()} INFO Daemon Daemon Azure Linux Agent Version: ${system.distribution.agentVersion} (${agentUnit(system.distribution.id)})\n`,
    0o640,
  )
}

/** A script, or the parts of a cloud-config that build VMs need: packages, write_files and runcmd. */
async function runCustomData(system: LinuxSystem, text: string): Promise<void> {
  const steps: string[] = []
  if (text.startsWith('#!')) steps.push(text)
  else if (text.startsWith('#cloud-config')) steps.push(...scriptsOf(system, text))
  const collects = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const env = { HOME: '/root', USER: 'root', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }
  for (const script of steps)
    await runShell(script, {
      ...{ system, user: system.root(), env, cwd: '/', collects },
      streams: noStreams,
      signal: new AbortController().signal,
    })
  const output = Buffer.concat([...collects.stdout, ...collects.stderr])
  if (output.length > 0)
    system.disk.append('/var/log/cloud-init-output.log', output, {
      mode: 0o640,
      uid: 0,
      gid: 0,
      mtimeMs: system.disk.now(),
    })
}

function scriptsOf(system: LinuxSystem, text: string): string[] {
  const config = (readYaml(text) ?? {}) as { write_files?: unknown; runcmd?: unknown; packages?: unknown }
  if (Array.isArray(config.write_files))
    for (const one of config.write_files as { path?: unknown; content?: unknown; permissions?: unknown }[])
      if (typeof one.path === 'string')
        system.writeRoot(one.path, String(one.content ?? ''), parseInt(String(one.permissions ?? '0644'), 8) || 0o644)
  const packages = Array.isArray(config.packages) ? (config.packages as unknown[]).map(String) : []
  const tool = system.distribution.tool === 'apt' ? 'apt-get' : 'dnf'
  const commands = Array.isArray(config.runcmd)
    ? (config.runcmd as unknown[]).map((one) =>
        Array.isArray(one) ? (one as unknown[]).map((word) => quote(String(word))).join(' ') : String(one),
      )
    : []
  return [...(packages.length > 0 ? [`${tool} install -y ${packages.map(quote).join(' ')}`] : []), ...commands]
}

function readYaml(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return null
  }
}

const noStreams: Streams = {
  isTerminal: false,
  write: () => Promise.resolve(),
  readLine: () => Promise.resolve(null),
  readAll: () => Promise.resolve(Buffer.alloc(0)),
  columns: () => 80,
}

/** A machine's id as cloud-init knows it: stable for one ARM machine. */
function instanceId(machineId: string): string {
  const digits = Buffer.from(machineId.toLowerCase()).toString('hex').padEnd(32, '0').slice(-32)
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  )
}

const temporaryWarning = `WARNING: THIS IS A TEMPORARY DISK.

Any data stored on this drive is SUBJECT TO LOSS and THERE IS NO WAY TO RECOVER IT.
`
