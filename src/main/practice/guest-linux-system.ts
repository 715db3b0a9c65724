import { randomUUID } from 'node:crypto'
import { distributionOf } from './guest-distributions'
import { linuxVisit } from './guest-login'
import { LinuxSystem } from './guest-linux'
import { hostKeys, keyLines, publicKeys, removeHostKeys } from './guest-linux-keys'
import { agentUnit } from './guest-linux-base'
import { isProvisioned, provision } from './guest-linux-setup'
import type { Place } from './guest-places'
import { isPassword } from './guest-places'
import { runShell, type Streams } from './guest-process'
import { linuxPrograms, linuxWords } from './guest-programs'
import { startSshServer, type SshServer } from './guest-ssh'
import type { GuestSurroundings, GuestSystem } from './guest-system'
import type { GuestMachine } from './guests'

/** A new number after every boot (random(4)). */
const bootIdFile = '/proc/sys/kernel/random/boot_id'
const kernelMs = 4_000
const userlandMs = 14_000

/** A Linux system: boots, lets users in by SSH, and is shut down. */
export function linuxSystem(
  place: Place,
  machine: GuestMachine,
  around: GuestSurroundings,
  bootedAtMs: number,
): GuestSystem {
  const { disk, facts } = place
  const distribution = distributionOf(facts.image)
  const { now, pause, power, serial } = around
  const system = new LinuxSystem(
    { disk, distribution, machine, now, pause, power, serial, programs: linuxPrograms, words: linuxWords },
    bootedAtMs,
  )
  let server: SshServer | null = null

  async function openDoors(): Promise<void> {
    const keys = await hostKeys(system)
    server = await startSshServer({
      hostKeys: keys,
      software: distribution.openSsh,
      mayTry: (user) => waysOf(system, user),
      keysOf: (user) => keysOf(system, user),
      checkPassword: (user, password) => isPassword(system.shadow(user), password),
      visit: (user, from) => linuxVisit(system, system.user(user) ?? system.root(), from),
      delayMs: around.delayMs,
    })
  }

  async function boot(isFresh: boolean, signal: AbortSignal): Promise<void> {
    const mayTell = isFresh ? serial : () => undefined
    mayTell(kernelLines(system))
    if (isFresh) await pause(kernelMs, signal)
    if (isFresh || disk.readText(bootIdFile) === null) system.writeRoot(bootIdFile, `${randomUUID()}\n`, 0o444)
    if (isFresh) system.emptyFolder('/run/systemd')
    const isNew = !isProvisioned(system)
    if (isNew) await provision(system, facts.setup)
    if (isFresh) await pause(userlandMs, signal)
    if (signal.aborted) return
    const hadKeys = publicKeys(system).length > 0
    await openDoors()
    mayTell(unitLines(system))
    if (isNew || !hadKeys) mayTell(keyLines(system))
    mayTell(`\n${distribution.prettyName} ${system.hostname} ttyS0\n\n${system.hostname} login: \n`)
  }

  return {
    boot,
    port: (wanted) => (server && sshPorts(system).includes(wanted) ? server.port : null),
    async run(script) {
      if (!disk.tree.find('/usr/sbin/waagent')) throw new Error('The agent of the machine does not answer.')
      const collects = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
      const root = system.root()
      const env = { HOME: '/root', USER: 'root', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }
      const signal = new AbortController().signal
      await runShell(script, {
        system,
        user: root,
        env,
        cwd: '/',
        streams: silent,
        signal,
        collects,
        stdin: Buffer.alloc(0),
      })
      return { stdout: Buffer.concat(collects.stdout).toString(), stderr: Buffer.concat(collects.stderr).toString() }
    },
    screen: () => [`${distribution.prettyName} ${system.hostname} tty1`, '', `${system.hostname} login:`],
    async suffer(incident) {
      if (incident === 'cut') server?.cut('at-once')
      if (incident === 'remove-agent') system.removeIfThere('/usr/sbin/waagent')
      if (incident !== 'new-host-keys') return
      removeHostKeys(system)
      await server?.close()
      await openDoors()
      serial(keyLines(system))
    },
    async halt(how) {
      if (how === 'shut-down')
        serial(
          `[  OK  ] Stopped ${agentUnit(distribution.id)}.service - Azure Linux Agent.\n[  OK  ] Reached target System Power Off.\n`,
        )
      await server?.close()
      server = null
    },
  }
}

const silent: Streams = {
  isTerminal: false,
  write: () => Promise.resolve(),
  readLine: () => Promise.resolve(null),
  readAll: () => Promise.resolve(Buffer.alloc(0)),
  columns: () => 80,
}

function waysOf(system: LinuxSystem, user: string): ('publickey' | 'password' | 'keyboard-interactive')[] {
  const config = configLines(system)
  const allows = (name: string, usual: string) =>
    (config.find(([one]) => one === name.toLowerCase())?.[1] ?? usual).toLowerCase() === 'yes'
  const usesPassword = allows('PasswordAuthentication', 'yes')
  const isOpen =
    user !== 'root' ||
    !['no', 'prohibit-password'].includes(config.find(([one]) => one === 'permitrootlogin')?.[1] ?? 'prohibit-password')
  return ['publickey', ...(usesPassword && isOpen ? (['password', 'keyboard-interactive'] as const) : [])]
}

/** Settings of sshd in the order in which they count: the first of a name wins, drop-in files come first. */
function configLines(system: LinuxSystem): [string, string][] {
  const folder = system.disk.tree.find('/etc/ssh/sshd_config.d')
  const names = folder?.kind === 'folder' ? [...folder.entries.keys()].sort() : []
  const files = [...names.map((name) => `/etc/ssh/sshd_config.d/${name}`), '/etc/ssh/sshd_config']
  return files.flatMap((file) =>
    (system.disk.readText(file) ?? '')
      .split('\n')
      .map((line) => /^\s*(\w+)\s+(\S+)/.exec(line))
      .flatMap((found) => (found ? [[(found[1] ?? '').toLowerCase(), found[2] ?? ''] as [string, string]] : [])),
  )
}

function sshPorts(system: LinuxSystem): number[] {
  const ports = configLines(system).flatMap(([name, value]) => (name === 'port' ? [Number(value)] : []))
  return ports.length > 0 ? ports : [22]
}

function keysOf(system: LinuxSystem, name: string): string[] {
  const user = system.user(name)
  return user ? (system.disk.readText(`${user.home}/.ssh/authorized_keys`) ?? '').split('\n') : []
}

function kernelLines({ distribution, machine }: LinuxSystem): string {
  return [
    `[    0.000000] Linux version ${distribution.kernel} (buildd@practice) #1 SMP PREEMPT_DYNAMIC`,
    '[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro console=tty1 console=ttyS0 earlyprintk=ttyS0',
    '[    0.000000] Hypervisor detected: Microsoft Hyper-V',
    `[    0.214030] smpboot: Allowing ${machine.vCpus} CPUs, 0 hotplug CPUs`,
    '[    1.402117] hv_vmbus: registering driver hv_storvsc',
    '[    1.620551] hv_netvsc eth0: VF slot 1 added',
    '[    2.913344] EXT4-fs (sda1): mounted filesystem ro with ordered data mode.',
    `[    3.410212] systemd[1]: Hostname set to <${machine.name}>.`,
    '',
  ].join('\n')
}

function unitLines({ distribution, disk }: LinuxSystem): string {
  const agent = disk.tree.find('/usr/sbin/waagent')
    ? [`[  OK  ] Started ${agentUnit(distribution.id)}.service - Azure Linux Agent.`]
    : []
  return [
    '[  OK  ] Finished cloud-init.service - Cloud-init: Network Stage.',
    '[  OK  ] Started ssh.service - OpenBSD Secure Shell server.',
    ...agent,
    '[  OK  ] Reached target multi-user.target - Multi-User System.',
    '',
  ].join('\n')
}
