import { cmdlets } from './guest-cmdlets'
import { GuestFiles } from './guest-files'
import { hostKeysIn, type KeyFolder } from './guest-linux-keys'
import { isPassword, type Place } from './guest-places'
import { PowerShell } from './guest-powershell'
import { startSshServer, type SshServer, type SshVisit } from './guest-ssh'
import type { GuestSurroundings, GuestSystem } from './guest-system'
import { windowsVersion } from './guest-windows-base'
import { powerShellVisit } from './guest-windows-login'
import { WindowsState } from './guest-windows-state'
import { afterGeneralizedBoot, beginSysprep, endSysprep, finishServicing } from './guest-windows-sysprep'
import type { GuestMachine } from './guests'

const bootMs = 25_000
const setUpMs = 30_000
const sysprepMs = 4 * 60_000
const endMs = 1_500
const sshFolder = '/C:/ProgramData/ssh'
const keysFile = `${sshFolder}/administrators_authorized_keys`
const configFile = `${sshFolder}/sshd_config`

/** A Windows system: dark to SSH until a script switches OpenSSH Server on. */
export function windowsSystem(
  place: Place,
  machine: GuestMachine,
  around: GuestSurroundings,
  bootedAtMs: number,
): GuestSystem {
  const state = new WindowsState(place, around.now)
  const running = new AbortController()
  let server: SshServer | null = null
  // Servers that let nobody in any more, with the sessions that go on.
  const shut: SshServer[] = []
  let changes: Promise<void> = Promise.resolve()
  state.bootedAtMs = bootedAtMs
  state.gpu = machine.gpu
  state.wait = around.pause
  state.power = (how) => void around.pause(endMs, running.signal).then(() => around.power(how))
  state.startSysprep = (line) => {
    if (state.kept.sysprep) return
    beginSysprep(state, line)
    followSysprep()
  }
  state.serverChanged = () => {
    changes = changes.then(matchServer).catch(() => undefined)
    return changes
  }

  function followSysprep(): void {
    if (!state.kept.sysprep) return
    state.processes.add('sysprep')
    void around.pause(sysprepMs, running.signal).then(() => {
      if (running.signal.aborted) return
      state.processes.delete('sysprep')
      const then = endSysprep(state, around.failsSysprep())
      if (then) state.power(then)
    })
  }

  /** Opens or closes the SSH server as its service stands. */
  async function matchServer(): Promise<void> {
    const isWanted = state.service('sshd')?.[1].status === 'Running' && !running.signal.aborted
    if (!isWanted && server) {
      server.shut()
      shut.push(server)
      server = null
    } else if (isWanted && !server) server = await openDoor()
  }

  async function openDoor(): Promise<SshServer> {
    state.makeFolders(sshFolder)
    if (state.text(configFile) === null) state.writeText(configFile, usualConfig)
    const keys = await hostKeysIn(keyFolder(state))
    state.save()
    return startSshServer({
      hostKeys: keys,
      software: 'OpenSSH_for_Windows_9.5',
      mayTry: () => [
        'publickey',
        ...(/^\s*PasswordAuthentication\s+no/im.test(state.text(configFile) ?? '')
          ? []
          : (['password', 'keyboard-interactive'] as const)),
      ],
      keysOf: (user) => (isAdmin(user) ? (state.text(keysFile) ?? '').split(/\r?\n/) : []),
      checkPassword: (user, password) => isAdmin(user) && isPassword(place.facts.setup.passwordHash, password),
      visit: () => visit(state.kept.user),
      delayMs: around.delayMs,
    })
  }

  function isAdmin(user: string): boolean {
    return user.toLowerCase() === state.kept.user.toLowerCase()
  }

  function visit(user: string): SshVisit {
    const files = new GuestFiles(place.disk, { uid: 0, gid: 0, groups: [] }, { write: () => Promise.resolve() }, 0)
    return powerShellVisit(state, cmdlets, user, files)
  }

  return {
    async boot(isFresh, signal) {
      signal.addEventListener('abort', () => running.abort(), { once: true })
      if (isFresh) {
        await around.pause(bootMs, signal)
        state.kept.sysprep = null
        finishServicing(state)
        afterGeneralizedBoot(state)
        for (const one of Object.values(state.kept.services))
          one.status = one.startType === 'Automatic' ? 'Running' : 'Stopped'
      }
      if (!state.kept.isSetUp) {
        await around.pause(setUpMs, signal)
        setUp(state, place, machine)
      }
      if (signal.aborted) return
      state.save()
      followSysprep()
      await matchServer()
    },
    port: (wanted) => (server && sshPorts(state).includes(wanted) ? server.port : null),
    async run(script) {
      if (state.service('WindowsAzureGuestAgent')?.[1].status !== 'Running')
        throw new Error('The agent of the machine does not answer.')
      let [stdout, stderr] = ['', '']
      const host = {
        ...{ windows: state, input: [], user: 'SYSTEM', signal: running.signal },
        out: async (text: string) => void (stdout += text),
        err: async (text: string) => void (stderr += text),
      }
      await new PowerShell(host, cmdlets, 'C:\\Packages\\Plugins').run(script)
      state.save()
      await changes
      return { stdout, stderr }
    },
    screen: () => screenOf(state, place),
    async suffer(incident) {
      if (incident === 'cut') server?.cut('at-once')
      if (incident === 'remove-agent') delete state.kept.services['WindowsAzureGuestAgent']
      if (incident === 'new-host-keys') {
        for (const kind of ['rsa', 'ecdsa', 'ed25519'])
          for (const end of ['', '.pub']) state.remove(`${sshFolder}/ssh_host_${kind}_key${end}`)
        await server?.close()
        server = null
        await matchServer()
      }
      state.save()
    },
    async halt(how) {
      running.abort()
      await changes
      if (how === 'shut-down') state.save()
      await Promise.all([server, ...shut].map((one) => one?.close()))
      server = null
    },
  }
}

/** Where custom data lies, decoded and never run (Microsoft Learn, "Custom data and cloud-init on Azure virtual machines"). */
const customDataFolder = '/C:/AzureData'

/** First start of a new machine: its name, its user, its custom data, an empty temporary drive. */
function setUp(state: WindowsState, { facts }: Place, machine: GuestMachine): void {
  const { computerName, adminUsername, customData } = facts.setup
  state.kept.computerName = computerName || machine.name
  state.kept.user = adminUsername
  for (const name of ['', '/Desktop', '/Documents', '/Downloads', '/AppData/Local/Temp', '/AppData/Roaming', '/.ssh'])
    state.makeFolders(`/C:/Users/${adminUsername}${name}`)
  if (customData !== null) {
    state.makeFolders(customDataFolder)
    state.writeBytes(`${customDataFolder}/CustomData.bin`, Buffer.from(customData, 'base64'))
  }
  state.kept.isSetUp = true
}

function keyFolder(state: WindowsState): KeyFolder {
  return {
    read: (name) => state.text(`${sshFolder}/${name}`),
    write: (name, text) => state.writeText(`${sshFolder}/${name}`, text),
    comment: `nt authority\\system@${state.computerName}`.replace(' ', '_'),
  }
}

function sshPorts(state: WindowsState): number[] {
  const ports = [...(state.text(configFile) ?? '').matchAll(/^\s*Port\s+(\d+)/gim)].map(([, port]) => Number(port))
  return ports.length > 0 ? ports : [22]
}

function screenOf(state: WindowsState, { facts }: Place): string[] {
  const title = `Windows Server ${windowsVersion(facts.image).year} Datacenter`
  if (state.kept.sysprep) return [title, '', 'System Preparation Tool: Sysprep is working...']
  return [title, '', state.kept.isSetUp ? 'Press Ctrl+Alt+Delete to unlock.' : 'Getting ready']
}

const usualConfig = `# This is the sshd server system-wide configuration file.\r\n#Port 22\r\n#PubkeyAuthentication yes\r\n#PasswordAuthentication yes\r\nSubsystem\tsftp\tsftp-server.exe\r\n\r\nMatch Group administrators\r\n       AuthorizedKeysFile __PROGRAMDATA__/ssh/administrators_authorized_keys\r\n`
