import type { Inspection } from '../../../shared/outputs'
import type { GuestFiles, Wanted } from '../guest/files'
import { DamagedHive, numberIn, openHive, type Hive, type HiveKey } from '../guest/hive'
import { runChecks, type Check, type Checked } from './check'
import { azureOnWindows } from './windows-azure'
import { windowsIdentity, windowsVersion } from './windows-identity'
import { isGeneralized, windowsSetup } from './windows-setup'
import { windowsSettings } from './windows-settings'

/** A Windows as its checks see it. */
export type Windows = {
  files: GuestFiles
  /** Null where a hive is absent, too long or none. */
  system: Hive | null
  software: Hive | null
  accounts: Hive | null
  /** The set of drivers and services that the next start uses. */
  controlSet: HiveKey | null
  heads: WindowsHeads
}

/** First bytes of files that are too long to be read whole; null where there is no such file, or it cannot be read. */
export type WindowsHeads = { kernel: Buffer | null; hibernation: Buffer | null }

export type WindowsGuest = Pick<Inspection, 'os' | 'generalized'> & Checked

const config = 'Windows/System32/config'
const mebibyte = 1024 * 1024

/** What is taken out of a volume for the checks below. */
export const windowsWanted: Wanted = {
  read: [
    { path: `${config}/SYSTEM`, limitBytes: 96 * mebibyte },
    { path: `${config}/SOFTWARE`, limitBytes: 192 * mebibyte },
    { path: `${config}/SAM`, limitBytes: 4 * mebibyte },
    { path: 'Windows/Setup/State/State.ini', limitBytes: 65_536 },
    { path: 'Windows/System32/Sysprep/Panther/setuperr.log', limitBytes: mebibyte },
  ],
  list: [
    'Windows/System32/ntoskrnl.exe',
    'Windows/System32/drivers/vmbus*.sys',
    'Windows/System32/drivers/storvsc*.sys',
    'Windows/System32/drivers/netvsc*.sys',
    'Windows/System32/Sysprep/Sysprep_succeeded.tag',
    'Windows/System32/Sysprep/unattend.xml',
    'Windows/Panther/unattend.xml',
    'Windows/Panther/Unattend/unattend.xml',
    'Packages/Plugins/*',
    'Packages/Plugins/*/*',
    'WindowsAzure/Logs/Plugins/*',
    'WindowsAzure/GuestAgent_*',
    'hiberfil.sys',
  ],
}

/** Files whose first bytes are wanted too. */
export const windowsHeadPaths = { kernel: 'Windows/System32/ntoskrnl.exe', hibernation: 'hiberfil.sys' } as const
export const windowsHeadBytes = 4096

/** Judges the Windows on a volume; null when there is none. */
export function judgeWindows(files: GuestFiles, heads: WindowsHeads): WindowsGuest | null {
  if (!files.isThere(`${config}/SYSTEM`)) return null
  const windows = windowsOn(files, heads)
  return {
    os: { type: 'Windows', id: 'windows', versionId: unlessDamaged(null, () => windowsVersion(windows)) },
    generalized: unlessDamaged(null, () => isGeneralized(windows)),
    ...runChecks(windowsChecks, windows),
  }
}

/** Every row about Windows in the list of checks. */
export const windowsChecks: readonly Check<Windows>[] = [
  ...windowsIdentity,
  ...windowsSetup,
  ...azureOnWindows,
  ...windowsSettings,
].map(({ id, look }) => ({ id, look: (windows) => unlessDamaged('unknown', () => look(windows)) }))

function windowsOn(files: GuestFiles, heads: WindowsHeads): Windows {
  const hive = (name: string) => {
    const bytes = files.bytes(`${config}/${name}`)
    return bytes && openHive(bytes)
  }
  const system = hive('SYSTEM')
  const controlSet = unlessDamaged(null, () => system && controlSetOf(system))
  return { files, system, software: hive('SOFTWARE'), accounts: hive('SAM'), controlSet, heads }
}

/** `CurrentControlSet` is only there while Windows runs; which one it is the key `Select` tells. */
function controlSetOf({ root }: Hive): HiveKey | null {
  const current = numberIn(root.key('Select')?.value('Current') ?? null)
  return current === null ? null : root.key(`ControlSet${String(current).padStart(3, '0')}`)
}

/** What a damaged hive would have said is unknown. */
function unlessDamaged<Answer, Unknown>(unknown: Unknown, look: () => Answer): Answer | Unknown {
  try {
    return look()
  } catch (error) {
    if (error instanceof DamagedHive) return unknown
    throw error
  }
}
