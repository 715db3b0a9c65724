import type { Place } from './guest-places'
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
export type Kept = {
  registry: Record<string, { name: string; values: Record<string, string | number | string[]> }>
  services: Record<string, Service>
  capabilities: Record<string, boolean>
  /** Roles and features that were added; pending: until the next start. */
  features?: Record<string, 'installed' | 'pending'>
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
/** What a Windows keeps that was never started before. */
export function fresh({ facts }: Place): Kept {
  const { year } = windowsVersion(facts.image)
  const service = (
    displayName: string,
    startType: Service['startType'] = 'Automatic',
    status: Service['status'] = 'Running',
  ): Service => ({ displayName, status, startType })
  const hasServer = year === '2025'
  return {
    registry: freshRegistry(facts.image),
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

function freshRegistry(image: Place['facts']['image']): Kept['registry'] {
  const { year, build } = windowsVersion(image)
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
  return registry
}
