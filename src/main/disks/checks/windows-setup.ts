import type { Finding } from '../../../shared/outputs'
import { clean, finding } from '../findings'
import { numberIn, textIn, textsIn } from '../guest/hive'
import type { WindowsSystem } from '../windows'
import type { Check } from './check'

type Commands = NonNullable<Finding['commands']>

const generalizedState = 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'
const sysprep: Commands = [
  { on: 'windows', text: 'Remove-Item -Recurse -Force C:\\Windows\\Panther' },
  { on: 'windows', text: 'C:\\Windows\\System32\\Sysprep\\sysprep.exe /generalize /oobe /mode:vm /shutdown' },
]
const shutDown: Commands = [{ on: 'windows', text: 'shutdown /s /f /t 0' }]
const readErrors: Commands = [
  { on: 'windows', text: 'Get-Content C:\\Windows\\System32\\Sysprep\\Panther\\setuperr.log -Tail 20' },
]

/** Whether the machine's identity was taken out, and whether it was then left in peace. */
export const windowsSetup: readonly Check<WindowsSystem>[] = [
  { id: 'windows.generalized', look: lookAtState },
  { id: 'windows.pending-reboot', look: lookForReboot },
  { id: 'windows.dirty', look: lookForUnfinished },
]

/** Null when it cannot be known. */
export function isGeneralized(windows: WindowsSystem): boolean | null {
  const state = imageState(windows)
  return state === null ? null : state === generalizedState
}

type Stated = { file: string | null; registry: string | null }

/** The state that setup and sysprep note, in a file and in the registry; `differ` when the two cannot both be true. */
function imageState(windows: WindowsSystem): string | 'differ' | null {
  const { file, registry } = statedBy(windows)
  if (file === null || registry === null || file === registry) return file ?? registry
  // The value in a hive that was not written to its end may be the older one.
  return windows.software?.isDirty ? file : 'differ'
}

function statedBy({ files, software }: WindowsSystem): Stated {
  // Some tools write UTF-16 without the mark that tells it.
  const ini = files.text('Windows/Setup/State/State.ini')?.replaceAll('\0', '') ?? ''
  const key = software?.root.key('Microsoft\\Windows\\CurrentVersion\\Setup\\State')
  return {
    file: /^\s*ImageState\s*=\s*(\w+)\s*$/im.exec(ini)?.[1] ?? null,
    registry: textIn(key?.value('ImageState') ?? null),
  }
}

function lookAtState(windows: WindowsSystem): Finding[] | null | 'unknown' {
  const state = imageState(windows)
  if (state === null) return 'unknown'
  if (state === generalizedState) return isProven(windows) ? null : [finding('windows.generalized:status', 'warn')]
  return [stateFinding(state, windows), ...failureFindings(windows)]
}

/** Values of ImageState: "Windows Setup States" in Microsoft's documentation of Windows deployment. */
function stateFinding(state: string, windows: WindowsSystem): Finding {
  switch (state) {
    case 'IMAGE_STATE_COMPLETE':
      return finding('windows.generalized', 'block', {}, sysprep)
    case 'IMAGE_STATE_UNDEPLOYABLE':
      return finding('windows.generalized:interrupted', 'block', {}, [...readErrors, ...sysprep])
    case 'IMAGE_STATE_GENERALIZE_RESEAL_TO_AUDIT':
      return finding('windows.generalized:audit', 'block', {}, sysprep)
    case 'IMAGE_STATE_SPECIALIZE_RESEAL_TO_OOBE':
      return finding('windows.generalized:specialized', 'block', {}, sysprep)
    case 'IMAGE_STATE_SPECIALIZE_RESEAL_TO_AUDIT':
      return finding('windows.generalized:specialized-audit', 'block', {}, sysprep)
    case 'differ': {
      const { file, registry } = statedBy(windows)
      const params = { file: clean(file ?? ''), registry: clean(registry ?? '') }
      return finding('windows.generalized:differ', 'block', params, sysprep)
    }
    default:
      return finding('windows.generalized:other', 'block', { state: clean(state) }, sysprep)
  }
}

/** Sysprep leaves a mark when it came to its end; without it the registry must at least not speak of a step in between. */
function isProven({ files, system }: WindowsSystem): boolean {
  if (files.isThere('Windows/System32/Sysprep/Sysprep_succeeded.tag')) return true
  const status = system?.root.key('Setup\\Status\\SysprepStatus')?.value('GeneralizationState') ?? null
  return [null, 7].includes(numberIn(status))
}

/** The two causes that make sysprep fail most often, by what it wrote itself. */
function failureFindings({ files }: WindowsSystem): Finding[] {
  const log = files.text('Windows/System32/Sysprep/Panther/setuperr.log') ?? ''
  const [, app] = /Package (\S+) was installed for a user, but not provisioned for all users/.exec(log) ?? []
  const findings: Finding[] = []
  if (app) {
    const text = `Get-AppxPackage -AllUsers '${clean(app)
      .split('_', 1)[0]!
      .replace(/[^\w.-]/g, '')}' | Remove-AppxPackage -AllUsers`
    findings.push(finding('windows.generalized:app', 'warn', { name: clean(app) }, [{ on: 'windows', text }]))
  }
  if (/DscCore\.dll/i.test(log)) findings.push(finding('windows.generalized:dsc', 'warn', {}, removeDsc))
  return findings
}

const removeDsc: Commands = [
  {
    on: 'windows',
    text: "'Current', 'Pending', 'Previous' | ForEach-Object { Remove-DscConfigurationDocument -Stage $_ -Force }",
  },
  { on: 'windows', text: 'Restart-Computer' },
]

function lookForReboot({ controlSet, software }: WindowsSystem): Finding | null | 'unknown' {
  if (!controlSet || !software) return 'unknown'
  const current = software.root.key('Microsoft\\Windows\\CurrentVersion')
  const renames = controlSet.key('Control\\Session Manager')?.value('PendingFileRenameOperations') ?? null
  const waiting = [
    current?.key('Component Based Servicing\\RebootPending') ? 'Component Based Servicing' : '',
    current?.key('WindowsUpdate\\Auto Update\\RebootRequired') ? 'Windows Update' : '',
    textsIn(renames).length > 0 ? 'PendingFileRenameOperations' : '',
  ].filter((name) => name !== '')
  if (waiting.length === 0) return null
  return finding('windows.pending-reboot', 'warn', { names: waiting.join(', ') }, [
    { on: 'windows', text: 'Restart-Computer' },
    ...sysprep,
  ])
}

function lookForUnfinished({ files, system, software, hibernation }: WindowsSystem): Finding[] | 'unknown' {
  const findings: Finding[] = []
  const dirty = Object.entries({ SYSTEM: system, SOFTWARE: software }).filter(([, hive]) => hive?.isDirty)
  if (dirty.length > 0) {
    findings.push(finding('windows.dirty', 'warn', { names: dirty.map(([name]) => name).join(', ') }, shutDown))
  }
  if (files.isDirty) findings.push(finding('windows.dirty:volume', 'warn', {}, checkDisk))
  if (isHibernated(hibernation)) findings.push(finding('windows.dirty:hibernated', 'warn', {}, noHibernation))
  const isSeen = system !== null && software !== null && (hibernation !== null || !files.isThere('hiberfil.sys'))
  return findings.length === 0 && !isSeen ? 'unknown' : findings
}

const checkDisk: Commands = [{ on: 'windows', text: 'chkdsk C: /f' }, ...shutDown]
const noHibernation: Commands = [{ on: 'windows', text: 'powercfg /hibernate off' }, ...shutDown]

/** Zeros: nothing is kept; `wake`: what was kept has been taken up again. */
function isHibernated(head: Buffer | null): boolean {
  if (!head || head.every((byte) => byte === 0)) return false
  return head.toString('latin1', 0, 4).toLowerCase() !== 'wake'
}
