import { unlessDamaged } from '../guest/hive'
import type { WindowsSystem } from '../windows'
import { runChecks, whereDamaged, type Check } from './check'
import type { Judged } from './linux'
import { azureOnWindows } from './windows-azure'
import { windowsId, windowsIdentity, windowsVersion } from './windows-identity'
import { windowsSettings } from './windows-settings'
import { isGeneralized, windowsSetup } from './windows-setup'

/** Every row about Windows in the list of checks. What a damaged hive would have said is unknown. */
export const windowsChecks: readonly Check<WindowsSystem>[] = [
  ...windowsIdentity,
  ...windowsSetup,
  ...azureOnWindows,
  ...windowsSettings,
].map(({ id, look }) => ({ id, look: (system) => unlessDamaged('unknown', () => look(system)) }))

const inDamaged = whereDamaged(windowsChecks, {
  presence: ['azure.extensions', 'windows.unattend'],
  absence: ['windows.hyperv-drivers'],
})

/** All that can be said about a Windows. */
export function judgeWindows(system: WindowsSystem): Judged {
  return {
    os: {
      type: 'Windows',
      id: unlessDamaged('windows', () => windowsId(system)),
      versionId: unlessDamaged(null, () => windowsVersion(system)),
    },
    generalized: unlessDamaged(null, () => isGeneralized(system)),
    ...runChecks(system.files.isDamaged ? inDamaged : windowsChecks, system),
  }
}
