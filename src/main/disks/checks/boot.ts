import { finding } from '../findings'
import type { Loaders } from '../loaders'
import type { PartitionTable } from '../partitions'
import type { Check } from './check'
import type { Boot, DiskSubject } from './disk-subject'

/** Generation 2 boots from an EFI system partition, generation 1 by the code in the first sector. */
export function bootOf(table: PartitionTable, loaders: Loaders): Boot {
  const isV2 = loaders.x64 || loaders.arm64 || loaders.windows
  const isActive = table.kind === 'mbr' && table.partitions.some((partition) => partition.isActive)
  const isV1 = table.hasBootCode && (isActive || table.partitions.some(({ kind }) => kind === 'bios-boot'))
  return { generation: isV2 ? 'V2' : isV1 ? 'V1' : null, isV1, isV2 }
}

export const bootChecks: readonly Check<DiskSubject>[] = [
  {
    id: 'boot.generation',
    look({ boot }) {
      if (!boot.generation) return 'unknown'
      if (boot.isV1 && boot.isV2) return finding('boot.generation:both', 'info')
      return finding('boot.generation', 'info', { generation: boot.generation === 'V2' ? 2 : 1 })
    },
  },
  {
    id: 'boot.loader.missing',
    look({ boot, loaders, linux, windows }) {
      if (!boot.generation && !loaders.isKnown) return 'unknown'
      if (!boot.generation) return finding(loaders.hasEsp ? 'boot.loader.missing:esp' : 'boot.loader.missing', 'block')
      if (linux && linux.kernel.file === null) return missingKernel(linux)
      if (windows && !windows.hasKernel) {
        return windows.files.isDamaged ? 'unknown' : finding('boot.loader.missing:windows', 'block')
      }
      return null
    },
  },
  {
    id: 'os.arch',
    look({ machine }) {
      if (machine === null) return 'unknown'
      if (machine === 'x64') return null
      return machine === 'Arm64' ? finding('os.arch', 'warn') : finding('os.arch:other', 'block')
    },
  },
]

/** Its /boot may lie on a volume that could not be read. */
function missingKernel({ files, volumes }: NonNullable<DiskSubject['linux']>) {
  const unread = volumes.filter(({ volume }) => ['btrfs', 'luks', 'raid', 'unknown'].includes(volume))
  return files.isDamaged || unread.length > 0 ? 'unknown' : finding('boot.loader.missing:kernel', 'block')
}
