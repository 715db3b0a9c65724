import { randomUUID } from 'node:crypto'
import { posix } from 'node:path'
import { PsError } from './guest-powershell-values'
import type { Place } from './guest-places'
import { GuestError } from './guest-tree'
import { windowsVersion } from './guest-windows-base'

export type Service = {
  displayName: string
  status: 'Running' | 'Stopped'
  startType: 'Automatic' | 'Manual' | 'Disabled'
}
export type Appx = {
  name: string
  version: string
  publisher: string
  isProvisioned: boolean
  isInstalled: boolean
  isSystem: boolean
}
export type FirewallRule = { displayName: string; enabled: boolean; ports: string[]; action: string }
export type SysprepRun = { arguments: string; startedAtMs: number }

/** What is in the registry and the services; it lies on the disk as a file that nobody sees. */
type Kept = {
  registry: Record<string, { name: string; values: Record<string, string | number | string[]> }>
  services: Record<string, Service>
  capabilities: Record<string, boolean>
  firewall: Record<string, FirewallRule>
  appx: Appx[]
  tasks: Record<string, { action: string; result: number }>
  environment: Record<string, string>
  /** The one under way. */
  sysprep: SysprepRun | null
  /** Whether the last Sysprep was told that it runs in a virtual machine. */
  hadModeVm: boolean
  isSetUp: boolean
  user: string
  computerName: string
}

export const stateKey = 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State'
const hiddenFile = '/.windows.json'
const everybody = { mode: 0o666, uid: 0, gid: 0 }

/** A Windows system as programs see it. Changes last when `save` returns. */
export class WindowsState {
  readonly place: (text: string, cwd: string) => string = placeOf
  readonly kept: Kept
  readonly #place: Place
  readonly #now: () => number
  /** Programs that run now. */
  readonly processes = new Set<string>()
  power: (how: 'reboot' | 'power-off') => void = () => undefined
  startSysprep: (commandLine: string) => void = () => undefined
  /** Opens or closes the SSH server as its service stands now. */
  serverChanged: () => Promise<void> = () => Promise.resolve()
  /** Waits in virtual time. */
  wait: (virtualMs: number, signal: AbortSignal) => Promise<void> = () => Promise.resolve()
  bootedAtMs = 0

  constructor(place: Place, now: () => number) {
    this.#place = place
    this.#now = now
    const text = place.disk.readText(hiddenFile)
    this.kept = text === null ? fresh(place) : (JSON.parse(text) as Kept)
  }

  get disk() {
    return this.#place.disk
  }

  get image() {
    return this.#place.facts.image
  }

  now(): number {
    return this.#now()
  }

  get computerName(): string {
    return this.kept.computerName.toUpperCase()
  }

  save(): void {
    if (this.disk.isFull) return
    this.disk.write(hiddenFile, Buffer.from(JSON.stringify(this.kept)), {
      ...everybody,
      mode: 0o600,
      mtimeMs: this.now(),
    })
  }

  newGuid(): string {
    return randomUUID()
  }

  environment(name: string, user: string): string | null {
    const wanted = name.toLowerCase()
    const own = Object.entries(this.kept.environment).find(([one]) => one.toLowerCase() === wanted)
    if (own) return own[1]
    const profile = user === 'SYSTEM' ? 'C:\\Windows\\system32\\config\\systemprofile' : `C:\\Users\\${user}`
    const known: Record<string, string> = {
      systemroot: 'C:\\Windows',
      windir: 'C:\\Windows',
      systemdrive: 'C:',
      programdata: 'C:\\ProgramData',
      allusersprofile: 'C:\\ProgramData',
      programfiles: 'C:\\Program Files',
      'programfiles(x86)': 'C:\\Program Files (x86)',
      public: 'C:\\Users\\Public',
      userprofile: profile,
      appdata: `${profile}\\AppData\\Roaming`,
      localappdata: `${profile}\\AppData\\Local`,
      temp: user === 'SYSTEM' ? 'C:\\Windows\\Temp' : `${profile}\\AppData\\Local\\Temp`,
      tmp: 'C:\\Windows\\Temp',
      username: user === 'SYSTEM' ? `${this.computerName}$` : user,
      computername: this.computerName,
      os: 'Windows_NT',
      processor_architecture: 'AMD64',
      path: 'C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\;C:\\Windows\\System32\\OpenSSH\\',
    }
    return known[wanted] ?? null
  }

  setEnvironment(name: string, value: string): void {
    this.kept.environment[name] = value
  }

  // --- files

  text(place: string): string | null {
    const bytes = this.disk.readText(place)
    return bytes === null ? null : bytes.replace(/^\ufeff/, '')
  }

  /** @throws PsError in the words of .NET */
  requireText(place: string, shownPath: string): string {
    const text = this.text(place)
    if (text === null) throw new PsError(`Could not find file '${shownPath}'.`, 'FileNotFoundException')
    return text
  }

  isFolder(place: string): boolean {
    return this.disk.tree.find(place)?.kind === 'folder'
  }

  /** @throws PsError when the disk is full or the folder is missing */
  writeText(place: string, text: string): void {
    this.writeBytes(place, Buffer.from(text))
  }

  writeBytes(place: string, bytes: Buffer): void {
    attempt(() => this.disk.write(place, bytes, { ...everybody, mtimeMs: this.now() }), place)
  }

  makeFolders(place: string): void {
    let at = ''
    for (const name of place.split('/').filter((one) => one !== '')) {
      at += `/${name}`
      if (!this.disk.tree.find(at))
        attempt(() => this.disk.makeFolder(at, { ...everybody, mode: 0o777, mtimeMs: this.now() }), at)
    }
  }

  remove(place: string): void {
    if (this.disk.tree.find(place, false)) attempt(() => this.disk.remove(place), place)
  }

  // --- registry

  key(path: string): { name: string; values: Record<string, string | number | string[]> } | null {
    return this.kept.registry[registryKey(path)] ?? null
  }

  makeKey(path: string): void {
    const parts = hivePath(path).split('\\')
    for (let length = 1; length <= parts.length; length++) {
      const name = parts.slice(0, length).join('\\')
      this.kept.registry[name.toLowerCase()] ??= { name, values: {} }
    }
  }

  removeKey(path: string): void {
    const key = registryKey(path)
    for (const one of Object.keys(this.kept.registry))
      if (one === key || one.startsWith(`${key}\\`)) delete this.kept.registry[one]
  }

  subKeys(path: string): string[] {
    const key = `${registryKey(path)}\\`
    return Object.entries(this.kept.registry)
      .filter(([one]) => one.startsWith(key) && !one.slice(key.length).includes('\\'))
      .map(([, { name }]) => name)
  }

  registryValue(path: string, name: string): string | number | string[] | null {
    const values = this.key(path)?.values ?? {}
    return Object.entries(values).find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? null
  }

  setRegistryValue(path: string, name: string, value: string | number | string[]): void {
    this.makeKey(path)
    const values = this.key(path)?.values ?? {}
    values[Object.keys(values).find((one) => one.toLowerCase() === name.toLowerCase()) ?? name] = value
  }

  get imageState(): string {
    return String(this.registryValue(stateKey, 'ImageState') ?? '')
  }

  set imageState(state: string) {
    this.setRegistryValue(stateKey, 'ImageState', state)
    this.writeText('/C:/Windows/Setup/State/State.ini', `[State]\r\nImageState=${state}\r\n`)
  }

  service(name: string): [string, Service] | null {
    return Object.entries(this.kept.services).find(([one]) => one.toLowerCase() === name.toLowerCase()) ?? null
  }
}

export function isRegistryPath(path: string): boolean {
  return /^(Registry::|Microsoft\.PowerShell\.Core\\Registry::)?(HKLM|HKCU|HKEY_LOCAL_MACHINE|HKEY_CURRENT_USER|HKU|HKCR)(:|\\|$)/i.test(
    path,
  )
}

/** `C:\Users\a` and `.\a` as places on the disk. */
function placeOf(text: string, cwd: string): string {
  const plain = text.replace(/^FileSystem::/i, '').replaceAll('\\', '/')
  if (/^[A-Za-z]:/.test(plain))
    return posix.resolve('/', `/${plain.slice(0, 2).toUpperCase()}`, `.${plain.slice(2) || '/'}`)
  return posix.resolve(placeOf(cwd, 'C:\\'), plain.startsWith('/') ? `.${plain}` : plain.replace(/^~(?=\/|$)/, '.'))
}

/** A place of the disk as Windows writes it. */
export function windowsPath(place: string): string {
  const path = place.replace(/^\//, '').replaceAll('/', '\\')
  return /^[A-Za-z]:$/.test(path) ? `${path}\\` : path
}

function hivePath(path: string): string {
  return path
    .replace(/^(Microsoft\.PowerShell\.Core\\)?Registry::/i, '')
    .replaceAll('/', '\\')
    .replace(/^HKEY_LOCAL_MACHINE:?|^HKLM:?/i, 'HKLM:')
    .replace(/^HKEY_CURRENT_USER:?|^HKCU:?/i, 'HKCU:')
    .replace(/\\+/g, '\\')
    .replace(/\\$/, '')
}

function registryKey(path: string): string {
  return hivePath(path).toLowerCase()
}

function attempt(work: () => void, place: string): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof GuestError)) throw error
    const path = windowsPath(place)
    if (error.code === 'ENOSPC') throw new PsError('There is not enough space on the disk.', 'WriteError')
    if (error.code === 'ENOENT') throw new PsError(`Could not find a part of the path '${path}'.`, 'ObjectNotFound')
    throw new PsError(`Access to the path '${path}' is denied.`, 'PermissionDenied')
  }
}

function fresh({ facts }: Place): Kept {
  const { year, build } = windowsVersion(facts.image)
  const service = (
    displayName: string,
    startType: Service['startType'] = 'Automatic',
    status: Service['status'] = 'Running',
  ): Service => ({ displayName, status, startType })
  const names: Record<string, Record<string, string | number>> = {
    'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion': {
      ProductName: `Windows Server ${year} Datacenter`,
      CurrentBuild: build,
      InstallationType: 'Server',
    },
    [stateKey]: { ImageState: 'IMAGE_STATE_COMPLETE' },
    'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\cdrom': { Start: 1 },
    'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager': { ProtectionMode: 1 },
    'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server': { fDenyTSConnections: 0 },
    'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing': {},
    'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update': {},
    'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall': {},
  }
  const registry: Kept['registry'] = {}
  for (const [path, values] of Object.entries(names)) {
    const parts = path.split('\\')
    for (let length = 1; length <= parts.length; length++)
      registry[parts.slice(0, length).join('\\').toLowerCase()] ??= {
        name: parts.slice(0, length).join('\\'),
        values: {},
      }
    const own = registry[path.toLowerCase()]
    if (own) own.values = values
  }
  const hasServer = year === '2025'
  return {
    registry,
    services: {
      RdAgent: service('RdAgent'),
      WindowsAzureGuestAgent: service('Windows Azure Guest Agent'),
      TermService: service('Remote Desktop Services', 'Manual'),
      wuauserv: service('Windows Update', 'Manual', 'Stopped'),
      WinRM: service('Windows Remote Management (WS-Management)'),
      Spooler: service('Print Spooler'),
      W32Time: service('Windows Time'),
      ...(hasServer ? { sshd: service('OpenSSH SSH Server', 'Manual', 'Stopped') } : {}),
    },
    capabilities: { 'OpenSSH.Client~~~~0.0.1.0': true, 'OpenSSH.Server~~~~0.0.1.0': hasServer },
    firewall: {
      'RemoteDesktop-UserMode-In-TCP': {
        displayName: 'Remote Desktop - User Mode (TCP-In)',
        enabled: true,
        ports: ['3389'],
        action: 'Allow',
      },
    },
    appx: [
      {
        name: 'Microsoft.SecHealthUI',
        version: '1000.20348.1.0',
        publisher: 'cw5n1h2txyewy',
        isProvisioned: true,
        isInstalled: true,
        isSystem: true,
      },
      {
        name: 'Microsoft.WindowsTerminal',
        version: '1.18.3181.0',
        publisher: '8wekyb3d8bbwe',
        isProvisioned: true,
        isInstalled: true,
        isSystem: false,
      },
    ],
    ...{ tasks: {}, environment: {}, sysprep: null, hadModeVm: true, isSetUp: false },
    user: facts.setup.adminUsername,
    computerName: facts.setup.computerName,
  }
}
