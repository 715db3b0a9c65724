import type { Finding } from '../../../shared/outputs'
import { clean, finding } from '../findings'
import { numberIn, textsIn } from '../guest/hive'
import type { WindowsSystem } from '../windows'
import type { Check } from './check'

/** What Azure and Batch ask of a Windows beyond that it starts. */
export const azureOnWindows: readonly Check<WindowsSystem>[] = [
  { id: 'azure.extensions', look: lookForExtensions },
  { id: 'azure.agent.windows', look: lookForAgent },
  { id: 'batch.temp-disk', look: lookAtDrives },
]

function lookForExtensions({ files }: WindowsSystem): Finding | null {
  const installed = files
    .list('Packages/Plugins')
    .filter(({ isFolder }) => isFolder)
    .map(({ name }) => clean([name, files.list(`Packages/Plugins/${name}`)[0]?.name].filter(Boolean).join(' ')))
  if (installed.length > 0) {
    return finding('azure.extensions', 'block', { names: installed.slice(0, 6).join(', ') }, [
      { on: 'windows', text: 'Get-ChildItem C:\\Packages\\Plugins' },
      { on: 'windows', text: 'Remove-Item -Recurse -Force C:\\Packages\\Plugins\\*' },
    ])
  }
  const logs = files.list('WindowsAzure/Logs/Plugins').map(({ name }) => clean(name))
  if (logs.length === 0) return null
  return finding('azure.extensions:logs', 'info', { names: logs.slice(0, 6).join(', ') }, [
    { on: 'windows', text: 'Remove-Item -Recurse -Force C:\\WindowsAzure\\Logs\\Plugins\\*' },
  ])
}

function lookForAgent({ controlSet }: WindowsSystem): Finding | null | 'unknown' {
  if (!controlSet) return 'unknown'
  const services = ['RdAgent', 'WindowsAzureGuestAgent'].map((name) => ({
    name,
    key: controlSet.key(`Services\\${name}`),
  }))
  const there = services.filter(({ key }) => key !== null)
  if (there.length === 0) {
    return finding('azure.agent.windows', 'warn', {}, [
      {
        on: 'windows',
        text: "Invoke-WebRequest 'https://go.microsoft.com/fwlink/?LinkID=394789' -OutFile WindowsAzureVmAgent.msi",
      },
      { on: 'windows', text: 'msiexec /i WindowsAzureVmAgent.msi /quiet' },
    ])
  }
  const off = there.filter(({ key }) => numberIn(key?.value('Start') ?? null) === 4).map(({ name }) => name)
  if (off.length === 0) return null
  const commands = off.map((name) => ({
    on: 'windows' as const,
    text: `Set-Service -Name ${name} -StartupType Automatic`,
  }))
  return finding('azure.agent.windows:disabled', 'warn', { names: off.join(', ') }, commands)
}

/** On a node D: is the temporary drive; the node agent works there. */
function lookAtDrives({ system, controlSet }: WindowsSystem): Finding[] | 'unknown' {
  if (!system || !controlSet) return 'unknown'
  const findings: Finding[] = []
  const drive = system.root.key('MountedDevices')?.value('\\DosDevices\\D:')?.bytes
  if (drive && isVolume(drive)) {
    findings.push(
      finding('batch.temp-disk:drive', 'warn', {}, [
        { on: 'windows', text: 'Set-Partition -DriveLetter D -NewDriveLetter F' },
      ]),
    )
  }
  const memory = controlSet.key('Control\\Session Manager\\Memory Management')
  const letters = textsIn(memory?.value('PagingFiles') ?? null).map((line) => line.trim().charAt(0).toUpperCase())
  const elsewhere = letters.find((letter) => /[A-Z]/.test(letter) && !['C', 'D'].includes(letter))
  if (elsewhere) findings.push(finding('batch.temp-disk:page-file', 'warn', { drive: `${elsewhere}:` }, pageFile))
  else if (letters.includes('C')) findings.push(finding('batch.temp-disk:page-file-c', 'info', {}, pageFile))
  return findings
}

const pageFile: NonNullable<Finding['commands']> = [
  {
    on: 'windows',
    text: "Set-ItemProperty -Path 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management' -Name PagingFiles -Value 'D:\\pagefile.sys' -Type MultiString -Force",
  },
]

/** Disk signature and offset on an MBR disk, `DMIO:ID:` and a GUID on a GPT disk; DVD drives and sticks have the name of their device. */
function isVolume(bytes: Buffer): boolean {
  return bytes.length === 12 || bytes.toString('latin1', 0, 8) === 'DMIO:ID:'
}
