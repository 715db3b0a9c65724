import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import { listOf, objectOf, PsError, textOf, wildcard, type PsValue } from './guest-powershell-values'

/** Roles and features of Windows Server. */
export const featureCmdlets: Record<string, Cmdlet> = {
  'get-windowsfeature': getFeature,
  'install-windowsfeature': installFeature,
  'add-windowsfeature': installFeature,
  'enable-windowsoptionalfeature': () => Promise.resolve([objectOf('feature', { RestartNeeded: false })]),
}

/** Names as Get-WindowsFeature lists them, and whether they are complete only after a restart. */
const features: Readonly<Record<string, { displayName: string; restarts?: true }>> = {
  Containers: { displayName: 'Containers', restarts: true },
  'Hyper-V': { displayName: 'Hyper-V', restarts: true },
  'NET-Framework-45-Core': { displayName: '.NET Framework 4.8' },
  'NET-Framework-Core': { displayName: '.NET Framework 3.5 (includes .NET 2.0 and 3.0)' },
  'NFS-Client': { displayName: 'Client for NFS' },
  'RSAT-AD-PowerShell': { displayName: 'Active Directory module for Windows PowerShell' },
  'Telnet-Client': { displayName: 'Telnet Client' },
  'Web-Server': { displayName: 'Web Server (IIS)' },
}
const pendingKey = 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending'

function getFeature({ text, host }: PsCall): Promise<PsValue[]> {
  const name = text('name', 0) ?? '*'
  const states = host.windows.kept.features ?? {}
  const found = Object.entries(features).filter(([one]) => wildcard(name).test(one))
  return Promise.resolve(
    found.map(([Name, { displayName }]) => {
      const state = states[Name]
      const InstallState = state === 'installed' ? 'Installed' : state === 'pending' ? 'InstallPending' : 'Available'
      return objectOf('feature', { Name, DisplayName: displayName, Installed: state === 'installed', InstallState })
    }),
  )
}

async function installFeature({ value, host }: PsCall): Promise<PsValue[]> {
  const { windows } = host
  const states = (windows.kept.features ??= {})
  const wanted = listOf(value('name', 0) ?? null).map((one) => named(textOf(one)))
  const fresh = wanted.filter((name) => states[name] === undefined)
  for (const name of fresh) {
    await windows.wait(20_000, host.signal)
    states[name] = features[name]?.restarts ? 'pending' : 'installed'
  }
  const isPending = wanted.some((name) => states[name] === 'pending')
  if (isPending) windows.makeKey(pendingKey)
  const ExitCode = isPending ? 'SuccessRestartRequired' : fresh.length > 0 ? 'Success' : 'NoChangeNeeded'
  const RestartNeeded = isPending ? 'Yes' : 'No'
  const FeatureResult = fresh.map((name) => features[name]?.displayName ?? name)
  return [objectOf('feature', { Success: true, RestartNeeded, ExitCode, FeatureResult })]
}

/** @throws PsError for a name that Windows Server does not know */
function named(wanted: string): string {
  const name = Object.keys(features).find((one) => one.toLowerCase() === wanted.toLowerCase())
  if (name !== undefined) return name
  throw new PsError(
    `ArgumentNotValid: The role, role service, or feature name is not valid: '${wanted}'. The name was not found.`,
    'InvalidArgument',
  )
}
