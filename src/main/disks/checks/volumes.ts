import type { Finding } from '../../../shared/outputs'
import { finding } from '../findings'
import type { Volume } from '../signatures'
import type { Check } from './check'
import type { DiskSubject } from './disk-subject'

/** File systems whose files are of interest; swap and the like are left out. */
const withFiles: readonly Volume[] = ['ext', 'xfs', 'btrfs', 'ntfs', 'refs', 'raid']
/** What is told by another check: encryption, LVM. */
const withOwnFinding: readonly Volume[] = ['luks', 'bitlocker', 'lvm']

export const volumeChecks: readonly Check<DiskSubject>[] = [
  {
    id: 'disk.encrypted',
    look({ volumes }) {
      if (volumes.some(({ volume }) => volume === 'luks')) return finding('disk.encrypted:luks', 'block')
      if (!volumes.some(({ volume }) => volume === 'bitlocker')) return null
      return finding('disk.encrypted:bitlocker', 'block', {}, [{ on: 'windows', text: 'manage-bde -off C:' }])
    },
  },
  {
    id: 'guest.unreadable',
    look(subject) {
      const { volumes, isSystemRead, boot, loaders } = subject
      const unread = [...new Set(volumes.map(({ volume }) => volume))].filter((volume) => withFiles.includes(volume))
      if (isSystemRead) return unreadInSystem(subject)
      if (unread.length > 0) return finding('guest.unreadable', 'warn', { volumes: unread.join(', ') })
      const isTold = volumes.some(({ volume }) => withOwnFinding.includes(volume))
      if (!boot.generation && !loaders.isKnown) return finding('guest.unreadable:boot', 'warn')
      return boot.generation && !isTold ? finding('guest.unreadable:nothing', 'warn') : null
    },
  },
  {
    id: 'linux.lvm',
    look({ volumes, isSystemRead }) {
      if (!volumes.some(({ volume }) => volume === 'lvm')) return null
      return finding('linux.lvm', isSystemRead ? 'info' : 'warn')
    },
  },
]

/** A system that was read, but not all that decides whether a node would start from it. */
function unreadInSystem({ linux, windows, isStateKnown, boot, loaders }: DiskSubject): Finding | null {
  if ((linux ?? windows)?.files.isDamaged) return finding('guest.unreadable:damaged', 'warn')
  if (!isStateKnown) return finding('guest.unreadable:state', 'warn')
  return !boot.generation && !loaders.isKnown ? finding('guest.unreadable:boot', 'warn') : null
}
