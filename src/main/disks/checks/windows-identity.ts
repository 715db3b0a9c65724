import { clean, finding } from '../findings'
import { numberIn, textIn, type HiveKey } from '../guest/hive'
import type { WindowsSystem } from '../windows'
import type { Check } from './check'

const firstBuildOfWindows11 = 22_000

/** What system it is. */
export const windowsIdentity: readonly Check<WindowsSystem>[] = [
  {
    id: 'os.identified',
    look: (windows) => {
      const name = productName(windows)
      return name ? finding('os.identified', 'info', { name: clean(name) }) : 'unknown'
    },
  },
]

/** Server or not: Server Core and Nano Server say so too. */
export function windowsId({ software }: WindowsSystem): 'windows-server' | 'windows' {
  const kind = textIn(versionKey(software?.root)?.value('InstallationType') ?? null)
  return kind?.startsWith('Server') ? 'windows-server' : 'windows'
}

/** As `10.0.20348`; null when it cannot be read. */
export function windowsVersion({ software }: WindowsSystem): string | null {
  const key = versionKey(software?.root)
  if (!key) return null
  const build = textIn(key.value('CurrentBuild')) ?? textIn(key.value('CurrentBuildNumber'))
  const major = numberIn(key.value('CurrentMajorVersionNumber'))
  const minor = numberIn(key.value('CurrentMinorVersionNumber'))
  // Before Windows 10 there was one text such as `6.3`.
  const version = major === null ? textIn(key.value('CurrentVersion')) : `${major}.${minor ?? 0}`
  return build && version ? clean(`${version}.${build}`) : null
}

/** As a person says it: `Windows Server 2022 Datacenter 21H2 (20348.2113)`. */
function productName({ software }: WindowsSystem): string | null {
  const key = versionKey(software?.root)
  const edition = textIn(key?.value('EditionID') ?? null)
  const product = textIn(key?.value('ProductName') ?? null) ?? (edition && `Windows ${edition}`)
  if (!key || !product) return null
  const build = textIn(key.value('CurrentBuild')) ?? ''
  const kind = textIn(key.value('InstallationType'))
  // Windows 11 still calls itself Windows 10 there.
  const isWindows11 = kind === 'Client' && Number(build) >= firstBuildOfWindows11
  const name = isWindows11 ? product.replace('Windows 10', 'Windows 11') : product
  const release = textIn(key.value('DisplayVersion')) ?? textIn(key.value('ReleaseId'))
  const update = numberIn(key.value('UBR'))
  const number = build && (update === null ? `(${build})` : `(${build}.${update})`)
  return [name, kind === 'Server Core' ? kind : '', release, number].filter(Boolean).join(' ')
}

function versionKey(root: HiveKey | undefined): HiveKey | null {
  return root?.key('Microsoft\\Windows NT\\CurrentVersion') ?? null
}
