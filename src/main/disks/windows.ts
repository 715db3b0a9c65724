import type { GuestFiles, GuestVolume, Wanted } from './guest/files'
import { numberIn, openHive, textIn, unlessDamaged, type Hive, type HiveKey } from './guest/hive'
import { openVolume } from './guest/volumes'
import { machineOf, type Machine } from './machine'
import { bytesAt } from './source'
import type { FoundVolume } from './volumes'

/** A Windows on a disk, as its checks see it. */
export type WindowsSystem = {
  files: GuestFiles
  /** Null where a hive is absent, too long or none. */
  system: Hive | null
  software: Hive | null
  accounts: Hive | null
  /** The set of drivers and services that the next start uses. */
  controlSet: HiveKey | null
  /** Whether there is a kernel, and what processor it is made for. */
  hasKernel: boolean
  machine: Machine | null
  /** First bytes of the file that keeps the memory of a sleeping machine; null without one, or when it cannot be read. */
  hibernation: Buffer | null
}

/** First bytes of files that are too long to be read whole. */
export type WindowsHeads = { kernel: Buffer | null; hibernation: Buffer | null }

const config = 'Windows/System32/config'
const kernelPath = 'Windows/System32/ntoskrnl.exe'
const hibernationPath = 'hiberfil.sys'
const mebibyte = 1024 * 1024
const headBytes = 4096
const maxVolumes = 8

/** All that the checks of a Windows look at. */
const windowsWanted: Wanted = {
  read: [
    { path: `${config}/SYSTEM`, limitBytes: 96 * mebibyte },
    { path: `${config}/SOFTWARE`, limitBytes: 192 * mebibyte },
    { path: `${config}/SAM`, limitBytes: 4 * mebibyte },
    { path: 'Windows/Setup/State/State.ini', limitBytes: 65_536 },
    { path: 'Windows/System32/Sysprep/Panther/setuperr.log', limitBytes: mebibyte },
  ],
  list: [
    kernelPath,
    hibernationPath,
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
  ],
}

/** The first NTFS volume with a Windows on it; the one of its loader and that of its recovery have none. */
export async function findWindows(volumes: readonly FoundVolume[]): Promise<WindowsSystem | null> {
  for (const { bytes } of volumes.filter(({ volume }) => volume === 'ntfs').slice(0, maxVolumes)) {
    const root = await openVolume(bytes, 'ntfs')
    const found = await root?.files({ read: [], list: [`${config}/SYSTEM`] })
    const files = root && found?.isThere(`${config}/SYSTEM`) ? await root.files(windowsWanted) : null
    if (!root || !files) continue
    const heads = { kernel: await headOf(root, kernelPath), hibernation: await headOf(root, hibernationPath) }
    return windowsIn(files, heads)
  }
  return null
}

/** The same for files that were read already. */
export function windowsIn(files: GuestFiles, heads: WindowsHeads): WindowsSystem {
  const hive = (name: string) => {
    const bytes = files.bytes(`${config}/${name}`)
    return bytes && openHive(bytes)
  }
  const system = hive('SYSTEM')
  const controlSet = unlessDamaged(null, () => system && controlSetOf(system))
  return {
    files,
    system,
    software: hive('SOFTWARE'),
    accounts: hive('SAM'),
    controlSet,
    hasKernel: files.isThere(kernelPath),
    machine: (heads.kernel && machineOf(heads.kernel)) ?? unlessDamaged(null, () => machineBy(controlSet)),
    hibernation: heads.hibernation,
  }
}

async function headOf(root: GuestVolume, path: string): Promise<Buffer | null> {
  const content = await root.content(path)
  return content && bytesAt(content, 0, headBytes)
}

/** `CurrentControlSet` is only there while Windows runs; which one it is the key `Select` tells. */
function controlSetOf({ root }: Hive): HiveKey | null {
  const current = numberIn(root.key('Select')?.value('Current') ?? null)
  return current === null ? null : root.key(`ControlSet${String(current).padStart(3, '0')}`)
}

/** What the system calls its own processors. */
function machineBy(controlSet: HiveKey | null): Machine | null {
  const environment = controlSet?.key('Control\\Session Manager\\Environment')
  const name = textIn(environment?.value('PROCESSOR_ARCHITECTURE') ?? null)
  return machines[name?.toUpperCase() ?? ''] ?? null
}

const machines: Record<string, Machine> = { AMD64: 'x64', ARM64: 'Arm64', X86: 'other' }
