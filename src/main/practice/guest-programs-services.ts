import { agentUnit } from './guest-linux-base'
import type { LinuxSystem } from './guest-linux'
import { say, type Call, type Program } from './guest-process'

/** systemd as far as build VMs need it, and what ends the system. */
export const servicePrograms: Record<string, Program> = {
  _systemctl: runSystemctl,
  journalctl,
  service: (call) => runSystemctl({ ...call, args: [call.args[1] ?? '', call.args[0] ?? ''] }),
  loginctl: () => Promise.resolve(0),
  _reboot: (call) => end(call, 'reboot'),
  _poweroff: (call) => end(call, 'power-off'),
  _halt: (call) => end(call, 'power-off'),
  _shutdown: shutdown,
}

const endMs = 1_500
/** Units that every image has, with what they are. */
const known: Record<string, string> = {
  ssh: 'OpenBSD Secure Shell server',
  sshd: 'OpenSSH server daemon',
  'cloud-init': 'Cloud-init: Network Stage',
  'cloud-final': 'Cloud-init: Final Stage',
  rsyslog: 'System Logging Service',
  cron: 'Regular background program processing daemon',
  'systemd-journald': 'Journal Service',
  'systemd-networkd': 'Network Configuration',
  'unattended-upgrades': 'Unattended Upgrades Shutdown',
}

async function runSystemctl(call: Call): Promise<number> {
  const { args, system, user, out, err } = call
  const words = args.filter((arg) => !arg.startsWith('-'))
  const [verb = 'list-units', ...names] = words
  const units = names.map((name) => name.replace(/\.(service|socket|target|timer)$/, ''))
  if (/^(reboot|poweroff|halt)$/.test(verb)) return end(call, verb === 'reboot' ? 'reboot' : 'power-off')
  if (verb === 'list-units' || verb === 'list-unit-files') return listUnits(call)
  if (verb === 'is-system-running') return say(call, 'running\n', 0)
  if (verb === 'daemon-reload') return 0
  let code = 0
  for (const unit of units) {
    const about = aboutUnit(system, unit)
    if (!about && !/^(mask|unmask)$/.test(verb)) {
      if (verb === 'is-active' || verb === 'is-enabled')
        await (args.some((arg) => /^(-q|--quiet)$/.test(arg))
          ? Promise.resolve()
          : out(verb === 'is-active' ? 'inactive\n' : 'not-found\n'))
      else
        await err(
          verb === 'status'
            ? `Unit ${unit}.service could not be found.\n`
            : `Failed to ${verb} ${unit}.service: Unit ${unit}.service not found.\n`,
        )
      code = verb === 'is-active' ? 3 : verb === 'status' ? 4 : verb === 'is-enabled' ? 1 : 5
      continue
    }
    if (/^(start|stop|restart|reload|enable|disable|mask|unmask|try-restart)$/.test(verb) && user.uid !== 0) {
      await err(`Failed to ${verb} ${unit}.service: Interactive authentication required.\n`)
      return 1
    }
    code = Math.max(code, await act(call, verb, unit, about ?? unit))
  }
  return code
}

async function act({ args, system, out }: Call, verb: string, unit: string, about: string): Promise<number> {
  const isRunning = !isStopped(system, unit)
  const isOn = !system.disk.tree.find(`/etc/systemd/system/${unit}.disabled`)
  switch (verb) {
    case 'is-active':
      if (!args.includes('--quiet') && !args.includes('-q')) await out(isRunning ? 'active\n' : 'inactive\n')
      return isRunning ? 0 : 3
    case 'is-enabled':
      await out(isOn ? 'enabled\n' : 'disabled\n')
      return isOn ? 0 : 1
    case 'status':
      await out(
        `${isRunning ? '●' : '○'} ${unit}.service - ${about}\n     Loaded: loaded (/usr/lib/systemd/system/${unit}.service; ${isOn ? 'enabled' : 'disabled'}; preset: enabled)\n     Active: ${isRunning ? `active (running) since ${new Date(system.bootedAtMs).toUTCString()}` : 'inactive (dead)'}\n`,
      )
      return isRunning ? 0 : 3
    case 'stop':
      system.writeRoot(`/run/systemd/${unit}.stopped`, '')
      return 0
    case 'start':
    case 'restart':
    case 'try-restart':
    case 'reload':
      system.removeIfThere(`/run/systemd/${unit}.stopped`)
      if (unit === agentUnit(system.distribution.id)) system.removeIfThere('/run/systemd/agent-stopped')
      return 0
    case 'disable':
    case 'mask':
      system.writeRoot(`/etc/systemd/system/${unit}.disabled`, '')
      return 0
    case 'enable':
    case 'unmask':
      system.removeIfThere(`/etc/systemd/system/${unit}.disabled`)
      return 0
    case 'show':
      await out(
        `Id=${unit}.service\nActiveState=${isRunning ? 'active' : 'inactive'}\nSubState=${isRunning ? 'running' : 'dead'}\n`,
      )
      return 0
    default:
      return 0
  }
}

function isStopped(system: LinuxSystem, unit: string): boolean {
  const isAgent = unit === agentUnit(system.distribution.id)
  return (
    system.disk.tree.find(`/run/systemd/${unit}.stopped`) !== null ||
    (isAgent && system.disk.tree.find('/run/systemd/agent-stopped') !== null)
  )
}

/** What a unit is; null where there is none. */
function aboutUnit({ disk, distribution }: LinuxSystem, unit: string): string | null {
  const agent = agentUnit(distribution.id)
  if (unit === agent || unit === 'waagent')
    return disk.tree.find('/usr/sbin/waagent') && unit === agent ? 'Azure Linux Agent' : null
  if (unit === 'cloud-init' || unit === 'cloud-final')
    return disk.tree.find('/usr/bin/cloud-init') ? (known[unit] ?? null) : null
  if (known[unit] !== undefined) return known[unit]
  const file =
    disk.readText(`/etc/systemd/system/${unit}.service`) ?? disk.readText(`/usr/lib/systemd/system/${unit}.service`)
  if (file !== null) return /^Description=(.*)$/m.exec(file)?.[1] ?? unit
  return disk.tree.find(`/usr/bin/${unit}`) && /^(nginx|docker|containerd|podman)$/.test(unit) ? unit : null
}

async function listUnits({ system, out }: Call): Promise<number> {
  const units = [...Object.keys(known), agentUnit(system.distribution.id)].sort()
  await out('  UNIT                               LOAD   ACTIVE SUB     DESCRIPTION\n')
  for (const unit of units) {
    const about = aboutUnit(system, unit)
    if (about === null) continue
    const state = isStopped(system, unit) ? 'inactive dead   ' : 'active   running'
    await out(`  ${`${unit}.service`.padEnd(34)} loaded ${state} ${about}\n`)
  }
  return 0
}

async function journalctl({ args, system, out }: Call): Promise<number> {
  const at = args.findIndex((arg) => /^(-u|--unit)$/.test(arg))
  const unit = at >= 0 ? args[at + 1]?.replace(/\.service$/, '') : undefined
  const lines = (system.disk.readText('/var/log/syslog') ?? '').split('\n').filter((line) => line !== '')
  const shown = unit === undefined ? lines : lines.filter((line) => line.includes(` ${unit}`))
  const count = args.findIndex((arg) => arg === '-n')
  const last = count >= 0 ? shown.slice(-Number(args[count + 1] ?? 10)) : shown
  await out(last.length > 0 ? `${last.join('\n')}\n` : '-- No entries --\n')
  return 0
}

async function shutdown(call: Call): Promise<number> {
  if (call.args.includes('-c')) return 0
  const isReboot = call.args.some((arg) => /^(-\w*r|--reboot)$/.test(arg))
  return end(call, isReboot ? 'reboot' : 'power-off')
}

/** The system goes down soon after: the command itself still ends, as with a real one. */
async function end({ user, system, err, signal }: Call, how: 'reboot' | 'power-off'): Promise<number> {
  if (user.uid !== 0) {
    await err(`Call to ${how === 'reboot' ? 'Reboot' : 'PowerOff'} failed: Interactive authentication required.\n`)
    return 1
  }
  const told = `The system will ${how === 'reboot' ? 'reboot' : 'power off'} now!`
  system.broadcast(told)
  system.log('systemd-logind[612]', told)
  void system.pause(endMs, signal).then(() => system.power(how))
  return 0
}
