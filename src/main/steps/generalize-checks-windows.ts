import type { VmCheckRow } from '../../shared/vm-checks'
import { named, row } from './generalize-checks'
import { isOfRunCommand } from './vm-channel'
import type { VmFacts } from './vm-facts'

/**
 * Looks, as administrator, at whatever makes Sysprep fail or its image bad: one line per fact, each of which may fail by itself. Changes
 * nothing. Restarts that are pending stand in three places of the registry.
 */
export const windowsFactsScript = `
$ErrorActionPreference = 'SilentlyContinue'
if (Test-Path 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending') { "restart\`tComponent Based Servicing" }
if (Test-Path 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired') { "restart\`tWindows Update" }
if ((Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager').PendingFileRenameOperations) { "renames\`tPendingFileRenameOperations" }
$provisioned = @(Get-AppxProvisionedPackage -Online | ForEach-Object { $_.DisplayName })
Get-AppxPackage -AllUsers | Where-Object { -not $_.IsFramework -and -not $_.NonRemovable -and $_.SignatureKind -ne 'System' -and $provisioned -notcontains $_.Name } | ForEach-Object { "appx\`t$($_.Name)" }
Get-ChildItem "$env:SystemRoot\\System32\\Configuration\\Pending.mof" | ForEach-Object { "dsc\`t$($_.Name)" }
"agent\`t$((Get-Service WindowsAzureGuestAgent).Status)"
"rdAgent\`t$((Get-Service RdAgent).Status)"
"cdrom\`t$((Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\cdrom').Start)"
Get-BitLockerVolume | Where-Object { $_.VolumeStatus -ne 'FullyDecrypted' } | ForEach-Object { "bitLocker\`t$($_.MountPoint)" }
Get-ChildItem "$env:SystemRoot\\Panther\\unattend.xml", "$env:SystemRoot\\Panther\\Unattend\\unattend.xml", "$env:SystemRoot\\System32\\Sysprep\\unattend.xml" | ForEach-Object { "answers\`t$($_.FullName)" }
Get-ChildItem 'C:\\Packages\\Plugins' | ForEach-Object { "extension\`t$($_.Name)" }
Get-ChildItem 'D:\\' -Force | Where-Object { $_.Name -notin 'DATALOSS_WARNING_README.txt', 'pagefile.sys', 'CollectGuestLogsTemp', 'System Volume Information', '$RECYCLE.BIN' } | ForEach-Object { "temporary\`t$($_.FullName)" }
"freeMib\`t$([math]::Floor((Get-PSDrive C).Free / 1MB))"
"imageState\`t$((Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State').ImageState)"
exit 0
`

const leastMib = 500
const fewMib = 2048

/** Judges what was told. `extensions`: those that the control plane knows of. Pure. */
export function windowsRows(facts: VmFacts, extensions: readonly string[]): VmCheckRow[] {
  const free = Number(facts.first('freeMib') || Number.NaN)
  const agents = [facts.first('agent'), facts.first('rdAgent')]
  const restart = facts.all('restart')
  return [
    row('vm.agent', agents.includes('') ? 'block' : agents.every((state) => state === 'Running') ? 'ok' : 'warn', {
      state: agents.filter(Boolean).join(', '),
    }),
    // The folder that Azure leaves where it ran a script goes with the start of Sysprep.
    named('vm.extensions', 'block', [
      ...new Set([...extensions, ...facts.all('extension').filter((folder) => !isOfRunCommand(folder))]),
    ]),
    restart.length > 0 ? named('vm.restart', 'block', restart) : named('vm.restart', 'warn', facts.all('renames')),
    named('vm.appx', 'block', facts.all('appx')),
    named('vm.dsc', 'block', facts.all('dsc')),
    // Without the drive a new machine never reads its settings: it stays in the first-start dialogs.
    row('vm.cdrom', facts.first('cdrom') === '1' ? 'ok' : 'block', { state: facts.first('cdrom') }),
    named('vm.bitLocker', 'block', facts.all('bitLocker')),
    named('vm.answers', 'warn', facts.all('answers')),
    named('vm.temporary', 'warn', facts.all('temporary')),
    row('vm.freeDisk', free < leastMib ? 'block' : free < fewMib ? 'warn' : 'ok', { bytes: (free || 0) * 1024 * 1024 }),
  ]
}
