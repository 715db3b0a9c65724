import type { LinuxSystem } from './guest-linux'
import { removeHostKeys } from './guest-linux-keys'
import type { Call, Program } from './guest-process'

/** The Azure Linux agent and cloud-init: what makes a system forget which machine it was. */
export const agentPrograms: Record<string, Program> = { _waagent: runAgent, 'cloud-init': runCloudInit }

/** Actions and warnings in the order of WALinuxAgent's `azurelinuxagent/pa/deprovision/default.py`. */
type Action = { warning?: string; run: () => void }

/** `waagent -version | -deprovision[+user] | -force | -daemon | -show-configuration`, with one or two dashes. */
async function runAgent(call: Call): Promise<number> {
  const { args, system, user, out, err } = call
  const words = args.map((arg) => arg.replace(/^-{1,2}/, ''))
  const { agentVersion, id, versionId, python } = system.distribution
  if (words.includes('version')) {
    await out(
      `WALinuxAgent-${agentVersion} running on ${id} ${versionId}\nPython: ${python}\nGoal state agent: ${agentVersion}\n`,
    )
    return 0
  }
  if (words.includes('show-configuration')) {
    await out(system.disk.readText('/etc/waagent.conf') ?? '')
    return 0
  }
  const deletesUser = words.includes('deprovision+user')
  if (!deletesUser && !words.includes('deprovision')) {
    await out(
      'usage: /usr/sbin/waagent [-verbose] [-force] [-help] -configuration-path:<path to configuration file>-deprovision[+user]|-register-service|-version|-daemon|-start|-run-exthandlers|-show-configuration|-collect-logs [-full]|-setup-firewall [-dst_ip=<IP> -uid=<UID> [-w]]\n',
    )
    return words.includes('help') ? 0 : 1
  }
  if (user.uid !== 0) {
    await err("[Errno 13] Permission denied: '/var/log/waagent.log'\n")
    return 1
  }
  const actions = actionsOf(system, deletesUser)
  for (const { warning } of actions) if (warning !== undefined) await out(`${warning}\n`)
  if (!words.includes('force')) {
    const answer = await call.ask('Do you want to proceed (y/n)')
    if (answer === null || !answer.toLowerCase().startsWith('y')) return answer === null ? 1 : 0
  }
  for (const { run } of actions) run()
  return 0
}

function actionsOf(system: LinuxSystem, deletesUser: boolean): Action[] {
  const setting = (name: string) =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(system.disk.readText('/etc/waagent.conf') ?? '')?.[1]
  const owner = /<UserName>([^<]*)<\/UserName>/.exec(system.disk.readText('/var/lib/waagent/ovf-env.xml') ?? '')?.[1]
  return [
    {
      warning: 'WARNING! The waagent service will be stopped.',
      run: () => system.writeRoot('/run/systemd/agent-stopped', ''),
    },
    ...(setting('Provisioning.RegenerateSshHostKeyPair') === 'y'
      ? [{ warning: 'WARNING! All SSH host key pairs will be deleted.', run: () => removeHostKeys(system) }]
      : []),
    {
      warning: 'WARNING! Cached DHCP leases will be deleted.',
      run: () => ['/var/lib/dhclient', '/var/lib/dhcpcd', '/var/lib/dhcp'].forEach((path) => system.emptyFolder(path)),
    },
    { run: () => system.writeRoot('/etc/hostname', 'localhost.localdomain\n') },
    ...(setting('Provisioning.DeleteRootPassword') === 'y'
      ? [
          {
            warning: 'WARNING! root password will be disabled. You will not be able to login as root.',
            run: () => disableRoot(system),
          },
        ]
      : []),
    { run: () => ['/var/lib/waagent', '/var/log/azure'].forEach((path) => system.emptyFolder(path)) },
    { run: () => ['/root/.bash_history', '/var/log/waagent.log'].forEach((path) => system.removeIfThere(path)) },
    { warning: 'WARNING! /etc/resolv.conf will be deleted.', run: () => system.removeIfThere('/etc/resolv.conf') },
    ...(deletesUser ? userActions(system, owner) : []),
  ]
}

function userActions(system: LinuxSystem, owner: string | undefined): Action[] {
  if (owner === undefined)
    return [
      { warning: 'WARNING! ovf-env.xml is not found.', run: () => undefined },
      { warning: 'WARNING! Skip delete user.', run: () => undefined },
    ]
  const warning = `WARNING! ${owner} account and entire home directory will be deleted.`
  return [{ warning, run: () => forgetUser(system, owner) }]
}

/** As `del_account` does: user, home, and its line for sudo. */
function forgetUser(system: LinuxSystem, name: string): void {
  system.removeUser(name, true)
  const folder = system.disk.tree.find('/etc/sudoers.d')
  if (folder?.kind !== 'folder') return
  for (const file of [...folder.entries.keys()])
    system.editLines(`/etc/sudoers.d/${file}`, (lines) => lines.filter((line) => line.split(/\s+/)[0] !== name))
}

function disableRoot(system: LinuxSystem): void {
  system.editLines('/etc/shadow', (lines) =>
    lines.map((line) => (line.startsWith('root:') ? line.replace(/^root:[^:]*/, 'root:!') : line)),
  )
}

/** `cloud-init status [--wait] | clean [--logs] [--machine-id] [--reboot] | --version`. */
async function runCloudInit(call: Call): Promise<number> {
  const { args, system, user, out, err } = call
  const [verb] = args.filter((arg) => !arg.startsWith('-'))
  if (verb === undefined || args.includes('--version')) {
    await out('/usr/bin/cloud-init 25.1.4-0ubuntu0~24.04.1\n')
    return 0
  }
  if (verb === 'status') {
    const isDone = system.disk.tree.find('/var/lib/cloud/instance') !== null
    await out(`status: ${isDone ? 'done' : 'not started'}\n`)
    if (args.some((arg) => /^(-l|--long)$/.test(arg)))
      await out(
        'extended_status: done\nboot_status_code: enabled-by-generator\ndetail: DataSourceAzure [seed=/dev/sr0]\nerrors: []\n',
      )
    return 0
  }
  if (verb !== 'clean') {
    await err(
      `usage: /usr/bin/cloud-init {init,modules,single,query,features,analyze,devel,collect-logs,clean,status,schema} ...\n`,
    )
    return verb === 'query' ? 0 : 2
  }
  if (user.uid !== 0) {
    await err('ERROR: Could not remove /var/lib/cloud/instance: [Errno 13] Permission denied\n')
    return 1
  }
  system.emptyFolder('/var/lib/cloud')
  system.emptyFolder('/run/cloud-init')
  if (args.some((arg) => /^(-l|--logs)$/.test(arg)))
    for (const name of ['cloud-init.log', 'cloud-init-output.log']) system.removeIfThere(`/var/log/${name}`)
  if (args.includes('--machine-id')) system.writeRoot('/etc/machine-id', 'uninitialized\n')
  if (args.some((arg) => /^-c|--configs/.test(arg))) system.removeIfThere('/etc/ssh/sshd_config.d/50-cloud-init.conf')
  if (args.some((arg) => /^(-r|--reboot)$/.test(arg))) system.power('reboot')
  return 0
}
