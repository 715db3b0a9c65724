import type { Finding } from '../../../shared/outputs'
import { clean, finding } from '../findings'
import { numberIn, textIn, type HiveKey } from '../guest/hive'
import type { WindowsSystem } from '../windows'
import type { Check } from './check'

/** Drivers and settings without which a node does not start, or cannot be reached. */
export const windowsSettings: readonly Check<WindowsSystem>[] = [
  { id: 'windows.hyperv-drivers', look: lookAtDrivers },
  { id: 'windows.rdp', look: lookAtRemoteDesktop },
  { id: 'windows.dvd', look: lookAtDvd },
  { id: 'windows.unattend', look: lookForAnswers },
  { id: 'windows.users', look: lookForAccounts },
]

const disabled = 4
const remoteDesktopPort = 3389

/** Start of vmbus and storvsc is 0: the loader takes them in, or the system disk is not found. */
const drivers = [
  { name: 'vmbus', start: 0 },
  { name: 'storvsc', start: 0 },
  { name: 'netvsc', start: 3 },
] as const

function lookAtDrivers({ files, controlSet }: WindowsSystem): Finding[] | 'unknown' {
  const services = controlSet?.key('Services')
  if (!services) return 'unknown'
  const seen = drivers.map(({ name, start }) => {
    const key = services.key(name)
    const found = numberIn(key?.value('Start') ?? null)
    const isThere = key !== null && files.isThere(`Windows/System32/drivers/${driverFile(key, name)}`)
    return { name, start, isThere, isOff: found === disabled, isLate: start === 0 && found !== 0 }
  })
  const names = (of: typeof seen) => ({ names: of.map(({ name }) => name).join(', ') })
  const missing = seen.filter(({ isThere }) => !isThere)
  const off = seen.filter(({ isThere, isOff }) => isThere && isOff)
  const late = seen.filter(({ isThere, isOff, isLate }) => isThere && !isOff && isLate)
  const start = (of: typeof seen): NonNullable<Finding['commands']> =>
    of.map(({ name, start }) => ({
      on: 'windows',
      text: `reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\${name} /v Start /t REG_DWORD /d ${start} /f`,
    }))
  return [
    ...(missing.length > 0 ? [finding('windows.hyperv-drivers', 'block', names(missing), repair)] : []),
    ...(off.length > 0 ? [finding('windows.hyperv-drivers:disabled', 'block', names(off), start(off))] : []),
    ...(late.length > 0 ? [finding('windows.hyperv-drivers:late', 'warn', names(late), start(late))] : []),
  ]
}

const repair: NonNullable<Finding['commands']> = [
  { on: 'windows', text: 'DISM /Online /Cleanup-Image /RestoreHealth' },
  { on: 'windows', text: 'sfc /scannow' },
]

/** Windows Server 2012 R2 calls the file of netvsc `netvsc63.sys`. */
function driverFile(key: HiveKey, name: string): string {
  const image = textIn(key.value('ImagePath')) ?? ''
  return image.slice(image.lastIndexOf('\\') + 1) || `${name}.sys`
}

function lookAtRemoteDesktop({ controlSet, software }: WindowsSystem): Finding[] | 'unknown' {
  const server = controlSet?.key('Control\\Terminal Server')
  if (!controlSet || !server) return 'unknown'
  const policy = software?.root.key('Policies\\Microsoft\\Windows NT\\Terminal Services')
  const isDenied = [server, policy].some((key) => (numberIn(key?.value('fDenyTSConnections') ?? null) ?? 0) !== 0)
  const port = numberIn(server.key('WinStations\\RDP-Tcp')?.value('PortNumber') ?? null)
  const isOff = numberIn(controlSet.key('Services\\TermService')?.value('Start') ?? null) === disabled
  const findings: Finding[] = []
  if (isDenied) findings.push(finding('windows.rdp', 'warn', {}, allowRemoteDesktop))
  if (isOff) {
    const text = 'Set-Service -Name TermService -StartupType Manual'
    findings.push(finding('windows.rdp:service', 'warn', {}, [{ on: 'windows', text }]))
  }
  if (port !== null && port !== remoteDesktopPort) {
    const text = `Set-ItemProperty -Path '${terminalServer}\\WinStations\\RDP-Tcp' -Name PortNumber -Value 3389 -Type DWord -Force`
    findings.push(finding('windows.rdp:port', 'warn', { port }, [{ on: 'windows', text }]))
  }
  return findings
}

const terminalServer = 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server'
const allowRemoteDesktop: NonNullable<Finding['commands']> = [
  {
    on: 'windows',
    text: `Set-ItemProperty -Path '${terminalServer}' -Name fDenyTSConnections -Value 0 -Type DWord -Force`,
  },
  { on: 'windows', text: "Get-NetFirewallRule -DisplayGroup 'Remote Desktop' | Set-NetFirewallRule -Enabled True" },
]

function lookAtDvd({ controlSet }: WindowsSystem): Finding | null | 'unknown' {
  const services = controlSet?.key('Services')
  if (!services) return 'unknown'
  const start = numberIn(services.key('cdrom')?.value('Start') ?? null)
  if (start !== null && start !== disabled) return null
  return finding('windows.dvd', 'warn', {}, [
    { on: 'windows', text: 'reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\cdrom /v Start /t REG_DWORD /d 1 /f' },
  ])
}

function lookForAnswers({ files }: WindowsSystem): Finding | null {
  const found = answerFiles.filter((path) => files.isThere(path))
  if (found.length === 0) return null
  const commands = found.map((path) => ({
    on: 'windows' as const,
    text: `Remove-Item -Force C:\\${path.replaceAll('/', '\\')}`,
  }))
  return finding('windows.unattend', 'warn', { path: found[0]! }, commands)
}

const answerFiles = [
  'Windows/Panther/unattend.xml',
  'Windows/Panther/Unattend/unattend.xml',
  'Windows/System32/Sysprep/unattend.xml',
]

/** Accounts of people, by the registry's security accounts: their number is 1000 or more, bit 0 of the flags switches them off. */
function lookForAccounts({ accounts }: WindowsSystem): Finding | null | 'unknown' {
  const users = accounts?.root.key('SAM\\Domains\\Account\\Users')
  const names = users?.key('Names')
  if (!users || !names) return 'unknown'
  const enabled = names.keys().filter((name) => {
    // The number of an account is the type of its name's value.
    const number = name.value('')?.type ?? 0
    const facts = users.key(number.toString(16).toUpperCase().padStart(8, '0'))?.value('F')?.bytes
    const isPerson = number >= 1000 || number === administrator
    return isPerson && facts !== undefined && facts.length > 0x3a && (facts.readUInt16LE(0x38) & 1) === 0
  })
  if (enabled.length === 0) return null
  const list = enabled.map(({ name }) => clean(name)).slice(0, 6)
  return finding('windows.users', 'info', { names: list.join(', ') }, [
    { on: 'windows', text: 'Get-LocalUser | Where-Object Enabled' },
  ])
}

const administrator = 500
