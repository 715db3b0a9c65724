import { AppError } from '../../shared/errors'

export type Channel = {
  vm: string
  /** A line of authorized_keys. */
  publicKey: string
  /** Where sshd listens; 443 besides 22 where an office firewall lets nothing else out. */
  port: 22 | 443
  /** Who may connect, as a range in CIDR form; absent: whom the VM's network lets in. */
  sourceCidr?: string | undefined
}

const ruleName = 'batch-image-studio-ssh'
/** Lines between these two in sshd_config are the app's. */
const marks = { begin: '# begin batch-image-studio', end: '# end batch-image-studio' }
const forgetBlock = `-replace '(?ms)^${marks.begin}.*?^${marks.end}\\r?\\n', ''`
const keysFile = String.raw`$env:ProgramData\ssh\administrators_authorized_keys`
const configFile = String.raw`$env:ProgramData\ssh\sshd_config`

/**
 * The script that gives a Windows VM its control channel, to be pasted into PowerShell as administrator; safe to run again. OpenSSH Server is switched
 * on, takes only this key, and starts PowerShell for it (Microsoft Learn, "Get started with OpenSSH for Windows" and "Key-based
 * authentication in OpenSSH for Windows"). Its last lines are the fingerprints of the VM's host keys, for a person to compare.
 * Throws AppError `input.invalid` where the key is none.
 */
export function channelScript({ vm, publicKey, port, sourceCidr }: Channel): string {
  const ports = port === 22 ? [22] : [22, port]
  return `# Batch Image Studio: control channel of ${vm.replace(/[^\w-]/g, '')}
& {
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$key = '${keyOf(publicKey)}'

# OpenSSH Server comes with Windows Server 2025; elsewhere it is an optional feature.
if (-not (Get-Service -Name sshd -ErrorAction SilentlyContinue)) {
  try {
    Add-WindowsCapability -Online -Name 'OpenSSH.Server~~~~0.0.1.0' | Out-Null
  } catch {
    Write-Host "OpenSSH Server could not be added: $($_.Exception.Message)"
    Write-Host 'Where Windows Update is blocked, take OpenSSH-Win64 (MSI) from https://github.com/PowerShell/Win32-OpenSSH/releases,'
    Write-Host 'run: msiexec /i OpenSSH-Win64.msi ADDLOCAL=Server /quiet, and paste this script again.'
    return
  }
}
Set-Service -Name sshd -StartupType Automatic
# Its first start makes host keys and settings.
Start-Service -Name sshd

# Only this key signs in, and only administrators may change which one that is.
$keys = "${keysFile}"
$known = @(Get-Content -Path $keys -ErrorAction SilentlyContinue)
if ($known -notcontains $key) { Add-Content -Path $keys -Value $key -Encoding Ascii }
icacls.exe $keys /inheritance:r /grant '*S-1-5-32-544:F' /grant '*S-1-5-18:F' | Out-Null

# The first value of a setting counts.
$config = "${configFile}"
$text = [IO.File]::ReadAllText($config) ${forgetBlock}
$block = @('${marks.begin}', ${ports.map((one) => `'Port ${one}', `).join('')}'PubkeyAuthentication yes', 'PasswordAuthentication no', '${marks.end}', '') -join "\`r\`n"
[IO.File]::WriteAllText($config, $block + $text)

New-Item -Path 'HKLM:\\SOFTWARE\\OpenSSH' -Force | Out-Null
New-ItemProperty -Path 'HKLM:\\SOFTWARE\\OpenSSH' -Name DefaultShell -Value "$env:SystemRoot\\System32\\WindowsPowerShell\\v1.0\\powershell.exe" -PropertyType String -Force | Out-Null

Remove-NetFirewallRule -Name '${ruleName}' -ErrorAction SilentlyContinue
Disable-NetFirewallRule -Name 'OpenSSH-Server-In-TCP' -ErrorAction SilentlyContinue
New-NetFirewallRule -Name '${ruleName}' -DisplayName 'Batch Image Studio (SSH)' -Direction Inbound -Action Allow -Protocol TCP -LocalPort ${ports.join(',')} -RemoteAddress ${sourceCidr ?? 'Any'} | Out-Null
Restart-Service -Name sshd

Write-Host 'The control channel is open. Fingerprints of this VM:'
Get-ChildItem -Path "$env:ProgramData\\ssh\\ssh_host_*_key.pub" | ForEach-Object { & "$env:SystemRoot\\System32\\OpenSSH\\ssh-keygen.exe" -l -f $_.FullName }
}
`
}

/**
 * Takes the control channel out again, over the channel itself: no new connection can be made afterwards, the one that is open stays.
 * The feature stays installed, switched off: taking it out would leave a restart pending.
 */
export const removeChannelScript = `
$ErrorActionPreference = 'Stop'
Remove-Item -Path "${keysFile}" -Force -ErrorAction SilentlyContinue
Remove-Item -Path "$env:ProgramData\\ssh\\ssh_host_*" -Force -ErrorAction SilentlyContinue
$config = "${configFile}"
if (Test-Path -Path $config) { [IO.File]::WriteAllText($config, ([IO.File]::ReadAllText($config) ${forgetBlock})) }
Remove-ItemProperty -Path 'HKLM:\\SOFTWARE\\OpenSSH' -Name DefaultShell -ErrorAction SilentlyContinue
Remove-NetFirewallRule -Name '${ruleName}' -ErrorAction SilentlyContinue
Set-Service -Name sshd -StartupType Disabled
Write-Output "channel=$((Get-CimInstance -ClassName Win32_Service -Filter "Name='sshd'").StartMode)"
`

/** Nodes must not share the keys that this VM's server is known by; it makes new ones when it starts. */
export const forgetHostKeysScript = `
Remove-Item -Path "$env:ProgramData\\ssh\\ssh_host_*" -Force -ErrorAction SilentlyContinue
Write-Output "hostKeys=$(@(Get-ChildItem -Path "$env:ProgramData\\ssh\\ssh_host_*" -ErrorAction SilentlyContinue).Count)"
`

/** Kind and key without whatever else stands in the line: nothing of it can end the text that it is put into. */
function keyOf(line: string): string {
  const found = /^\s*((?:ssh|ecdsa|sk-ssh|sk-ecdsa)[a-z0-9@.-]* [A-Za-z0-9+/]{40,}={0,3})(?:\s|$)/.exec(line)
  if (!found) throw new AppError('input.invalid', { step: 'vm.create', fields: 'publicKey' })
  return `${found[1]!} batch-image-studio`
}
