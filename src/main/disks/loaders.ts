import { openVolume } from './guest/volumes'
import { machineOf, type Machine } from './machine'
import { bytesAt } from './source'
import type { FoundVolume } from './volumes'

/** What an EFI machine would start from this disk when nothing tells it what to start. */
export type Loaders = {
  hasEsp: boolean
  /** Whether all its EFI system partitions could be read. */
  isKnown: boolean
  x64: boolean
  arm64: boolean
  windows: boolean
  /** As their first bytes say; null when they do not. */
  machine: Machine | null
}

const x64 = 'EFI/BOOT/BOOTX64.EFI'
const arm64 = 'EFI/BOOT/BOOTAA64.EFI'
const windows = 'EFI/Microsoft/Boot/bootmgfw.efi'
const headBytes = 4096
const maxPartitions = 4

/** Looks where UEFI looks: specification 2.10, section 3.5 (removable media), and the path of Windows' own loader. */
export async function loadersOf(volumes: readonly FoundVolume[]): Promise<Loaders> {
  const loaders: Loaders = { hasEsp: false, isKnown: true, x64: false, arm64: false, windows: false, machine: null }
  for (const { bytes, volume } of volumes.filter(({ kind }) => kind === 'esp').slice(0, maxPartitions)) {
    loaders.hasEsp = true
    const esp = await openVolume(bytes, volume)
    const files = await esp?.files({ read: [], list: [x64, arm64, windows] })
    if (!esp || !files) {
      loaders.isKnown = false
      continue
    }
    // What is missing may be there.
    if (files.isDamaged) loaders.isKnown = false
    loaders.x64 ||= files.isThere(x64)
    loaders.arm64 ||= files.isThere(arm64)
    loaders.windows ||= files.isThere(windows)
    for (const path of [x64, arm64, windows].filter((one) => files.isThere(one))) {
      const content = await esp.content(path)
      loaders.machine ??= content && machineOf(await bytesAt(content, 0, headBytes))
    }
  }
  return loaders
}
