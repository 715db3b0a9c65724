import { stateKey } from './guest-windows-kept'
import type { WindowsState } from './guest-windows-state'

/** Why Sysprep gives up, with what it writes into setuperr.log. Sources: Microsoft Learn, "Sysprep fails with Microsoft Store apps"; setuperr.log of failed runs. */
const failures = {
  restart: () =>
    "Error [0x0f0085] SYSPRP Sysprep_Clean_Validate_Opk: There are one or more Windows updates that require a reboot. To run Sysprep, reboot the computer and restart the application.\r\nError SYSPRP ActionPlatform::LaunchModule: Failure occurred while executing 'Sysprep_Clean_Validate_Opk' from C:\\Windows\\System32\\spopk.dll; dwRet = 0x975",
  appx: (state: WindowsState) => {
    const { name, version, publisher } = state.kept.appx.find(isLeft) ?? {
      name: 'Microsoft.Practice.App',
      version: '1.0.0.0',
      publisher: '8wekyb3d8bbwe',
    }
    return `Error SYSPRP Package ${name}_${version}_x64__${publisher} was installed for a user, but not provisioned for all users. This package will not function properly in the sysprep image.\r\nError SYSPRP Failed to remove apps for the current user: 0x80073cf2.\r\nError SYSPRP ActionPlatform::LaunchModule: Failure occurred while executing 'SysprepGeneralizeValidate' from C:\\Windows\\System32\\AppxSysprep.dll; dwRet = 0x3cf2`
  },
  dsc: () =>
    "Error SYSPRP ActionPlatform::LaunchModule: Could not load DLL C:\\Windows\\System32\\DscCore.dll[gle=0x000003e6]\r\nError SYSPRP ActionPlatform::LaunchModule: Failure occurred while executing 'SysPrep_Generalize' from C:\\Windows\\System32\\DscCore.dll; dwRet = 0x3e6",
}
export type SysprepFailure = keyof typeof failures

const panther = '/C:/Windows/System32/Sysprep/Panther'
/** What Windows still has to do at its next start, and then has done. */
const restartKeys = [
  'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending',
  'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired',
]

/** Puts a run under way on record. */
export function beginSysprep(state: WindowsState, commandLine: string): void {
  state.kept.sysprep = { arguments: commandLine.toLowerCase(), startedAtMs: state.now() }
  state.makeFolders(panther)
  state.writeText(
    `${panther}/setupact.log`,
    `${stamp(state)}, Info SYSPRP ========================================================\r\n${stamp(state)}, Info SYSPRP === Beginning of a new sysprep run ===\r\n`,
  )
  state.writeText(`${panther}/setuperr.log`, '')
  if (/\/generalize/i.test(commandLine)) state.imageState = 'IMAGE_STATE_UNDEPLOYABLE'
  state.save()
}

/** Ends the run under way, well or not; what comes then is the power action it was asked for. `incident`: trouble that was switched on. */
export function endSysprep(state: WindowsState, incident: string | null): 'reboot' | 'power-off' | null {
  const run = state.kept.sysprep
  if (!run) return null
  state.kept.sysprep = null
  const isGeneralizing = run.arguments.includes('/generalize')
  const cause = isGeneralizing ? causeOf(state, incident) : null
  if (cause) {
    // What was undone before the failure is put back; the machine stays as it was.
    state.imageState = 'IMAGE_STATE_COMPLETE'
    append(state, 'setuperr.log', `${stamp(state)}, ${failures[cause](state)}`)
    append(
      state,
      'setupact.log',
      `${stamp(state)}, ${failures[cause](state)}\r\n${stamp(state)}, Error SYSPRP RunDlls:An error occurred while running registry sysprep DLLs, halting sysprep execution.`,
    )
    state.save()
    return null
  }
  append(state, 'setupact.log', `${stamp(state)}, Info SYSPRP Sysprep finished: ${run.arguments}`)
  if (isGeneralizing) {
    state.kept.hadModeVm = run.arguments.includes('/mode:vm')
    state.imageState = run.arguments.includes('/audit')
      ? 'IMAGE_STATE_GENERALIZE_RESEAL_TO_AUDIT'
      : 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'
    state.setRegistryValue('HKLM:\\SYSTEM\\Setup\\Status\\SysprepStatus', 'GeneralizationState', 7)
    state.writeText('/C:/Windows/System32/Sysprep/Sysprep_succeeded.tag', '')
  }
  state.save()
  if (run.arguments.includes('/shutdown')) return 'power-off'
  return run.arguments.includes('/reboot') || !run.arguments.includes('/quit')
    ? run.arguments.includes('/reboot')
      ? 'reboot'
      : 'power-off'
    : null
}

/** A restart does what was due with it. */
export function finishServicing(state: WindowsState): void {
  for (const key of restartKeys) state.removeKey(key)
  const features = state.kept.features ?? {}
  for (const name of Object.keys(features)) features[name] = 'installed'
}

/** Undoes what a boot after generalizing does: Windows sets itself up anew. */
export function afterGeneralizedBoot(state: WindowsState): void {
  if (!state.imageState.startsWith('IMAGE_STATE_GENERALIZE')) return
  state.setRegistryValue(stateKey, 'ImageState', 'IMAGE_STATE_COMPLETE')
  state.kept.isSetUp = false
}

function causeOf(state: WindowsState, incident: string | null): SysprepFailure | null {
  if (incident !== null) return incident in failures ? (incident as SysprepFailure) : 'appx'
  if (restartKeys.some((key) => state.key(key))) return 'restart'
  if (state.kept.appx.some(isLeft)) return 'appx'
  return state.text('/C:/Windows/System32/Configuration/Pending.mof') === null ? null : 'dsc'
}

function isLeft({ isInstalled, isProvisioned, isSystem }: WindowsState['kept']['appx'][number]): boolean {
  return isInstalled && !isProvisioned && !isSystem
}

function append(state: WindowsState, name: string, text: string): void {
  state.makeFolders(panther)
  state.writeText(`${panther}/${name}`, `${state.text(`${panther}/${name}`) ?? ''}${text}\r\n`)
}

function stamp(state: WindowsState): string {
  return new Date(state.now()).toISOString().slice(0, 19).replace('T', ' ')
}
