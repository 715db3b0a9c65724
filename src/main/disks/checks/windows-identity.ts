import { clean, finding } from '../findings'
import { numberIn, textIn, type HiveKey } from '../guest/hive'
import type { Check } from './check'
import type { Windows } from './windows'

const firstBuildOfWindows11 = 22_000

/** What system it is, for which processors, and whether it is there at all. */
export const windowsIdentity: readonly Check<Windows>[] = [
  {
    id: 'os.identified',
    look: (windows) => {
      const name = productName(windows)
      return name ? finding('os.identified', 'info', { name: clean(name) }) : 'unknown'
    },
  },
  {
    id: 'os.arch',
    look: (windows) => {
      const processor = processorOf(windows)
      if (processor === 'Arm64') return finding('os.arch', 'warn')
      if (processor === 'x86') return finding('os.arch:x86', 'block')
      return processor === null ? 'unknown' : null
    },
  },
  {
    id: 'boot.loader.missing',
    look: ({ files }) =>
      files.isThere('Windows/System32/ntoskrnl.exe') ? null : finding('boot.loader.missing:kernel', 'block'),
  },
]

/** As `10.0.20348`; null when it cannot be read. */
export function windowsVersion({ software }: Windows): string | null {
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
function productName({ software }: Windows): string | null {
  const key = versionKey(software?.root)
  const product = textIn(key?.value('ProductName') ?? null)
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

/** By the kernel's file, else by what the system calls its own processors. */
function processorOf({ heads, controlSet }: Windows): 'x64' | 'Arm64' | 'x86' | null {
  const machine = machineOf(heads.kernel)
  const name = controlSet?.key('Control\\Session Manager\\Environment')?.value('PROCESSOR_ARCHITECTURE')
  return machines[machine ?? ''] ?? machines[textIn(name ?? null)?.toUpperCase() ?? ''] ?? null
}

const machines: Record<string, 'x64' | 'Arm64' | 'x86'> = {
  0x8664: 'x64',
  0xaa64: 'Arm64',
  0x14c: 'x86',
  AMD64: 'x64',
  ARM64: 'Arm64',
  X86: 'x86',
}

/** The machine in a PE header: "PE Format", COFF file header. */
function machineOf(head: Buffer | null): number | null {
  if (!head || head.length < 64 || head.toString('latin1', 0, 2) !== 'MZ') return null
  const at = head.readUInt32LE(60)
  if (at + 6 > head.length || head.toString('latin1', at, at + 4) !== 'PE\0\0') return null
  return head.readUInt16LE(at + 4)
}
